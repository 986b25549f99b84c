import { InputError } from "../../emu/input-error.ts";
import { AudioClient } from "../audio/audio-client.ts";
import type { SoundSystem } from "../audio/sink.ts";
import type { ActionName, Bindings } from "../input/bindings.ts";
import { Gamepads } from "../input/gamepads.ts";
import { LinuxPads } from "../input/linux-pads.ts";
import { chooseRenderer } from "../render/choose.ts";
import { type ColorMode, PLAIN_CAPABILITIES, type RenderCapabilities } from "../render/encoder.ts";
import type { RendererName } from "../render/encoders.ts";
import type { Palette } from "../render/palette.ts";
import type { ScaleMode, TerminalWindow } from "../render/scale.ts";
import type { StatsSummary } from "../shared/stats.ts";
import {
  renderCapabilities,
  restorePictures,
  type TerminalCapabilities,
  TerminalProbe,
} from "../terminal/capabilities.ts";
import { StderrShelter } from "../terminal/stderr-shelter.ts";
import { hasTerminal, stopProcess, Terminal } from "../terminal/tty.ts";
import { readWindow } from "../terminal/window.ts";
import { EmuClient, type EmuClientOptions, type MachineFault } from "../thread/emu-client.ts";
import { isFrameReport } from "../thread/frame-report.ts";
import type { PresenterSetup } from "../thread/presenter.ts";
import { PresenterClient } from "../thread/presenter-client.ts";
import { Controls } from "./controls.ts";

export interface PlayOptions {
  readonly client: EmuClientOptions;
  readonly bindings: Bindings;
  readonly palette: Palette;
  readonly scale: ScaleMode;
  /** How to show the picture; "auto" takes the best that the terminal says it can do. */
  readonly renderer: RendererName | "auto";
  /** How many colours to use; "auto" takes what the terminal has. */
  readonly colors: ColorMode | "auto";
  /** What to play the sound on, and how loud in percent. */
  readonly sound: SoundSystem | "auto";
  readonly volumePercent: number;
  /** Ends after so many frames; without it, when the player quits. */
  readonly frames?: number;
  /** Gets the time from a picture's publication to the terminal's report that it is there, microseconds. */
  readonly onLatency?: (microseconds: number) => void;
  /** Gets the battery-backed memory now and then, and at the end; not called without a battery. */
  readonly keepBattery?: (memory: Uint8Array) => Promise<void>;
}

/**
 * Throw-away frames before the clock starts. Real frames finish the compiler's work: until then they take
 * 3 to 7 of their 16 ms, and every frame of warm-up delays the first picture by that much.
 */
const WARM_UP_FRAMES = 24;

/** Why a game ended. */
export type PlayEnd =
  | { readonly kind: "quit" | "frames" | "interrupted" | "terminal-gone" }
  | { readonly kind: "machine-fault"; readonly fault: MachineFault }
  | { readonly kind: "bug"; readonly error: unknown };

export interface PlayResult {
  readonly end: PlayEnd;
  readonly stats: StatsSummary;
  readonly renderer: RendererName;
  /** What the sound was played on; empty without sound. */
  readonly sink: string;
}

const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
const BATTERY_INTERVAL_MS = 5000;
/** How long the last frame may take to appear before a run of counted frames ends. */
const LAST_FRAME_MS = 200;

/** Throws `InputError` ("unavailable") where there is no terminal to play in. */
export function requireTerminal(): void {
  if (hasTerminal()) return;
  const which = process.stdout.isTTY === true ? "input" : "output";
  throw new InputError(
    "unavailable",
    `standard ${which} is not a terminal`,
    "",
    "emu dump ROM --frames N --out FILE works without one",
  );
}

/**
 * Plays a machine in this terminal until the player, a signal or a fault ends it. The terminal is given
 * back as it was before this returns or throws.
 */
export async function play(options: PlayOptions): Promise<PlayResult> {
  requireTerminal();
  const shelter = new StderrShelter();
  shelter.begin();
  const game = new Game(options);
  try {
    return await game.run();
  } finally {
    await game.close();
    shelter.endAndShow();
  }
}

/** One game in the terminal: threads, keys and signals, and the order in which they end. */
class Game {
  readonly #options: PlayOptions;
  readonly #terminal = new Terminal();
  readonly #controls: Controls;
  readonly #pads = new Gamepads(new LinuxPads());
  readonly #over = Promise.withResolvers<PlayEnd>();
  readonly #handlers: [name: string, handler: (...values: unknown[]) => void][] = [];
  #client: EmuClient | undefined;
  readonly #probe = new TerminalProbe();
  #presenter = new PresenterClient();
  #audio: AudioClient | undefined;
  #renderer: RendererName = "half-block";
  #capabilities: TerminalCapabilities | undefined;
  #batteryTimer: ReturnType<typeof setInterval> | undefined;
  #isPaused = false;
  #handedOver: Promise<void> = Promise.resolve();
  #ownStops = 0;
  #ownContinues = 0;
  #isClosing = false;

  constructor(options: PlayOptions) {
    this.#options = options;
    this.#controls = new Controls(options.bindings, {
      setButtons: (word) => this.#client?.setButtons("keyboard", word),
      act: (action) => this.#act(action),
    });
  }

  async run(): Promise<PlayResult> {
    this.#listen();
    this.#terminal.enter();
    const started = EmuClient.start({
      warmUpFrames: WARM_UP_FRAMES,
      ...this.#options.client,
      startPaused: true,
    });
    // While the probe runs the start may fail; it is looked at below.
    started.catch(() => {});
    this.#learn(await this.#probe.ask());
    const client = await started;
    this.#client = client;
    this.#pads.onButtons = (held, turbo) => client.setButtons("gamepad", held | turbo);
    this.#pads.start();
    this.#present(client);
    const { sound, volumePercent } = this.#options;
    if (sound !== "none")
      this.#audio = new AudioClient(client.blocks, client.description, sound, volumePercent);
    this.#probe.onLateAnswers = (capabilities) => {
      this.#learn(capabilities);
      void this.#handOver(() => this.#presentAnew(client));
    };
    client.ended.then((fault) => {
      if (fault !== undefined) this.#over.resolve({ kind: "machine-fault", fault });
    });
    this.#watchBattery(client);
    if (this.#options.frames === undefined) await client.resume();
    else this.#count(client, this.#options.frames);
    const end = await this.#over.promise;
    const sink = this.#audio?.sink ?? "";
    return { end, stats: client.stats(), renderer: this.#renderer, sink };
  }

  /** Ends every thread and gives the terminal back. */
  async close(): Promise<void> {
    clearInterval(this.#batteryTimer);
    this.#isClosing = true;
    await this.#handedOver;
    const wasStuck = !(await this.#presenter.end());
    this.#terminal.leave(wasStuck);
    this.#probe.close();
    this.#controls.close();
    this.#pads.stop();
    for (const [name, handler] of this.#handlers) process.off(name, handler);
    const client = this.#client;
    if (client === undefined) return;
    await Promise.all([client.stop(), this.#audio?.end()]);
    await this.#keepBattery(client);
  }

  /** Takes over what the terminal has said of itself. */
  #learn(capabilities: TerminalCapabilities): void {
    this.#capabilities = capabilities;
    // Bit 1 of the flags: event types, so releases are reported.
    this.#controls.setReleaseEvents((capabilities.keyboardFlags & 2) !== 0);
    this.#terminal.setRestore(restorePictures(capabilities));
    this.#renderer = this.#choose();
  }

  #choose(): RendererName {
    const { renderer } = this.#options;
    if (renderer !== "auto") return renderer;
    return this.#capabilities === undefined
      ? "half-block"
      : chooseRenderer(this.#capabilities, this.#window());
  }

  #report(): void {
    this.#presenter.report();
    this.#options.onLatency?.(this.#presenter.latencyMicroseconds);
  }

  /** Ends the presenter and starts another, for what cannot change while it runs. */
  async #presentAnew(client: EmuClient): Promise<void> {
    const before = this.#presenter;
    this.#presenter = new PresenterClient();
    await before.end();
    this.#present(client);
  }

  #present(client: EmuClient): void {
    const presenter = this.#presenter;
    presenter.ended.then((error) => {
      if (presenter !== this.#presenter) return;
      this.#over.resolve(error === undefined ? { kind: "terminal-gone" } : { kind: "bug", error });
    });
    const { geometry } = client.ready;
    const { palette, scale } = this.#options;
    const { width, height, pixelAspect } = geometry;
    const window = this.#window();
    const setup: PresenterSetup = {
      renderer: this.#renderer,
      frameWidth: width,
      frameHeight: height,
      source: { x: 0, y: 0, width, height, pixelAspect },
      scale,
      palette,
      asksForReports: this.#capabilities?.answers ?? false,
      capabilities: this.#renderCapabilities(window),
    };
    presenter.present(client.blocks, client.description, setup, window);
  }

  /** Another window may want another way to show the picture. */
  #resize(): void {
    const renderer = this.#choose();
    if (renderer === this.#renderer || this.#client === undefined) {
      this.#presenter.resize(this.#window());
      return;
    }
    this.#renderer = renderer;
    const client = this.#client;
    void this.#handOver(() => this.#presentAnew(client));
  }

  #renderCapabilities({ cellHeightPixels }: TerminalWindow): RenderCapabilities {
    const { colors } = this.#options;
    const known =
      this.#capabilities === undefined
        ? PLAIN_CAPABILITIES
        : renderCapabilities(this.#capabilities, cellHeightPixels);
    // Who asks for fewer colours gets those, and not uploaded ones.
    return colors === "auto" ? known : { ...known, colors, paletteUpload: "none" };
  }

  /** The window, with the cell's size from whoever knows it. */
  #window(): TerminalWindow {
    const window = readWindow();
    if (window.cellWidthPixels > 0 && window.cellHeightPixels > 0) return window;
    const { cellWidthPixels = 0, cellHeightPixels = 0 } = this.#capabilities ?? {};
    return { ...window, cellWidthPixels, cellHeightPixels };
  }

  #listen(): void {
    const on = (name: string, handler: (...values: unknown[]) => void) => {
      this.#handlers.push([name, handler]);
      process.on(name, handler);
    };
    for (const name of INTERRUPTS) on(name, () => this.#over.resolve({ kind: "interrupted" }));
    on("SIGWINCH", () => this.#resize());
    on("SIGTSTP", this.#onStop);
    on("SIGCONT", this.#onContinue);
    on("uncaughtException", (error) => this.#over.resolve({ kind: "bug", error }));
    on("unhandledRejection", (error) => this.#over.resolve({ kind: "bug", error }));
    this.#terminal.onToken = (token) => {
      if (isFrameReport(token)) this.#report();
      else if (!this.#probe.take(token)) this.#controls.handle(token);
    };
    this.#terminal.onEnd = () => this.#over.resolve({ kind: "terminal-gone" });
  }

  readonly #onStop = (): void => {
    if (this.#ownStops > 0) this.#ownStops--;
    else this.#handOver(() => this.#suspend());
  };

  readonly #onContinue = (): void => {
    if (this.#ownContinues > 0) this.#ownContinues--;
    else this.#handOver(() => this.#retake());
  };

  /** Takings and givings of the terminal happen one after the other, and none after the end. */
  #handOver(change: () => Promise<void>): Promise<void> {
    this.#handedOver = this.#handedOver
      .then(() => (this.#isClosing ? undefined : change()))
      .catch((error) => this.#over.resolve({ kind: "bug", error }));
    return this.#handedOver;
  }

  /** Ctrl-Z: the shell gets the terminal, and the game stands still until it goes on. */
  async #suspend(): Promise<void> {
    this.#controls.release();
    if (!this.#isPaused) await this.#client?.pause();
    const isFree = await this.#presenter.hold();
    this.#terminal.leave(!isFree);
    // Both signals of this stop come to our own handlers as well, when we run again.
    this.#ownStops++;
    this.#ownContinues++;
    stopProcess();
    this.#terminal.enter();
    this.#redraw();
    if (!this.#isPaused) await this.#client?.resume();
  }

  /** After a SIGSTOP that nobody could handle the shell has changed the terminal's modes. */
  async #retake(): Promise<void> {
    const isFree = await this.#presenter.hold();
    this.#terminal.leave(!isFree);
    this.#terminal.enter();
    this.#redraw();
  }

  #redraw(): void {
    this.#presenter.resize(this.#window());
    this.#presenter.show();
  }

  #act(action: ActionName): void {
    this.#perform(action).catch((error) => {
      // A slot that is empty, a full queue: nothing happens, and the game goes on.
      if (!(error instanceof InputError)) this.#over.resolve({ kind: "bug", error });
    });
  }

  async #perform(action: ActionName): Promise<void> {
    const client = this.#client;
    if (action === "quit") this.#over.resolve({ kind: "quit" });
    else if (action === "interrupt") this.#over.resolve({ kind: "interrupted" });
    else if (action === "suspend") await this.#handOver(() => this.#suspend());
    else if (client === undefined) return;
    else if (action === "reset") await client.reset("reset");
    else if (action === "save") await client.saveSlot(0);
    else if (action === "load") await client.loadSlot(0);
    else if (action === "disk") await client.changeDisk("next");
    else if (action === "step") {
      this.#isPaused = true;
      await client.step(1);
    } else {
      this.#isPaused = !this.#isPaused;
      if (this.#isPaused) await client.pause();
      else await client.resume();
    }
  }

  /** Runs so many frames at the console's pace and ends when the last one has been shown. */
  #count(client: EmuClient, frames: number): void {
    const shown = async () => {
      await client.step(frames, true);
      const deadline = performance.now() + LAST_FRAME_MS;
      const total = () => client.stats().presented + client.stats().dropped + client.stats().skipped;
      while (total() < frames && performance.now() < deadline) await Bun.sleep(2);
      this.#over.resolve({ kind: "frames" });
    };
    shown().catch((error) => this.#over.resolve({ kind: "bug", error }));
  }

  #watchBattery(client: EmuClient): void {
    if (this.#options.keepBattery === undefined || client.ready.batteryBytes === 0) return;
    this.#batteryTimer = setInterval(() => {
      // A full disk is reported at the end; the game goes on.
      this.#keepBattery(client).catch(() => {});
    }, BATTERY_INTERVAL_MS);
  }

  async #keepBattery(client: EmuClient): Promise<void> {
    if (client.ready.batteryBytes === 0) return;
    const memory = client.battery();
    if (memory !== undefined) await this.#options.keepBattery?.(memory.bytes);
  }
}
