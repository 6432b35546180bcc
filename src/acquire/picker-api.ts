import type { TabBox } from './page/box';
import type { PageRead } from './page/read';
import type { SourceKind } from './types';

/** What the injected picker answers to the service worker; everything is plain data. */
export interface PickerApi {
  /**
   * Finds the picture under the cursor; asks the person where that is not clear.
   * @returns null where there is none, `cancelled` where the person changed their mind
   */
  locate(srcUrl: string | null): Promise<LocateAnswer | null | 'cancelled'>;
  readAddress(address: string, maxBytes: number): Promise<PageRead>;
  /** @param backgroundUrl for pictures that a style sheet puts there, null where the element is the picture */
  readPixels(token: string, backgroundUrl: string | null): Promise<PageRead>;
  box(token: string): TabBox | null;
}

export interface LocateAnswer {
  readonly kind: SourceKind;
  readonly url: string | null;
  readonly box: TabBox | null;
  readonly token: string;
}

/** Sent by the picker while it holds the person's click; answered when the browser's question is. */
export interface AccessQuestion {
  readonly type: 'truegrain:ask-access';
  readonly url: string;
}

/** Where the picker stands in the isolated world of a frame. */
export const PICKER_GLOBAL = '__truegrainPicker';
