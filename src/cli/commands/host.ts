import type { Command } from "commander";
import { writeStdout } from "../../io/files/stdout.ts";
import { LiveGame } from "../../io/netplay/live-game.ts";
import type { SpectatorAddress } from "../../io/netplay/spectators.ts";
import { requireTerminal } from "../../io/play/play.ts";
import { checkedHostPort, parseHostPort } from "../../io/serve/host-port.ts";
import { readTlsIdentity, type TlsIdentity } from "../../io/serve/tls-identity.ts";
import { isLoopback } from "../../io/serve/web-guard.ts";
import { MAX_NET_PLAYERS } from "../../io/shared/netplay-block.ts";
import { addExamples, wholeNumber } from "../options.ts";
import {
  addNetplayOptions,
  liveGameOptions,
  type NetplayOptions,
  newToken,
  playTogether,
  USUAL_NETPLAY_PORT,
} from "../run/netplay.ts";
import { addTokenOptions, tokenOf } from "../token-options.ts";
import { loadRomToRun, warn } from "../warnings.ts";

interface HostOptions extends NetplayOptions {
  readonly bind: string;
  readonly players: number;
  readonly spectators?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** `emu host`: play a game with others over the network. */
export function registerHost(program: Command): void {
  const command = program
    .command("host")
    .description(
      "Play a game in this terminal with others, who join with emu join and need the same ROM. " +
        "The game begins when all players are there. You are player 1. Nothing is saved. " +
        "Spectators use emu watch, and need no ROM.",
    )
    .argument("<rom>", "the ROM: .nes, also in .zip, .gz, .7z or .rar")
    .option(
      "--bind <host:port>",
      "UDP address for the others; 0.0.0.0:6503 lets other computers in",
      `127.0.0.1:${USUAL_NETPLAY_PORT}`,
    )
    .option("--players <n>", "number of players, 2 to 4", wholeNumber(2, MAX_NET_PLAYERS), 2)
    .option(
      "--spectators <host:port>",
      "TCP address for spectators, or none (default: that of --bind, if only this computer can reach it)",
    )
    .option("--tls-cert <file>", "encrypt the connections of spectators with this certificate (PEM)")
    .option("--tls-key <file>", "the certificate's key (PEM)")
    .action(host);
  addTokenOptions(
    command,
    "the token that others need to join or watch, 16 characters or more (default: a new one)",
  );
  addNetplayOptions(command);
  addExamples(
    command,
    "emu host game.nes",
    "emu host game.nes --bind 0.0.0.0:6503 --players 4",
    "emu host game.nes --token-file token --delay 2",
    "emu host game.nes --spectators 0.0.0.0:6503 --tls-cert cert.pem --tls-key key.pem",
  );
}

async function host(path: string, options: HostOptions): Promise<void> {
  const rom = await loadRomToRun(path, options);
  const given = await tokenOf(options);
  const token = given ?? newToken();
  const address = await checkedHostPort(options.bind, "--bind", true);
  const spectators = await spectatorAddress(options, address.host);
  const live = liveGameOptions(rom, options, token);
  requireTerminal();
  const game = await LiveGame.host({
    ...live,
    ...address,
    players: options.players,
    ...(spectators === undefined ? {} : { spectators }),
  });
  try {
    const shown = `--token ${given === undefined ? token : "TOKEN"}`;
    const how = `emu join ${forOthers(address.host)}:${game.port} ROM ${shown}`;
    // The terminal shows this again after the game.
    writeStdout(`to join: ${how}\n`);
    if (game.spectatorAddress !== undefined)
      writeStdout(`to watch: ${howToWatch(game.spectatorAddress, spectators?.tls)} ${shown}\n`);
    game.invitation = how;
    process.exitCode = await playTogether(game, rom, options, "");
  } finally {
    await game.close();
  }
}

/** Where spectators may connect. Throws `InputError` as `checkedHostPort` and `readTlsIdentity` do. */
async function spectatorAddress(
  { spectators, tlsCert, tlsKey }: HostOptions,
  gameHost: string,
): Promise<SpectatorAddress | undefined> {
  const identity = await readTlsIdentity(tlsCert, tlsKey);
  warn(identity?.cautions ?? [], tlsCert);
  const tls = identity === undefined ? {} : { tls: identity };
  if (spectators === "none") return undefined;
  if (spectators === undefined)
    return isLoopback(gameHost) ? { host: gameHost, port: undefined, option: "--bind", ...tls } : undefined;
  const address = await checkedHostPort(spectators, "--spectators", true);
  if (identity === undefined && !isLoopback(address.host))
    warn(
      ["spectators send the token, which also admits players, without encryption: add --tls-cert"],
      "--spectators",
    );
  return { ...address, option: "--spectators", ...tls };
}

function howToWatch(address: string, tls: TlsIdentity | undefined): string {
  const { host, port } = parseHostPort(address, "--spectators");
  const where = `${forOthers(host)}:${port}`;
  return tls === undefined
    ? `emu watch ${where}`
    : `emu watch tls://${where} --tls-fingerprint ${tls.fingerprint}`;
}

/** An address in the form that others type. emu does not know which of its addresses others can reach. */
function forOthers(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "ADDRESS";
  return host.includes(":") ? `[${host}]` : host;
}
