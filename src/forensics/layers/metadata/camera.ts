import type { ExifTags } from '../../layer';

/** What the EXIF record says of a camera, sorted by whether it hangs together. */
export interface CameraRecord {
  /** Make and model as people say them: `Canon EOS 5D Mark II`; null where there is no model. */
  readonly name: string | null;
  readonly lens: string | null;
  /** `1/250 s, f/4, ISO 200, 50 mm`; null where nothing of it is there. */
  readonly exposure: string | null;
  /** As the camera's clock said it, without a zone: `2019:01:31 19:36:11`. */
  readonly takenAt: string | null;
  readonly hasGps: boolean;
  /** Make, model, exposure time, and one of aperture, sensitivity or focal length, all within what cameras do. */
  readonly coherent: boolean;
  /** A game that writes camera records into its pictures; the record is then no camera's. */
  readonly virtual: boolean;
}

/** Makers of games whose photo modes write full exposure records (Gran Turismo 5 and later). */
const VIRTUAL_MAKERS = /^polyphony digital\b/i;

export function readCamera(exif: ExifTags): CameraRecord {
  const make = textTag(exif, 'Make');
  const model = textTag(exif, 'Model');
  const time = numberTag(exif, 'ExposureTime', 1e-7, 7_200);
  const aperture = numberTag(exif, 'FNumber', 0.5, 128);
  const iso = numberTag(exif, 'ISO', 1, 10_000_000);
  const focal = numberTag(exif, 'FocalLength', 0.1, 10_000);
  const parts = [
    time === null ? null : time < 0.3 ? `1/${Math.round(1 / time)} s` : `${round(time)} s`,
    aperture === null ? null : `f/${round(aperture)}`,
    iso === null ? null : `ISO ${iso}`,
    focal === null ? null : `${round(focal)} mm`,
  ].filter((part) => part !== null);
  // Generators keep JSON in Make and Model; a camera's name is short and on one line.
  const named = [make, model].every((text) => text !== null && text.length <= 64 && !/[{}\n]/.test(text));
  const virtual = VIRTUAL_MAKERS.test(make ?? '');
  return {
    name: named && make && model ? fullName(make, model) : null,
    lens: textTag(exif, 'LensModel'),
    exposure: parts.length > 0 ? parts.join(', ') : null,
    takenAt: textTag(exif, 'DateTimeOriginal'),
    hasGps: exif.HasGps === 1,
    coherent: named && !virtual && time !== null && [aperture, iso, focal].some((value) => value !== null),
    virtual,
  };
}

/** `Canon` + `Canon EOS 5D` is `Canon EOS 5D`; `NIKON CORPORATION` + `NIKON D70` is `NIKON D70`. */
function fullName(make: string, model: string): string {
  const firstWord = make.split(/\s/, 1)[0] ?? make;
  return model.toLowerCase().startsWith(firstWord.toLowerCase()) ? model : `${make} ${model}`;
}

function textTag(exif: ExifTags, name: string): string | null {
  const value = exif[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** A tag's number where it lies in the range that makes sense; zero means "unknown" in most tags. */
function numberTag(exif: ExifTags, name: string, min: number, max: number): number | null {
  const value = exif[name];
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'number' && first >= min && first <= max ? first : null;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/**
 * True where EXIF names pixel dimensions other than the picture's, turned pictures allowed for: the
 * picture was scaled or cropped after the camera wrote the record. Null where EXIF names none.
 */
export function sizeDiffers(exif: ExifTags, width: number, height: number): boolean | null {
  const w = numberTag(exif, 'ExifImageWidth', 1, 1e6);
  const h = numberTag(exif, 'ExifImageHeight', 1, 1e6);
  if (w === null || h === null) return null;
  return !((w === width && h === height) || (w === height && h === width));
}
