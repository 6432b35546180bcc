/** A place in the pixels of an image. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** Half the angle of an arrow's head, 25 degrees, in radians. */
const TURN = 0.44;

/** Where the two strokes of an arrow's head begin: `length` pixels back from the tip, either side of the shaft. */
export function arrowBacks(from: Place, to: Place, length: number): readonly [Place, Place] {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const back = (turn: number): Place => ({
    x: to.x - length * Math.cos(angle + turn),
    y: to.y - length * Math.sin(angle + turn),
  });
  return [back(TURN), back(-TURN)];
}
