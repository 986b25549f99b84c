import { realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import type { MachineGeometry, MemorySpace } from "../../emu/machine.ts";
import { Nes, type NesOptions } from "../../emu/nes/nes.ts";
import { type LoadedRom, loadRom, type RomLoadOptions } from "../files/rom-file.ts";
import { SaveFile } from "../files/save-file.ts";
import { asInputError } from "../files/write-target.ts";
import type { Palette } from "../render/palette.ts";
import { BatteryKeeper, type SaveListener } from "../saves/battery-keeper.ts";
import { SaveLock } from "../saves/save-lock.ts";
import { COMMAND_STEP } from "../shared/commands.ts";
import { FRAME_PUBLISHED } from "../shared/layout.ts";
import { EmuClient, type EmuClientOptions, type MachineFault } from "../thread/emu-client.ts";
import { Lock } from "../thread/lock.ts";
import { nesSource } from "../thread/nes-source.ts";
import { FrameFeed } from "./frame-feed.ts";

/** Where and how a battery is kept. */
interface SaveOptions extends SaveListener {
  readonly path: string;
  readonly everyMs: number;
  /** Take the save from another emu that keeps it. */
  readonly takeOver?: boolean;
}

export interface MachineHostOptions {
  readonly nes: NesOptions;
  readonly load: RomLoadOptions;
  /** Colours of pictures that go out as files. */
  readonly palette: Palette;
  /** Percent of real time; 0 runs uncapped. */
  readonly speedPercent: number;
  readonly startPaused: boolean;
  /** `load` reaches only files in this folder and below. */
  readonly root: string;
  /** Where the first ROM's battery is kept; by default nowhere. */
  readonly save?: SaveOptions;
  /** For tests: the thread's priority stays as it is. */
  readonly realtime?: EmuClientOptions["realtime"];
  readonly onError: (error: unknown) => void;
}

/** What is known of the machine that runs. */
export interface HostedGame {
  readonly title: string;
  readonly mapper: number;
  readonly sha1: string;
}

/** A game with its machine. */
interface RunningGame {
  readonly game: HostedGame;
  readonly client: EmuClient;
  /** Where its battery is kept; undefined for nowhere. */
  readonly battery?: BatteryKeeper | undefined;
}

/** Ports that peers can hold buttons of. */
export const PORTS = 4;
/** Commands of one request that may be in the ring at a time: others need room there too. */
const POKES_AT_ONCE = 64;
/** A computer that is busy for a moment is no reason to end a service. */
const HUNG_AFTER_MS = 10_000;
/** A run looks this often whether it is to end early. */
const RUN_POLL_MS = 20;

/**
 * The machine that a server offers: everything that peers ask of it goes through here, one thing after the
 * other. Only `pause` overtakes: it ends a run that somebody else began.
 */
export class MachineHost {
  readonly feed: FrameFeed;
  /** Resolves when the machine has ended by itself. */
  readonly fault: Promise<MachineFault>;
  readonly #options: MachineHostOptions;
  readonly #lock = new Lock();
  readonly #reportFault: (fault: MachineFault) => void;
  /** Buttons that each peer holds: a byte a port. */
  readonly #held = new Map<object, number>();
  #running: RunningGame | undefined;
  #game: HostedGame = { title: "", mapper: 0, sha1: "" };
  #isPaused: boolean;
  #interruptions = 0;
  #isClosed = false;

  private constructor(options: MachineHostOptions) {
    this.#options = options;
    this.feed = new FrameFeed(options.onError);
    this.#isPaused = options.startPaused;
    const { promise, resolve: report } = Promise.withResolvers<MachineFault>();
    this.fault = promise;
    this.#reportFault = report;
  }

  /** Starts a machine with this ROM. Rejects with `InputError` when it cannot run, or its save is wrong. */
  static async start(rom: LoadedRom, options: MachineHostOptions): Promise<MachineHost> {
    const host = new MachineHost(options);
    await host.#install(await host.#startGame(rom, options.save));
    return host;
  }

  get palette(): Palette {
    return this.#options.palette;
  }

  get game(): HostedGame {
    return this.#game;
  }

  /** Of the game that runs, or ran last. */
  get geometry(): MachineGeometry {
    return this.#running!.client.ready.geometry;
  }

  /** The machine's thread. Throws `InputError` ("unavailable") when there is none. */
  get client(): EmuClient {
    const client = this.#running?.client;
    if (client?.isRunning !== true) throw new InputError("unavailable", "the machine has ended");
    return client;
  }

  /** Bytes of a state of the game that runs, or ran last. */
  get stateBytes(): number {
    return this.#running!.client.ready.stateBytes;
  }

  /** Called when another game has taken the place of the one before. */
  onGame: () => void = () => undefined;

  /**
   * Replaces the game by another from below the root; the machine goes on as it did. The game before runs
   * until the new one stands: when that cannot be run, nothing changes.
   */
  load(path: string): Promise<HostedGame> {
    return this.#lock.run(async () => {
      const next = await this.#startGame(await this.#loadBelowRoot(path));
      if (this.#isClosed) {
        await next.client.stop();
        throw new InputError("unavailable", "the server is closing");
      }
      const before = this.#running;
      await this.#install(next);
      // The new game runs: a save of the old one that cannot be written is no failure of this request.
      await stopGame(before).catch((error) => this.#options.save?.onTrouble(asInputError(error)));
      return this.#game;
    });
  }

  reset(isHard: boolean): Promise<void> {
    return this.#lock.run(() => this.client.reset(isHard ? "power" : "reset"));
  }

  /**
   * Runs so many frames as fast as it goes, then pauses. Ends early on `pause` or the signal. Resolves with
   * the number of frames since power-on.
   */
  run(frames: number, signal: AbortSignal): Promise<number> {
    return this.#lock.run(async () => {
      const { client } = this;
      const interruptions = this.#interruptions;
      const { words } = client.blocks.frames;
      // While the clock stands no frame can slip in between the count and the order.
      await client.pause();
      this.#isPaused = true;
      const before = Atomics.load(words, FRAME_PUBLISHED);
      await client.command(COMMAND_STEP, frames, 0);
      while (client.isRunning) {
        const published = Atomics.load(words, FRAME_PUBLISHED);
        if (((published - before) | 0) >= frames) break;
        if (signal.aborted || this.#interruptions !== interruptions) {
          await client.pause();
          break;
        }
        const sleep = Atomics.waitAsync(words, FRAME_PUBLISHED, published, RUN_POLL_MS);
        if (sleep.async) await sleep.value;
      }
      return this.framesFinished();
    });
  }

  /** Stops the clock after the current frame, and ends a run that is under way. */
  async pause(): Promise<number> {
    this.#interruptions++;
    await this.client.pause();
    this.#isPaused = true;
    return this.framesFinished();
  }

  resume(): Promise<void> {
    return this.#lock.run(async () => {
      await this.client.resume();
      this.#isPaused = false;
    });
  }

  /** Buttons that `peer` holds on a port from now on. */
  press(peer: object, port: number, buttons: number): void {
    const others = (this.#held.get(peer) ?? 0) & ~(0xff << (8 * port));
    this.#held.set(peer, others | (buttons << (8 * port)));
    this.#publishButtons();
  }

  /** Holds buttons on a port for an exact number of frames, in force from the next one. */
  hold(port: number, buttons: number, frames: number): Promise<void> {
    return this.#lock.run(() => this.client.hold(buttons << (8 * port), frames));
  }

  /** A peer has gone: what it held is let go. */
  release(peer: object): void {
    if (this.#held.delete(peer)) this.#publishButtons();
  }

  peek(space: MemorySpace, address: number, length: number): Promise<Uint8Array> {
    return this.#lock.run(() => this.client.peek(space, address, length));
  }

  poke(space: MemorySpace, address: number, bytes: readonly number[]): Promise<void> {
    return this.#lock.run(async () => {
      const { client } = this;
      for (let at = 0; at < bytes.length; at += POKES_AT_ONCE) {
        const part = bytes.slice(at, at + POKES_AT_ONCE);
        await Promise.all(part.map((byte, index) => client.poke(space, address + at + index, byte)));
      }
    });
  }

  registers(): Promise<Record<string, number>> {
    return this.#lock.run(() => this.client.registers());
  }

  saveState(): Promise<{ state: Uint8Array; frame: number }> {
    return this.#lock.run(async () => {
      const { bytes, tag } = await this.client.saveState();
      return { state: bytes, frame: tag };
    });
  }

  loadState(state: Uint8Array): Promise<void> {
    return this.#lock.run(() => this.client.loadState(state));
  }

  /** Frames since power-on, as far as their pictures have been published. */
  framesFinished(): number {
    return (this.feed.latest()?.frame ?? -1) + 1;
  }

  /** Stops the machine and keeps its battery. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#interruptions++;
    await this.#lock.run(() => stopGame(this.#running));
    this.feed.close();
  }

  /** Starts a machine, which stands still at power-on, with what its save holds. */
  async #startGame(rom: LoadedRom, save?: MachineHostOptions["save"]): Promise<RunningGame> {
    const options = this.#options;
    const game = { title: rom.fileName, mapper: rom.image.mapper, sha1: rom.image.sha1 };
    const machine = nesSource(rom.image, options.nes);
    const { battery, kept } = await openBattery(Nes.batteryBytes(rom.image), save);
    try {
      const client = await EmuClient.start({
        machine,
        speedPercent: options.speedPercent,
        startPaused: true,
        hungAfterMs: HUNG_AFTER_MS,
        ...(kept === undefined ? {} : { battery: kept }),
        ...(options.realtime === undefined ? {} : { realtime: options.realtime }),
      });
      if (save !== undefined) battery?.start(client, save.everyMs, save);
      return { game, client, battery };
    } catch (error) {
      battery?.abandon();
      throw error;
    }
  }

  /** The game is what peers drive and see from now on. */
  async #install(running: RunningGame): Promise<void> {
    const { client, game } = running;
    this.#running = running;
    this.#game = game;
    this.feed.attach(client.blocks.frames);
    void client.ended.then((fault) => {
      if (fault !== undefined && !this.#isClosed && this.#running === running) this.#reportFault(fault);
    });
    this.#publishButtons();
    this.onGame();
    if (!this.#isPaused) await client.resume();
  }

  #publishButtons(): void {
    let word = 0;
    for (const held of this.#held.values()) word |= held;
    this.#running?.client.setButtons("network", word);
  }

  /** A path that a peer has sent names a file below the root, links followed, or nothing at all. */
  async #loadBelowRoot(path: string): Promise<LoadedRom> {
    const missing = new InputError("missing", "no such file below the root", path.slice(0, 200));
    const root = await realpath(this.#options.root);
    const [, file = "", inner = ""] = /^([^#]*)(#.*)?$/s.exec(path) ?? [];
    const real = await realpath(resolve(root, file)).catch(() => undefined);
    if (path.includes("\0") || real === undefined || !isBelow(root, real)) throw missing;
    try {
      return await loadRom(real + inner, this.#options.load);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // Where the root lies is nobody's business.
      throw new InputError(
        error.kind,
        error.message,
        error.where.replaceAll(`${root}${sep}`, ""),
        error.remedy,
      );
    }
  }
}

/** Locks and reads a save; nothing for a cartridge that keeps nothing. Throws as `SaveLock.take` and `load` do. */
async function openBattery(
  bytes: number,
  save: MachineHostOptions["save"],
): Promise<{ readonly battery?: BatteryKeeper; readonly kept?: Uint8Array | undefined }> {
  if (save === undefined || bytes === 0) return {};
  const file = new SaveFile(save.path, bytes);
  const battery = new BatteryKeeper(file, await SaveLock.take(save.path, save.takeOver));
  try {
    return { battery, kept: await file.load() };
  } catch (error) {
    battery.abandon();
    throw error;
  }
}

async function stopGame(running: RunningGame | undefined): Promise<void> {
  await running?.client.stop();
  await running?.battery?.close();
}

function isBelow(root: string, file: string): boolean {
  const way = relative(root, file);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
