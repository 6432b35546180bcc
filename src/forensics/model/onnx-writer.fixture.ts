/**
 * Networks small enough to write by hand.
 * Field numbers: onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 */

export type Bytes = readonly number[];

export const text = (value: string): Bytes => [...new TextEncoder().encode(value)];

function varint(value: number): Bytes {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

/** A field that holds a number. */
export const number = (field: number, value: number): Bytes => [...varint(field << 3), ...varint(value)];

/** A field that holds bytes: a string, or a message made of fields. */
export const bytes = (field: number, ...parts: Bytes[]): Bytes => {
  const content = parts.flat();
  return [...varint((field << 3) | 2), ...varint(content.length), ...content];
};

/** ValueInfoProto of a float32 tensor; a word is a free dimension. */
export function tensor(field: number, name: string, dims: readonly (number | string)[]): Bytes {
  const shape = dims.map((dim) => bytes(1, typeof dim === 'number' ? number(1, dim) : bytes(2, text(dim))));
  const type = bytes(2, bytes(1, number(1, 1), bytes(2, ...shape)));
  return bytes(field, bytes(1, text(name)), type);
}

const INT = 2;
const INTS = 7;

/** NodeProto with whole numbers, or lists of them, as attributes. */
export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): Bytes {
  const written = Object.entries(attributes).map(([name, value]) =>
    typeof value === 'number'
      ? bytes(5, bytes(1, text(name)), number(3, value), number(20, INT))
      : bytes(5, bytes(1, text(name)), ...value.map((one) => number(8, one)), number(20, INTS)),
  );
  const wired = [
    ...inputs.map((name) => bytes(1, text(name))),
    ...outputs.map((name) => bytes(2, text(name))),
  ];
  return bytes(1, ...wired, bytes(4, text(op)), ...written);
}

/** TensorProto among the graph's initializers, float32. */
export function constant(name: string, dims: readonly number[], values: Float32Array): Bytes {
  const raw = [...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
  return bytes(5, ...dims.map((dim) => number(1, dim)), number(2, 1), bytes(8, text(name)), bytes(9, raw));
}

/**
 * ModelProto, opset 13.
 * @param parts nodes, constants, inputs (field 11) and outputs (field 12) of the graph
 */
export function model(...parts: Bytes[]): Uint8Array<ArrayBuffer> {
  const graph = bytes(7, ...parts, bytes(2, text('graph')));
  return new Uint8Array([...number(1, 8), ...graph, ...bytes(8, number(2, 13))]);
}
