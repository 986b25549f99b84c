import { FuzzFailure, fuzz } from "../library/fuzz.ts";
import { type Cartridge, powerOn } from "../library/load.ts";

/** Facts about a game that its tests can rely on. */
export interface GameFacts {
  /** The first checked frame that shows a picture. */
  readonly titleFrame: number;
  readonly titlePng: Uint8Array;
  /** True if the game runs code in RAM, which the fuzzer must allow. */
  readonly executesRam: boolean;
  readonly usesBrk: boolean;
  /** A crash under random buttons in spite of that. The test for it will fail. */
  readonly crash: string | undefined;
}

const TITLE_FRAMES = [60, 120, 180, 240, 300];
/** The number of runs of the fuzz test. */
export const FUZZ_RUNS = 3;
export const FUZZ_FRAMES = 200;

/** Plays a game for some seconds to find values with which the generated tests pass. */
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
  if (crash === "the program executed BRK") {
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
