import { type OnnxGraph, type OnnxNode, type OnnxTensor, TYPE, UnsupportedNetwork } from './onnx';

/** Numbers of a network that depend on no picture. */
interface Constant {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

export interface Weights {
  /** Names of constants, and of what nodes make of constants alone. */
  readonly made: ReadonlySet<string>;
  /** @throws UnsupportedNetwork where it is no constant */
  of(name: string): Constant;
}

/**
 * Constants as 32-bit floats, whatever they are stored as: 16-bit floats, or 8-bit integers with a scale for each
 * output (`training/detector/export.py`).
 */
export function readWeights({ nodes, constants }: OnnxGraph): Weights {
  const known = new Map<string, Constant>();
  const made = new Set(constants.keys());
  const makers = new Map<string, OnnxNode>();
  for (const node of nodes) {
    const [output = ''] = node.outputs;
    const own = ['Constant', 'Cast', 'Mul', 'DequantizeLinear'].includes(node.op);
    if (!own || !node.inputs.every((name) => made.has(name))) continue;
    made.add(output);
    makers.set(output, node);
  }
  const of = (name: string): Constant => {
    const before = known.get(name);
    if (before) return before;
    const tensor = constants.get(name);
    const maker = makers.get(name);
    if (!tensor && !maker) throw new UnsupportedNetwork(`${name || 'A missing input'} is no constant`);
    const constant = tensor ? stored(tensor) : computed(maker, of);
    known.set(name, constant);
    return constant;
  };
  return { made, of };
}

function computed(node: OnnxNode | undefined, of: (name: string) => Constant): Constant {
  const [first = '', second = '', third] = node?.inputs ?? [];
  const tensor = node?.attributes.get('value')?.tensor;
  if (tensor) return stored(tensor);
  const whole = of(first);
  // All are floats here already.
  if (node?.op === 'Cast') return whole;
  if (third !== undefined && of(third).values.some((zero) => zero !== 0)) {
    throw new UnsupportedNetwork('Zero points');
  }
  return scaled(whole, of(second));
}

/** One scale an output. */
function scaled({ dims, values }: Constant, scale: Constant): Constant {
  const outputs = dims[0] ?? 1;
  if (scale.values.length !== outputs || (scale.dims[0] ?? 1) !== outputs) {
    throw new UnsupportedNetwork('Scales of something else than the outputs');
  }
  const each = values.length / outputs;
  const out = new Float32Array(values.length);
  for (let output = 0; output < outputs; output++) {
    multiply(values, scale.values[output] ?? 0, out, output * each, (output + 1) * each);
  }
  return { dims, values: out };
}

function multiply(values: Float32Array, by: number, out: Float32Array, from: number, end: number): void {
  for (let at = from; at < end; at++) out[at] = (values[at] ?? 0) * by;
}

function stored({ dims, type, bytes }: OnnxTensor): Constant {
  // A copy begins where numbers may.
  const { buffer } = bytes.slice();
  if (type === TYPE.float) return { dims, values: new Float32Array(buffer) };
  if (type === TYPE.int8) return { dims, values: new Float32Array(new Int8Array(buffer)) };
  if (type === TYPE.half) return { dims, values: ofHalves(new Uint16Array(buffer)) };
  if (type === TYPE.int64) {
    return { dims, values: Float32Array.from(new BigInt64Array(buffer), (value) => Number(value)) };
  }
  throw new UnsupportedNetwork(`Numbers of type ${type}`);
}

/** Half precision (IEEE 754 binary16): its bits, moved to where single precision has them, are 2^-112 of its value. */
function ofHalves(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let at = 0; at < halves.length; at++) {
    const half = halves[at] ?? 0;
    const infinite = (half & 0x7c00) === 0x7c00;
    bits[at] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13) | (infinite ? 0x7f800000 : 0);
    if (!infinite) values[at] = (values[at] ?? 0) * 2 ** 112;
  }
  return values;
}
