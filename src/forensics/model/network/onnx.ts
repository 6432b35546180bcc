/**
 * Reads networks as ONNX stores them: what the kernels here need of it.
 * Field numbers: onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 */

export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly type: number;
  /** Little-endian values, one behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface OnnxAttribute {
  readonly float: number;
  readonly int: number;
  readonly ints: readonly number[];
  readonly tensor: OnnxTensor | null;
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** TensorProto.DataType */
export const TYPE = { float: 1, int8: 3, int64: 7, half: 10 } as const;

/** A network, or a part of one, that the kernels do not compute. */
export class UnsupportedNetwork extends Error {
  override readonly name = 'UnsupportedNetwork';
}

interface Field {
  readonly number: number;
  /** Of numbers. */
  readonly value: number;
  /** Of strings, bytes and messages, and of floats as they are stored. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** @throws UnsupportedNetwork for bytes that are no such message */
function* fieldsOf(bytes: Uint8Array<ArrayBuffer>): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new UnsupportedNetwork('A number of the file has no end');
  };
  const take = (length: number): Uint8Array<ArrayBuffer> => {
    if (at + length > bytes.length) throw new UnsupportedNetwork('The file ends within a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const number = key >>> 3;
    const wire = key & 7;
    if (wire === 0) yield { number, value: Number(BigInt.asIntN(64, varint())), bytes: bytes.subarray(0, 0) };
    else if (wire === 1) yield { number, value: 0, bytes: take(8) };
    else if (wire === 2) yield { number, value: 0, bytes: take(Number(varint())) };
    else if (wire === 5) yield { number, value: 0, bytes: take(4) };
    else throw new UnsupportedNetwork(`No such field: ${wire}`);
  }
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** One of a repeated field's numbers; files keep each by itself (proto2). */
function numberOf({ value, bytes }: Field): number {
  if (bytes.length > 0) throw new UnsupportedNetwork('Packed numbers');
  return value;
}

function tensorOf(message: Uint8Array<ArrayBuffer>): { name: string; tensor: OnnxTensor } {
  const dims: number[] = [];
  let type = 0;
  let name = '';
  let bytes: Uint8Array<ArrayBuffer> | null = null;
  for (const field of fieldsOf(message)) {
    if (field.number === 1) dims.push(numberOf(field));
    else if (field.number === 2) type = field.value;
    else if (field.number === 8) name = text(field.bytes);
    else if (field.number === 9) bytes = field.bytes;
    else if (field.number !== 12) throw new UnsupportedNetwork('Values must be stored as bytes');
  }
  if (!bytes) throw new UnsupportedNetwork('Values must be stored as bytes');
  return { name, tensor: { dims, type, bytes } };
}

function attributeOf(message: Uint8Array<ArrayBuffer>): [string, OnnxAttribute] {
  let name = '';
  let float = 0;
  let int = 0;
  const ints: number[] = [];
  let tensor: OnnxTensor | null = null;
  for (const field of fieldsOf(message)) {
    if (field.number === 1) name = text(field.bytes);
    else if (field.number === 2) float = new DataView(field.bytes.slice().buffer).getFloat32(0, true);
    else if (field.number === 3) int = field.value;
    else if (field.number === 5) tensor = tensorOf(field.bytes).tensor;
    else if (field.number === 8) ints.push(numberOf(field));
  }
  return [name, { float, int, ints, tensor }];
}

function nodeOf(message: Uint8Array<ArrayBuffer>): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  let op = '';
  for (const field of fieldsOf(message)) {
    if (field.number === 1) inputs.push(text(field.bytes));
    else if (field.number === 2) outputs.push(text(field.bytes));
    else if (field.number === 4) op = text(field.bytes);
    else if (field.number === 5) attributes.set(...attributeOf(field.bytes));
  }
  return { op, inputs, outputs, attributes };
}

const nameOf = (message: Uint8Array<ArrayBuffer>): string => {
  for (const field of fieldsOf(message)) if (field.number === 1) return text(field.bytes);
  return '';
};

/**
 * The graph of an ONNX file. Constants are views of `file`.
 * @throws UnsupportedNetwork where the file is none, or stores values another way than as bytes
 */
export function readOnnx(file: ArrayBuffer): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, OnnxTensor>();
  const inputs: string[] = [];
  const outputs: string[] = [];
  for (const part of fieldsOf(new Uint8Array(file))) {
    if (part.number !== 7) continue;
    for (const field of fieldsOf(part.bytes)) {
      if (field.number === 1) nodes.push(nodeOf(field.bytes));
      else if (field.number === 5) {
        const { name, tensor } = tensorOf(field.bytes);
        constants.set(name, tensor);
      } else if (field.number === 11) inputs.push(nameOf(field.bytes));
      else if (field.number === 12) outputs.push(nameOf(field.bytes));
    }
  }
  return { nodes, constants, inputs, outputs };
}
