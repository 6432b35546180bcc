import { CELLS } from './spectrum';

/** One direction in which spectra of a kind of picture differ from those of photographs. */
export interface Direction {
  /** CELLS * CELLS weights. */
  readonly weights: Float32Array;
}

interface GeneratorAverage extends Direction {
  /** As people know it. */
  readonly name: string;
  /** Pictures averaged. */
  readonly pictures: number;
}

/** What `training/fingerprint/learn.py` learned. */
export interface GeneratorSpectra {
  /** Average spectrum of pictures that no generator made, CELLS * CELLS. */
  readonly real: Float32Array;
  readonly generators: readonly GeneratorAverage[];
  /** All generators together. */
  readonly all: Direction;
  /** Likeness that one in 100 real pictures reaches with any generator. */
  readonly usual: number;
}

export interface Likeness {
  readonly name: string;
  readonly pictures: number;
  /** Standard deviations of real pictures towards the generator. */
  readonly likeness: number;
}

/**
 * Compares a spectrum with the averages: how far it lies from the average of real pictures towards each
 * generator's, in standard deviations of real pictures (a matched filter in noise of known covariance).
 * @returns the generators, most alike first, and the likeness with all of them together
 */
export function compareSpectrum(
  spectrum: Float32Array,
  averages: GeneratorSpectra,
): { readonly generators: readonly Likeness[]; readonly all: number } {
  const difference = spectrum.map((value, at) => value - (averages.real[at] ?? 0));
  const along = ({ weights }: Direction) => {
    let sum = 0;
    for (let at = 0; at < difference.length; at++) sum += (difference[at] ?? 0) * (weights[at] ?? 0);
    return sum;
  };
  const generators = averages.generators.map((generator) => ({
    name: generator.name,
    pictures: generator.pictures,
    likeness: along(generator),
  }));
  return { generators: generators.sort((a, b) => b.likeness - a.likeness), all: along(averages.all) };
}

/**
 * Reads `fingerprints.json`.
 * @throws TypeError where it is not what `learn.py` writes
 */
export function parseGeneratorSpectra(json: unknown): GeneratorSpectra {
  const file = record(json);
  if (file.cells !== CELLS) throw new TypeError(`Expected ${CELLS} cells but received ${String(file.cells)}`);
  if (!Array.isArray(file.generators)) throw new TypeError('Expected a list of generators');
  return {
    real: field(file.real),
    generators: file.generators.map((entry: unknown) => {
      const generator = record(entry);
      return {
        name: text(generator.name),
        pictures: number(generator.pictures),
        weights: field(generator.weights),
      };
    }),
    all: { weights: field(file.all) },
    usual: number(file.usual),
  };
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('Expected an object');
  }
  return { ...value };
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new TypeError('Expected a name');
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('Expected a number');
  return value;
}

/** `{ scale, bytes }`: signed bytes in base64, in units of `scale`. */
function field(value: unknown): Float32Array {
  const { scale, bytes } = record(value);
  const unit = number(scale);
  const binary = atob(text(bytes));
  if (binary.length !== CELLS * CELLS) {
    throw new TypeError(`Expected ${CELLS * CELLS} bytes but received ${binary.length}`);
  }
  return Float32Array.from(binary, (character) => {
    const byte = character.charCodeAt(0);
    return unit * (byte < 128 ? byte : byte - 256);
  });
}
