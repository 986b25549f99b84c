import { Event, DebugSession as ProtocolSession, Response } from "@vscode/debugadapter";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { InputError } from "../../../emu/input-error.ts";
import type { StopCause } from "../checker.ts";
import { GameRun } from "../game-run.ts";
import type { Movement } from "../movement.ts";
import type { DebugSession as Game } from "../session.ts";
import { CAPABILITIES } from "./capabilities.ts";
import { ClientBreakpoints } from "./client-breakpoints.ts";
import type { GameSource } from "./game-source.ts";
import { inspectionRequests } from "./inspection.ts";
import { RequestArguments, type RequestHandler } from "./request-arguments.ts";
import { Variables } from "./variables.ts";

/** The only thread that clients see. */
const THREAD = 1;
const MAX_SPEED_PERCENT = 10_000;
const STOP_REASONS: Readonly<Record<StopCause["reason"], string>> = {
  entry: "entry",
  breakpoint: "breakpoint",
  access: "data breakpoint",
  event: "exception",
  step: "step",
  pause: "pause",
  goto: "goto",
  start: "step",
  reloaded: "restart",
};

export interface AdapterOptions {
  /** Loads the game that a client launches, or the one of the command line. */
  readonly source: GameSource;
  /** Checks the token that clients send when they launch or attach; undefined if no token is needed. */
  readonly isTokenRight?: ((token: string) => boolean) | undefined;
  /** Called when the client has left. */
  onEnd(): void;
}

/** One client of the Debug Adapter Protocol, with its own game. This class only translates requests. */
export class DebugAdapter extends ProtocolSession {
  readonly #options: AdapterOptions;
  readonly #breakpoints = new ClientBreakpoints();
  readonly #variables = new Variables();
  readonly #handlers: ReadonlyMap<string, RequestHandler>;
  readonly #gotoTargets = new Map<number, number>();
  #run: GameRun | undefined;
  #lastStop: StopCause | undefined;
  #stopsOnEntry = false;
  #isConfigured = false;
  #hasEnded = false;

  constructor(options: AdapterOptions) {
    super();
    this.#options = options;
    // The library would end the process when a connection closes.
    this.setRunAsServer(true);
    this.setDebuggerLinesStartAt1(true);
    this.setDebuggerColumnsStartAt1(true);
    const parts = {
      game: () => this.#game,
      variables: this.#variables,
      stopped: () => this.#lastStop,
      gotoTargets: this.#gotoTargets,
    };
    this.#handlers = new Map([
      ...Object.entries(this.#lifeRequests()),
      ...Object.entries(this.#breakpointRequests()),
      ...Object.entries(this.#movementRequests()),
      ...Object.entries(inspectionRequests(parts, (stop) => this.#hasStopped(stop))),
    ]);
  }

  /** Ends the game: the client has left, or is about to. */
  override shutdown(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#run?.end();
    this.#options.onEnd();
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.#answer(request);
  }

  async #answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    try {
      const handler = this.#handlers.get(request.command);
      if (handler === undefined)
        throw new InputError("usage", `unknown request ${String(request.command).slice(0, 40)}`);
      response.body = await handler(new RequestArguments(request.arguments));
      this.sendResponse(response);
      this.#afterwards(request.command);
    } catch (error) {
      this.#fail(response, error);
    }
  }

  #fail(response: DebugProtocol.Response, error: unknown): void {
    const isInput = error instanceof InputError;
    const text = isInput
      ? `${error.where === "" ? "" : `${error.where}: `}${error.message}${error.remedy === "" ? "" : ` (${error.remedy})`}`
      : `this is a bug in emu, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    this.sendErrorResponse(response, {
      id: isInput ? 1 : 70,
      format: text.replaceAll("{", "(").replaceAll("}", ")"),
    });
  }

  /** Events that must follow a response. */
  #afterwards(command: string): void {
    if (command === "launch" || command === "attach") this.sendEvent(new Event("initialized"));
    if (command === "disconnect") {
      this.shutdown();
      this.stop();
    }
    if (command === "terminate") {
      this.#run?.end();
      this.sendEvent(new Event("terminated"));
    }
  }

  get #game(): Game {
    if (this.#run === undefined) throw new InputError("usage", "no game is loaded", "", "launch one");
    return this.#run.game;
  }

  #lifeRequests(): Record<string, RequestHandler> {
    const start = (args: RequestArguments): Promise<void> => this.#start(args);
    return {
      initialize: (args) => {
        if ((args.optionalText("pathFormat") ?? "path") !== "path") {
          throw new InputError("usage", "only paths of this computer are supported", "pathFormat");
        }
        return CAPABILITIES;
      },
      launch: start,
      attach: start,
      configurationDone: () => {
        this.#isConfigured = true;
        if (this.#run === undefined) return;
        if (this.#stopsOnEntry) this.#hasStopped({ reason: "entry", text: "power-on", breakpoints: [] });
        else this.#move({ kind: "continue" });
      },
      restart: async (args) => {
        const run = this.#run;
        if (run === undefined) throw new InputError("usage", "no game is loaded");
        this.#gotoTargets.clear();
        const other = args.object("arguments");
        await run.restart(other.has("program") ? () => this.#options.source(other) : undefined);
        this.#applyBreakpoints();
        if (this.#stopsOnEntry) this.#hasStopped({ reason: "entry", text: "power-on", breakpoints: [] });
        else this.#move({ kind: "continue" });
      },
      disconnect: () => undefined,
      terminate: () => undefined,
      threads: () => ({ threads: [{ id: THREAD, name: "CPU" }] }),
    };
  }

  async #start(args: RequestArguments): Promise<void> {
    const { isTokenRight, source } = this.#options;
    if (isTokenRight !== undefined && !isTokenRight(args.optionalText("token") ?? "")) {
      throw new InputError("usage", "the token is missing or wrong", "token");
    }
    if (this.#run !== undefined) throw new InputError("usage", "a game is loaded already");
    this.#stopsOnEntry = args.flag("stopOnEntry");
    const speedPercent = args.optionalWhole("speed", 0, MAX_SPEED_PERCENT);
    const options = { ...(speedPercent === undefined ? {} : { speedPercent }), watch: args.flag("watch") };
    const run = await GameRun.start(() => source(args), options, {
      onLog: (text) => this.#output(`${text}\n`, "console"),
      onReload: (restarted) => this.#hasReloaded(restarted),
      onProblem: (text) => this.#output(`${text}\n`, "important"),
    });
    if (this.#hasEnded) {
      run.end();
      return;
    }
    this.#run = run;
    for (const warning of run.warnings) this.#output(`${warning}\n`, "important");
    this.#applyBreakpoints();
  }

  #breakpointRequests(): Record<string, RequestHandler> {
    const breakpoints = this.#breakpoints;
    const game = (): Game | undefined => this.#run?.game;
    const body = (set: DebugProtocol.Breakpoint[]): { breakpoints: DebugProtocol.Breakpoint[] } => ({
      breakpoints: set,
    });
    return {
      setBreakpoints: (args) => body(breakpoints.setLines(game(), args)),
      setFunctionBreakpoints: (args) => body(breakpoints.setFunctions(game(), args)),
      setInstructionBreakpoints: (args) => body(breakpoints.setInstructions(game(), args)),
      setDataBreakpoints: (args) => body(breakpoints.setData(game(), args)),
      setExceptionBreakpoints: (args) => body(breakpoints.setEvents(game(), args)),
    };
  }

  #movementRequests(): Record<string, RequestHandler> {
    const step =
      (kind: "into" | "over" | "out", direction?: "back"): RequestHandler =>
      (args) => {
        const by = args.optionalText("granularity") === "instruction" ? "instruction" : "line";
        this.#move({ kind, by }, direction);
      };
    return {
      continue: () => {
        this.#move({ kind: "continue" });
        return { allThreadsContinued: true };
      },
      next: step("over"),
      stepIn: step("into"),
      stepOut: step("out"),
      stepBack: step("over", "back"),
      reverseContinue: () => this.#move({ kind: "continue" }, "back"),
      pause: () => {
        if (this.#game.moving === undefined)
          this.#hasStopped({ reason: "pause", text: "paused", breakpoints: [] });
        else this.#game.pause();
      },
      goto: (args) => {
        const game = this.#game;
        const address = args.whole("targetId", 0, 0xffff);
        const offset = this.#gotoTargets.get(address);
        if (offset === undefined || game.code.addressOf(offset) !== address)
          throw new InputError("usage", `there is no target ${address}`, "targetId", "request gotoTargets");
        if (game.moving !== undefined)
          throw new InputError("usage", "the program is running", "", "pause it");
        game.edit(() => {
          game.nes.cpu.pc = address;
        });
        this.#hasStopped({ reason: "goto", text: "goto", breakpoints: [] });
      },
    };
  }

  /** Starts a movement. The client gets an event when it ends. */
  #move(movement: Movement, direction: "forward" | "back" = "forward"): void {
    const run = this.#run;
    if (run === undefined) throw new InputError("usage", "no game is loaded");
    if (run.game.moving !== undefined)
      throw new InputError("usage", "the program is running", "", "pause it");
    if (movement.kind === "out" && run.game.probe.calls.depth === 0) {
      throw new InputError("usage", "no routine is running that could return");
    }
    this.#variables.forget();
    void run.move(movement, direction).then(
      (stop) => {
        if (stop !== undefined && !this.#hasEnded) this.#hasStopped(stop);
      },
      (error: unknown) => {
        this.#output(`${error instanceof Error ? error.message : String(error)}\n`, "stderr");
        if (!this.#hasEnded)
          this.#hasStopped({ reason: "pause", text: "an error ended the movement", breakpoints: [] });
      },
    );
  }

  #hasStopped(stop: StopCause): void {
    this.#variables.forget();
    this.#lastStop = stop;
    const isFunction = stop.reason === "breakpoint" && stop.text.startsWith("function ");
    const isInstruction = stop.reason === "breakpoint" && stop.text.startsWith("instruction ");
    const reason = isFunction ? "function breakpoint" : isInstruction ? "instruction breakpoint" : undefined;
    this.#send("stopped", {
      reason: reason ?? STOP_REASONS[stop.reason],
      description: stop.text,
      text: stop.text,
      threadId: THREAD,
      allThreadsStopped: true,
      hitBreakpointIds: stop.breakpoints,
    });
  }

  /** The ROM was rebuilt. Breakpoints are set again, because lines may have moved. */
  #hasReloaded(restarted: string | undefined): void {
    this.#gotoTargets.clear();
    this.#applyBreakpoints();
    const how =
      restarted === undefined ? "the state of the game was kept" : `the game began again: ${restarted}`;
    this.#output(`reloaded the rebuilt ROM; ${how}\n`, "important");
    this.#send("invalidated", { areas: ["all"] });
  }

  #applyBreakpoints(): void {
    if (this.#run === undefined) return;
    for (const breakpoint of this.#breakpoints.apply(this.#run.game)) {
      if (this.#isConfigured && breakpoint.id !== undefined)
        this.#send("breakpoint", { reason: "changed", breakpoint });
    }
  }

  #output(output: string, category: string): void {
    this.#send("output", { category, output });
  }

  #send(name: string, body: unknown): void {
    if (!this.#hasEnded) this.sendEvent(new Event(name, body));
  }
}
