/** A check that is not at work any more (cancelled, cleared) cannot take its next step. */
export class JobEnded extends Error {
  override readonly name = 'JobEnded';
}
