import { CheckError } from '../failures';
import { askAccess } from './access';
import { type AccessQuestion, PICKER_GLOBAL, type PickerApi } from './picker-api';
import { readRefusals } from './refusals';

interface Frame {
  readonly tabId: number;
  readonly frameId: number;
}

/** Longer than the page's own limit for reading a picture (page/read.ts). */
const PAGE_DEADLINE_MS = 40_000;

type Methods = keyof PickerApi;
type Answer<Method extends Methods> = Awaited<ReturnType<PickerApi[Method]>>;

/** Frames whose picture is being looked for: only they may ask for access, and only for so long. */
const asking = new Map<string, { readonly pageUrl: string | null; refused: ReadonlySet<string> }>();

/**
 * Calls the picker in a frame, injecting it first where it is not there yet.
 * @throws CheckError `page-not-readable` where the browser lets nobody into the frame (its own pages,
 *   the store, another site's frame without access) or the frame has gone
 */
export async function callPicker<Method extends Methods>(
  { tabId, frameId }: Frame,
  method: Method,
  ...args: Parameters<PickerApi[Method]>
): Promise<Answer<Method>> {
  const target = { tabId, frameIds: [frameId] };
  try {
    await within(chrome.scripting.executeScript({ target, files: ['/picker.js'] }));
    const call = chrome.scripting.executeScript({
      target,
      func: invoke,
      args: [PICKER_GLOBAL, method, args],
    });
    // The person may take their time over a choice; everything else is a machine's.
    const [outcome] = await (method === 'locate' ? call : within(call));
    const ran = outcome?.result;
    if (!ran?.ok) throw new Error(ran?.message ?? 'the frame has gone');
    // `invoke` runs in the page and loses its types on the way: this is what the picker's method answers.
    return ran.value as Answer<Method>;
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new CheckError({ code: 'page-not-readable', detail }, { cause });
  }
}

/** A page that hangs (a dialog, a debugger, an endless loop) answers nothing: it must not hold the check. */
function within<Result>(work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PAGE_DEADLINE_MS} ms`)), PAGE_DEADLINE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

type Ran = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** Runs in the frame; closes over nothing. What it throws would arrive as an empty result. */
async function invoke(name: string, method: string, args: unknown[]): Promise<Ran> {
  try {
    const picker: unknown = Reflect.get(globalThis, name);
    const run: unknown = typeof picker === 'object' && picker !== null ? Reflect.get(picker, method) : null;
    if (typeof run !== 'function') return { ok: false, message: 'no picker here' };
    return { ok: true, value: await Reflect.apply(run, picker, args) };
  } catch (error) {
    return { ok: false, message: String(error) };
  }
}

/** While `work` looks for a picture in the frame, that frame may ask for access to the picture's site. */
export async function whileAsking<Result>(
  frame: Frame,
  pageUrl: string | null,
  work: () => Promise<Result>,
): Promise<Result> {
  const key = `${frame.tabId}:${frame.frameId}`;
  const asker = { pageUrl, refused: new Set<string>() };
  asking.set(key, asker);
  // Beside the work, not before it: the click must reach the page while it counts.
  readRefusals().then(
    (known) => {
      asker.refused = new Set(known);
    },
    () => undefined,
  );
  try {
    return await work();
  } finally {
    asking.delete(key);
  }
}

/**
 * Hears the picker's questions. The question arrives with the person's click still in hand, so the
 * browser's prompt may be shown; it must be called before anything is awaited.
 */
export function answerPickers(): void {
  chrome.runtime.onMessage.addListener((message: unknown, sender, reply) => {
    const { tab, frameId } = sender;
    if (sender.id !== chrome.runtime.id || tab?.id === undefined || frameId === undefined) return false;
    const key = `${tab.id}:${frameId}`;
    const asker = asking.get(key);
    if (!asker || !isQuestion(message)) return false;
    askAccess(message.url, asker.pageUrl, asker.refused).then(reply, () => reply(false));
    return true;
  });
}

function isQuestion(message: unknown): message is AccessQuestion {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'truegrain:ask-access' &&
    'url' in message &&
    typeof message.url === 'string'
  );
}
