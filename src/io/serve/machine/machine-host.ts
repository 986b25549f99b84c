import { InputError } from "../../../emu/input-error.ts";
import type { MachineGeometry, MemorySpace } from "../../../emu/machine.ts";
import { PixelConverters } from "../../capture/pixel-converters.ts";
import { setMultitapButtons } from "../../cores/core-input.ts";
import { asInputError } from "../../files/write-target.ts";
import { type Palette, paletteFor } from "../../render/colors/palette.ts";
import { changeDips, dipDigits } from "../../shared/dip-texts.ts";
import { DeviceWriter } from "../../shared/input-words.ts";
import { type Log, type LogRoot, NO_LOG_ROOT } from "../../shared/log.ts";
import type { EmuClient, MachineFault } from "../../thread/emu-client.ts";
import { Lock } from "../../thread/lock.ts";
import type { PageFacts } from "../page/facts.ts";
import { FrameFeed } from "./frame-feed.ts";
import { MAX_BRIEF_FRAMES, runBriefly, runLong } from "./frame-runs.ts";
import { HeldButtons, PORTS } from "./held-buttons.ts";
import { type HostedGame, type HostedMachine, isCoreGame, type ServedGame } from "./hosted-machine.ts";
import type { MachineHostOptions } from "./machine-host-options.ts";
import { checkRoot, loadBelowRoot } from "./root-folder.ts";
import { type RunningGame, startGame, stopGame } from "./running-game.ts";
import type { ServedShape } from "./served-picture.ts";
import { SoundFeed } from "./sound-feed.ts";
import type { WatchedGame } from "./watched-game.ts";

/** The game that `load` started. */
export interface LoadedGame extends HostedGame {
  /** Why it may not run correctly: sentences without a full stop. */
  readonly warnings: readonly string[];
}

/** Limit on commands of one request in the ring at a time, to leave room for others. */
const POKES_AT_ONCE = 64;
/** Bits of a word of buttons. */
const WORD_BITS = 32;
/**
 * The machine of a server. All requests of peers go through this class, one after the other. Only `pause`
 * does not wait: it stops a run that another peer started.
 */
export class MachineHost implements WatchedGame {
  readonly feed: FrameFeed;
  readonly sound = new SoundFeed();
  /** Resolves if the machine ends by itself. */
  readonly fault: Promise<MachineFault>;
  readonly #options: MachineHostOptions;
  readonly #logs: LogRoot;
  readonly #log: Log;
  readonly #lock = new Lock();
  readonly #reportFault: (fault: MachineFault) => void;
  readonly #held = new HeldButtons();
  #running: RunningGame | undefined;
  /** Depends on the palette and the width, which another game can change. */
  #pixels:
    | { readonly palette: Palette; readonly width: number; readonly converters: PixelConverters }
    | undefined;
  #game: HostedGame = { title: "", sha1: "" };
  #isPaused: boolean;
  #interruptions = 0;
  #briefRun: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(options: MachineHostOptions, logs: LogRoot) {
    this.#options = options;
    this.#logs = logs;
    this.#log = logs.child({ scope: "serve" });
    this.feed = new FrameFeed(options.onError);
    this.#isPaused = options.startPaused;
    const { promise, resolve: report } = Promise.withResolvers<MachineFault>();
    this.fault = promise;
    this.#reportFault = report;
  }

  /** Starts a machine with this game. Rejects with `InputError` if it cannot run or its save is invalid. */
  static async start(
    game: ServedGame,
    options: MachineHostOptions,
    logs: LogRoot = NO_LOG_ROOT,
  ): Promise<MachineHost> {
    await checkRoot(options.root);
    const host = new MachineHost(options, logs);
    await host.#install(await startGame(game, options, logs, true));
    return host;
  }

  get palette(): Palette {
    return paletteFor(this.geometry);
  }

  get colors(): Palette | undefined {
    return this.geometry.colors;
  }

  /** Converts palette indices of the running game to pixels for programs. */
  get pixels(): PixelConverters {
    const { palette } = this;
    const { width } = this.geometry;
    if (this.#pixels?.palette !== palette || this.#pixels.width !== width)
      this.#pixels = { palette, width, converters: new PixelConverters(palette, width) };
    return this.#pixels.converters;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get game(): HostedGame {
    return this.#game;
  }

  /** The kind of the machine that runs, or ran last. */
  get machine(): HostedMachine {
    return this.#running!.machine;
  }

  /** Geometry of the game that runs, or ran last. */
  get geometry(): MachineGeometry {
    return this.#running!.client.ready.geometry;
  }

  /** The client of the machine's thread. Throws `InputError` ("unavailable") if it has ended. */
  get client(): EmuClient {
    const client = this.#running?.client;
    if (client?.isRunning !== true) throw new InputError("unavailable", "the machine has ended");
    return client;
  }

  /** True if its pictures are colours and not palette indices. */
  get isRgb(): boolean {
    return this.#running!.client.blocks.sizes.isRgb === true;
  }

  /** Pixels of the largest picture of the game that runs, or ran last. */
  get mostPixels(): number {
    const { widthPixels, heightPixels } = this.#running!.client.blocks.sizes;
    return widthPixels * heightPixels;
  }

  /** Buttons per port. */
  get portBits(): number {
    return this.machine.portBits;
  }

  /** What a page must know before it can show this picture. */
  factsFor({ width, height, pixelAspect }: ServedShape): PageFacts {
    return {
      title: this.game.title,
      palette: this.isRgb ? [] : [...this.palette],
      width,
      height,
      pixelAspect,
      sampleRateHz: this.geometry.sampleRateHz,
      channels: this.sound.channels,
      portBits: this.portBits,
    };
  }

  /** Size of a state of the game that runs, or ran last. */
  get stateBytes(): number {
    return this.#running!.client.ready.stateBytes;
  }

  /** Called when another game has replaced the previous one. */
  onGame: () => void = () => undefined;

  /**
   * Replaces the game with another one from below the root. The machine stays running or paused. The previous
   * game runs until the new one is ready; if that cannot run, nothing changes.
   */
  load(path: string): Promise<LoadedGame> {
    return this.#lock.run(async () => {
      const { root, load, mostRomBytes } = this.#options;
      const game = await loadBelowRoot(path, { root, load, mostRomBytes });
      const next = await startGame(game, this.#options, this.#logs, false);
      if (this.#isClosed) {
        await stopGame(next);
        throw new InputError("unavailable", "the server is closing");
      }
      const before = this.#running;
      await this.#install(next);
      // The new game runs, so a failure to write the old game's save does not fail this request.
      await stopGame(before).catch((error) => this.#options.save?.onTrouble(asInputError(error)));
      const warnings = isCoreGame(game) ? [] : game.cautions;
      if (warnings.length > 0) this.#options.onCautions?.(warnings, game.fileName);
      return { ...this.#game, warnings };
    });
  }

  reset(isHard: boolean): Promise<void> {
    return this.#lock.run(() => this.client.reset(isHard ? "power" : "reset"));
  }

  /** Inserts a coin into a slot of an arcade machine, counted from 0. */
  insertCoin(slot: number): Promise<void> {
    return this.#lock.run(() => this.client.insertCoin(slot));
  }

  /** Presses the service button of an arcade machine. */
  pressService(): Promise<void> {
    return this.#lock.run(() => this.client.pressService());
  }

  /**
   * Sets DIP switches: "lives=5", or digits for all. Resolves with the digits. Rejects with
   * `InputError` ("usage") for a switch that the game does not have.
   */
  setDip(setting: string): Promise<string> {
    return this.#lock.run(async () => {
      const { coins } = this.client.ready;
      if (coins === undefined) throw new InputError("usage", "this machine has no DIP switches");
      const running = this.#running!;
      const dips = changeDips(running.dips ?? coins.dips, setting, coins, "setting");
      await this.client.setDips(dips);
      running.dips = dips;
      return dipDigits(dips, coins);
    });
  }

  /** Inserts a side of the disk, from 0, about a second after the other; −1 leaves the drive empty. */
  async insertDisk(side: number): Promise<void> {
    await this.#lock.run(() => this.client.changeDisk(side < 0 ? "none" : side));
  }

  /**
   * Sets what a device other than a controller does from now on, in words. Throws `InputError` ("usage") for
   * words that it does not know.
   */
  setDevice(port: string, words: string): void {
    const { client, devices, machine } = this.#running!;
    const before = devices.slice();
    machine.setDevice(devices, port, words);
    const writer = new DeviceWriter(client.blocks.inputs);
    for (const [place, byte] of devices.entries()) if (byte !== before[place]) writer.setByte(place, byte);
  }

  /**
   * Runs `frames` frames at full speed, then pauses. A long run stops early on `pause` or the signal.
   * Resolves with the number of frames since power-on.
   */
  run(frames: number, signal: AbortSignal): Promise<number> {
    return this.#lock.run(async () => {
      // With the clock stopped, no frame can run between reading the count and sending the command.
      if (!this.#isPaused) await this.client.pause();
      this.#isPaused = true;
      const { client } = this;
      if (frames <= MAX_BRIEF_FRAMES) {
        const isAlone = this.#options.runs?.begin(this, performance.now()) === true;
        const running = runBriefly(client, frames, this.feed.isWatched, isAlone);
        this.#briefRun = running.catch(() => undefined);
        await running;
      } else {
        const interruptions = this.#interruptions;
        await runLong(client, frames, () => signal.aborted || this.#interruptions !== interruptions);
      }
      return this.framesFinished();
    });
  }

  /** Stops the clock after the current frame, and any long run in progress. */
  async pause(): Promise<number> {
    this.#interruptions++;
    // Stopped earlier, it would leave no picture of its last frame.
    await this.#briefRun;
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

  /** Sets the buttons that `peer` holds on a port. */
  press(peer: object, port: number, buttons: number): void {
    this.#held.set(peer, port, buttons);
    this.#publishButtons();
  }

  /** Holds buttons on a port for exactly `frames` frames, starting with the next one. */
  hold(port: number, buttons: number, frames: number): Promise<void> {
    return this.#lock.run(() => {
      const { portBits } = this.machine;
      if (port * portBits >= WORD_BITS)
        throw new InputError("usage", `port ${port} of a core cannot be held for a number of frames`);
      return this.client.hold(buttons << (portBits * port), frames);
    });
  }

  /** Releases all buttons of a peer that has disconnected. */
  release(peer: object): void {
    if (this.#held.release(peer)) this.#publishButtons();
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

  /** Number of frames since power-on whose pictures have been published. */
  framesFinished(): number {
    return (this.feed.latest()?.frame ?? -1) + 1;
  }

  /** Stops the machine and saves its battery RAM. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#interruptions++;
    await this.#lock.run(() => stopGame(this.#running));
    this.feed.close();
  }

  /** Makes this the game that peers control and see. */
  async #install(running: RunningGame): Promise<void> {
    const { client, machine } = running;
    this.#running = running;
    this.#game = machine.game;
    this.#log.info({ ...machine.game }, "game loaded");
    this.feed.attach(client.blocks.frames, client.ready.geometry);
    this.sound.attach(client.blocks.audio);
    void client.ended.then(async (fault) => {
      if (fault === undefined || this.#isClosed || this.#running !== running) return;
      this.#reportFault(await machine.explain(fault));
    });
    this.#publishButtons();
    this.onGame();
    if (!this.#isPaused) await client.resume();
  }

  #publishButtons(): void {
    const running = this.#running;
    if (running === undefined) return;
    const { portBits } = running.machine;
    const devices = new DeviceWriter(running.client.blocks.inputs);
    let word = 0;
    for (let port = 0; port < PORTS; port++) {
      const buttons = this.#held.of(port);
      if (port * portBits < WORD_BITS) word |= buttons << (portBits * port);
      else setMultitapButtons(devices, port, buttons);
    }
    running.client.setButtons("network", word);
  }
}
