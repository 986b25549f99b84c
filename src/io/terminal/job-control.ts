import { stopProcess, type Terminal } from "./tty.ts";

/** What a program that holds the terminal does around a stop. */
export interface JobControlHost {
  readonly terminal: Terminal;
  /** Stops writing to the terminal. Returns false if a write of another thread is stuck. */
  hold(): boolean | Promise<boolean>;
  /** Starts to write again, with the whole screen. */
  redraw(): void;
  /** Runs changes that take or give back the terminal one after the other. */
  handOver(change: () => Promise<void>): unknown;
  /** Before a stop: releases keys, pauses a machine. */
  pause?(): unknown;
  /** After a stop. */
  resume?(): unknown;
}

/**
 * Gives the terminal to the shell while this process is stopped by Ctrl-Z or SIGTSTP, and takes it over again
 * after SIGCONT. Also after a SIGSTOP, which cannot be handled: by then the shell has changed the terminal.
 */
export class JobControl {
  readonly #host: JobControlHost;
  #ownStops = 0;
  #ownContinues = 0;

  constructor(host: JobControlHost) {
    this.#host = host;
  }

  /** Handles SIGTSTP and SIGCONT from now on. */
  listen(): void {
    process.on("SIGTSTP", this.#onStop);
    process.on("SIGCONT", this.#onContinue);
  }

  close(): void {
    process.off("SIGTSTP", this.#onStop);
    process.off("SIGCONT", this.#onContinue);
  }

  /** Gives the terminal to the shell and stops until the shell resumes this process. */
  suspend(): unknown {
    return this.#host.handOver(() => this.#suspend());
  }

  readonly #onStop = (): void => {
    if (this.#ownStops > 0) this.#ownStops--;
    else void this.suspend();
  };

  readonly #onContinue = (): void => {
    if (this.#ownContinues > 0) this.#ownContinues--;
    else void this.#host.handOver(() => this.#retake());
  };

  async #suspend(): Promise<void> {
    const host = this.#host;
    await host.pause?.();
    await host.terminal.leave(!(await host.hold()));
    // When the process resumes, our own handlers receive both signals of this stop as well.
    this.#ownStops++;
    this.#ownContinues++;
    stopProcess();
    host.terminal.enter();
    host.redraw();
    await host.resume?.();
  }

  async #retake(): Promise<void> {
    const host = this.#host;
    await host.terminal.leave(!(await host.hold()));
    host.terminal.enter();
    host.redraw();
  }
}
