// Weights turned when a graph is loaded: the same products.

import { describe, expect, test } from 'vitest';
import { readGraph, toVariant } from '../../../src/model/graphVariant';
import { visionProbe } from '../../../src/model/layerProbe';
import { GRAPH_NAMES, readManifest } from '../../../src/model/manifest';
import { withTurnedWeights } from '../../../src/model/onnx/turnedWeights';
import { openSession, type OpenSession } from '../../../src/model/ortRuntime';
import { RewardModel } from '../../../src/model/rewardModel';
import { FUSED } from '../../../src/model/graphVariant';
import { TINY_MODEL } from '../../support/paths';
import { randomRows } from '../../support/tailSets';

/** The CPU under the name of WebGPU, which decides the form of the graph. */
const onCpu: OpenSession = (source, options) =>
  openSession(source, { threads: options.threads, device: 'cpu' });

describe('turned weights', () => {
  test('no product with a transposed matrix is left, and each is a plain one', async () => {
    const graph = await readGraph(TINY_MODEL, GRAPH_NAMES.decoder);
    const count = (of: typeof graph, opType: string): number =>
      of.node.filter((node) => node.opType === opType).length;
    const turned = withTurnedWeights(graph);
    expect(count(graph, 'Gemm')).toBeGreaterThan(0);
    expect(count(turned, 'Gemm')).toBe(0);
    expect(count(turned, 'MatMul') - count(graph, 'MatMul')).toBe(count(graph, 'Gemm'));
  });

  test('only WebGPU gets them', async () => {
    const graph = await readGraph(TINY_MODEL, GRAPH_NAMES.decoder);
    expect(toVariant(graph, 'fused', 'cpu')).toBe(graph);
    expect(toVariant(graph, 'fused', 'webgpu')).toEqual(withTurnedWeights(graph));
  });

  test('rewards are those of the graph as it is, to rounding', async () => {
    const turned = await RewardModel.load(
      TINY_MODEL,
      { threads: 1, device: 'webgpu' },
      FUSED,
      onCpu,
    );
    const plain = await RewardModel.load(TINY_MODEL, { threads: 1 });
    try {
      for (const length of [1, 9, 70]) {
        const rows = randomRows(length, turned.manifest.dims.hidden, length);
        const expected = await plain.decoder.scoreWhole(rows);
        expect(Math.abs((await turned.decoder.scoreWhole(rows)) - expected)).toBeLessThan(1e-5);
      }
    } finally {
      await turned.release();
      await plain.release();
    }
  });

  test('a vision layer with biases gives the same numbers', async () => {
    const { dims } = await readManifest(TINY_MODEL);
    if (dims.vision === undefined) {
      throw new Error('the fixture has no vision tower');
    }
    const probe = await visionProbe(TINY_MODEL, dims.vision);
    const expected = await probe.run(onCpu, 'fused', 'cpu', 1);
    const turned = await probe.run(onCpu, 'fused', 'webgpu', 1);
    expect(turned).toHaveLength(expected.length);
    expect(turned.every((value, n) => Math.abs(value - (expected[n] ?? NaN)) < 1e-4)).toBe(true);
  });
});
