import { useEffect, useRef } from 'preact/hooks';

/** Device pixels a side: 36 CSS pixels, sharp on a dense screen. */
const SIDE = 72;

/** One picture is decoded at a time: a dozen large photographs at once would fill the memory. */
let turn: Promise<void> = Promise.resolve();

/**
 * A small picture of a file in a visible row. Drawn only while no check runs (the processor belongs
 * to the checks), and gone with its row.
 */
export function Thumbnail({ file, idle }: { file: File | null; idle: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useRef(false);
  useEffect(() => {
    if (!file || !idle || drawn.current) return;
    let wanted = true;
    turn = turn.then(async () => {
      const target = canvas.current;
      if (!wanted || !target) return;
      drawn.current = await draw(file, target);
    });
    return () => {
      wanted = false;
    };
  }, [file, idle]);
  return (
    <span class="thumb" aria-hidden="true">
      <canvas ref={canvas} width={SIDE} height={SIDE} />
    </span>
  );
}

async function draw(file: File, target: HTMLCanvasElement): Promise<boolean> {
  // A file that cannot be decoded has its own row that says so: here it just stays blank.
  const bitmap = await createImageBitmap(file, { resizeWidth: SIDE * 2, resizeQuality: 'medium' }).catch(
    () => null,
  );
  if (!bitmap) return false;
  const scale = Math.max(SIDE / bitmap.width, SIDE / bitmap.height);
  const width = bitmap.width * scale;
  const height = bitmap.height * scale;
  target.getContext('2d')?.drawImage(bitmap, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
  bitmap.close();
  return true;
}
