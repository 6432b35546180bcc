const SIDE = 64;

/**
 * A small picture for trying a key: a colour ramp with a ring, drawn here, so that a test never
 * sends a picture of anybody's.
 * @returns PNG bytes
 */
export async function drawPattern(): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser gave no drawing surface.');
  const ramp = context.createLinearGradient(0, 0, SIDE, SIDE);
  ramp.addColorStop(0, '#e8c39e');
  ramp.addColorStop(1, '#17506f');
  context.fillStyle = ramp;
  context.fillRect(0, 0, SIDE, SIDE);
  context.strokeStyle = '#ffffff';
  context.lineWidth = 4;
  context.beginPath();
  context.arc(SIDE / 2, SIDE / 2, SIDE / 4, 0, 2 * Math.PI);
  context.stroke();
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
}
