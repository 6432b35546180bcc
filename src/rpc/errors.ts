import * as Comlink from 'comlink';
import { CheckError, type Failure } from '../failures';

/** What is left of an error on its way through a port: Comlink alone would drop `code` and `args`. */
interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly args?: readonly (string | number)[];
  readonly failure?: Failure;
}

type SentThrow =
  | { readonly isError: true; readonly value: SentError }
  | { readonly isError: false; readonly value: unknown };

/**
 * Makes errors keep `code`, `args` and a `CheckError`'s failure on their way through Comlink. Call it once
 * in every context that exposes or wraps something, before the first call.
 */
export function installErrorTransfer(): void {
  // Comlink marks thrown values with a symbol that it does not export: its own handler knows them.
  const own = Comlink.transferHandlers.get('throw');
  if (!own) throw new Error('This version of Comlink has no handler for thrown values');
  Comlink.transferHandlers.set('throw', {
    canHandle: (value): value is { value: unknown } => own.canHandle(value),
    serialize: ({ value }: { value: unknown }) => [packThrown(value), []],
    deserialize: (sent: SentThrow): never => {
      throw unpackThrown(sent);
    },
  } satisfies Comlink.TransferHandler<{ value: unknown }, SentThrow> as Comlink.TransferHandler<
    unknown,
    unknown
  >);
}

/** Anything thrown, as plain data that can be posted. */
export function packThrown(thrown: unknown): SentThrow {
  if (!(thrown instanceof Error)) return { isError: false, value: thrown };
  const { name, message, stack } = thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  const args = 'args' in thrown && isArgs(thrown.args) ? thrown.args : undefined;
  const failure = thrown instanceof CheckError ? thrown.failure : undefined;
  return { isError: true, value: { name, message, stack, code, args, failure } };
}

/** The counterpart of `packThrown`: an `Error` with the same `name`, `code` and `args`, or a `CheckError`. */
export function unpackThrown(sent: SentThrow): unknown {
  if (!sent.isError) return sent.value;
  const { name, message, stack, code, args, failure } = sent.value;
  const error = failure ? new CheckError(failure) : new Error(message);
  const seen = Object.entries({ name, stack, code, args }).filter(([, value]) => value !== undefined);
  for (const [key, value] of seen) Object.defineProperty(error, key, { value, configurable: true });
  return error;
}

function isArgs(value: unknown): value is readonly (string | number)[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number');
}
