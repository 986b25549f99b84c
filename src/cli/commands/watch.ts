import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { Bindings } from "../../io/input/bindings.ts";
import { requireTerminal } from "../../io/play/play.ts";
import type { ColorMode } from "../../io/render/encoder.ts";
import type { RendererName } from "../../io/render/encoders.ts";
import type { ScaleMode } from "../../io/render/scale.ts";
import type { Endpoint, TlsOptions } from "../../io/runtime/sockets/types.ts";
import { parseServerAddress } from "../../io/serve/host-port.ts";
import { SPECTATOR_STALL_SECONDS } from "../../io/serve/spectators/watch-line.ts";
import { parseFingerprint, readAuthorities } from "../../io/serve/tls-identity.ts";
import { type SpectatorOptions, type WatchEnd, watch } from "../../io/watch/watch.ts";
import { EXIT_INTERRUPTED, EXIT_OK, EXIT_UNAVAILABLE } from "../exit-codes.ts";
import { holdingLog, logRoot } from "../log.ts";
import { addExamples, wholeNumber } from "../options.ts";
import { applyPalette, type PaletteOption, paletteOption } from "../palette-option.ts";
import { addDrawingOptions } from "../run/settings.ts";
import { addTokenOptions, type TokenOptions, tokenOf } from "../token-options.ts";

interface WatchCommandOptions extends PaletteOption, TokenOptions {
  readonly play?: true;
  readonly fps: number;
  readonly tlsFingerprint?: string;
  readonly tlsCa?: string;
  readonly scale?: ScaleMode;
  readonly colors?: ColorMode | "auto";
  readonly render?: RendererName | "auto";
}

const USUAL_FPS = 30;
const MAX_FPS = 120;

const EXIT_CODES: Readonly<Record<WatchEnd, number>> = {
  quit: EXIT_OK,
  interrupted: EXIT_INTERRUPTED,
  "terminal-gone": EXIT_INTERRUPTED,
  "server-gone": EXIT_UNAVAILABLE,
  dropped: EXIT_UNAVAILABLE,
};

/** `emu watch`: show a game of `emu serve` or `emu host` in this terminal. */
export function registerWatch(program: Command): void {
  const command = program
    .command("watch")
    .description("Watch a game of emu serve or emu host in this terminal. Escape quits.")
    .argument("<address>", "HOST:PORT, tls://HOST:PORT, or the path of a Unix socket")
    .option("--play", "also control a player, if the server allows it (emu serve --players)")
    .option("--fps <n>", "pictures per second", wholeNumber(1, MAX_FPS), USUAL_FPS)
    .option(
      "--tls-fingerprint <sha256>",
      "accept only the certificate with this fingerprint, even if self-signed",
    )
    .option("--tls-ca <file>", "also trust the certificates of this authority (PEM)");
  addDrawingOptions(command).addOption(paletteOption()).action(run);
  addTokenOptions(command, "the server's token");
  addExamples(
    command,
    "emu watch 127.0.0.1:6502",
    "emu watch 127.0.0.1:6503 --token-file token",
    "emu watch example.org:6502 --play",
    "emu watch tls://example.org:6502 --token-file token --tls-fingerprint AB:CD:…",
  );
}

async function run(address: string, options: WatchCommandOptions): Promise<void> {
  const { fps, play = false } = options;
  await applyPalette(options);
  const token = await tokenOf(options);
  const { endpoint, tls } = await addressOf(address, options);
  requireTerminal("emu serve --http shows the game in a browser");
  const toWatch: SpectatorOptions = {
    endpoint,
    ...(tls === undefined ? {} : { tls }),
    wish: { fps, play, ...(token === undefined ? {} : { token }) },
    bindings: new Bindings(),
    scale: options.scale ?? "fit",
    renderer: options.render ?? "auto",
    colors: options.colors ?? "auto",
    log: logRoot,
  };
  const end = await holdingLog(() => watch(toWatch));
  if (end === "server-gone") process.stderr.write("emu: the server closed the connection\n");
  if (end === "dropped")
    process.stderr.write(
      `emu: the server closed the connection; it does so if nothing is read for ${SPECTATOR_STALL_SECONDS} s\n`,
    );
  process.exitCode = EXIT_CODES[end];
}

const TLS_SCHEME = "tls://";

/** Parses where to connect, and how. Throws `InputError` ("usage") for an invalid address. */
async function addressOf(
  address: string,
  { tlsFingerprint, tlsCa }: WatchCommandOptions,
): Promise<{ readonly endpoint: Endpoint; readonly tls?: TlsOptions }> {
  if (!address.startsWith(TLS_SCHEME)) {
    const option = tlsFingerprint === undefined ? "--tls-ca" : "--tls-fingerprint";
    if (tlsFingerprint !== undefined || tlsCa !== undefined)
      throw new InputError(
        "usage",
        "is for encrypted connections only",
        option,
        `use ${TLS_SCHEME}${address}`,
      );
    return { endpoint: address.includes("/") ? { path: address } : parseServerAddress(address, "<address>") };
  }
  const endpoint = parseServerAddress(address.slice(TLS_SCHEME.length), "<address>");
  return {
    endpoint,
    tls: {
      serverName: endpoint.host,
      ...(tlsFingerprint === undefined
        ? {}
        : { fingerprint: parseFingerprint(tlsFingerprint, "--tls-fingerprint") }),
      ...(tlsCa === undefined ? {} : { ca: await readAuthorities(tlsCa) }),
    },
  };
}
