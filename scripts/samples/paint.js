/* Runs in a page: paints the pictures of the demo page. Everything is procedural and seeded. */

/** Uniform numbers 0..1 (mulberry32). */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Value noise in two dimensions, summed over octaves: 0..1. */
function clouds(seed) {
  const random = uniform(seed);
  const table = Float32Array.from({ length: 4096 }, random);
  const at = (x, y) => table[((x * 57 + y * 131) >>> 0) % 4096];
  const ease = (t) => t * t * (3 - 2 * t);
  const smooth = (x, y) => {
    const left = Math.floor(x);
    const top = Math.floor(y);
    const u = ease(x - left);
    const v = ease(y - top);
    const above = at(left, top) * (1 - u) + at(left + 1, top) * u;
    const below = at(left, top + 1) * (1 - u) + at(left + 1, top + 1) * u;
    return above * (1 - v) + below * v;
  };
  return (x, y, octaves) => {
    let sum = 0;
    let weight = 0;
    for (let octave = 0, size = 1; octave < octaves; octave += 1, size *= 2) {
      sum += smooth(x * size + 17 * octave, y * size + 31 * octave) / size;
      weight += 1 / size;
    }
    return sum / weight;
  };
}

function mix(a, b, share) {
  return a.map((value, index) => value + (b[index] - value) * share);
}

/** Hills behind a lake in the evening, with the grain of a sensor: more light, more noise. */
function landscape(width, height, seed) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  const random = uniform(seed);
  const noise = clouds(seed + 1);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const shore = 0.64;
  const ridge = (x, layer) =>
    shore - 0.1 - 0.09 * (2 - layer) + 0.2 * (noise(x * (2.2 + layer) + layer * 9, layer * 5 + 0.5, 5) - 0.5);
  const paint = (x, y) => {
    let colour = mix([62, 96, 150], [246, 196, 140], Math.min(1, y / shore) ** 1.5);
    colour = mix(colour, [250, 226, 200], 0.7 * Math.max(0, noise(x * 3, y * 9, 5) - 0.5) * (1 - y / shore));
    const sun = Math.hypot((x - 0.68) * 1.5, y - 0.42);
    colour = mix(colour, [255, 240, 205], Math.max(0, 1 - sun / 0.05) > 0 ? 0.95 : Math.exp(-sun * 7) * 0.8);
    for (let layer = 0; layer < 3; layer += 1) {
      if (y < ridge(x, layer)) continue;
      const rock = [
        [108, 116, 148],
        [72, 84, 104],
        [38, 52, 50],
      ][layer];
      colour = mix(
        rock,
        rock.map((value) => value * 0.55),
        noise(x * 26, y * 26, 5),
      );
    }
    return colour;
  };
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const x = column / width;
      const y = row / height;
      let colour;
      if (y < shore) colour = paint(x, y);
      else {
        const depth = (y - shore) / (1 - shore);
        const ripple = 0.012 * depth * (noise(x * 18, y * 160, 3) - 0.5);
        colour = mix(paint(x + ripple, shore - (y - shore) * 0.9 + ripple), [22, 34, 48], 0.28 + 0.4 * depth);
      }
      const at = (row * width + column) * 4;
      for (let channel = 0; channel < 3; channel += 1) {
        const light = colour[channel];
        image.data[at + channel] = light + normal() * (1.2 + 0.28 * Math.sqrt(Math.max(0, light)));
      }
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Soft coloured shapes, drawn without any noise. */
function shapes(width, height, seed) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  const random = uniform(seed);
  const ground = context.createLinearGradient(0, 0, width, height);
  ground.addColorStop(0, '#22304a');
  ground.addColorStop(1, '#8a4f62');
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  for (let index = 0; index < 26; index += 1) {
    const radius = 20 + 70 * random();
    const x = width * random();
    const y = height * random();
    const ball = context.createRadialGradient(x - radius / 3, y - radius / 3, 1, x, y, radius);
    ball.addColorStop(0, `hsl(${20 + 40 * random()} 80% 80%)`);
    ball.addColorStop(1, `hsl(${330 + 60 * random()} 55% 34%)`);
    context.fillStyle = ball;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
  return canvas;
}

/** The picture as a JPEG encoder left it, on a new canvas. */
async function resaved(canvas, quality) {
  const bitmap = await createImageBitmap(await canvas.convertToBlob({ type: 'image/jpeg', quality }));
  const copy = new OffscreenCanvas(bitmap.width, bitmap.height);
  copy.getContext('2d').drawImage(bitmap, 0, 0);
  return copy;
}

/** A block of fresh, never compressed texture set into a picture that was compressed before. */
async function spliced(width, height) {
  const canvas = await resaved(landscape(width, height, 21), 0.6);
  const patch = landscape(width, height, 77);
  const [x, y, w, h] = [0.16 * width, 0.4 * height, 0.22 * width, 0.28 * height];
  canvas.getContext('2d').drawImage(patch, 0.3 * width, 0.3 * height, w, h, x, y, w, h);
  return canvas;
}

/**
 * A weave of 6 by 6 pixels (JPEG has its own of 8), faint enough to be overlooked, over the whole picture: what the enlarging
 * steps of some generators leave behind.
 */
function woven(width, height) {
  const canvas = landscape(width, height, 33);
  const context = canvas.getContext('2d');
  const image = context.getImageData(0, 0, width, height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const wave = 3 * Math.cos((Math.PI * x) / 3) + 3 * Math.cos((Math.PI * y) / 3);
      for (let channel = 0; channel < 3; channel += 1) image.data[(y * width + x) * 4 + channel] += wave;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

async function base64(canvas, type, quality) {
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type, quality })).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

globalThis.paintSamples = async () => ({
  'photo-with-camera-notes.jpg': await base64(landscape(960, 640, 7), 'image/jpeg', 0.9),
  'no-notes.jpg': await base64(landscape(960, 640, 12), 'image/jpeg', 0.82),
  'generator-settings.png': await base64(shapes(384, 384, 3), 'image/png'),
  'pasted-block.jpg': await base64(await spliced(960, 640), 'image/jpeg', 0.93),
  'woven.jpg': await base64(woven(960, 640), 'image/jpeg', 0.95),
  'background.jpg': await base64(landscape(960, 480, 51), 'image/jpeg', 0.85),
});
