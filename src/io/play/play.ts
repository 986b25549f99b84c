import { InputError } from "../../emu/input-error.ts";
import { hasTerminal } from "../terminal/has-terminal.ts";
import { StderrShelter } from "../terminal/stderr-shelter.ts";
import type { PlayOptions, PlayResult } from "./play-types.ts";
import { TerminalGame } from "./terminal-game.ts";

/** Throws `InputError` ("unavailable") where there is no terminal to play in. */
export function requireTerminal(): void {
  if (hasTerminal()) return;
  const which = process.stdout.isTTY === true ? "input" : "output";
  throw new InputError(
    "unavailable",
    `standard ${which} is not a terminal`,
    "",
    "emu dump ROM --frames N --out FILE works without one",
  );
}

/**
 * Plays a machine in this terminal until the player, a signal or a fault ends it. The terminal is given
 * back as it was before this returns or throws.
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
    // Only libraries write there during a game; what they said may matter when something went wrong.
    if (wasFine) shelter.end();
    else shelter.endAndShow();
  }
}
