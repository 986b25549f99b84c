import { dirname } from "node:path";
import { type Command, Option } from "commander";
import { writeStdout } from "../../io/files/stdout.ts";
import { PORTS } from "../../io/serve/machine/held-buttons.ts";
import { Server, type ServerAddresses } from "../../io/serve/server.ts";
import { readTlsIdentity } from "../../io/serve/tls-identity.ts";
import { onUncaught } from "../../io/shared/uncaught.ts";
import type { MachineFault } from "../../io/thread/emu-client.ts";
import { errorFromReport } from "../../io/thread/error-report.ts";
import { addCoreOptions, type CoreChoice, coreGameOf, startCore } from "../core-options.ts";
import { EXIT_BUG, explain, oneLine } from "../exit-codes.ts";
import { interruptSignal } from "../interrupt.ts";
import { log, logRoot } from "../log.ts";
import { addHardwareOptions, type HeadlessOptions, toLoadOptions, toNesOptions } from "../machine-options.ts";
import { addExamples, jsonOption, wholeNumber } from "../options.ts";
import { applyPalette, type PaletteOption, paletteOption } from "../palette-option.ts";
import { addTokenOptions, type TokenOptions, tokenOf } from "../token-options.ts";
import { loadRomToRun, warn } from "../warnings.ts";

interface ServeOptions extends HeadlessOptions, TokenOptions, CoreChoice, PaletteOption {
  readonly listen?: string;
  readonly unix?: string;
  readonly http?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly root?: string;
  readonly players: number;
  readonly connections: number;
  readonly machines: number;
  readonly speed: number;
  readonly paused?: true;
  readonly saveEvery: number;
  readonly saveLock: "end" | "take";
  readonly json?: true;
}

const USUAL_ADDRESS = "127.0.0.1:6502";
const MAX_CONNECTIONS = 4096;
const MAX_MACHINES = 256;
const MAX_SPEED_PERCENT = 10_000;
const DAY_MS = 86_400_000;

/** `emu serve`: offer a machine over the network. */
export function registerServe(program: Command): void {
  const command = program
    .command("serve")
    .description(
      "Run a game that programs control and people watch. --listen and --unix take JSON-RPC 2.0, one object " +
        "per line. --http has a page at /, JSON-RPC over WebSocket at /rpc and metrics at /metrics. " +
        "To watch in a terminal, use emu watch.",
    )
    .argument("<rom>", "the game: .nes, or of another console; also in .zip, .gz, .7z or .rar")
    .option("--listen <host:port>", `address for programs and spectators (default: ${USUAL_ADDRESS})`)
    .option("--unix <path>", "Unix socket for programs and spectators")
    .option("--http <host:port>", "address for browsers");
  addTokenOptions(
    command,
    "require clients to send this token, 16 characters or more; without a token only this computer can connect",
  );
  command
    .option("--tls-cert <file>", "encrypt --listen and --http with this certificate (PEM)")
    .option("--tls-key <file>", "the certificate's key (PEM)")
    .option("--root <folder>", "the only folder that load reads ROMs from (default: the ROM's folder)")
    .option("--players <n>", "controller ports that spectators may use", wholeNumber(0, PORTS), 0)
    .option(
      "--connections <n>",
      "allow at most n connections at a time",
      wholeNumber(1, MAX_CONNECTIONS),
      512,
    )
    .option("--machines <n>", "machines that clients may create", wholeNumber(0, MAX_MACHINES), 16)
    .option(
      "--speed <percent>",
      "speed in percent of real time; 0 is as fast as possible",
      wholeNumber(0, MAX_SPEED_PERCENT),
      100,
    )
    .option("--paused", "start paused at power-on")
    .option("--save <file>", "load and write this battery save (default: none)")
    .option(
      "--save-every <ms>",
      "time between two writes of a changed battery save",
      wholeNumber(1, DAY_MS),
      5000,
    )
    .addOption(
      new Option("--save-lock <how>", "if another emu uses this save: exit, or take it over")
        .choices(["end", "take"])
        .default("end"),
    )
    .addOption(paletteOption())
    .addOption(jsonOption())
    .action(serve);
  addHardwareOptions(command);
  addCoreOptions(command);
  addExamples(
    command,
    "emu serve game.nes",
    "emu serve game.nes --http 127.0.0.1:8080 --players 1",
    "emu serve game.nes --listen 0.0.0.0:6502 --token-file token --tls-cert cert.pem --tls-key key.pem",
    `echo '{"jsonrpc":"2.0","id":1,"method":"frame","params":{"format":"hash"}}' | nc -N 127.0.0.1 6502`,
    "echo watch | nc 127.0.0.1 6502",
  );
}

async function serve(path: string, options: ServeOptions): Promise<void> {
  await applyPalette(options);
  const core = await coreGameOf(path, options);
  const rom = core === undefined ? await loadRomToRun(path, options) : undefined;
  const { unix, http, save } = options;
  const hasAddress = options.listen !== undefined || unix !== undefined || http !== undefined;
  const listen = hasAddress ? options.listen : USUAL_ADDRESS;
  const token = await tokenOf(options);
  const tls = await readTlsIdentity(options.tlsCert, options.tlsKey);
  warn(tls?.cautions ?? [], options.tlsCert);
  const server = await Server.start(core ?? rom!, {
    machine: {
      nes: rom === undefined ? {} : toNesOptions(options, rom.image),
      startCore: (game) => startCore(game, options, false),
      load: toLoadOptions(options),
      speedPercent: options.speed,
      startPaused: options.paused === true,
      root: options.root ?? dirname(path),
      ...(save === undefined
        ? {}
        : {
            save: {
              path: save,
              everyMs: options.saveEvery,
              takeOver: options.saveLock === "take",
              onTrouble: (error) => process.stderr.write(`emu: ${oneLine(error)}; emu tries again\n`),
              onRecovered: () => process.stderr.write("emu: saving works again\n"),
            },
          }),
      onCautions: warn,
      onError: (error) =>
        log.error({ error: explain(error).message }, "an error was reported; the server continues"),
    },
    connections: options.connections,
    machines: options.machines,
    players: options.players,
    log: logRoot,
    ...(listen === undefined ? {} : { listen }),
    ...(unix === undefined ? {} : { unix }),
    ...(http === undefined ? {} : { http }),
    ...(token === undefined ? {} : { token }),
    ...(tls === undefined ? {} : { tls }),
  });
  const interrupt = interruptSignal();
  const uncaught = Promise.withResolvers<never>();
  const ignoreUncaught = onUncaught(uncaught.reject);
  try {
    writeStdout(options.json ? `${JSON.stringify(server.addresses)}\n` : describe(server.addresses));
    const fault = await Promise.race([server.fault, aborted(interrupt.signal), uncaught.promise]);
    // A core that has crashed is not a bug of emu.
    if (fault.input !== undefined) throw errorFromReport({ ...fault, input: fault.input });
    process.stderr.write(`${describeFault(fault)}\n`);
    process.exitCode = EXIT_BUG;
  } finally {
    await server.close();
    interrupt.release();
    ignoreUncaught();
  }
}

function describe({ listen, unix, http, tlsFingerprint }: ServerAddresses): string {
  const scheme = tlsFingerprint === undefined ? "" : "tls://";
  const lines = [
    listen === undefined ? "" : `requests and spectators: ${scheme}${listen}\n`,
    unix === undefined ? "" : `requests and spectators: ${unix}\n`,
    http === undefined ? "" : `page, /metrics and /rpc:  ${http}\n`,
    tlsFingerprint === undefined ? "" : `--tls-fingerprint:        ${tlsFingerprint}\n`,
  ];
  return lines.join("");
}

/** Rejects when the signal fires. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

function describeFault({ message, stack }: MachineFault): string {
  const error = new Error(message);
  if (stack !== "") error.stack = stack;
  return explain(error).message;
}
