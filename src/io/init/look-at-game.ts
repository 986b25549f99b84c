import { FuzzFailure, fuzz } from "../library/fuzz.ts";
import { type Cartridge, powerOn } from "../library/load.ts";

/** What the tests of a game can rely on. */
export interface GameFacts {
  /** The first of some frames at which a picture is there. */
  readonly titleFrame: number;
  readonly titlePng: Uint8Array;
  /** What the fuzzer must let pass. */
  readonly executesRam: boolean;
  readonly usesBrk: boolean;
  /** What random buttons broke all the same: the first test that will fail. */
  readonly crash: string | undefined;
}

const TITLE_FRAMES = [60, 120, 180, 240, 300];
/** The size of the fuzzing that the test does. */
export const FUZZ_RUNS = 3;
export const FUZZ_FRAMES = 200;

/** Plays a game for some seconds, so that the tests that are written for it pass. */
export async function lookAtGame(cartridge: Cartridge): Promise<GameFacts> {
  const nes = powerOn(cartridge, { onJam: "ignore" });
  let titleFrame = TITLE_FRAMES.at(-1) ?? 0;
  for (const frame of TITLE_FRAMES) {
    nes.frames(frame + 1 - nes.frame);
    if (new Set(nes.screen.pixels).size < 2) continue;
    titleFrame = frame;
    break;
  }
  const titlePng = nes.screen.png();
  let executesRam = false;
  let usesBrk = false;
  let crash = await crashOf(cartridge, executesRam, usesBrk);
  if (crash === "the program runs in RAM") {
    executesRam = true;
    crash = await crashOf(cartridge, executesRam, usesBrk);
  }
  if (crash === "the program met a BRK") {
    usesBrk = true;
    crash = await crashOf(cartridge, executesRam, usesBrk);
  }
  return { titleFrame, titlePng, executesRam, usesBrk, crash };
}

async function crashOf(
  cartridge: Cartridge,
  executesRam: boolean,
  usesBrk: boolean,
): Promise<string | undefined> {
  try {
    const options = { runs: FUZZ_RUNS, frames: FUZZ_FRAMES, shrinkRuns: 0 };
    await fuzz(cartridge, { ...options, executesRam, usesBrk });
    return undefined;
  } catch (error) {
    if (error instanceof FuzzFailure) return error.what;
    throw error;
  }
}
