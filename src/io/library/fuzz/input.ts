import { type Button, buttonMask, buttonText } from "../pads.ts";
import type { Hold } from "./shrink.ts";

const HOLDS_SHOWN = 24;
const DIRECTIONS: readonly (readonly Button[])[] = [["up"], ["down"], ["left"], ["right"]];
const DIAGONALS: readonly (readonly Button[])[] = [
  ["up", "left"],
  ["up", "right"],
  ["down", "left"],
  ["down", "right"],
];

/** Which buttons are pressed, and for how many frames in total. */
export interface RandomInput {
  readonly frames: number;
  readonly buttons: readonly Button[];
  readonly pads: number;
}

/**
 * Random input that resembles a player's: held directions, taps and holds of A and B at the same time, and
 * sometimes Start or Select. Never opposite directions.
 */
export function randomScript(random: FuzzRandom, { frames, buttons, pads }: RandomInput): Hold[] {
  const allowed = buttonMask(buttons);
  const masks = new Uint32Array(frames);
  for (let pad = 0; pad < pads; pad++) {
    for (const layer of [nextDirection, nextAction, nextMenu]) {
      for (let at = 0; at < frames; ) {
        const hold = layer(random);
        const mask = ((hold.mask & allowed) << (8 * pad)) >>> 0;
        for (const end = Math.min(frames, at + hold.frames); at < end; at++) masks[at]! |= mask;
      }
    }
  }
  return scriptOf(masks);
}

/** A direction or none, held briefly or for up to a second. */
function nextDirection(random: FuzzRandom): Hold {
  const frames = 1 + random.below(random.below(3) === 0 ? 60 : 12);
  const kind = random.below(10);
  if (kind < 3) return { mask: 0, frames };
  const from = kind === 9 ? DIAGONALS : DIRECTIONS;
  return { mask: buttonMask(from[random.below(from.length)]!), frames };
}

/** A, B, both or neither: mostly taps, sometimes held. */
function nextAction(random: FuzzRandom): Hold {
  const kind = random.below(10);
  if (kind < 5) return { mask: 0, frames: 1 + random.below(30) };
  const frames = 1 + random.below(random.below(5) === 0 ? 40 : 6);
  return { mask: buttonMask(kind < 8 ? ["a"] : kind === 8 ? ["b"] : ["a", "b"]), frames };
}

/** A tap of Start or Select every few seconds. */
function nextMenu(random: FuzzRandom): Hold {
  if (random.below(2) === 0) return { mask: 0, frames: 20 + random.below(280) };
  return { mask: buttonMask([random.below(4) === 0 ? "select" : "start"]), frames: 1 + random.below(4) };
}

/** Joins equal neighbours. */
function scriptOf(masks: Uint32Array): Hold[] {
  const script: Hold[] = [];
  for (let at = 0; at < masks.length; ) {
    const mask = masks[at]!;
    let end = at + 1;
    while (end < masks.length && masks[end] === mask) end++;
    script.push({ mask, frames: end - at });
    at = end;
  }
  return script;
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
function describeMask(mask: number): string {
  const parts: string[] = [];
  for (let port = 1; port <= 4; port++) {
    const text = buttonText((mask >>> (8 * (port - 1))) & 0xff);
    if (text !== "") parts.push(port === 1 ? text : `${port}:${text}`);
  }
  return parts.length === 0 ? "nothing" : parts.join(" ");
}

/** A script as text: "left × 22, nothing × 3, a × 1". Long ones end with "…". */
export function describeScript(script: readonly Hold[]): string {
  const shown = script.slice(0, HOLDS_SHOWN).map(({ mask, frames }) => `${describeMask(mask)} × ${frames}`);
  return `${shown.join(", ")}${script.length > HOLDS_SHOWN ? ", …" : ""}`;
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
