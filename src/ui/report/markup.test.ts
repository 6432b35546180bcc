import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from './markup';

describe('html', () => {
  it('escapes what is put in and keeps what it made itself', () => {
    const inner = html`<b title="${'"x" & `y`'}">${'<script>'}</b>`;
    expect(html`<p>${inner}${null}${[1, html`<br>`, "'"]}</p>`.source).toBe(
      '<p><b title="&quot;x&quot; &amp; &#96;y&#96;">&lt;script&gt;</b>1<br>&#39;</p>',
    );
  });

  it('lets no character through that could end a text or an attribute', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...`<>"'\`&;#xX0aé\u0000\u2028\ud800`.split('')) }),
        (text) => {
          expect(html`${text}`.source).not.toMatch(/[<>"'`]/);
        },
      ),
    );
  });
});
