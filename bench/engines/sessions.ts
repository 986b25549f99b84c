/**
 * Plays a session on emu and on jsnes 3, in turns, in the engine that this runs in: Bun, Node or a browser.
 * It is bundled, and sets `playSessions`.
 */
import { NES } from "jsnes";
import { load } from "../../src/io/core/index.ts";

/** A console that is played. */
interface Subject {
  setButtons(mask: number): void;
  /** Runs a frame with its picture as 32-bit colours and its sound. */
  runFrame(): void;
}

export interface SessionSetup {
  readonly rom: Uint8Array;
  /** Buttons as `[frame, mask]`. */
  readonly input: readonly (readonly [number, number])[];
  readonly frames: number;
  /** The last one is measured: by then, the engine has compiled the hot code. */
  readonly sessions: number;
}

/** Frames per second of each console. */
export interface SessionRates {
  readonly emu: number;
  readonly jsnes: number;
}

const MAX_SAMPLES = 8192;

function startEmu(rom: Uint8Array): Subject {
  const nes = load(rom);
  const colors = new Uint8ClampedArray(4 * 256 * 240);
  return {
    setButtons: (mask) => nes.setButtons(0, mask),
    runFrame: () => {
      nes.runFrame();
      nes.rgba(colors);
    },
  };
}

function startJsnes(rom: Uint8Array): Subject {
  const samples = new Float32Array(MAX_SAMPLES);
  let at = 0;
  const nes = new NES({
    onFrame: () => {},
    onAudioSample: (left: number) => {
      at = (at + 1) % MAX_SAMPLES;
      samples[at] = left;
    },
    sampleRate: 48_000,
  });
  nes.loadROM(Array.from(rom, (byte) => String.fromCharCode(byte)).join(""));
  let held = 0;
  return {
    setButtons: (mask) => {
      for (const button of [0, 1, 2, 3, 4, 5, 6, 7] as const) {
        const bit = 1 << button;
        if ((mask & ~held & bit) !== 0) nes.buttonDown(1, button);
        if ((held & ~mask & bit) !== 0) nes.buttonUp(1, button);
      }
      held = mask;
    },
    runFrame: () => nes.frame(),
  };
}

/** `nowMs` is a clock; CPU time where there is one. */
function playSessions({ rom, input, frames, sessions }: SessionSetup, nowMs: () => number): SessionRates {
  const script = new Map(input);
  const play = (subject: Subject): number => {
    const start = nowMs();
    for (let frame = 0; frame < frames; frame++) {
      const mask = script.get(frame);
      if (mask !== undefined) subject.setButtons(mask);
      subject.runFrame();
    }
    return (1000 * frames) / (nowMs() - start);
  };
  let rates: SessionRates = { emu: 0, jsnes: 0 };
  for (let session = 0; session < sessions; session++)
    rates = { emu: play(startEmu(rom)), jsnes: play(startJsnes(rom)) };
  return rates;
}

Object.assign(globalThis, { playSessions });
