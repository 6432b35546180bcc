import { sha256Hex } from '../hash';
import { ModelError, type ModelView } from './card';

/**
 * Reads a file of the card and proves that it is the one the card describes.
 * @throws ModelError `file-missing` or `checksum-mismatch`
 */
export async function verifyFile(
  file: ModelView['file'],
  source: { file(path: string): Promise<ArrayBuffer> },
): Promise<ArrayBuffer> {
  const bytes = await source.file(file.path).catch((cause: unknown) => {
    throw new ModelError('file-missing', `${file.path} cannot be read`, { cause });
  });
  if (bytes.byteLength !== file.bytes) {
    throw new ModelError(
      'checksum-mismatch',
      `${file.path}: expected ${file.bytes} bytes but received ${bytes.byteLength}`,
    );
  }
  const found = await sha256Hex(bytes);
  if (found !== file.sha256) {
    throw new ModelError(
      'checksum-mismatch',
      `${file.path}: expected sha256 ${file.sha256} but received ${found}`,
    );
  }
  return bytes;
}
