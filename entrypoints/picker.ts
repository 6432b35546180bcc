import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { createPicker } from '../src/acquire/page/picker';
import { PICKER_GLOBAL } from '../src/acquire/picker-api';

/** Injected on demand into a frame's isolated world; a second injection finds the first one's picker. */
export default defineUnlistedScript(() => {
  if (PICKER_GLOBAL in globalThis) return;
  Object.defineProperty(globalThis, PICKER_GLOBAL, { value: createPicker() });
});
