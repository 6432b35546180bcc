import { MAX_JSON_CHARS } from './limits';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses text that ought to be a JSON object; null where it is not one. */
export function parseObject(text: string | null): JsonObject | null {
  if (text === null || text.length > MAX_JSON_CHARS || !/^\s*\{/.test(text)) return null;
  try {
    // Python writes NaN into JSON, as in ComfyUI's `is_changed: [NaN]`.
    const value: unknown = JSON.parse(text.replace(/([[:,]\s*)-?(?:NaN|Infinity)(?=\s*[\],}])/g, '$1null'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** A member that is a text and not empty, or null. */
export function textMember(object: JsonObject, name: string): string | null {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** How many of the names are members of the object itself. */
export function countMembers(object: JsonObject, names: readonly string[]): number {
  return names.filter((name) => Object.hasOwn(object, name)).length;
}
