import { describe, expect, test } from 'vitest';
import { first, TRAINED, traces, withXmp } from './traces.fixture';

describe('IPTC Digital Source Type', () => {
  test.each([
    ['attribute', withXmp(`Iptc4xmpExt:DigitalSourceType="${TRAINED}"`)],
    ['element', withXmp('', `<Iptc4xmpExt:DigitalSourceType>${TRAINED}</Iptc4xmpExt:DigitalSourceType>`)],
    ['rdf:resource', withXmp('', `<Iptc4xmpExt:DigitalSourceType rdf:resource="${TRAINED}"/>`)],
    ['https address', withXmp(`Iptc4xmpExt:DigitalSourceType="${TRAINED.replace('http:', 'https:')}"`)],
    ['bare word', withXmp('Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia"')],
    [
      'another prefix for the same namespace',
      withXmp(`xmlns:q="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" q:DigitalSourceType="${TRAINED}"`),
    ],
  ])('as %s', async (_, file) => {
    expect(await traces(file)).toEqual([
      { kind: 'generated', generator: null, where: 'IPTC DigitalSourceType', weight: 0 },
    ]);
  });

  test.each([
    ['compositeWithTrainedAlgorithmicMedia', 'composite'],
    ['compositeSynthetic', 'composite'],
    ['algorithmicMedia', 'synthetic'],
  ])('%s is %s', async (type, kind) => {
    expect(
      await first(
        withXmp(`Iptc4xmpExt:DigitalSourceType="${TRAINED.replace('trainedAlgorithmicMedia', type)}"`),
      ),
    ).toMatchObject({ kind });
  });

  test.each(['digitalCapture', 'digitalArt', 'constructor', '__proto__', ''])(
    '%s is no trace',
    async (type) => {
      expect(await traces(withXmp(`Iptc4xmpExt:DigitalSourceType="${type}"`))).toEqual([]);
    },
  );

  test('the same words in another namespace, in a comment or in plain text are not the property', async () => {
    expect(await traces(withXmp(`xmlns:q="http://example.com/" q:DigitalSourceType="${TRAINED}"`))).toEqual(
      [],
    );
    expect(await traces(withXmp('', `<!-- Iptc4xmpExt:DigitalSourceType="${TRAINED}" -->`))).toEqual([]);
    expect(await traces(withXmp(`dc:rights="no ${TRAINED} please"`))).toEqual([]);
  });

  test('"in part" overrules a bare name elsewhere', async () => {
    const file = withXmp(
      `Iptc4xmpExt:DigitalSourceType="compositeWithTrainedAlgorithmicMedia" photoshop:Credit="Adobe Firefly"`,
    );
    expect((await traces(file)).map(({ kind, generator }) => ({ kind, generator }))).toEqual([
      { kind: 'composite', generator: 'Adobe Firefly' },
      { kind: 'composite', generator: null },
    ]);
  });
});
