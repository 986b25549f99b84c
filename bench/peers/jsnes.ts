import { NES } from "jsnes";
import type { Peer } from "./peer.ts";

/** Size of the ring that the sound goes to: some frames. */
const MAX_SAMPLES = 4096;
const BUTTONS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const WIDTH = 256;
const HEIGHT = 240;

/** jsnes 3, a development dependency. https://github.com/bfirsh/jsnes */
export function startJsnes(rom: Uint8Array): Peer {
  const samples = new Float32Array(2 * MAX_SAMPLES);
  let at = 0;
  let frame: ArrayLike<number> = [];
  const nes = new NES({
    onFrame: (buffer) => {
      frame = buffer;
    },
    onAudioSample: (left: number, right: number) => {
      at = (at + 2) % samples.length;
      samples[at] = left;
      samples[at + 1] = right;
    },
    sampleRate: 48_000,
  });
  nes.loadROM(Buffer.from(rom).toString("latin1"));
  let held = 0;
  return {
    press: (mask) => {
      for (const button of BUTTONS) {
        const bit = 1 << button;
        if ((mask & bit) !== 0 && (held & bit) === 0) nes.buttonDown(1, button);
        if ((mask & bit) === 0 && (held & bit) !== 0) nes.buttonUp(1, button);
      }
      held = mask;
    },
    runFrame: () => nes.frame(),
    picture: () => ({ width: WIDTH, height: HEIGHT, colours: Int32Array.from(frame) }),
  };
}
