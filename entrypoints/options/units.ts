import { formatBytes } from '../../src/ui/format';

/** A limit in whole binary megabytes, as the limits are stated: "25 MB", and not "26.2 MB". */
export function megabytes(bytes: number): string {
  return formatBytes((bytes / 2 ** 20) * 1e6);
}
