import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { printable } from "../../io/files/text.ts";
import { LiveGame } from "../../io/netplay/live-game.ts";
import { SPECTATOR } from "../../io/netplay/packets.ts";
import { requireTerminal } from "../../io/play/play.ts";
import { parseServerAddress } from "../../io/serve/host-port.ts";
import { MAX_NET_PLAYERS } from "../../io/shared/netplay-block.ts";
import { interruptSignal } from "../interrupt.ts";
import { addExamples, wholeNumber } from "../options.ts";
import { addNetplayOptions, liveGameOptions, type NetplayOptions, playTogether } from "../run/netplay.ts";
import { addTokenOptions, tokenOf } from "../token-options.ts";
import { loadRomToRun } from "../warnings.ts";

interface JoinOptions extends NetplayOptions {
  readonly player?: number;
  readonly watch?: true;
}

/** `emu join`: join a game of `emu host`. */
export function registerJoin(program: Command): void {
  const command = program
    .command("join")
    .description(
      "Join a game that somebody hosts with emu host. You need the same ROM; it is compared, not sent. " +
        "Your keys are those of player 1, whichever player you are. A player who has left can join again.",
    )
    .argument("<address>", "HOST:PORT")
    .argument("<rom>", "the ROM: .nes, also in .zip, .gz, .7z or .rar")
    .option(
      "--player <n>",
      "your player number (default: the first free one)",
      wholeNumber(2, MAX_NET_PLAYERS),
    )
    .option("--watch", "watch the game instead of playing")
    .action(joinGame);
  addTokenOptions(command, "the host's token");
  addNetplayOptions(command);
  addExamples(
    command,
    "emu join example.org:6503 game.nes --token-file token",
    "emu join example.org:6503 game.nes --token-file token --watch",
  );
}

/** Time after which a player at a terminal is told what emu is doing. */
const TELL_AFTER_MS = 1000;

async function joinGame(address: string, path: string, options: JoinOptions): Promise<void> {
  const endpoint = parseServerAddress(address, "<address>");
  const token = await tokenOf(options);
  if (token === undefined)
    throw new InputError("usage", "the host's token is missing", "--token", "emu host shows it");
  if (options.watch === true && options.player !== undefined)
    throw new InputError("usage", "--watch takes no player number", "--player", "remove --player or --watch");
  const rom = await loadRomToRun(path, options);
  const live = liveGameOptions(rom, options, token);
  requireTerminal();
  const interrupt = interruptSignal();
  // A host does not answer a wrong token, and some networks drop packets: the error comes late.
  const told = setTimeout(() => {
    if (process.stderr.isTTY) process.stderr.write(`emu: waiting for an answer from ${printable(address)}\n`);
  }, TELL_AFTER_MS);
  let game: LiveGame;
  try {
    const wanted = {
      wantedPlayer: options.watch === true ? SPECTATOR : (options.player ?? 0),
      signal: interrupt.signal,
    };
    game = await LiveGame.join({ ...live, ...endpoint, ...wanted });
  } finally {
    clearTimeout(told);
    interrupt.release();
  }
  try {
    const { player } = game.sessionStatus;
    const notice = player === 0 ? "you watch" : `you are player ${player}`;
    process.exitCode = await playTogether(game, rom, options, notice);
  } finally {
    await game.close();
  }
}
