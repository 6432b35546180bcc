/** Offers a blob as a download, named with the moment: `truegrain-history-2026-11-21T14-05.json`. */
export function saveBlob(blob: Blob, name: string, extension: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = `${name}-${new Date().toISOString().slice(0, 16).replaceAll(':', '-')}.${extension}`;
  link.click();
  // The download has its own hold on the blob once the click is over.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
