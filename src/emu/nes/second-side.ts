/**
 * What runs beside a console in an arcade machine with two pictures: the sub console of a VS. DualSystem, or
 * the control side of a PlayChoice-10.
 */
export interface SecondSide {
  /** The console's own picture. */
  readonly left: Uint16Array;
  /** Where both pictures go, side by side; undefined if they are not drawn. */
  target: Uint16Array | undefined;
  /** The console has begun a frame. */
  beginFrame(isSeen: boolean, isHeard: boolean): void;
  /** Runs one instruction of the console, and the second side up to the same time. */
  step(): void;
  /** The console's frame is over. */
  finishFrame(): void;
  /** Changes the samples of the console's frame, which is complete. */
  mix(): void;
  /** Copies the pictures, as far as they are drawn, to `target`. */
  show(): void;
}
