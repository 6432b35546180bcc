import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidencePlot, EvidenceTree } from '../forensics/report';
import { packEvidence, unpackEvidence } from './evidence';
import { exportEntry } from './export';
import { keptPlots, keptTree } from './extras';
import { layerOf, reportOf } from './report.fixture';
import { PLOT_MAX_POINTS, TREE_MAX_DEPTH, TREE_MAX_NODES, TREE_MAX_TEXT } from './settings';

const leaf = (label: string): EvidenceTree => ({ label: { verbatim: label }, children: [] });

function count(tree: EvidenceTree): number {
  return tree.children.reduce((sum, child) => sum + count(child), 1);
}

function depth(tree: EvidenceTree): number {
  return 1 + Math.max(0, ...tree.children.map(depth));
}

function plotOf(x: readonly number[], values: readonly (number | null)[]): EvidencePlot {
  return {
    title: { verbatim: 'title' },
    x: { label: { verbatim: 'x' }, values: x },
    y: { label: { verbatim: 'y' } },
    series: [{ label: { verbatim: 'series' }, kind: 'line', values }],
  };
}

describe('a kept tree', () => {
  it('is the same where it is small', () => {
    const tree: EvidenceTree = {
      label: { key: 'a', args: ['b', 3] },
      value: { verbatim: 'v' },
      children: [leaf('x'), { ...leaf('y'), children: [leaf('z')] }],
    };
    expect(keptTree(tree)).toEqual(tree);
  });

  it('is bounded in nodes, levels and text, whatever comes', () => {
    const wide = { ...leaf('w'), children: Array.from({ length: 1000 }, (_, i) => leaf(String(i))) };
    expect(count(keptTree(wide))).toBe(TREE_MAX_NODES);
    let deep = leaf('x'.repeat(10_000));
    for (let i = 0; i < 500; i++) deep = { ...leaf('x'.repeat(10_000)), children: [deep, deep] };
    const kept = keptTree(deep);
    expect(depth(kept)).toBe(TREE_MAX_DEPTH);
    expect(count(kept)).toBeLessThanOrEqual(TREE_MAX_NODES);
    expect(kept.label).toEqual({ verbatim: 'x'.repeat(TREE_MAX_TEXT) });
  });
});

describe('kept plots', () => {
  it('are the same where they are small', () => {
    const plot = plotOf([0, 1, 2], [5, null, 7]);
    expect(keptPlots([plot])).toEqual([plot]);
  });

  it('average neighbours where there are too many points, leaving out what is no number', () => {
    const length = 2 * PLOT_MAX_POINTS;
    const x = Array.from({ length }, (_, i) => i);
    // Pairs (0, 1), (2, 3) ...; the second of the first pair is broken, the second pair is missing.
    const values = x.map((i) => (i === 1 ? Number.NaN : i === 2 || i === 3 ? null : i));
    const [kept] = keptPlots([plotOf(x, values)]);
    expect(kept?.x.values.slice(0, 3)).toEqual([0.5, 2.5, 4.5]);
    expect(kept?.series[0]?.values.slice(0, 3)).toEqual([0, null, 4.5]);
    expect(kept?.series[0]?.values).toHaveLength(PLOT_MAX_POINTS);
  });

  it('never hold more points than the cap, and as many y as x', () => {
    const value = fc.oneof(fc.double(), fc.constant(null));
    fc.assert(
      fc.property(
        fc.array(fc.double(), { maxLength: 3000 }),
        fc.array(value, { maxLength: 3000 }),
        (x, y) => {
          const [kept] = keptPlots([plotOf(x, y)]);
          expect(kept?.x.values.length).toBeLessThanOrEqual(PLOT_MAX_POINTS);
          expect(kept?.series[0]?.values.length).toBe(kept?.x.values.length);
          expect(kept?.x.values.every(Number.isFinite)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('trees and plots of an entry', () => {
  it('lie apart from the list and come back with it', () => {
    const layer = layerOf({ tree: leaf('root'), plots: [plotOf([1], [2])] });
    const { layers, evidence } = packEvidence('id', [layer]);
    expect(layers[0]).not.toHaveProperty('tree');
    expect(layers[0]).not.toHaveProperty('plots');
    expect(unpackEvidence(layers, structuredClone(evidence))).toEqual([layer]);
  });

  it('are exported with a single entry, without its rasters', async () => {
    const map = { width: 1, height: 1, data: Float32Array.of(1), shows: { verbatim: 'x' }, cell: 8 };
    const report = reportOf({ layers: [layerOf({ map, tree: leaf('root'), plots: [plotOf([1], [2])] })] });
    const entry = {
      id: 'report',
      report,
      thumbnail: null,
      site: 'a.example',
      acquireAttempts: [],
      remote: null,
    };
    const { entries, version } = JSON.parse(await exportEntry(entry, 0).text());
    expect(version).toBe(1);
    expect(entries).toHaveLength(1);
    expect(entries[0].report.id).toBe('report');
    expect(entries[0].report.layers[0].tree).toEqual(leaf('root'));
    expect(entries[0].report.layers[0].plots).toEqual([plotOf([1], [2])]);
    expect(entries[0].report.layers[0]).not.toHaveProperty('map');
  });
});
