import type { Text } from '../forensics/text';
import { words } from './text';

/** A text of the engine; foreign words are isolated so that they cannot reorder ours. */
export function Words({ text }: { text: Text }) {
  return 'verbatim' in text ? <bdi>{words(text)}</bdi> : words(text);
}
