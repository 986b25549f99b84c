import type { Command } from "commander";
import { writeStdout } from "../../io/files/stdout.ts";
import { LiveGame } from "../../io/netplay/live-game.ts";
import { requireTerminal } from "../../io/play/play.ts";
import { checkedHostPort } from "../../io/serve/host-port.ts";
import { MAX_NET_PLAYERS } from "../../io/shared/netplay-block.ts";
import { addExamples, wholeNumber } from "../options.ts";
import {
  addNetplayOptions,
  liveGameOptions,
  type NetplayOptions,
  newToken,
  playTogether,
  USUAL_NETPLAY_PORT,
} from "../run-netplay.ts";
import { addTokenOptions, tokenOf } from "../token-options.ts";
import { loadRomToRun } from "../warnings.ts";

interface HostOptions extends NetplayOptions {
  readonly bind: string;
  readonly players: number;
}

/** `emu host`: play a game with others over the network. */
export function registerHost(program: Command): void {
  const command = program
    .command("host")
    .summary("play a game with others over the network")
    .description(
      "Play a game in this terminal with others, who join with emu join and need the same ROM. " +
        "The game begins when all players are there. You are player 1. Nothing is saved.",
    )
    .argument("<rom>", "the ROM: .nes, also in .zip, .gz, .7z or .rar")
    .option(
      "--bind <host:port>",
      "UDP address for the others; 0.0.0.0:6503 lets other computers in",
      `127.0.0.1:${USUAL_NETPLAY_PORT}`,
    )
    .option("--players <n>", "number of players, 2 to 4", wholeNumber(2, MAX_NET_PLAYERS), 2)
    .action(host);
  addTokenOptions(command, "what players need to join, 16 characters or more (default: a new one)");
  addNetplayOptions(command);
  addExamples(
    command,
    "emu host game.nes",
    "emu host game.nes --bind 0.0.0.0:6503 --players 4",
    "emu host game.nes --token-file token --delay 2",
  );
}

async function host(path: string, options: HostOptions): Promise<void> {
  const rom = await loadRomToRun(path, options);
  const given = await tokenOf(options);
  const token = given ?? newToken();
  const address = await checkedHostPort(options.bind, "--bind", true);
  const live = liveGameOptions(rom, options, token);
  requireTerminal();
  const game = await LiveGame.host({ ...live, ...address, players: options.players });
  try {
    const how = `emu join ${forOthers(address.host)}:${game.port} ROM --token ${given === undefined ? token : "TOKEN"}`;
    // It stays readable above the game, and is there again afterwards.
    writeStdout(`the others join by: ${how}\n`);
    game.invitation = how;
    process.exitCode = await playTogether(game, rom, options, "");
  } finally {
    await game.close();
  }
}

/** An address as others have to write it. Which one leads here from elsewhere is not known. */
function forOthers(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "ADDRESS";
  return host.includes(":") ? `[${host}]` : host;
}
