import type { Shape } from './plan';

/** How a picture's values lie: channel by channel, or pixel by pixel. */
export type PictureLayout = 'nchw' | 'nhwc';

/**
 * Writes for every output of the first convolution the square of the picture that it sees, pixel by pixel, filled up
 * to whole vectors: its products are then those of single pixels (Chellapilla et al. 2006, "im2col").
 * @param squares receives count * outputs * (channels * side * side, rounded up to a multiple of 4) values
 */
export function firstPixels(
  data: Float32Array,
  count: number,
  size: number,
  order: PictureLayout,
  { side, stride, pads, inputs }: Shape,
  squares: Float32Array,
): void {
  const each = Math.ceil((inputs * side * side) / 4) * 4;
  const width = Math.floor((size + pads[1] + pads[3] - side) / stride) + 1;
  const height = Math.floor((size + pads[0] + pads[2] - side) / stride) + 1;
  const channelStep = order === 'nchw' ? size * size : 1;
  const pixelStep = order === 'nchw' ? 1 : inputs;
  squares.fill(0, 0, count * width * height * each);
  for (let square = 0; square < count; square++) {
    const picture = square * inputs * size * size;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        for (let channel = 0; channel < inputs; channel++) {
          const place = (y * side + x) * inputs + channel;
          for (let row = 0; row < height; row++) {
            const fromRow = row * stride + y - pads[0];
            if (fromRow < 0 || fromRow >= size) continue;
            const from = picture + channel * channelStep + fromRow * size * pixelStep;
            const to = (square * height + row) * width * each + place;
            copyRow(data, from, size, pixelStep, x - pads[1], stride, squares, to, width, each);
          }
        }
      }
    }
  }
}

/** Every `stride`th value of a row from `begin` on; what lies outside stays 0. */
function copyRow(
  data: Float32Array,
  from: number,
  size: number,
  pixelStep: number,
  begin: number,
  stride: number,
  squares: Float32Array,
  to: number,
  width: number,
  each: number,
): void {
  for (let column = 0, x = begin, at = to; column < width; column++, x += stride, at += each) {
    if (x >= 0 && x < size) squares[at] = data[from + x * pixelStep] ?? 0;
  }
}
