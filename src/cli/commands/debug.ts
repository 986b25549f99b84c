import { randomBytes } from "node:crypto";
import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import type { GameSource } from "../../io/debug/dap/game-source.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { checkedHostPort, parseHostPort } from "../../io/serve/host-port.ts";
import { TokenGate } from "../../io/serve/token-gate.ts";
import { isLoopback } from "../../io/serve/web-guard.ts";
import { explain } from "../exit-codes.ts";
import { interruptSignal } from "../interrupt.ts";
import { log } from "../log.ts";
import { addHardwareOptions, type HardwareOptions, toLoadOptions, toNesOptions } from "../machine-options.ts";
import { addExamples, INPUT_FILES, rejectFlags } from "../options.ts";
import { applyPalette, type PaletteOption, paletteOption } from "../palette-option.ts";
import { addTokenOptions, type TokenOptions, tokenOf } from "../token-options.ts";

interface DebugOptions extends HardwareOptions, PaletteOption, TokenOptions {
  readonly dap?: true;
  readonly dapListen?: string;
  readonly http?: string;
  /** False with --no-open. */
  readonly open: boolean;
  readonly input?: string;
  readonly anyRom?: true;
}

const TOKEN_BYTES = 16;

/** `emu debug`: a debugger in the browser and for editors. */
export function registerDebug(program: Command): void {
  const command = program
    .command("debug")
    .description(
      "Debug a game: breakpoints in ca65 and C sources, steps in both directions, registers, variables, memory " +
        "and the PPU. Opens a page in the browser; --dap is for editors. docs/debug.md describes both.",
    )
    .argument("[rom]", "the game: .nes, also in .zip, .gz, .7z or .rar")
    .option("--http <host:port>", "the page's address (default: 127.0.0.1 and a free port)")
    .option("--no-open", "print the page's address, do not open it")
    .option("--dap", "serve one editor on standard input and output (Debug Adapter Protocol)")
    .option("--dap-listen <host:port>", "listen for editors; each gets a game of its own")
    .option("--input <file>", `play ${INPUT_FILES}`)
    .option("--any-rom", "play the movie even if it was recorded with another ROM");
  addTokenOptions(
    command,
    "the token that clients must send, 16 characters or more (default: a random one for the page)",
  );
  addHardwareOptions(command.addOption(paletteOption())).action(debug);
  addExamples(
    command,
    "emu debug game.nes",
    "emu debug --dap",
    "emu debug --dap --input play.fm2",
    "emu debug game.nes --dap-listen 127.0.0.1:4711",
  );
}

async function debug(path: string | undefined, given: DebugOptions): Promise<void> {
  const { dap, dapListen, http } = given;
  await applyPalette(given);
  if (dap === true && dapListen !== undefined) {
    throw new InputError("usage", "choose one: --dap or --dap-listen", "debug", "--dap is for editors");
  }
  const isForEditors = dap === true || dapListen !== undefined;
  if (isForEditors && (http !== undefined || !given.open)) {
    throw new InputError("usage", `${http === undefined ? "--no-open" : "--http"} is for the page`, "debug");
  }
  if (dap === true) rejectFlags(given, ["--token", "--token-file"], "is not for --dap");
  if (!isForEditors && path === undefined) {
    throw new InputError(
      "usage",
      "name a game, or choose --dap for an editor",
      "debug",
      "emu debug game.nes",
    );
  }
  const token = await tokenOf(given);
  const options = token === undefined ? given : { ...given, token };
  const { gameSource } = await import("../../io/debug/dap/game-source.ts");
  const source = gameSource({
    program: path,
    movie: options.input,
    anyRom: options.anyRom === true,
    load: toLoadOptions(options),
    machine: toNesOptions(options),
  });
  if (dapListen !== undefined) await listenForEditors(path, dapListen, source, options);
  else if (dap === true) {
    const { serveStreams } = await import("../../io/debug/dap/dap-server.ts");
    await serveStreams(process.stdin, process.stdout, source);
  } else await servePage(source, options);
}

/** Serves the debugger's page until the command is interrupted. */
async function servePage(source: GameSource, options: DebugOptions): Promise<void> {
  const { RequestArguments } = await import("../../io/debug/dap/request-arguments.ts");
  const { WebDebugger } = await import("../../io/debug/web/web-debugger.ts");
  const { WebServer } = await import("../../io/debug/web/web-server.ts");
  const { DEBUGGER_PAGE } = await import("../../io/debug/web/debugger-page.ts");
  const { openBrowser } = await import("../../io/debug/web/open-browser.ts");
  const { loadPage } = await import("../../io/files/bundled-page.ts");
  const { http = "127.0.0.1:0" } = options;
  const { host, port } = await checkedHostPort(http, "--http", options.token !== undefined);
  const token = options.token ?? randomBytes(TOKEN_BYTES).toString("hex");
  const onError = (error: unknown): void =>
    log.error({ error: explain(error).message }, "a request failed; the debugger continues");
  const game = await WebDebugger.start(() => source(new RequestArguments({})), onError);
  const html = await loadPage(DEBUGGER_PAGE);
  const server = new WebServer(game, html, { host, port, gate: new TokenGate(token), log, onError });
  const interrupt = interruptSignal();
  try {
    const url = `${server.url}#token=${encodeURIComponent(token)}`;
    writeStdout(`debugger: ${url}\n`);
    if (options.open) openBrowser(url);
    await aborted(interrupt.signal);
  } finally {
    game.end();
    await server.close();
    interrupt.release();
  }
}

/** Serves editors that connect, until the command is interrupted. */
async function listenForEditors(
  path: string | undefined,
  address: string,
  source: GameSource,
  options: DebugOptions,
): Promise<void> {
  const { token } = options;
  const { host, port } = parseHostPort(address, "--dap-listen");
  if (token === undefined && !isLoopback(host)) {
    throw new InputError("usage", `${host} is open to other computers`, "--dap-listen", "add --token");
  }
  if (path !== undefined) {
    // Clients would get this error later, and only they.
    const { loadRom } = await import("../../io/files/roms/rom-file.ts");
    await loadRom(path, toLoadOptions(options));
  }
  const { DapServer } = await import("../../io/debug/dap/dap-server.ts");
  const gate = new TokenGate(token);
  const server = await DapServer.listen({
    host,
    port,
    source,
    isTokenRight: gate.isClosed ? (given, peer) => gate.check(given, peer) === "right" : undefined,
    onRejected: (peer, why) => log.warn({ address: peer, why }, "a debugger client was dropped"),
  });
  const interrupt = interruptSignal();
  try {
    writeStdout(`debug adapter: ${host.includes(":") ? `[${host}]` : host}:${server.port}\n`);
    await aborted(interrupt.signal);
  } finally {
    await server.close();
    interrupt.release();
  }
}

/** Rejects when the signal fires. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}
