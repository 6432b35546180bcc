/** Why an image could not be analysed. The code is the contract; the message is for developers. */
type ForensicErrorCode =
  | 'empty-file'
  | 'not-an-image'
  | 'unsupported-format'
  | 'file-too-large'
  | 'too-many-pixels'
  | 'undecodable'
  | 'analysis-timeout'
  | 'cancelled';

export class ForensicError extends Error {
  override readonly name = 'ForensicError';
  constructor(
    readonly code: ForensicErrorCode,
    message: string,
    /** For the sentence shown to people: sizes, formats. */
    readonly args: readonly (string | number)[] = [],
  ) {
    super(message);
  }
}
