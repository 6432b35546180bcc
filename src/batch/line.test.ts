import { expect, test } from 'vitest';
import type { Analysis, LayerResult } from '../forensics/report';
import { message, type Text } from '../forensics/text';
import { CSV_HEADER, csvRow } from './csv.mjs';
import { type AnalysedLine, rawFigures, strongestReasons, toLine } from './line';

/** Stands in for the page's translation: the key itself, or the foreign words. */
const words = (text: Text) => ('verbatim' in text ? text.verbatim : text.key);

function layer(id: string, status: LayerResult['status'], more: Partial<LayerResult> = {}): LayerResult {
  return {
    id,
    family: 'model',
    status,
    score: 0.5,
    features: { figure: 2 },
    label: message(`layers.${id}.label`),
    explanation: { seen: [], means: [], otherwise: [] },
    ...more,
  };
}

const analysis: Analysis = {
  image: { sha256: 'ab'.repeat(32), bytes: 10, format: 'jpeg', width: 4, height: 3 },
  verdict: 'likely-ai-generated',
  probability: 0.8,
  uncertainty: { width: 0.1, reasons: ['small'] },
  manipulation: { state: 'possible', score: 0.4, regions: [{ x: 0, y: 0, width: 1, height: 1, score: 1 }] },
  generator: { name: 'Midjourney', confidence: 0.7 },
  layers: [
    layer('model', 'flagged', {
      map: { width: 1, height: 1, data: new Float32Array(1), shows: message('m'), cell: 4 },
    }),
    layer('metadata', 'warning', { claim: { kind: 'generated', name: 'Midjourney', where: 'XMP' } }),
    layer('ela', 'unavailable', { unavailable: message('too.small'), score: null }),
  ],
  backend: 'wasm',
  modelVersion: 'v1',
  timings: { total: 12.6, acquire: 1, decode: 2, layers: { ela: 3 }, model: 4 },
};

test('a line holds exactly the fields of the format, without maps and regions', () => {
  const line = toLine('a.jpg', analysis, words);
  expect(Object.keys(line)).toEqual([
    'file',
    'sha256',
    'verdict',
    'probability',
    'uncertainty',
    'generator',
    'manipulation',
    'layers',
    'backend',
    'modelVersion',
    'ms',
  ]);
  expect(line.manipulation).toEqual({ state: 'possible', score: 0.4 });
  expect(line.layers.model).toEqual({ status: 'flagged', score: 0.5, label: 'layers.model.label' });
  expect(JSON.parse(JSON.stringify(line))).toEqual(line);
});

test('a layer that did not run says why in its label', () => {
  expect(toLine('a.jpg', analysis, words).layers.ela?.label).toBe('too.small');
});

test('reasons are the heaviest layers with a sign; without any sign, the heaviest that ran', () => {
  expect(strongestReasons(analysis.layers, words)).toEqual(['layers.model.label', 'layers.metadata.label']);
  const clear = [layer('x', 'unavailable'), layer('y', 'clear'), layer('z', 'clear')];
  expect(strongestReasons(clear, words)).toEqual(['layers.y.label', 'layers.z.label']);
  expect(strongestReasons([layer('x', 'unavailable')], words)).toEqual([]);
});

test('raw figures are there for every layer, claims only where one was made', () => {
  expect(rawFigures(analysis)).toEqual({
    features: { model: { figure: 2 }, metadata: { figure: 2 }, ela: { figure: 2 } },
    claims: { metadata: { kind: 'generated', name: 'Midjourney', where: 'XMP' } },
  });
});

/** RFC 4180 read back by rules written apart from the writer. */
function parseRow(text: string): string[] {
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/gs)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

test('a row has a cell for each column and survives commas, quotes and line feeds', () => {
  const line: AnalysedLine = { ...toLine('a, "b"\n.jpg', analysis, words) };
  const cells = parseRow(csvRow(line, ['one; two', 'three']));
  expect(cells).toEqual([
    'a, "b"\n.jpg',
    'ab'.repeat(32),
    'likely-ai-generated',
    '0.8',
    '0.1',
    'Midjourney',
    'possible',
    'one; two; three',
    'wasm',
    'v1',
    '13',
    '',
  ]);
  expect(CSV_HEADER.split(',')).toHaveLength(cells.length);
});

test('an error row keeps its file, code and sentence', () => {
  const row = csvRow({ file: 'b.jpg', error: { code: 'undecodable', message: 'Cannot, really' } }, []);
  expect(parseRow(row)).toEqual([
    'b.jpg',
    '',
    '',
    '',
    '',
    '',
    '',
    'Cannot, really',
    '',
    '',
    '',
    'undecodable',
  ]);
});

test.each(['=1+1', '+cmd', '-2', '@SUM(A1)', '\tx'])('%j is no formula in a spreadsheet', (name) => {
  const row = csvRow({ file: name, error: { code: 'x', message: '' } }, []);
  expect(parseRow(row)[0]).toBe(`'${name}`);
});
