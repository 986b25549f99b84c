import { closeSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../../emu/input-error.ts";
import { makeTemporaryFolder } from "../files/abandoned.ts";
import { printable } from "../files/text.ts";
import { type Log, NO_LOG } from "../shared/log.ts";
import { afterRunningFor } from "../workers/patience.ts";
import { workerUrl } from "../workers/worker-url.ts";
import { CoreLink } from "./core-link.ts";
import type { CoreConnection } from "./core-machine.ts";
import * as memory from "./core-memory.ts";
import { CORE_PROCESS_ARGUMENT, type CoreOrder } from "./core-order.ts";
import type { CoreFacts, CoreIdentity } from "./libretro-core.ts";

/** Loading a core may include reading a large game and the core's own set-up. */
const START_TIMEOUT_MS = 20_000;
const START_POLL_MS = 2;
const END_TIMEOUT_MS = 1000;
/** Maximum number of characters kept of what a core prints. */
const MAX_OUTPUT_CHARACTERS = 4000;

export interface CoreStart {
  readonly corePath: string;
  readonly game: {
    /** The path that the core sees: its extension and folder matter to some cores. */
    readonly path: string;
    readonly bytes: Uint8Array;
  };
  readonly systemFolder: string;
  /** Where cores write files of their own; undefined for a folder that is removed at the end. */
  readonly saveFolder?: string;
  readonly options?: Readonly<Record<string, string>>;
  /** Names of devices by port, from 0: see `deviceId`. */
  readonly devices?: Readonly<Record<number, string>>;
  /** The same, ignored if the core does not have them. */
  readonly keptDevices?: Readonly<Record<number, string>>;
  readonly log?: Log;
}

/**
 * A libretro core with a game, in a separate process. Main owns it; one thread at a time drives it through a
 * `CoreMachine`.
 */
export class CoreClient {
  readonly facts: CoreFacts;
  readonly connection: CoreConnection;
  /** Process id of the core. */
  readonly pid: number;
  readonly #process: CoreProcess;
  readonly #scratch: string | undefined;

  private constructor(process: CoreProcess, facts: CoreFacts, stateKey: number, scratch: string | undefined) {
    this.#process = process;
    this.#scratch = scratch;
    this.facts = facts;
    this.pid = process.child.pid;
    const { memoryDescriptor, socket } = process;
    this.connection = { memoryDescriptor, socket, facts, stateKey };
  }

  /**
   * Starts the process and loads the game. Throws `InputError`: "data" if the file is not a core or the core
   * rejects the game, "unavailable" if it crashes, hangs or needs a graphics processor.
   */
  static async start(start: CoreStart): Promise<CoreClient> {
    const scratch = start.saveFolder === undefined ? await makeTemporaryFolder("core") : undefined;
    const saveFolder = start.saveFolder ?? scratch!;
    await Promise.all([saveFolder, start.systemFolder].map((folder) => makeFolder(folder)));
    const order: CoreOrder = {
      corePath: start.corePath,
      isProbe: false,
      gamePath: start.game.path,
      gameBytes: start.game.bytes.length,
      systemFolder: start.systemFolder,
      saveFolder,
      options: start.options ?? {},
      devices: start.devices ?? {},
      keptDevices: start.keptDevices ?? {},
    };
    const process = new CoreProcess(order, start);
    try {
      const facts = await process.ready<CoreFacts>();
      const { name, version } = facts;
      const stateKey = Bun.hash.crc32(`${name}\0${version}\0${Bun.hash.crc32(start.game.bytes)}`);
      return new CoreClient(process, facts, stateKey, scratch);
    } catch (error) {
      await process.end();
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Completes an error of a machine that this core drives: if the core's process has ended, it names the core
   * and says how. Errors that already name a place are returned as they are.
   */
  async explain(error: unknown): Promise<unknown> {
    if (!(error instanceof InputError) || error.kind !== "unavailable" || error.where !== "") return error;
    const { name } = this.facts;
    const how = await this.#process.epitaph();
    const where = printable(this.#process.corePath);
    return new InputError("unavailable", how === undefined ? error.message : `${name} ${how}`, where);
  }

  /** Ends the process, by force if necessary. No thread may use it after this call. */
  async close(): Promise<void> {
    await this.#process.end();
    if (this.#scratch !== undefined) await rm(this.#scratch, { recursive: true, force: true });
  }
}

/** Loads a core without a game and returns its description. Throws `InputError` as `start` does. */
export async function probeCore(corePath: string): Promise<CoreIdentity> {
  const folder = await makeTemporaryFolder("core");
  const game = { path: "", bytes: new Uint8Array(0) };
  const folders = { systemFolder: folder, saveFolder: folder };
  const order: CoreOrder = {
    corePath,
    isProbe: true,
    gamePath: "",
    gameBytes: 0,
    ...folders,
    options: {},
    devices: {},
    keptDevices: {},
  };
  const process = new CoreProcess(order, { corePath, game, ...folders });
  try {
    return await process.ready<CoreIdentity>();
  } finally {
    await process.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The child process and what it prints. */
class CoreProcess {
  readonly child: Bun.Subprocess;
  readonly memoryDescriptor: number;
  readonly socket: number;
  readonly #link: CoreLink;
  readonly corePath: string;
  readonly #start: CoreStart;
  readonly #log: Log;
  #output = "";
  #isKilled = false;
  readonly #outputEnded: Promise<unknown>;

  constructor(order: CoreOrder, start: CoreStart) {
    this.#start = start;
    this.corePath = start.corePath;
    this.#log = start.log ?? NO_LOG;
    this.memoryDescriptor = memory.createCoreMemory();
    const entry = workerUrl("io/cores/core-process.ts");
    const command = Bun.isStandaloneExecutable ? [CORE_PROCESS_ARGUMENT] : [fileURLToPath(entry)];
    this.child = Bun.spawn([process.execPath, ...command, JSON.stringify(order)], {
      // Bun reads the bunfig.toml of its working folder, which must not be the player's.
      cwd: Bun.isStandaloneExecutable ? tmpdir() : dirname(fileURLToPath(entry)),
      stdio: ["ignore", "pipe", "pipe", this.memoryDescriptor, "pipe"],
    });
    this.socket = this.child.stdio[4] as unknown as number;
    this.child.unref();
    this.#link = new CoreLink(this.memoryDescriptor, this.socket);
    this.#link.memory.state.set(start.game.bytes);
    const streams = [this.child.stdout, this.child.stderr] as ReadableStream<Uint8Array>[];
    this.#outputEnded = Promise.allSettled(streams.map((stream) => this.#read(stream)));
  }

  /** Resolves when the game is loaded. */
  async ready<Facts extends CoreIdentity>(): Promise<Facts> {
    let isLate = false;
    const cancel = afterRunningFor(START_TIMEOUT_MS, () => {
      isLate = true;
    });
    try {
      while (!this.#link.poll()) {
        if (isLate) throw this.#failure(`hangs while it loads the game`);
        await Bun.sleep(START_POLL_MS);
      }
    } catch (error) {
      if (isLate) throw error;
      throw this.#failure((await this.epitaph()) ?? "has ended");
    } finally {
      cancel();
    }
    for (const line of this.#link.memory.takeLog()) writeCoreLine(this.#log, line);
    if (this.#link.memory.words[memory.WORD_STATUS] === memory.STATUS_REFUSED) {
      const refusal = this.#link.refusal();
      throw refusal.where !== ""
        ? refusal
        : new InputError(refusal.kind, refusal.message, printable(this.#start.game.path), refusal.remedy);
    }
    const facts = JSON.parse(this.#link.memory.text) as Facts;
    this.#log.info({ core: facts.name, version: facts.version, pid: this.child.pid }, "core ready");
    return facts;
  }

  async epitaph(): Promise<string | undefined> {
    // The connection ends a moment before the process does.
    const cancel = Promise.withResolvers<void>();
    const stop = afterRunningFor(END_TIMEOUT_MS, cancel.resolve);
    await Promise.race([Promise.all([this.child.exited, this.#outputEnded]), cancel.promise]);
    stop();
    const { signalCode, exitCode } = this.child;
    if (signalCode === null && exitCode === null) return undefined;
    const how = signalCode !== null ? `has crashed (${signalCode})` : crashText(exitCode!, this.#output);
    this.#log.warn({ signalCode, exitCode, output: this.#output }, "the core's process has ended");
    return how;
  }

  /** Asks the process to end, and kills it if it does not. */
  async end(): Promise<void> {
    if (this.#isKilled) return;
    this.#isKilled = true;
    this.child.kill("SIGKILL");
    await this.child.exited;
    for (const descriptor of [this.socket, this.memoryDescriptor]) closeSync(descriptor);
  }

  #failure(what: string): InputError {
    return new InputError("unavailable", `the core ${what}`, printable(this.#start.corePath));
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const text = decoder.decode(chunk, { stream: true });
      this.#output = (this.#output + text).slice(-MAX_OUTPUT_CHARACTERS);
      this.#log.debug({ text: printable(text, MAX_OUTPUT_CHARACTERS) }, "the core has printed");
    }
  }
}

/** Bun itself reports a signal in native code, and then aborts. */
function crashText(exitCode: number, output: string): string {
  const panic = /panic\([^)]*\): ([^\n]*)/.exec(output)?.[1];
  if (panic !== undefined) return `has crashed (${printable(panic, 200)})`;
  return `has ended with code ${exitCode}`;
}

/** Writes a line of the core's own log: its level, a space, the message. */
export function writeCoreLine(log: Log, line: string): void {
  const [, level = "", message = ""] = /^(debug|info|warn|error) (.*)$/s.exec(line) ?? [];
  if (level === "error") log.error({ message: printable(message) }, "the core's log");
  else if (level === "warn") log.warn({ message: printable(message) }, "the core's log");
  else log.debug({ level, message: printable(message) }, "the core's log");
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new InputError(
      "io",
      `cannot be created: ${(error as NodeJS.ErrnoException).code}`,
      printable(folder),
    );
  }
}
