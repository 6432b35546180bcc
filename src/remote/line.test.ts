import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ExtensionApis, extensionApis } from '../../tests/providers/extension-apis';
import { getProvider } from './index';
import { createLine } from './line';
import { inTurn } from './queue';
import { exhaustedUntil, NOTHING_KNOWN, saveBlock, saveUsage, type UsageWindow, usageOf } from './usage';

const START = Date.UTC(2026, 10, 21, 12);
const config = { baseUrl: 'https://api.fauxlens.com', apiKey: 'fl_key_0123456789' };
const fauxlens = getProvider('fauxlens');
const never = new AbortController().signal;

let apis: ExtensionApis;
beforeEach(() => {
  apis = extensionApis();
  vi.stubGlobal('chrome', apis.chrome);
  vi.stubGlobal('navigator', apis.navigator);
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function window(changes: Partial<UsageWindow> = {}): UsageWindow {
  const all = { limit: 60, used: null, left: null, resetsAt: null };
  return { id: 'minute', unit: 'requests', source: 'provider', ...all, ...changes };
}

describe("a key's line", () => {
  it('lets a minute of 60 requests through without a refusal, and never more than 60 in one', async () => {
    const line = createLine(fauxlens, config);
    const times: number[] = [];
    const asking = (async () => {
      for (let i = 0; i < 150; i++) {
        await line.admit(never);
        times.push(Date.now());
      }
    })();
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    await asking;
    for (const from of times) {
      expect(times.filter((time) => time >= from && time < from + 60_000).length).toBeLessThanOrEqual(60);
    }
  });

  it('keeps its bucket where the service worker dies', async () => {
    for (let i = 0; i < 15; i++) await createLine(fauxlens, config).admit(never);
    const impatient = createLine(fauxlens, config, { patience: 0 });
    await expect(impatient.admit(never)).rejects.toMatchObject({
      failure: { code: 'provider-rate-limited', retryAt: expect.any(Number) },
    });
  });

  it('does not ask a server that said that nothing is left, but says when', async () => {
    const resetsAt = START + 45_000;
    const line = createLine(fauxlens, config);
    await line.heard({ windows: [window({ id: 'burst', left: 0, resetsAt })] });
    expect((await usageOf('fauxlens')).windows[0]).toMatchObject({ id: 'minute', left: 0 });
    await expect(line.admit(never)).rejects.toMatchObject({ failure: { retryAt: resetsAt } });
    await createLine(fauxlens, config, { despiteLimits: true }).admit(never);
    await vi.advanceTimersByTimeAsync(45_000);
    await line.admit(never);
  });

  it('waits out a short limit, and lets go when it is told to', async () => {
    await saveBlock('fauxlens', START + 5_000);
    const line = createLine(fauxlens, config);
    const gone = new AbortController();
    const given = line.admit(gone.signal).catch((error: unknown) => error);
    let through = false;
    const waiting = line.admit(never).then(() => {
      through = true;
    });
    await vi.advanceTimersByTimeAsync(1_000);
    gone.abort(new Error('enough'));
    expect(await given).toMatchObject({ message: 'enough' });
    await vi.advanceTimersByTimeAsync(3_900);
    expect(through).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    await waiting;
  });
});

describe('what is known of an account', () => {
  it('is joined from replies, headers and endpoints, and forgotten at each reset', async () => {
    await saveUsage('fauxlens', {
      plan: 'pro',
      windows: [window({ id: 'month', unit: 'tokens', left: 3766 })],
    });
    await saveUsage('fauxlens', { windows: [window({ left: 59, resetsAt: START + 60_000 })] });
    expect(await usageOf('fauxlens')).toMatchObject({
      plan: 'pro',
      windows: [
        { id: 'minute', left: 59 },
        { id: 'month', left: 3766 },
      ],
    });
    expect((await usageOf('fauxlens', START + 60_000)).windows.map(({ id }) => id)).toEqual(['month']);
  });

  describe('told in parts, is joined figure by figure', () => {
    const whole = window({
      id: 'month',
      unit: 'tokens',
      limit: 5000,
      used: 1234,
      left: 3766,
      resetsAt: START + 86_400_000,
    });
    const after = async (told: Partial<UsageWindow>) => {
      await saveUsage('fakesec', { plan: 'pro', windows: [whole] });
      const silent = { limit: null, used: null, left: null, resetsAt: null };
      await saveUsage('fakesec', { windows: [window({ id: 'month', unit: 'tokens', ...silent, ...told })] });
      const [joined] = (await usageOf('fakesec')).windows;
      return joined && [joined.limit, joined.used, joined.left, joined.resetsAt];
    };

    it.each([
      ['what is left after a check', { left: 3765 }, [5000, 1235, 3765, whole.resetsAt]],
      ['what is used', { used: 2000 }, [5000, 2000, 3000, whole.resetsAt]],
      ['another reset only', { resetsAt: START + 1 }, [5000, 1234, 3766, START + 1]],
      ['another limit and what is left', { limit: 6000, left: 5999 }, [6000, 1, 5999, whole.resetsAt]],
      ['more left than the limit that was known', { left: 9000 }, [null, null, 9000, whole.resetsAt]],
      ['another unit', { unit: 'credits', left: 7 }, [null, null, 7, null]],
    ] as const)('%s', async (_, told, joined) => {
      expect(await after(told)).toEqual(joined);
    });

    it('but not with what a reset has made stale', async () => {
      await saveUsage('fakesec', { windows: [{ ...whole, resetsAt: START + 1000 }] });
      const told = window({
        id: 'month',
        unit: 'tokens',
        limit: null,
        used: null,
        left: 4999,
        resetsAt: null,
      });
      await saveUsage('fakesec', { windows: [told] }, START + 1000);
      const [joined] = (await usageOf('fakesec', START + 1000)).windows;
      expect(joined).toMatchObject({ limit: null, used: null, left: 4999, resetsAt: null });
    });
  });

  it('loses nothing where several are told at once', async () => {
    const ids = ['minute', 'day', 'month', 'plan'] as const;
    await Promise.all(ids.map((id) => saveUsage('fauxlens', { windows: [window({ id })] })));
    expect((await usageOf('fauxlens')).windows.map(({ id }) => id)).toEqual([...ids]);
  });

  it('of a broken shape counts as nothing known', async () => {
    apis.stored.set('remote.usage.fauxlens', { windows: 'many' });
    expect(await usageOf('fauxlens')).toEqual(NOTHING_KNOWN);
  });

  it('says when a used-up account can be asked again', () => {
    const at = START;
    const used = (windows: readonly UsageWindow[], blockedUntil: number | null = null) =>
      exhaustedUntil({ plan: null, windows: windows.map((one) => ({ ...one, at })), blockedUntil }, START);
    expect(used([window({ left: 1 })])).toBeNull();
    expect(used([window({ left: 0, resetsAt: START + 5 }), window({ left: 0, resetsAt: START + 9 })])).toBe(
      START + 9,
    );
    // Credits without a reset: they may have been bought meanwhile.
    expect(used([window({ id: 'plan', left: 0 })])).toBe(START + 3_600_000);
    expect(used([], START + 7)).toBe(START + 7);
    expect(used([], START)).toBeNull();
  });
});

describe("a provider's queue", () => {
  it('runs no more conversations at once than the plan allows, in order', async () => {
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const work = (nth: number) => async () => {
      order.push(nth);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 10));
      running -= 1;
    };
    const all = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((nth) => inTurn(fauxlens, config, never, work(nth)));
    await vi.advanceTimersByTimeAsync(1_000);
    await Promise.all(all);
    expect(most).toBe(fauxlens.pace(config).concurrency);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('is left by one that is cancelled before its turn, as not sent', async () => {
    const gone = new AbortController();
    const busy = [1, 2, 3, 4].map(() =>
      inTurn(fauxlens, config, never, () => new Promise((resolve) => setTimeout(resolve, 50))),
    );
    const waiting = inTurn(fauxlens, config, gone.signal, async () => 'sent').catch(
      (error: unknown) => error,
    );
    gone.abort();
    expect(await waiting).toMatchObject({ failure: { code: 'cancelled', fate: 'not-sent' } });
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(busy);
  });
});
