/**
 * Does a part of the networks' work and leaves its time as a User Timing measure of this thread (W3C User Timing), for
 * profilers and `bench/speed.mjs`. Only the latest of a name is kept: a long batch leaves no more than one picture.
 * @returns what `work` answers
 */
export async function timed<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const answer = await work();
  performance.clearMeasures(name);
  performance.measure(name, { start, end: performance.now() });
  return answer;
}
