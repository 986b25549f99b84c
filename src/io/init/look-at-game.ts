import type { GuardOptions } from "../library/crash-guard.ts";
import { GameCrash } from "../library/errors.ts";
import { FuzzFailure, fuzz } from "../library/fuzz/fuzz.ts";
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
  return { titleFrame, titlePng, ...(await tryButtons(cartridge)) };
}

/** Plays the game with random buttons, and allows what it does on purpose: it does so again and again. */
async function tryButtons(
  cartridge: Cartridge,
): Promise<Pick<GameFacts, "executesRam" | "usesBrk" | "crash">> {
  const allowed = { executesRam: false, usesBrk: false };
  for (;;) {
    const failure = await failureOf(cartridge, allowed);
    const kind = failure?.cause instanceof GameCrash ? failure.cause.kind : undefined;
    if (kind === "executes-ram" && !allowed.executesRam) allowed.executesRam = true;
    else if (kind === "executes-brk" && !allowed.usesBrk) allowed.usesBrk = true;
    else return { ...allowed, crash: failure?.what };
  }
}

async function failureOf(cartridge: Cartridge, allowed: GuardOptions): Promise<FuzzFailure | undefined> {
  try {
    await fuzz(cartridge, { runs: FUZZ_RUNS, frames: FUZZ_FRAMES, shrinkRuns: 0, ...allowed });
    return undefined;
  } catch (error) {
    if (error instanceof FuzzFailure) return error;
    throw error;
  }
}
