import { defineBackground } from 'wxt/utils/define-background';
import { acquire, answerPickers, locate, requestAccess, watchMenus } from '../../src/acquire';
import { setAlarm, watchAlarm } from '../../src/checks/alarm';
import { createChecksApi } from '../../src/checks/api';
import { createBadge } from '../../src/checks/badge';
import { clickedSource } from '../../src/checks/clicked';
import { engineVersion } from '../../src/checks/engine-version';
import { watchIncognito } from '../../src/checks/incognito';
import { providers } from '../../src/checks/providers';
import { CheckRunner } from '../../src/checks/runner';
import { restrictStorage, watchVault } from '../../src/remote';
import { channelAnnouncer } from '../../src/rpc/announcements';
import { awake } from '../../src/rpc/awake';
import { installErrorTransfer } from '../../src/rpc/errors';
import { closeIdleDocument, createOffscreenClient } from '../../src/rpc/offscreen-client';
import { servePages } from '../../src/rpc/page-server';
import { watchPages } from '../../src/rpc/watching';
import { readSettings } from '../../src/settings';
import { words } from '../../src/ui/text';

/** The service worker: wires click, checks, engine, pages and badge together, and holds no logic. */
export default defineBackground({ type: 'module', main });

function main(): void {
  installErrorTransfer();
  const engine = createOffscreenClient();
  const runner = new CheckRunner({
    acquire,
    analysis: engine,
    remote: providers,
    announcer: channelAnnouncer(),
    show: createBadge(words),
    awake,
    now: Date.now,
    online: () => navigator.onLine,
    alarm: setAlarm,
    engineVersion,
  });

  // From the least trusted on: scripts in pages, our own pages, the browser.
  answerPickers();
  servePages({ ...createChecksApi(runner), engineStatus: () => engine.warmUp() }, () =>
    report(closeIdleDocument(engine)),
  );
  watchPages((jobId) => report(runner.stopUnseen(jobId)));
  chrome.contextMenus.onClicked.addListener((info, tab) => {
    if (tab) report(check(runner, info, tab));
  });
  // It also starts the worker with the browser, so that checks the last session left are taken up.
  watchMenus(console.error);
  report(restrictStorage());
  // What waits runs when its limit ends, when the connection is back, when the keys are opened.
  const wake = () => report(runner.wake());
  watchAlarm(wake);
  self.addEventListener('online', wake);
  watchVault(() => report(runner.wake({ unlocked: true })));
  watchIncognito(() => report(runner.eraseIncognito()));
  report(runner.resume().then(() => runner.wake()));
}

/** From the click on: permission is asked inside it, the check is written down, the popup shows it. */
async function check(
  runner: CheckRunner,
  info: chrome.contextMenus.OnClickData,
  tab: chrome.tabs.Tab,
): Promise<void> {
  // Both begin inside the click; Chrome forgets it at the first await.
  const access = requestAccess(info, tab);
  const found = locate(info, tab, access);
  // The check says what it failed with; it may do so before anybody below listens.
  found.catch(() => undefined);
  const find = async () => {
    const source = await found;
    await access;
    return source;
  };
  await runner.start(clickedSource(info, tab), { locate: find, incognito: tab.incognito });
  // Not before: the popup would cover the page while the person points at a picture in it.
  await Promise.allSettled([found, access]);
  if ((await readSettings()).openPopup) await openPopup(tab.windowId);
}

/** Chrome refuses where no window of the browser has the focus; the badge tells the same. */
async function openPopup(windowId: number): Promise<void> {
  await chrome.action.openPopup({ windowId }).catch(() => undefined);
}

/** Work that nobody waits for: what goes wrong with it belongs in the worker's console. */
function report(work: Promise<unknown> | undefined): void {
  work?.catch((error: unknown) => console.error(error));
}
