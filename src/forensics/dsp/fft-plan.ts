/** cos and -sin of 2 pi j / length, j below length / 2: factors of a stage of two halves. */
export function halfTwiddles(length: number): Float64Array {
  const out = new Float64Array(length);
  for (let j = 0; j < length / 2; j++) {
    const angle = (2 * Math.PI * j) / length;
    out[2 * j] = Math.cos(angle);
    out[2 * j + 1] = -Math.sin(angle);
  }
  return out;
}

/** Real and imaginary part of w^j, w^2j, w^3j for each j below length / 4, w = exp(-2 pi i / length). */
export function quarterTwiddles(length: number): Float64Array {
  const out = new Float64Array((6 * length) / 4);
  for (let j = 0, at = 0; j < length / 4; j++) {
    for (let k = 1; k < 4; k++, at += 2) {
      const angle = (2 * Math.PI * j * k) / length;
      out[at] = Math.cos(angle);
      out[at + 1] = -Math.sin(angle);
    }
  }
  return out;
}

/** A stage of r parts the field into r runs, of which run s holds the frequencies s, s + r, s + 2 r, and so on. */
export function placesOf(size: number, radices: readonly number[]): Int32Array {
  const places = new Int32Array(size);
  for (let place = 0; place < size; place++) {
    let frequency = 0;
    let step = 1;
    let run = size;
    let rest = place;
    for (const radix of radices) {
      run /= radix;
      const part = Math.floor(rest / run);
      rest -= part * run;
      frequency += step * part;
      step *= radix;
    }
    places[frequency] = place;
  }
  return places;
}
