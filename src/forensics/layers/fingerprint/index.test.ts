import { describe, expect, it } from 'vitest';
import { gaussian, greyImage, seeded } from '../../../../tests/fixtures/noise';
import type { EngineServices } from '../../layer';
import { arrayPixelSource } from '../../pixels/array';
import { createForensicImage } from '../../pixels/forensic-image';
import type { LayerResult } from '../../report';
import type { RgbaImage } from '../../rgba';
import { compareSpectrum, type GeneratorSpectra, parseGeneratorSpectra } from './averages';
import { fingerprint } from './index';
import { CELLS, residualSpectrum } from './spectrum';

const COUNT = CELLS * CELLS;

/** Two made-up generators: one with a lattice of 8 px, one with more detail the finer it is. */
function averages(): GeneratorSpectra {
  const lattice = Float32Array.from({ length: COUNT }, (_, at) =>
    (at % CELLS) % 8 === 0 && Math.floor(at / CELLS) % 8 === 0 && at > 0 ? 0.2 : 0,
  );
  const fine = Float32Array.from({ length: COUNT }, (_, at) => ((at % CELLS) / CELLS - 0.5) / 100);
  return {
    real: new Float32Array(COUNT),
    generators: [
      { name: 'Fine', pictures: 10, weights: fine },
      { name: 'Lattice', pictures: 20, weights: lattice },
    ],
    all: { weights: lattice },
    usual: 3,
  };
}

function analyze(picture: RgbaImage, spectra: GeneratorSpectra | null = averages()): Promise<LayerResult> {
  const image = createForensicImage({
    how: 'file',
    format: 'png',
    bytes: new Uint8Array(),
    pixels: arrayPixelSource(picture),
  });
  const services = { ...(spectra ? { generatorSpectra: async () => spectra } : {}) };
  return fingerprint.analyze(image, services as EngineServices, new AbortController().signal);
}

function residualTile(value: (x: number, y: number) => number, size = 128) {
  const residual = Float32Array.from({ length: size * size }, (_, at) =>
    value(at % size, Math.floor(at / size)),
  );
  return { x: 0, y: 0, size, data: residual, residual };
}

describe('residualSpectrum', () => {
  it('is flat for white noise: a cell of 16 windows, mirrored, varies by 1 / sqrt 32', () => {
    const normal = gaussian(1);
    const tiles = Array.from({ length: 4 }, () => residualTile(() => normal()));
    const spectrum = residualSpectrum(tiles);
    const inner = [...(spectrum ?? [])].filter(
      (_, at) => at % CELLS > 1 && at % CELLS < CELLS - 1 && at > 2 * CELLS && at < COUNT - CELLS,
    );
    const mean = inner.reduce((sum, value) => sum + value, 0) / inner.length;
    const sd = Math.sqrt(inner.reduce((sum, value) => sum + (value - mean) ** 2, 0) / inner.length);
    expect(sd).toBeGreaterThan(0.8 / Math.sqrt(32));
    expect(sd).toBeLessThan(1.2 / Math.sqrt(32));
  });

  it('has its peak where a wave is, the same mirrored, whatever its strength', () => {
    const normal = gaussian(2);
    const waved = (sign: number, gain: number) =>
      residualSpectrum([
        residualTile(
          (x, y) => gain * (normal() + 2 * Math.cos((2 * Math.PI * (8 * x + sign * 16 * y)) / 64)),
        ),
      ]);
    for (const spectrum of [waved(1, 1), waved(-1, 1), waved(1, 20)]) {
      const values = [...(spectrum ?? [])];
      expect(values.indexOf(Math.max(...values))).toBe(16 * CELLS + 8);
    }
  });

  it('is null where too little has a residual', () => {
    expect(residualSpectrum([])).toBeNull();
    expect(residualSpectrum([residualTile(() => 0)])).toBeNull();
    expect(residualSpectrum([residualTile((x) => (x < 64 ? Math.sin(x * x) : 0), 128)])).toBeNull();
  });
});

describe('compareSpectrum', () => {
  it('answers the sum of weight times difference, most alike first', () => {
    const given = averages();
    const spectrum = new Float32Array(COUNT);
    spectrum[8] = 5;
    const { generators, all } = compareSpectrum(spectrum, given);
    expect(generators.map(({ name }) => name)).toEqual(['Lattice', 'Fine']);
    expect(generators[0]?.likeness).toBeCloseTo(1, 6);
    expect(all).toBeCloseTo(1, 6);
  });
});

describe('parseGeneratorSpectra', () => {
  const bytes = Buffer.from(Int8Array.from({ length: COUNT }, (_, at) => (at % 255) - 127).buffer).toString(
    'base64',
  );
  const good = {
    cells: CELLS,
    real: { scale: 0.5, bytes },
    all: { scale: 1, bytes },
    usual: 2.5,
    generators: [{ name: 'One', pictures: 3, weights: { scale: 2, bytes } }],
  };

  it('reads signed bytes in units of their scale', () => {
    const { real, generators, usual } = parseGeneratorSpectra(good);
    expect([...real.subarray(0, 3)]).toEqual([-63.5, -63, -62.5]);
    expect(generators[0]?.weights[254]).toBe(254);
    expect(usual).toBe(2.5);
  });

  it.each([
    null,
    [],
    { ...good, cells: 5 },
    { ...good, usual: Number.NaN },
    { ...good, real: { scale: 1, bytes: 'AAAA' } },
    { ...good, generators: [{ name: '', pictures: 3, weights: { scale: 2, bytes } }] },
    { ...good, generators: 'none' },
  ])('refuses what learn.py would not write', (bad) => {
    expect(() => parseGeneratorSpectra(bad)).toThrow();
  });
});

describe('fingerprint layer', () => {
  it('names a generator whose trace is there, and none where there is none', async () => {
    const normal = gaussian(4);
    const cell = Array.from({ length: 64 }, normal);
    const traced = await analyze(
      greyImage(300, 300, (x, y) => 128 + 2 * normal() + 2 * (cell[(y % 8) * 8 + (x % 8)] ?? 0)),
    );
    expect(traced.label).toEqual({ key: 'layers.fingerprint.label.like', args: ['Lattice'] });
    expect(traced.features.nearest).toBeGreaterThan(3);
    const plain = await analyze(greyImage(300, 300, () => 128 + 3 * normal()));
    expect(plain.label).toEqual({ key: 'layers.fingerprint.label.usual' });
    expect(plain.status).toBe('clear');
  });

  it('does not run on small or flat pictures, nor without averages', async () => {
    expect((await analyze(greyImage(63, 400, (x) => x))).unavailable).toEqual({
      key: 'layers.fingerprint.unavailable.small',
      args: [64],
    });
    expect((await analyze(greyImage(300, 300, () => 7))).unavailable).toEqual({
      key: 'layers.fingerprint.unavailable.blank',
    });
    expect(
      (
        await analyze(
          greyImage(300, 300, (x) => x),
          null,
        )
      ).unavailable,
    ).toEqual({
      key: 'layers.fingerprint.unavailable.averages',
    });
  });

  it('answers finite features, whatever the pixels', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const uniform = seeded(seed);
      const levels = [2, 5, 256][seed % 3] ?? 2;
      const result = await analyze(
        greyImage(64 + 9 * seed, 140, () => (Math.floor(uniform() * levels) * 255) / levels),
      );
      for (const [name, value] of Object.entries(result.features)) {
        expect(Number.isFinite(value), `${name} = ${value}`).toBe(true);
      }
    }
  });
});
