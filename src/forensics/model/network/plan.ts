import { type OnnxGraph, type OnnxNode, UnsupportedNetwork } from './onnx';
import { readWeights, type Weights } from './weights';

/** A convolution with what comes right behind it: a bound on its values, or the sum with an earlier tensor. */
export interface Convolution extends Shape {
  /** As ONNX has them: [outputs, inputs of the group, side, side]. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** A convolution but for its weights. */
export interface Shape {
  /**
   * `first` sees the picture itself through squares of any side; `pointwise` mixes channels at each pixel;
   * `depthwise` filters each channel by itself.
   */
  readonly kind: 'first' | 'pointwise' | 'depthwise';
  readonly input: string;
  output: string;
  readonly side: number;
  readonly stride: number;
  /** Zeros around the input: top, left, bottom, right. */
  readonly pads: readonly [number, number, number, number];
  readonly inputs: number;
  readonly outputs: number;
  low: number;
  high: number;
  added: string | null;
}

/** A linear answer from the means of the last tensor's channels. */
export interface Answer {
  readonly name: string;
  readonly values: number;
  /** [values, channels] */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** A network of convolutions, one behind the other, with answers from the means of the last one's channels. */
export interface Plan<One extends Shape = Shape> {
  readonly input: string;
  readonly convolutions: readonly One[];
  readonly pooled: string;
  readonly answers: readonly Answer[];
}

/**
 * What has to be computed, in order.
 * @throws UnsupportedNetwork naming the first operation that is none of those above
 */
export function planOf(graph: OnnxGraph): Plan<Convolution> {
  const planner = new Planner(graph);
  for (const node of graph.nodes) planner.take(node);
  return planner.finish();
}

class Planner {
  readonly #weights: Weights;
  readonly #uses = new Map<string, number>();
  readonly #convolutions: Convolution[] = [];
  /** Other names of a tensor: of means, and of answers. */
  readonly #answers = new Map<string, Omit<Answer, 'name'>>();
  readonly #means = new Set<string>();
  #pooled: string | null = null;

  constructor(private readonly graph: OnnxGraph) {
    this.#weights = readWeights(graph);
    for (const name of [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs]) {
      this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
    }
  }

  take(node: OnnxNode): void {
    if (this.#weights.made.has(node.outputs[0] ?? '')) return;
    if (node.op === 'Conv') this.#convolve(node);
    else if (node.op === 'Clip') this.#clip(node);
    else if (node.op === 'Add') this.#add(node);
    else if (node.op === 'ReduceMean' || node.op === 'GlobalAveragePool') this.#pool(node);
    else if (node.op === 'Gemm') this.#answer(node);
    else if (!this.#rename(node)) throw new UnsupportedNetwork(`The operation ${node.op}`);
  }

  finish(): Plan<Convolution> {
    const [input] = this.graph.inputs.filter((name) => !this.#weights.made.has(name));
    const answers = this.graph.outputs.map((name) => {
      const answer = this.#answers.get(name);
      if (!answer) throw new UnsupportedNetwork(`${name} is no linear answer`);
      return { name, ...answer };
    });
    if (!input || !this.#pooled) throw new UnsupportedNetwork('No input, or nothing that pools');
    return { input, convolutions: this.#convolutions, pooled: this.#pooled, answers };
  }

  #convolve({ inputs, outputs, attributes }: OnnxNode): void {
    const [input = '', weights = '', bias = ''] = inputs;
    const { dims, values } = this.#weights.of(weights);
    const [count = 0, perGroup = 0, side = 0, width = 0] = dims;
    const group = attributes.get('group')?.int ?? 1;
    const [stride = 1, across = 1] = attributes.get('strides')?.ints ?? [];
    const [top = 0, left = 0, bottom = 0, right = 0] = attributes.get('pads')?.ints ?? [];
    const dilated = attributes.get('dilations')?.ints.some((one) => one !== 1);
    const square = side === width && stride === across && dims.length === 4 && !dilated;
    const depthwise = perGroup === 1 && group === count;
    const first = this.graph.inputs.includes(input) && group === 1 && perGroup === 3;
    const pointwise = side === 1 && group === 1 && stride === 1 && top + left + bottom + right === 0;
    // The kernels compute eight outputs at a time.
    if (!square || count % 8 !== 0 || !(first || pointwise || (depthwise && (side === 3 || side === 5)))) {
      throw new UnsupportedNetwork(`A convolution ${dims.join(' x ')}, stride ${stride}, ${group} groups`);
    }
    this.#convolutions.push({
      kind: first ? 'first' : depthwise ? 'depthwise' : 'pointwise',
      input,
      output: outputs[0] ?? '',
      side,
      stride,
      pads: [top, left, bottom, right],
      inputs: depthwise ? group : perGroup,
      outputs: count,
      weights: values,
      bias: this.#weights.of(bias).values,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      added: null,
    });
  }

  /** The latest convolution, if it is what `name` is and nothing else needs it as it is. */
  #latest(name: string): Convolution | null {
    const last = this.#convolutions.at(-1);
    const free = last?.output === name && this.#uses.get(name) === 1 && last.added === null;
    return last && free && last.high === Number.POSITIVE_INFINITY ? last : null;
  }

  #clip({ inputs, outputs }: OnnxNode): void {
    const [input = '', low = '', high = ''] = inputs;
    const convolution = this.#latest(input);
    if (!convolution) throw new UnsupportedNetwork('A bound that is not right behind a convolution');
    convolution.low = this.#weights.of(low).values[0] ?? Number.NEGATIVE_INFINITY;
    convolution.high = this.#weights.of(high).values[0] ?? Number.POSITIVE_INFINITY;
    convolution.output = outputs[0] ?? '';
  }

  #add({ inputs: [a = '', b = ''], outputs }: OnnxNode): void {
    const last = this.#latest(a) ?? this.#latest(b);
    const added = last?.output === a ? b : a;
    const known = this.#convolutions.some(({ output }) => output === added);
    if (last?.kind !== 'pointwise' || !known || added === last.output) {
      throw new UnsupportedNetwork('A sum that is not right behind a convolution of single pixels');
    }
    last.added = added;
    last.output = outputs[0] ?? '';
  }

  #pool({ op, inputs: [input = ''], outputs, attributes }: OnnxNode): void {
    const axes = attributes.get('axes')?.ints ?? [];
    const last = this.#convolutions.at(-1)?.output;
    if (input !== last || this.#pooled !== null || (op === 'ReduceMean' && axes.join() !== '2,3')) {
      throw new UnsupportedNetwork('Means of something else than the last channels');
    }
    this.#pooled = input;
    this.#means.add(outputs[0] ?? '');
  }

  #answer({ inputs: [input = '', weights = '', bias = ''], outputs, attributes }: OnnxNode): void {
    const { dims, values } = this.#weights.of(weights);
    const plain = ['alpha', 'beta'].every((name) => (attributes.get(name)?.float ?? 1) === 1);
    const transposed = attributes.get('transB')?.int === 1;
    if (!this.#means.has(input) || !plain || !transposed) throw new UnsupportedNetwork('A product');
    const answer = { values: dims[0] ?? 0, weights: values, bias: this.#weights.of(bias).values };
    this.#answers.set(outputs[0] ?? '', answer);
  }

  /** Whether a node only shapes anew what the answers are computed of, or a single answer. */
  #rename({ op, inputs: [input = ''], outputs: [output = ''] }: OnnxNode): boolean {
    if (this.#means.has(input) && op === 'Flatten') this.#means.add(output);
    const answer = this.#answers.get(input);
    const single = answer?.values === 1 && ['Gather', 'Unsqueeze', 'Flatten'].includes(op);
    if (answer && single) this.#answers.set(output, answer);
    return this.#means.has(output) || this.#answers.has(output);
  }
}
