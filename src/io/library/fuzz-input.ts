import { type Button, buttonMask, buttonText } from "./pads.ts";
import type { Hold } from "./shrink.ts";

const OPPOSITES = [buttonMask(["up", "down"]), buttonMask(["left", "right"])];
const MAX_HOLD_FRAMES = 40;

/** Which buttons are pressed, and for how many frames in total. */
export interface RandomInput {
  readonly frames: number;
  readonly buttons: readonly Button[];
  readonly pads: number;
}

/**
 * FuzzRandom holds of 1 to 40 frames: mostly one button, often none, sometimes two; never opposite
 * directions.
 */
export function randomScript(random: FuzzRandom, { frames, buttons, pads }: RandomInput): Hold[] {
  const script: Hold[] = [];
  for (let length = 0; length < frames; ) {
    let mask = 0;
    for (let pad = 0; pad < pads; pad++) mask |= randomMask(random, buttons) << (8 * pad);
    const wanted = 1 + random.below(random.below(4) === 0 ? MAX_HOLD_FRAMES : 8);
    const held = Math.min(wanted, frames - length);
    script.push({ mask: mask >>> 0, frames: held });
    length += held;
  }
  return script;
}

function randomMask(random: FuzzRandom, buttons: readonly Button[]): number {
  const count = [0, 1, 1, 1, 2, 3][random.below(6)] ?? 0;
  let mask = 0;
  for (let i = 0; i < count; i++) mask |= buttonMask([buttons[random.below(buttons.length)]!]);
  for (const both of OPPOSITES) if ((mask & both) === both) mask &= ~both;
  return mask;
}

/** xorshift32, seeded with a seed and the number of a run. It gives the same numbers everywhere. */
export class FuzzRandom {
  #state: number;

  constructor(seed: number, run: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(run + 1, 0x85ebca6b)) | 1;
    for (let i = 0; i < 8; i++) this.below(2);
  }

  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % limit;
  }
}

/** Buttons of all controllers as text: "a+right 2:start". */
export function describeMask(mask: number): string {
  const parts: string[] = [];
  for (let port = 1; port <= 4; port++) {
    const text = buttonText((mask >>> (8 * (port - 1))) & 0xff);
    if (text !== "") parts.push(port === 1 ? text : `${port}:${text}`);
  }
  return parts.length === 0 ? "nothing" : parts.join(" ");
}

/** The first `frames` frames of a script. */
export function cutScript(script: readonly Hold[], frames: number): Hold[] {
  const result: Hold[] = [];
  let left = frames;
  for (const hold of script) {
    if (left <= 0) break;
    result.push({ mask: hold.mask, frames: Math.min(left, hold.frames) });
    left -= hold.frames;
  }
  return result;
}

/** Length of a script in frames. */
export function scriptFrames(script: readonly Hold[]): number {
  return script.reduce((sum, hold) => sum + hold.frames, 0);
}
