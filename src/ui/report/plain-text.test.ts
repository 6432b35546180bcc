import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outlineWith } from './outline.fixture';
import { plainText } from './plain-text';

describe('the report as plain text', () => {
  it('says everything, in the order of reading', () => {
    expect(plainText(outlineWith('FOREIGN'))).toBe(`Report
======

FOREIGN

Probably made by AI
More for than against.
FOREIGN

Scale
-----
About 80 %.
- Small.

Sum
---
Points.
-0.50  Start
+1.50  FOREIGN
+1.00  Sum
About 73 %.

Evidence
--------

FOREIGN (Strong sign): FOREIGN
Seen
- FOREIGN
Means
- FOREIGN
Otherwise
- FOREIGN
Details
- FOREIGN: FOREIGN
- FOREIGN: FOREIGN
  - FOREIGN
Counts towards AI.

Answers
-------
FOREIGN: Cannot tell
- FOREIGN

Ran
---
Image: FOREIGN

Limits
------
- Much.

Made by Truegrain.
`);
  });

  it('has the same lines whatever a foreign word holds', () => {
    const count = plainText(outlineWith('x')).split(/\r?\n|\u2028|\u2029/).length;
    const foreign = fc
      .string({
        unit: fc.oneof(fc.constantFrom('\n', '\r\n', '\u2028', '-', '='), fc.string({ minLength: 1 })),
      })
      .map((text) => `x${text}x`);
    fc.assert(
      fc.property(foreign, (text) => {
        expect(plainText(outlineWith(text)).split(/\r?\n|\u2028|\u2029/)).toHaveLength(count);
      }),
    );
  });
});
