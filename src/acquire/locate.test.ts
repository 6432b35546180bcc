import { afterEach, describe, expect, it, vi } from 'vitest';
import { locate } from './locate';

afterEach(() => {
  vi.unstubAllGlobals();
});

const tab = { id: 7, windowId: 3, url: 'https://page.example/' } as chrome.tabs.Tab;
const answer = { kind: 'background', url: 'https://embed.example/a.jpg', box: null, token: 't' };

/** A browser whose frame is open only when `isOpen` says so. */
function browser(isOpen: () => boolean) {
  const executeScript = vi.fn(async (injection: object) => {
    if (!isOpen()) throw new Error('Cannot access contents of the page.');
    return [{ frameId: 5, result: 'func' in injection ? { ok: true, value: answer } : undefined }];
  });
  vi.stubGlobal('chrome', {
    scripting: { executeScript },
    storage: { session: { get: async () => ({}) } },
  });
  return executeScript;
}

function click(more: Partial<chrome.contextMenus.OnClickData>): chrome.contextMenus.OnClickData {
  return {
    menuItemId: 'check-image',
    editable: false,
    pageUrl: 'https://page.example/',
    frameId: 5,
    ...more,
  };
}

describe("another site's frame", () => {
  it('is looked into as soon as access is granted', async () => {
    let open = false;
    browser(() => open);
    const access = Promise.resolve().then(() => {
      open = true;
      return true;
    });
    expect(await locate(click({}), tab, access)).toMatchObject({
      kind: 'background',
      frameId: 5,
      elementToken: 't',
    });
  });

  it('stays closed where access was refused: the check says so', async () => {
    browser(() => false);
    await expect(locate(click({}), tab, Promise.resolve(false))).rejects.toMatchObject({
      failure: { code: 'page-not-readable' },
    });
  });

  it('an address that the menu gave is enough to go on with', async () => {
    browser(() => false);
    const srcUrl = 'https://cdn.example/a.jpg';
    expect(await locate(click({ srcUrl, mediaType: 'image' }), tab, Promise.resolve(true))).toEqual({
      kind: 'image',
      url: srcUrl,
      pageUrl: 'https://page.example/',
      tabId: 7,
      frameId: 5,
      windowId: 3,
      box: null,
      elementToken: null,
    });
  });
});

it('a video is looked at, its film is not taken for a picture', async () => {
  const executeScript = browser(() => true);
  await locate(
    click({ srcUrl: 'https://page.example/film.mp4', mediaType: 'video' }),
    tab,
    Promise.resolve(true),
  );
  expect(executeScript.mock.calls.at(-1)?.[0]).toMatchObject({
    args: ['__truegrainPicker', 'locate', [null]],
  });
});
