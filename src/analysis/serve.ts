import * as Comlink from 'comlink';
import type { AnalysisApi } from '../rpc/contracts';
import type { Presence } from './presence';
import { laterMapWithBuffer, withBuffers } from './transfer';

/** What the offscreen document answers on a port: the host's own calls, with buffers transferred and work told. */
export function servedApi(host: AnalysisApi, presence: Presence): AnalysisApi {
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    const end = presence.begin();
    try {
      return await work();
    } finally {
      end();
    }
  };
  return {
    analyze: (request, onProgress) =>
      during(async () => {
        try {
          return withBuffers(await host.analyze(request, onProgress));
        } finally {
          releaseProxy(onProgress);
        }
      }),
    cancel: (id) => host.cancel(id),
    laterMap: (id) =>
      during(async () => {
        const later = await host.laterMap(id);
        return later && laterMapWithBuffer(later);
      }),
    warmUp: () => during(() => host.warmUp()),
    thumbnail: (bytes, longestSide) => during(() => host.thumbnail(bytes, longestSide)),
    crop: (bytes, rect) =>
      during(async () => {
        const png = await host.crop(bytes, rect);
        return Comlink.transfer(png, [png]);
      }),
  };
}

/** Closes the port behind a callback that came through Comlink: thousands of checks would leave as many. */
function releaseProxy(callback: unknown): void {
  if (typeof callback !== 'function') return;
  const release: unknown = Reflect.get(callback, Comlink.releaseProxy);
  if (typeof release === 'function') release();
}
