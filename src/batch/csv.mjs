// @ts-check
// Plain JavaScript: the command line reads it in Node without a build, so that both write the same table.

/** Columns of the table export, in order; the same as the command line's. */
export const CSV_COLUMNS = /** @type {const} */ ([
  'file',
  'sha256',
  'verdict',
  'probability',
  'uncertainty',
  'generator',
  'manipulation',
  'reasons',
  'backend',
  'modelVersion',
  'ms',
  'error',
]);

export const CSV_HEADER = CSV_COLUMNS.join(',');

/**
 * One row of RFC 4180. A cell that a spreadsheet would run as a formula gets a leading apostrophe:
 * file names and generator names come from strangers.
 * @param {import('./line').ResultLine} line
 * @param {readonly string[]} reasons
 * @returns {string}
 */
export function csvRow(line, reasons) {
  /** @type {Record<(typeof CSV_COLUMNS)[number], string | number | null>} */
  const cells =
    'error' in line
      ? {
          file: line.file,
          sha256: null,
          verdict: null,
          probability: null,
          uncertainty: null,
          generator: null,
          manipulation: null,
          reasons: line.error.message,
          backend: null,
          modelVersion: null,
          ms: null,
          error: line.error.code,
        }
      : {
          file: line.file,
          sha256: line.sha256,
          verdict: line.verdict,
          probability: line.probability,
          uncertainty: line.uncertainty.width,
          generator: line.generator?.name ?? null,
          manipulation: line.manipulation.state,
          reasons: reasons.join('; '),
          backend: line.backend,
          modelVersion: line.modelVersion,
          ms: Math.round(line.ms.total),
          error: null,
        };
  return CSV_COLUMNS.map((column) => cell(cells[column])).join(',');
}

/** @param {string | number | null} value */
function cell(value) {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const guarded = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
