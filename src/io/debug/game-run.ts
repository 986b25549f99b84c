import { InputError } from "../../emu/input-error.ts";
import { frameRateHz } from "../../emu/nes/region.ts";
import { RomWatcher } from "../files/roms/rom-watcher.ts";
import { keepConsoleBreakpoints } from "./breakpoint-commands.ts";
import type { StopCause } from "./checker.ts";
import type { Movement } from "./movement.ts";
import { reload } from "./reload.ts";
import { DebugSession as Game, type SessionEvents } from "./session.ts";
import type { DebugTarget } from "./target.ts";

/** Loads a game: at the start, for a restart, and after it was rebuilt. Throws `InputError`. */
export type TargetLoader = () => Promise<DebugTarget>;

export interface GameRunOptions {
  /** Speed of a running game in percent; 0 is as fast as possible. */
  readonly speedPercent?: number;
  /** Load the ROM again when it is rebuilt. */
  readonly watch?: boolean;
}

export interface GameRunEvents {
  onLog(text: string): void;
  /** Called when the ROM was rebuilt. `restarted` is the reason why its state was not kept. */
  onReload(restarted: string | undefined): void;
  onProblem(text: string): void;
  /** Called after each frame of a movement forward. */
  onFrame?(): void;
}

const FULL_SPEED_PERCENT = 100;

/** A debugged game that is paced, restarted, and reloaded when it is rebuilt. */
export class GameRun {
  readonly #events: GameRunEvents;
  readonly #sessionEvents: SessionEvents;
  #load: TargetLoader;
  #game: Game;
  readonly #speedPercent: number;
  #nextFrameMs = 0;
  #watcher: RomWatcher | undefined;
  #hasEnded = false;
  /** A ROM was rebuilt and is not loaded yet. */
  #isRebuilt = false;
  #reloading: Promise<void> | undefined;
  /** True while a movement is interrupted to replace the game by the rebuilt one. */
  #isInterrupted = false;

  private constructor(
    load: TargetLoader,
    target: DebugTarget,
    { speedPercent = FULL_SPEED_PERCENT, watch = false }: GameRunOptions,
    events: GameRunEvents,
  ) {
    this.#load = load;
    this.#events = events;
    this.#speedPercent = speedPercent;
    this.#sessionEvents = {
      onLog: (text) => events.onLog(text),
      onFrame: () => {
        events.onFrame?.();
        return this.#pace();
      },
    };
    this.#game = new Game(target, this.#sessionEvents);
    if (watch) {
      this.#watcher = new RomWatcher(target.rom.path, () => this.#rebuilt());
    }
  }

  /** Loads a game. Throws `InputError`. */
  static async start(load: TargetLoader, options: GameRunOptions, events: GameRunEvents): Promise<GameRun> {
    return new GameRun(load, await load(), options, events);
  }

  get game(): Game {
    return this.#game;
  }

  get warnings(): readonly string[] {
    const { rom, symbols } = this.#game.target;
    return [...rom.cautions, ...symbols.warnings];
  }

  /** Runs a movement. Returns undefined if the run has ended meanwhile. */
  async move(movement: Movement, direction: "forward" | "back"): Promise<StopCause | undefined> {
    this.#nextFrameMs = performance.now();
    for (;;) {
      const stop = await this.#game.move(movement, direction);
      if (this.#hasEnded) return undefined;
      if (!this.#isInterrupted) return stop;
      await this.#reloading;
      // A step belongs to the old program and ends. A program that was running continues.
      if (movement.kind !== "continue" || stop.reason !== "pause") {
        return { reason: "reloaded", text: "reloaded", breakpoints: [] };
      }
    }
  }

  /** Loads the game again and powers it on. `load` replaces how it is loaded from now on. */
  async restart(load: TargetLoader = this.#load): Promise<void> {
    this.#load = load;
    const target = await load();
    // A movement may have begun meanwhile.
    await this.#stand();
    this.#replace(new Game(target, this.#sessionEvents));
  }

  end(): void {
    this.#hasEnded = true;
    this.#game.pause();
    this.#watcher?.close();
  }

  /** Ends the current movement, also that of a command. */
  async #stand(): Promise<void> {
    const game = this.#game;
    while (game.moving !== undefined) {
      game.pause();
      await new Promise((done) => setImmediate(done));
    }
  }

  #replace(game: Game): void {
    const before = this.#game;
    this.#game = game;
    for (const problem of keepConsoleBreakpoints(before, game)) this.#events.onProblem(problem);
  }

  /** Waits until the next frame is due. A debugger that was busy does not catch up. */
  #pace(): Promise<void> | undefined {
    if (this.#speedPercent === 0) return undefined;
    const frameMs = (100 * 1000) / (this.#speedPercent * frameRateHz(this.#game.nes.region));
    const now = performance.now();
    this.#nextFrameMs = Math.max(this.#nextFrameMs + frameMs, now - frameMs);
    const waitMs = this.#nextFrameMs - now;
    return waitMs < 1 ? undefined : new Promise((done) => setTimeout(done, waitMs));
  }

  #rebuilt(): void {
    this.#isRebuilt = true;
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
  }

  /** Loads the rebuilt game, and again if it was rebuilt meanwhile. The old one runs until then. */
  async #reload(): Promise<void> {
    while (this.#isRebuilt && !this.#hasEnded) {
      this.#isRebuilt = false;
      try {
        const target = await this.#load();
        if (target.rom.image.sha1 !== this.#game.target.rom.image.sha1) await this.#replaceBy(target);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        this.#events.onProblem(`the rebuilt ROM was not loaded: ${error.message}`);
      } finally {
        this.#isInterrupted = false;
      }
    }
  }

  async #replaceBy(target: DebugTarget): Promise<void> {
    this.#isInterrupted = true;
    await this.#stand();
    if (this.#hasEnded) return;
    const { session, restarted } = reload(this.#game, target, this.#sessionEvents);
    this.#replace(session);
    this.#events.onReload(restarted);
  }
}
