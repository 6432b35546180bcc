/** A message that a generator's own code writes into its pictures with `invisible-watermark`, method dwtDct. */
export interface KnownMessage {
  readonly id: 'sd1' | 'sd2' | 'sdxl' | 'flux';
  /** Known to people by this name. */
  readonly generator: string;
  /** 0 or 1, in the order of the blocks. */
  readonly bits: Uint8Array;
}

/** Bits of a text in ASCII, the highest first, as the library packs bytes. */
function ofText(text: string): Uint8Array {
  return Uint8Array.from(
    [...text].flatMap((char) => ofNumber(char.charCodeAt(0).toString(2).padStart(8, '0'))),
  );
}

function ofNumber(binary: string): number[] {
  return [...binary].map(Number);
}

/**
 * The messages of the published reference code: Stable Diffusion 1 (`StableDiffusionV1`, 136 bits) and 2 (`SDV2`,
 * 32 bits) in their `scripts/txt2img.py`, SDXL (48 bits) in generative-models and diffusers, FLUX in its
 * reference repository. FLUX's constant has 48 digits, but Python's `bin` drops the two leading zeros.
 */
export const KNOWN_MESSAGES: readonly KnownMessage[] = [
  { id: 'sd1', generator: 'Stable Diffusion 1', bits: ofText('StableDiffusionV1') },
  { id: 'sd2', generator: 'Stable Diffusion 2', bits: ofText('SDV2') },
  {
    id: 'sdxl',
    generator: 'Stable Diffusion XL',
    bits: Uint8Array.from(ofNumber('101100111110110010010000011110111011000110011110')),
  },
  {
    id: 'flux',
    generator: 'FLUX',
    bits: Uint8Array.from(ofNumber('1010101111111010000111100111001111010100101110')),
  },
];
