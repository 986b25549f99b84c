import type { ActionName, Bindings } from "../input/bindings.ts";
import { Controls, type ControlTargets } from "../play/controls.ts";
import { chooseRenderer, type RendererChoice } from "../render/choose.ts";
import { paletteFor } from "../render/colors/palette.ts";
import { type ColorMode, PLAIN_CAPABILITIES } from "../render/encoder.ts";
import type { RendererName } from "../render/encoders.ts";
import type { ScaleMode, TerminalWindow } from "../render/scale.ts";
import type { Endpoint, TlsOptions } from "../runtime/sockets/types.ts";
import { parseColorsText, SPECTATOR_STALL_SECONDS, type WatchWish } from "../serve/spectators/watch-line.ts";
import { type Log, type LogRoot, NO_LOG_ROOT } from "../shared/log.ts";
import type { TerminalCapabilities } from "../terminal/capabilities.ts";
import { terminalName } from "../terminal/multiplexers.ts";
import { ProgramTerminal, type TerminalEnd } from "../terminal/program-terminal.ts";
import { renderCapabilities, withColors } from "../terminal/render-capabilities.ts";
import { readWindow } from "../terminal/window.ts";
import { PresenterClient } from "../thread/presenter-client.ts";
import { WatchLink } from "./watch-link.ts";

export interface SpectatorOptions {
  readonly endpoint: Endpoint;
  /** Encrypts the connection. */
  readonly tls?: TlsOptions;
  readonly wish: Partial<WatchWish>;
  readonly bindings: Bindings;
  readonly scale: ScaleMode;
  /** How to show the picture; "auto" chooses the best renderer that the terminal supports. */
  readonly renderer: RendererName | "auto";
  /** The colours to use; "auto" uses those that the terminal has. */
  readonly colors: ColorMode | "auto";
  /** Receives the connection, what the terminal answers and what is chosen. By default nothing is logged. */
  readonly log?: LogRoot;
}

/** Why watching ended. */
export type WatchEnd = "quit" | "interrupted" | "server-gone" | "dropped" | "terminal-gone";

/**
 * Shows a server's game in this terminal until the spectator, a signal or the server ends it. The terminal is
 * restored before this returns or throws. Rejects with `InputError` if the server cannot be reached, refuses,
 * or sends malformed data.
 */
export async function watch(options: SpectatorOptions): Promise<WatchEnd> {
  const link = await WatchLink.open(options);
  const spectator = new Spectator(options, link);
  try {
    return await spectator.run();
  } finally {
    await spectator.close();
  }
}

class Spectator {
  readonly #options: SpectatorOptions;
  readonly #link: WatchLink;
  readonly #terminal: ProgramTerminal;
  readonly #controls: Controls;
  readonly #over = Promise.withResolvers<WatchEnd>();
  readonly #log: Log;
  readonly #rendererLog: Log;
  #presenter: PresenterClient;
  #capabilities: TerminalCapabilities | undefined;
  #renderer: RendererName = "half-block";
  #isPresenting = false;
  /** When Ctrl-Z stopped this process for the last time. */
  #stopMs = Number.POSITIVE_INFINITY;
  /** True if it was stopped for long enough to be disconnected for that. */
  #wasStopped = false;

  constructor(options: SpectatorOptions, link: WatchLink) {
    this.#options = options;
    const logs = options.log ?? NO_LOG_ROOT;
    this.#log = logs.child({ scope: "watch" });
    this.#rendererLog = logs.child({ scope: "renderer" });
    this.#presenter = new PresenterClient(this.#rendererLog);
    this.#link = link;
    const targets: ControlTargets = {
      setButtons: (word) => link.setButtons(word),
      act: (action) => this.#act(action),
    };
    this.#controls = new Controls(options.bindings, targets, link.hello.portBits);
    this.#terminal = this.#makeTerminal();
    // The first presenter, when it starts, takes the newest shape anyway.
    link.onShape = () => {
      if (this.#isPresenting) void this.#terminal.handOverNewest(() => this.#presentAnew());
    };
    // `run` awaits this promise; until then mark it as handled.
    this.#over.promise.catch(() => undefined);
    link.ended
      .then((error) => {
        this.#log.info({ error: error === undefined ? "" : String(error) }, "the connection has ended");
        if (error === undefined) this.#over.resolve(this.#wasStopped ? "dropped" : "server-gone");
        else this.#over.reject(error);
      })
      .catch((error) => this.#over.reject(error));
  }

  async run(): Promise<WatchEnd> {
    this.#terminal.enter();
    await this.#terminal.ask();
    this.#present();
    this.#terminal.onLateAnswers = () => {
      void this.#terminal.handOverNewest(() => this.#presentAnew());
    };
    return await this.#over.promise;
  }

  async close(): Promise<void> {
    await this.#terminal.close();
    this.#controls.release();
    await this.#link.close();
  }

  #learn(capabilities: TerminalCapabilities): void {
    this.#capabilities = capabilities;
    const { answers } = capabilities;
    this.#rendererLog.debug(
      capabilities,
      answers ? "the terminal has answered" : "the terminal does not answer",
    );
    // Bit 1 of the flags: event types, so releases are reported.
    this.#controls.setReleaseEvents((capabilities.keyboardFlags & 2) !== 0);
    this.#take(this.#choose());
  }

  #take({ renderer, reason }: RendererChoice): void {
    this.#renderer = renderer;
    const { renderer: wanted } = this.#options;
    this.#rendererLog.info({ renderer, reason, wanted, window: this.#window() }, "renderer chosen");
  }

  #choose(): RendererChoice {
    const { renderer } = this.#options;
    if (renderer !== "auto") return { renderer, reason: "--render asks for it" };
    if (this.#capabilities === undefined)
      return { renderer: "half-block", reason: "the terminal has not been asked yet" };
    return chooseRenderer(this.#capabilities, this.#window(), terminalName());
  }

  #present(): void {
    const presenter = this.#presenter;
    this.#isPresenting = true;
    presenter.ended
      .then((error) => {
        if (presenter !== this.#presenter) return;
        if (error === undefined) this.#over.resolve("terminal-gone");
        else this.#over.reject(error);
      })
      .catch((error) => this.#over.reject(error));
    const { width, height, pixelAspect, colors } = this.#link.hello;
    const own = parseColorsText(colors);
    const window = this.#window();
    const capabilities = this.#capabilities;
    const setup = {
      renderer: this.#renderer,
      frameWidth: width,
      frameHeight: height,
      source: { x: 0, y: 0, width, height, pixelAspect },
      scale: this.#options.scale,
      palette: paletteFor(own === undefined ? {} : { colors: own }),
      isRgb: this.#link.hello.rgb !== undefined,
      asksForReports: capabilities?.answers ?? false,
      adaptsDetail: true,
      capabilities: withColors(
        capabilities === undefined
          ? PLAIN_CAPABILITIES
          : renderCapabilities(capabilities, window.cellHeightPixels),
        this.#options.colors,
      ),
    };
    presenter.present(this.#link.blocks, this.#link.description, setup, window);
  }

  async #presentAnew(): Promise<void> {
    const before = this.#presenter;
    this.#presenter = new PresenterClient(this.#rendererLog);
    await before.end();
    this.#present();
  }

  #resize(): void {
    const choice = this.#choose();
    if (choice.renderer === this.#renderer) {
      this.#presenter.resize(this.#window());
      return;
    }
    this.#take(choice);
    void this.#terminal.handOverNewest(() => this.#presentAnew());
  }

  /** The window, with the cell's size from the kernel or the terminal. */
  #window(): TerminalWindow {
    return readWindow(this.#capabilities);
  }

  #makeTerminal(): ProgramTerminal {
    return new ProgramTerminal({
      writer: {
        hold: () => this.#presenter.hold(),
        redraw: () => this.#redraw(),
        report: () => this.#presenter.report(),
        end: () => this.#presenter.end(),
      },
      learn: (capabilities) => this.#learn(capabilities),
      take: (token) => this.#controls.handle(token),
      resized: () => this.#resize(),
      ended: (end) => this.#ended(end),
      pause: () => {
        this.#controls.release();
        this.#stopMs = performance.now();
      },
    });
  }

  #ended(end: TerminalEnd): void {
    if (end.kind === "bug") this.#over.reject(end.error);
    else this.#over.resolve(end.kind);
  }

  #redraw(): void {
    // A server that sends pictures all the time has disconnected us meanwhile.
    if (performance.now() - this.#stopMs >= SPECTATOR_STALL_SECONDS * 1000) this.#wasStopped = true;
    this.#stopMs = Number.POSITIVE_INFINITY;
    this.#presenter.resize(this.#window());
    this.#presenter.show();
  }

  #act(action: ActionName): void {
    // There is no menu here: the keys that open one elsewhere, mainly Escape, end watching.
    this.#terminal.perform(action === "menu" ? "quit" : action);
  }
}
