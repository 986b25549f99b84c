import { InputError } from "../../../emu/input-error.ts";
import { frameRateHz } from "../../../emu/nes/region.ts";
import { rgb } from "../../capture/local-palette.ts";
import { paletteFor } from "../../render/colors/palette.ts";
import type { StopCause } from "../checker.ts";
import { RequestArguments, type RequestHandler } from "../dap/request-arguments.ts";
import { DEBUG_EVENTS } from "../events.ts";
import { GameRun, type GameRunOptions, type TargetLoader } from "../game-run.ts";
import type { Movement } from "../movement.ts";
import type { DebugSession } from "../session.ts";
import { sourceFiles } from "./code-view.ts";
import type { DebuggedGame } from "./debugged-game.ts";
import { FrameEvents } from "./frame-events.ts";
import { PageBreakpoints } from "./page-breakpoints.ts";
import type { AnswerMessage, DebuggedGameFacts, DebugState, EventMessage, WantedViews } from "./protocol.ts";
import { debuggerRequests } from "./requests.ts";
import { encodeSnapshot } from "./snapshot.ts";
import { stateOf } from "./state.ts";

/** A connected page. */
export interface PageClient {
  send(text: string): void;
  sendBytes(bytes: Uint8Array<ArrayBuffer>): void;
}

const NO_VIEWS: WantedViews = { ppu: false, events: false };
/** While the program runs, the state in text is sent at this interval. */
const STATE_EVERY_FRAMES = 12;
/** Snapshots that the page has not acknowledged; with more, frames are skipped. */
const MAX_UNACKNOWLEDGED = 4;
const ENTRY: StopCause = { reason: "entry", text: "power-on", breakpoints: [] };

/**
 * The game that the page debugs. It belongs to the process: when the page is closed, the program stops where
 * it is, and the next page finds it there with all breakpoints and watches.
 */
export class WebDebugger implements DebuggedGame {
  readonly breakpoints = new PageBreakpoints();
  watches: readonly string[] = [];
  stackFrame = 0;
  stop: StopCause = ENTRY;
  #views: WantedViews = NO_VIEWS;
  readonly #run: GameRun;
  readonly #handlers: Readonly<Record<string, RequestHandler>>;
  readonly #onError: (error: unknown) => void;
  #client: PageClient | undefined;
  #events: FrameEvents;
  #serial = 0;
  #acknowledged = 0;
  #version = 0;
  #isStateDue = false;
  /** The state before a movement back, while the machine is at other positions. */
  #lastState: DebugState | undefined;

  private constructor(run: GameRun, onError: (error: unknown) => void) {
    this.#run = run;
    this.#onError = onError;
    this.#events = new FrameEvents(run.game.timeline);
    this.#handlers = debuggerRequests(this);
  }

  /** Loads the game; it stands at power-on. `onError` is called for bugs. Throws `InputError`. */
  static async start(
    load: TargetLoader,
    onError: (error: unknown) => void,
    options: GameRunOptions = { watch: true },
  ): Promise<WebDebugger> {
    let game: WebDebugger | undefined;
    const onLoaded = (act: (game: WebDebugger) => void): void => {
      if (game !== undefined) act(game);
    };
    const run = await GameRun.start(load, options, {
      onLog: (text) => onLoaded((each) => each.notify({ event: "notice", kind: "log", text })),
      onProblem: (text) => onLoaded((each) => each.notify({ event: "notice", kind: "problem", text })),
      onReload: (restarted) => onLoaded((each) => each.#hasReloaded(restarted)),
      onFrame: () => onLoaded((each) => each.#afterFrame()),
    });
    game = new WebDebugger(run, onError);
    return game;
  }

  get session(): DebugSession {
    return this.#run.game;
  }

  /** True while a page debugs the game. */
  get hasClient(): boolean {
    return this.#client !== undefined;
  }

  get facts(): DebuggedGameFacts {
    const { target } = this.session;
    const { nes, rom } = target;
    const { region } = nes;
    return {
      name: rom.fileName,
      sha1: rom.image.sha1,
      region: region.name,
      frameRateHz: frameRateHz(region),
      linesPerFrame: region.linesPerFrame,
      pixelAspect: nes.geometry.pixelAspect,
      palette: Uint8Array.from([...paletteFor(nes.geometry)].flatMap(rgb)).toBase64(),
      files: sourceFiles(this.session),
      events: DEBUG_EVENTS,
      warnings: this.#run.warnings,
    };
  }

  /** Connects a page, which gets the state. The previous page gets no further messages. */
  attach(client: PageClient): DebuggedGameFacts {
    this.#client = client;
    this.#views = NO_VIEWS;
    this.#acknowledged = this.#serial;
    this.changed();
    return this.facts;
  }

  /** The page is gone: the program is stopped and all buttons are released. */
  detach(client: PageClient): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.session.pause();
    if (this.session.timeline.held !== 0) this.session.hold(0);
  }

  end(): void {
    this.#client = undefined;
    this.#run.end();
  }

  /** Carries out a request. Never throws: the answer says what was wrong. */
  async handle(id: number, method: string, params: unknown): Promise<AnswerMessage> {
    try {
      const handler = Object.hasOwn(this.#handlers, method) ? this.#handlers[method] : undefined;
      if (handler === undefined) throw new InputError("usage", `unknown request ${method.slice(0, 40)}`);
      const result = (await handler(new RequestArguments(params))) ?? {};
      // A change is known to the page before the answer.
      this.#sendDueState();
      return { id, result };
    } catch (error) {
      if (error instanceof InputError) return { id, error: errorText(error) };
      this.#onError(error);
      return { id, error: "this is a bug in emu, please report it; its log has more" };
    }
  }

  move(movement: Movement, direction: "forward" | "back"): void {
    const { session } = this;
    if (session.moving !== undefined) throw new InputError("usage", "the program is running", "", "pause it");
    if (movement.kind === "out" && session.probe.calls.depth === 0) {
      throw new InputError("usage", "no routine is running that could return");
    }
    this.stackFrame = 0;
    this.#lastState = this.#state();
    session.timeline.observer = this.#views.events && direction === "forward" ? this.#events : undefined;
    void this.#run
      .move(movement, direction)
      .catch((error: unknown): StopCause => {
        if (!(error instanceof InputError)) this.#onError(error);
        const text = error instanceof InputError ? errorText(error) : "an error ended the movement";
        return { reason: "pause", text, breakpoints: [] };
      })
      .then((stop) => {
        if (stop !== undefined) this.hasStopped(stop);
      });
    this.changed();
  }

  async occupied<T>(action: () => Promise<T>): Promise<T> {
    this.#lastState = this.#state();
    this.changed();
    try {
      return await action();
    } finally {
      this.changed();
    }
  }

  hasStopped(stop: StopCause): void {
    this.session.timeline.observer = undefined;
    this.stop = { ...stop, breakpoints: this.breakpoints.idsOf(stop.breakpoints) };
    this.stackFrame = 0;
    this.changed();
  }

  async restart(): Promise<void> {
    await this.#run.restart();
    this.#newSession();
    this.hasStopped(ENTRY);
  }

  changed(): void {
    this.#version++;
    if (this.#isStateDue) return;
    this.#isStateDue = true;
    setImmediate(() => this.#sendDueState());
  }

  show(views: WantedViews): void {
    this.#views = views;
    const { session } = this;
    if (session.moving === "forward") session.timeline.observer = views.events ? this.#events : undefined;
    else if (session.moving === undefined) this.#sendSnapshot();
  }

  acknowledge(serial: number): void {
    if (serial <= this.#serial) this.#acknowledged = Math.max(this.#acknowledged, serial);
  }

  notify(message: EventMessage): void {
    this.#client?.send(JSON.stringify(message));
  }

  #state(): DebugState {
    return stateOf(this, this.#version);
  }

  #sendDueState(): void {
    if (!this.#isStateDue) return;
    this.#isStateDue = false;
    this.#sendState();
  }

  #sendState(): void {
    if (!this.hasClient) return;
    if (this.session.moving === "back") {
      if (this.#lastState !== undefined) this.notify({ ...this.#lastState, moving: "back" });
      return;
    }
    this.notify(this.#state());
    if (this.session.moving === undefined) this.#sendSnapshot();
  }

  #sendSnapshot(): void {
    const { session } = this;
    if (this.#client === undefined) return;
    const events = this.#views.events ? this.#events : undefined;
    if (session.moving === undefined) events?.collect(session);
    this.#client.sendBytes(encodeSnapshot(session, this.#views, events, ++this.#serial));
  }

  #afterFrame(): void {
    if (!this.hasClient) return;
    if (this.session.nes.frame % STATE_EVERY_FRAMES === 0) {
      this.#version++;
      this.#sendState();
    }
    if (this.#serial - this.#acknowledged < MAX_UNACKNOWLEDGED) this.#sendSnapshot();
  }

  #hasReloaded(restarted: string | undefined): void {
    this.#newSession();
    this.notify({ event: "reloaded", game: this.facts });
    const how = restarted === undefined ? "its state was kept" : `it began again: ${restarted}`;
    this.notify({ event: "notice", kind: "info", text: `The rebuilt game was loaded; ${how}.` });
    if (this.session.moving === undefined) {
      this.hasStopped({ reason: "reloaded", text: "reloaded", breakpoints: [] });
    }
  }

  #newSession(): void {
    this.#events = new FrameEvents(this.session.timeline);
    this.breakpoints.apply(this.session);
  }
}

function errorText({ where, message, remedy }: InputError): string {
  return `${where === "" ? "" : `${where}: `}${message}${remedy === "" ? "" : ` (${remedy})`}`;
}
