import { type ActionName, Bindings } from "../../input/bindings.ts";
import type { Token } from "../../input/escape-buffer.ts";
import { keyOf } from "../../input/keys.ts";
import { Controls } from "../../play/controls.ts";
import { Display, paletteOf } from "../../play/display.ts";
import { OwnFrames } from "../../play/own-frames.ts";
import { requireTerminal } from "../../play/play.ts";
import type { Settings } from "../../play/settings.ts";
import { type LogRoot, NO_LOG_ROOT } from "../../shared/log.ts";
import type { TerminalCapabilities } from "../../terminal/capabilities.ts";
import { ProgramTerminal, type TerminalEnd } from "../../terminal/program-terminal.ts";
import { GameRun, type TargetLoader } from "../game-run.ts";
import type { DebugSession } from "../session.ts";
import { DebugScreen } from "./debug-screen.ts";

export interface TerminalDebuggerOptions {
  readonly load: TargetLoader;
  readonly settings: Settings;
  /** Load the ROM again when it is rebuilt. */
  readonly watch?: boolean;
  /** What leaving the debugger leads to, as the last row says it. */
  readonly leaveTo: "play" | "quit";
  readonly log?: LogRoot;
}

/** Why the debugger ended. */
export type DebuggerEnd =
  /** The user has left the debugger; the state of the machine then. */
  | { readonly kind: "left"; readonly state: Uint8Array }
  | { readonly kind: "quit" | "interrupted" | "terminal-gone" };

/**
 * Debugs a game in this terminal until the user or a signal ends it. The terminal is restored before this
 * returns or throws. Rejects with `InputError` if there is no terminal or the game cannot be loaded.
 */
export async function debugInTerminal(options: TerminalDebuggerOptions): Promise<DebuggerEnd> {
  requireTerminal("emu debug --dap serves editors");
  const { settings, log = NO_LOG_ROOT } = options;
  const display = new Display(settings, await paletteOf(settings), log.child({ scope: "renderer" }));
  const game = new TerminalDebugger(options, display);
  try {
    return await game.run();
  } finally {
    await game.close();
  }
}

class TerminalDebugger {
  readonly #options: TerminalDebuggerOptions;
  readonly #display: Display;
  readonly #terminal: ProgramTerminal;
  readonly #controls: Controls;
  readonly #over = Promise.withResolvers<DebuggerEnd>();
  #run: GameRun | undefined;
  #screen: DebugScreen | undefined;
  #frames: OwnFrames | undefined;

  constructor(options: TerminalDebuggerOptions, display: Display) {
    this.#options = options;
    this.#display = display;
    display.hasTextBeside = true;
    display.onEnd = (end) => this.#ended(end);
    this.#over.promise.catch(() => {});
    this.#controls = new Controls(new Bindings(options.settings.keys), {
      setButtons: (word) => this.#run?.game.hold(word),
      act: (action) => this.#act(action),
    });
    this.#terminal = this.#makeTerminal();
  }

  async run(): Promise<DebuggerEnd> {
    const { load, watch = false } = this.#options;
    // A ROM that cannot be loaded is reported on the ordinary screen.
    const run = await GameRun.start(
      load,
      { watch },
      {
        onLog: (text) => this.#screen?.say(text),
        onReload: (restarted) => this.#screen?.reloaded(restarted),
        onProblem: (text) => this.#screen?.say(text),
        onFrame: () => this.#screen?.frameEnded(),
      },
    );
    this.#run = run;
    this.#terminal.enter();
    await this.#terminal.ask();
    const screen = new DebugScreen(run, {
      newText: () => this.#display.newText(),
      showText: (text) => this.#display.showText(text),
      setPicture: (area) => this.#afterResize(this.#display.setArea(area)),
      publish: (session) => this.#publish(session),
      leaveTo: this.#options.leaveTo,
      leave: () => this.#over.resolve({ kind: "left", state: stateOf(run.game) }),
      failed: (error) => this.#over.reject(error),
    });
    screen.resize();
    this.#frames = new OwnFrames(run.game.nes.geometry);
    this.#display.present(this.#frames);
    this.#screen = screen;
    this.#publish(run.game);
    const [warning] = run.warnings;
    const { frame } = run.game.nes;
    const where = frame === 0 ? "before the first instruction" : `in frame ${frame}`;
    screen.say(warning ?? `stopped ${where}; ? shows the keys`);
    this.#terminal.onLateAnswers = () => {
      void this.#terminal.handOverNewest(() => this.#display.presentAnew());
    };
    return await this.#over.promise;
  }

  async close(): Promise<void> {
    this.#run?.end();
    await this.#terminal.close();
    this.#controls.close();
  }

  #publish({ pixels }: DebugSession): void {
    const frames = this.#frames;
    if (frames === undefined) return;
    frames.pixels.set(pixels);
    frames.publish();
  }

  #makeTerminal(): ProgramTerminal {
    const display = this.#display;
    return new ProgramTerminal({
      writer: {
        hold: () => display.hold(),
        redraw: () => {
          display.redraw();
          this.#screen?.draw();
        },
        report: () => display.report(),
        end: () => display.end(),
      },
      learn: (capabilities) => this.#learn(capabilities),
      take: (token) => this.#take(token),
      resized: () => this.#screen?.resize(),
      ended: (end) => this.#ended(end),
      pause: () => {
        this.#controls.release();
        this.#screen?.pause();
      },
    });
  }

  #ended(end: TerminalEnd): void {
    if (end.kind === "bug") this.#over.reject(end.error);
    else this.#over.resolve(end);
  }

  #take(token: Token): void {
    const screen = this.#screen;
    if (screen === undefined) return;
    if (token.kind === "paste") {
      screen.paste(token.text);
      return;
    }
    if (screen.isRunning) {
      const key = keyOf(token);
      // Keys without a meaning in the game, such as Escape in the bindings of a user, must stop it too.
      if (key?.kind === "press" && (key.key === "escape" || key.key === "f5")) screen.pause();
      else this.#controls.handle(token);
      return;
    }
    const key = keyOf(token);
    if (key === undefined) return;
    const binding = new Bindings(this.#options.settings.keys).find(key);
    const isUrgent = key.control && binding?.kind === "action" && this.#terminal.perform(binding.action);
    if (!isUrgent) screen.handleKey(key);
  }

  /** Actions of keys while the game runs: most stop it. */
  #act(action: ActionName): void {
    if (this.#terminal.perform(action)) return;
    const stops: readonly ActionName[] = ["menu", "help", "pause", "step", "debug"];
    if (stops.includes(action)) this.#screen?.pause();
    else if (action === "reset") this.#run?.game.reset();
  }

  #learn(capabilities: TerminalCapabilities): void {
    // Bit 1 of the flags: event types, so releases are reported.
    this.#controls.setReleaseEvents((capabilities.keyboardFlags & 2) !== 0);
    this.#display.learn(capabilities);
  }

  #afterResize(needsRenderer: boolean): void {
    if (needsRenderer) void this.#terminal.handOverNewest(() => this.#display.presentAnew());
  }
}

function stateOf({ nes, view }: DebugSession): Uint8Array {
  view.leave();
  const state = new Uint8Array(nes.stateBytes);
  nes.save(state);
  return state;
}
