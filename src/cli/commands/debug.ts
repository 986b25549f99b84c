import type { Command } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { parseHostPort } from "../../io/serve/host-port.ts";
import { checkTokenStrength, TokenGate } from "../../io/serve/token-gate.ts";
import { isLoopback } from "../../io/serve/web-guard.ts";
import { interruptSignal } from "../interrupt.ts";
import { log } from "../log.ts";
import { addHardwareOptions, type HardwareOptions, toLoadOptions, toNesOptions } from "../machine-options.ts";
import { addExamples } from "../options.ts";

interface DebugOptions extends HardwareOptions {
  readonly dap?: true;
  readonly dapListen?: string;
  readonly token?: string;
  readonly movie?: string;
  readonly anyRom?: true;
}

/** `emu debug`: a debugger for editors. */
export function registerDebug(program: Command): void {
  const command = program
    .command("debug")
    .summary("debug a game from an editor, forwards and backwards")
    .description(
      "Offer a debugger to editors through the Debug Adapter Protocol: breakpoints in ca65 and C sources, steps " +
        "in both directions, registers, variables and memory. docs/debug.md has the configurations of editors.",
    )
    .argument("[rom]", "the game for clients that do not name one: .nes, also in .zip, .gz, .7z or .rar")
    .option("--dap", "serve one client on standard input and output")
    .option("--dap-listen <host:port>", "listen for clients; each gets a game of its own")
    .option("--movie <file>", "play a movie or an input script from power-on (.json, .fm2, .bk2)")
    .option("--any-rom", "play the movie even if it was recorded with another ROM")
    .option(
      "--token <text>",
      "require clients to send this token, 16 characters or more; without a token only this computer can connect",
    );
  addHardwareOptions(command).action(debug);
  addExamples(
    command,
    "emu debug --dap",
    "emu debug game.nes --dap-listen 127.0.0.1:4711",
    "emu debug --dap --movie play.fm2",
  );
}

async function debug(path: string | undefined, options: DebugOptions): Promise<void> {
  const { dap, dapListen, token } = options;
  if ((dap === true) === (dapListen !== undefined)) {
    throw new InputError("usage", "choose one: --dap or --dap-listen", "debug", "--dap is for editors");
  }
  if (dap === true && token !== undefined) {
    throw new InputError("usage", "--token is for --dap-listen", "--token");
  }
  const { gameSource } = await import("../../io/debug/dap/game-source.ts");
  const { DapServer, serveStreams } = await import("../../io/debug/dap/dap-server.ts");
  const source = gameSource({
    program: path,
    movie: options.movie,
    anyRom: options.anyRom === true,
    load: toLoadOptions(options),
    machine: toNesOptions(options),
  });
  if (dapListen === undefined) {
    await serveStreams(process.stdin, process.stdout, source);
    return;
  }
  const { host, port } = parseHostPort(dapListen, "--dap-listen");
  if (token !== undefined) checkTokenStrength(token, "--token");
  else if (!isLoopback(host)) {
    throw new InputError("usage", `${host} is open to other computers`, "--dap-listen", "add --token");
  }
  if (path !== undefined) {
    // Clients would get this error later, and only they.
    const { loadRom } = await import("../../io/files/rom-file.ts");
    await loadRom(path, toLoadOptions(options));
  }
  const gate = new TokenGate(token);
  const server = await DapServer.listen({
    host,
    port,
    source,
    isTokenRight: gate.isClosed ? (given, address) => gate.check(given, address) === "right" : undefined,
    onRejected: (address, why) => log.warn({ address, why }, "a debugger client was dropped"),
  });
  const interrupt = interruptSignal();
  try {
    writeStdout(`debug adapter: ${host.includes(":") ? `[${host}]` : host}:${server.port}\n`);
    await new Promise((_, reject) => {
      interrupt.signal.addEventListener("abort", () => reject(interrupt.signal.reason));
    });
  } finally {
    await server.close();
    interrupt.release();
  }
}
