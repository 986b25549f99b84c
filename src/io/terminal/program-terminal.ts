import type { ActionName } from "../input/bindings.ts";
import type { Token } from "../input/escape-buffer.ts";
import type { TerminalCapabilities } from "./capabilities.ts";
import { isFrameReport } from "./frame-report.ts";
import { JobControl } from "./job-control.ts";
import { ProcessEvents } from "./process-events.ts";
import { restorePictures } from "./render-capabilities.ts";
import { TerminalProbe } from "./terminal-probe.ts";
import { Terminal } from "./tty.ts";
import { readWindow } from "./window.ts";

/** Why a program must end: a key, a signal, a closed window, or a bug of emu. */
export type TerminalEnd =
  | { readonly kind: "quit" | "interrupted" | "terminal-gone" }
  | { readonly kind: "bug"; readonly error: unknown };

/** Actions of keys that work at any time. */
type TerminalAction = "quit" | "interrupt" | "suspend";

/** What writes pictures and text to the terminal. */
export interface ScreenWriter {
  /** Stops writing. Returns false if a write is stuck. */
  hold(): boolean | Promise<boolean>;
  /** Starts to write again, with the whole screen. */
  redraw(): void;
  /** The terminal has reported that a frame has arrived. */
  report(): void;
  /** Stops writing for good. Returns false if a write is stuck. */
  end(): boolean | Promise<boolean>;
}

/** The program that has the terminal. */
export interface TerminalHost {
  readonly writer: ScreenWriter;
  /** Takes over what the terminal has reported about itself. */
  learn(capabilities: TerminalCapabilities): void;
  /** Receives keys, the mouse and pasted text. */
  take(token: Token): void;
  /** The window has another size. */
  resized(): void;
  ended(end: TerminalEnd): void;
  /** Before the process stops for the shell: releases keys, pauses a machine. */
  pause?(): unknown;
  /** After the process was stopped. */
  resume?(): unknown;
}

/**
 * The terminal of a program with a screen of its own: takes it over, asks it what it supports, gives it to
 * the shell while the process is stopped, and gives it back at the end.
 */
export class ProgramTerminal {
  readonly #host: TerminalHost;
  readonly #terminal: Terminal;
  readonly #probe = new TerminalProbe();
  readonly #events = new ProcessEvents();
  readonly #jobControl: JobControl;
  #handedOver: Promise<void> = Promise.resolve();
  #newestChange = 0;
  #isClosing = false;

  /** `reportsMouse`: the terminal reports its mouse, as tokens. */
  constructor(host: TerminalHost, reportsMouse = false) {
    this.#host = host;
    this.#terminal = new Terminal(reportsMouse);
    this.#jobControl = new JobControl({
      terminal: this.#terminal,
      hold: () => host.writer.hold(),
      redraw: () => host.writer.redraw(),
      handOver: (change) => this.handOver(change),
      pause: () => host.pause?.(),
      resume: () => host.resume?.(),
    });
  }

  /** True once the program gives the terminal back. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  get reportsMouse(): boolean {
    return this.#terminal.reportsMouse;
  }

  /** Takes over the terminal, its keys and the signals of the process. */
  enter(): void {
    const host = this.#host;
    this.#events.onUncaught((error) => host.ended({ kind: "bug", error }));
    this.#events.onInterrupt(() => host.ended({ kind: "interrupted" }));
    this.#events.onResize(() => {
      host.resized();
      this.#askSize();
    });
    this.#jobControl.listen();
    this.#terminal.onToken = (token) => this.#take(token);
    this.#terminal.onEnd = () => host.ended({ kind: "terminal-gone" });
    this.#terminal.enter();
  }

  /** Asks the terminal what it supports. The host has learned it when this resolves. */
  async ask(): Promise<void> {
    this.#learn(await this.#probe.ask());
  }

  /** Called when the host has learned from replies that came after the time-out. */
  set onLateAnswers(listener: () => void) {
    this.#probe.onLateAnswers = (capabilities) => {
      this.#learn(capabilities);
      listener();
    };
  }

  /** Performs an action that works at any time. Returns false for others. */
  perform(action: ActionName): action is TerminalAction {
    if (action === "quit") this.#host.ended({ kind: "quit" });
    else if (action === "interrupt") this.#host.ended({ kind: "interrupted" });
    else if (action === "suspend") this.#jobControl.suspend();
    else return false;
    return true;
  }

  /** Turns the terminal's mouse reports on or off. */
  async setMouse(reportsMouse: boolean): Promise<void> {
    if (this.#terminal.reportsMouse === reportsMouse) return;
    await this.handOver(async () => {
      const { writer } = this.#host;
      await this.#terminal.leave(!(await writer.hold()));
      this.#terminal.reportsMouse = reportsMouse;
      this.#terminal.enter();
      writer.redraw();
    });
  }

  /**
   * Runs changes that take or give back the terminal one after the other, and none after the end. The promise
   * never rejects: a change that fails is a bug, with which the program ends.
   */
  handOver(change: () => Promise<void>): Promise<void> {
    this.#handedOver = this.#handedOver
      .then(() => (this.#isClosing ? undefined : change()))
      .catch((error: unknown) => this.#host.ended({ kind: "bug", error }));
    return this.#handedOver;
  }

  /**
   * Runs a change as `handOver` does, unless this is called again before its turn: of the changes that wait,
   * only the newest one runs. It is for starting the presenter anew, which takes longer than a key repeats.
   */
  handOverNewest(change: () => Promise<void>): Promise<void> {
    const turn = ++this.#newestChange;
    return this.handOver(async () => {
      if (turn === this.#newestChange) await change();
    });
  }

  /** Ends the writer and gives the terminal back. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#handedOver;
    await this.#terminal.leave(!(await this.#host.writer.end()));
    this.#probe.close();
    this.#events.close();
    this.#jobControl.close();
  }

  /** A window of another size may have another font. Where the kernel does not know, asks the terminal. */
  #askSize(): void {
    if (readWindow().cellWidthPixels > 0) return;
    void this.handOver(async () => {
      const { writer } = this.#host;
      // Between the bytes of an unfinished sequence, the terminal would not read a query.
      if (!(await writer.hold())) return;
      this.#probe.askSize();
      writer.redraw();
    });
  }

  #learn(capabilities: TerminalCapabilities): void {
    this.#terminal.setRestore(restorePictures(capabilities));
    this.#host.learn(capabilities);
  }

  #take(token: Token): void {
    if (this.#probe.take(token)) return;
    if (isFrameReport(token)) this.#host.writer.report();
    else this.#host.take(token);
  }
}
