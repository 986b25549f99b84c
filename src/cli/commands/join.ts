import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { LiveGame } from "../../io/netplay/live-game.ts";
import { requireTerminal } from "../../io/play/play.ts";
import { parseHostPort } from "../../io/serve/host-port.ts";
import { MAX_NET_PLAYERS } from "../../io/shared/netplay-block.ts";
import { interruptSignal } from "../interrupt.ts";
import { addExamples, wholeNumber } from "../options.ts";
import {
  addNetplayOptions,
  liveGameOptions,
  type NetplayOptions,
  playTogether,
  tokenOf,
} from "../run-netplay.ts";
import { loadRomToRun } from "../warnings.ts";

interface JoinOptions extends NetplayOptions {
  readonly player?: number;
}

/** `emu join`: join a game of `emu host`. */
export function registerJoin(program: Command): void {
  const command = program
    .command("join")
    .summary("join a game of emu host")
    .description(
      "Join a game that somebody hosts with emu host. You need the same ROM; it is compared, not sent. " +
        "Your keys are those of player 1, whichever player you are. Who has left can join again.",
    )
    .argument("<address>", "HOST:PORT")
    .argument("<rom>", "the ROM: .nes, also in .zip, .gz, .7z or .rar")
    .option("--token <text>", "the host's token")
    .option(
      "--player <n>",
      "the player to be (default: the first that is free)",
      wholeNumber(2, MAX_NET_PLAYERS),
    )
    .action(joinGame);
  addNetplayOptions(command);
  addExamples(command, "emu join example.org:6503 game.nes --token-file token");
}

async function joinGame(address: string, path: string, options: JoinOptions): Promise<void> {
  const endpoint = parseHostPort(address, "<address>");
  const token = await tokenOf(options);
  if (token === undefined)
    throw new InputError("usage", "the host's token is missing", "--token", "emu host shows it");
  const rom = await loadRomToRun(path, options);
  const live = liveGameOptions(rom, options, token);
  requireTerminal();
  const interrupt = interruptSignal();
  let game: LiveGame;
  try {
    const wanted = { wantedPlayer: options.player ?? 0, signal: interrupt.signal };
    game = await LiveGame.join({ ...live, ...endpoint, ...wanted });
  } finally {
    interrupt.release();
  }
  try {
    process.exitCode = await playTogether(game, rom, options, `you are player ${game.sessionStatus.player}`);
  } finally {
    await game.close();
  }
}
