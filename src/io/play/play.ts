import { InputError } from "../../emu/input-error.ts";
import { hasTerminal } from "../terminal/has-terminal.ts";
import { StderrShelter } from "../terminal/stderr-shelter.ts";
import type { PlayOptions, PlayResult } from "./play-types.ts";
import { TerminalGame } from "./terminal-game.ts";

/**
 * Throws `InputError` ("unavailable") if there is no terminal to play in; `remedy` is what works without one.
 */
export function requireTerminal(remedy = "emu dump ROM --frames N --out FILE works without one"): void {
  if (hasTerminal()) return;
  const which = process.stdout.isTTY === true ? "input" : "output";
  throw new InputError("unavailable", `standard ${which} is not a terminal`, "", remedy);
}

/**
 * Plays a machine in this terminal until the player, a signal or a fault ends it. The terminal is restored
 * before this returns or throws.
 */
export async function play(options: PlayOptions): Promise<PlayResult> {
  requireTerminal();
  const shelter = new StderrShelter();
  shelter.begin();
  let wasFine = false;
  try {
    const game = await TerminalGame.create(options, shelter);
    let failures: readonly InputError[] = [];
    let result: Omit<PlayResult, "failures">;
    try {
      result = await game.run();
      wasFine = result.end.kind !== "machine-fault" && result.end.kind !== "bug";
    } finally {
      failures = await game.close();
    }
    return { ...result, failures };
  } finally {
    // Only libraries write there during a game. Their output is shown only if something went wrong.
    if (wasFine) shelter.end();
    else shelter.endAndShow();
  }
}
