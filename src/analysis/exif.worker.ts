import * as Comlink from 'comlink';
import { decodeExif } from '../forensics/layers/metadata/exif-decoder';
import { installErrorTransfer } from '../rpc/errors';
import type { ExifWorkerApi } from './protocol';

installErrorTransfer();
Comlink.expose({ decode: decodeExif } satisfies ExifWorkerApi);
