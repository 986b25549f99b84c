import { InputError } from "../../emu/input-error.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { methodsThrowAtCaller } from "./throw-at-caller.ts";

/** The sound of the machine: the last frame, and all frames since `record`. */
export class Audio {
  readonly sampleRateHz: number;
  /** False if samples are not needed: frames of an observed game may then have none. */
  isHeard = true;
  readonly #nes: Nes;
  #recorded: Int16Array[] | undefined;

  constructor(nes: Nes) {
    this.#nes = nes;
    this.sampleRateHz = nes.geometry.sampleRateHz;
  }

  /** Samples of the last frame, signed 16 bits; valid until the next one runs. */
  get samples(): Int16Array {
    return this.#nes.samples.subarray(0, this.#nes.sampleCount);
  }

  /** Starts recording the sound of all frames, until `stop`. */
  record(): void {
    this.#recorded = [];
  }

  /** Returns all samples since `record`. Throws if `record` was not called. */
  stop(): Int16Array {
    if (this.#recorded === undefined)
      throw new InputError("usage", "call audio.record() before audio.stop()");
    const parts = this.#recorded;
    this.#recorded = undefined;
    const samples = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      samples.set(part, at);
      at += part.length;
    }
    return samples;
  }

  /** Called by the game after each frame. */
  keepFrame(): void {
    this.#recorded?.push(this.samples.slice());
  }
}

methodsThrowAtCaller(Audio);

/**
 * Returns the loudness of samples: the root mean square of their distance from their mean, 0 (silence) to 1.
 */
export function loudness(samples: Int16Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  let squares = 0;
  for (const sample of samples) {
    sum += sample;
    squares += sample * sample;
  }
  const mean = sum / samples.length;
  return Math.sqrt(Math.max(0, squares / samples.length - mean * mean)) / 32768;
}
