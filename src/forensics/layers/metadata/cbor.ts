import { u8, u16be, u32be, u64be, utf8 } from '../../containers/bytes';
import { MAX_CBOR_DEPTH, MAX_CBOR_VALUES } from './limits';

export type CborValue = string | number | boolean | null | Uint8Array | CborValue[] | Map<string, CborValue>;

export class CborError extends Error {
  override readonly name = 'CborError';
}

/**
 * Decodes the first CBOR item of the bytes (RFC 8949). Map keys become text; tags are dropped and
 * their content kept; half and single floats read as null, since no text of a claim is one.
 * @throws CborError where the item is cut, nested too deep, or has too many values
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  return new Decoder(bytes).value(0);
}

const BREAK = Symbol('break');

class Decoder {
  private at = 0;
  private values = 0;

  constructor(private readonly bytes: Uint8Array) {}

  value(depth: number): CborValue {
    const value = this.item(depth);
    if (value === BREAK) throw new CborError('unexpected break');
    return value;
  }

  private item(depth: number): CborValue | typeof BREAK {
    if (depth > MAX_CBOR_DEPTH) throw new CborError('nested too deep');
    if (++this.values > MAX_CBOR_VALUES) throw new CborError('too many values');
    if (this.at >= this.bytes.length) throw new CborError('cut');
    const initial = u8(this.bytes, this.at++);
    const major = initial >> 5;
    const info = initial & 31;
    if (initial === 0xff) return BREAK;
    const length = info === 31 ? null : this.argument(info);
    if (major === 2 || major === 3) return this.string(major, length, depth);
    if (major === 4) return this.array(length, depth);
    if (major === 5) return this.map(length, depth);
    if (length === null) throw new CborError('indefinite length where none may be');
    if (major === 0) return length;
    if (major === 1) return -1 - length;
    if (major === 6) return this.value(depth + 1);
    return info === 20 ? false : info === 21 ? true : null;
  }

  private argument(info: number): number {
    if (info < 24) return info;
    const size = info === 24 ? 1 : info === 25 ? 2 : info === 26 ? 4 : info === 27 ? 8 : 0;
    if (size === 0 || this.at + size > this.bytes.length) throw new CborError('malformed length');
    const { bytes, at } = this;
    this.at += size;
    return size === 1
      ? u8(bytes, at)
      : size === 2
        ? u16be(bytes, at)
        : size === 4
          ? u32be(bytes, at)
          : u64be(bytes, at);
  }

  private string(major: number, length: number | null, depth: number): CborValue {
    if (length === null) {
      const parts: CborValue[] = [];
      for (let part = this.item(depth + 1); part !== BREAK; part = this.item(depth + 1)) parts.push(part);
      return major === 3 ? parts.filter((part) => typeof part === 'string').join('') : null;
    }
    if (length > this.bytes.length - this.at) throw new CborError('string runs past the end');
    const data = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return major === 3 ? utf8(data) : data;
  }

  private array(length: number | null, depth: number): CborValue {
    const items: CborValue[] = [];
    for (let i = 0; length === null || i < length; i++) {
      const item = this.item(depth + 1);
      if (item === BREAK) {
        if (length === null) break;
        throw new CborError('unexpected break');
      }
      items.push(item);
    }
    return items;
  }

  private map(length: number | null, depth: number): CborValue {
    const map = new Map<string, CborValue>();
    for (let i = 0; length === null || i < length; i++) {
      const key = this.item(depth + 1);
      if (key === BREAK) {
        if (length === null) break;
        throw new CborError('unexpected break');
      }
      const value = this.value(depth + 1);
      if (typeof key === 'string' || typeof key === 'number') map.set(String(key), value);
    }
    return map;
  }
}
