/** A file to check, with the name a person recognises it by (its path inside a dropped folder). */
export interface BatchFile {
  readonly name: string;
  readonly file: File;
}

/** Files of an `<input type="file">`, folder paths kept. */
export function fromFileList(files: Iterable<File>): BatchFile[] {
  return [...files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
}

/**
 * Files of a drop or paste; folders are walked to the bottom. The items must be read in the event
 * itself (the browser empties them when it returns), so this starts at once and ends later.
 * @param onFiles called with a few hundred files at a time, so that a large folder begins at once
 */
export async function fromTransfer(
  items: DataTransferItemList,
  onFiles: (files: BatchFile[]) => void,
): Promise<void> {
  const entries: FileSystemEntry[] = [];
  const loose: BatchFile[] = [];
  for (const item of items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    if (entry) {
      entries.push(entry);
      continue;
    }
    const file = item.getAsFile();
    if (file) loose.push({ name: file.name, file });
  }
  if (loose.length > 0) onFiles(loose);
  for (const entry of entries) await walk(entry, onFiles);
}

async function walk(entry: FileSystemEntry, onFiles: (files: BatchFile[]) => void): Promise<void> {
  if (isFile(entry)) {
    onFiles([await toFile(entry)]);
    return;
  }
  if (!isDirectory(entry)) return;
  const reader = entry.createReader();
  for (;;) {
    // The reader answers about a hundred entries at a time, and an empty list at the end.
    const part = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (part.length === 0) return;
    const visible = part.filter((child) => !child.name.startsWith('.'));
    const files = await Promise.all(visible.filter(isFile).map(toFile));
    if (files.length > 0) onFiles(files);
    for (const child of visible.filter(isDirectory)) await walk(child, onFiles);
  }
}

async function toFile(entry: FileSystemFileEntry): Promise<BatchFile> {
  const file = await new Promise<File>((done, fail) => entry.file(done, fail));
  return { name: entry.fullPath.replace(/^\//, ''), file };
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
