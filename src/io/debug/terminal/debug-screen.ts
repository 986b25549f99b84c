import { InputError } from "../../../emu/input-error.ts";
import type { KeyEvent } from "../../input/keys.ts";
import { fitParts } from "../../play/fit-text.ts";
import type { TextScreen } from "../../terminal/text-screen.ts";
import { addConsoleBreakpoint } from "../breakpoint-commands.ts";
import type { StopCause } from "../checker.ts";
import { runCommand } from "../commands.ts";
import type { GameRun } from "../game-run.ts";
import type { Movement } from "../movement.ts";
import type { DebugSession } from "../session.ts";
import { CodeView } from "./code-view.ts";
import { type DebugAction, debugAction, debugKeysHelp, type PlainAction } from "./debug-keys.ts";
import { type DebugLayout, layoutOf } from "./layout.ts";
import { MemoryView } from "./memory-view.ts";
import { drawCode, drawRegisters, drawStack, watchText } from "./panels.ts";
import { Prompt } from "./prompt.ts";
import { TextPage } from "./text-page.ts";
import { WatchList } from "./watch-list.ts";

/** What the screen needs from the terminal around it. */
export interface DebugScreenHost {
  newText(): TextScreen;
  showText(screen: TextScreen): void;
  /** Shows the picture in the upper left part of the window; undefined uses all of it. */
  setPicture(area: { readonly columns: number; readonly rows: number } | undefined): void;
  /** Shows the session's picture as it is now. */
  publish(session: DebugSession): void;
  leave(): void;
  /** What leaving leads to, for the last row. */
  readonly leaveTo: string;
  /** Ends with a bug of emu. */
  failed(error: unknown): void;
}

const CHANGES_EVERY_MS = 100;
/** Keys that come sooner after the start of a step or a command are for the debugger, not for the game. */
const STEP_MS = 150;
const SHOWN_REGISTERS = ["a", "x", "y", "sp", "pc", "ppu.v", "ppu.t", "ppu.ctrl", "ppu.mask"] as const;

/** The debugger's text around the picture, and what its keys do. */
export class DebugScreen {
  readonly #run: GameRun;
  readonly #host: DebugScreenHost;
  readonly #code: CodeView;
  readonly #prompt = new Prompt();
  readonly #page = new TextPage();
  readonly #watches: WatchList;
  readonly #memory: MemoryView;
  #frame = 0;
  #status = "";
  #message = "";
  #isBusy = false;
  /** Time until which keys wait for the end of a step, and those keys. */
  #keysWaitUntilMs = 0;
  #waiting: KeyEvent[] = [];
  #isZoomed = false;
  #drawnMs = 0;
  #isDrawDue = false;
  #registersBefore = new Map<string, number>();

  constructor(run: GameRun, host: DebugScreenHost) {
    this.#run = run;
    this.#host = host;
    this.#code = new CodeView(() => run.game);
    this.#memory = new MemoryView(() => run.game);
    this.#watches = new WatchList(() => run.game);
    this.#code.follow();
  }

  /** True while a movement or a command is at work. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** True while the program runs, and keys play the game. During a short step they wait for its end. */
  get isRunning(): boolean {
    return this.#isBusy && performance.now() >= this.#keysWaitUntilMs;
  }

  /** Call when the window has another size. */
  resize(): void {
    this.#placePicture();
    this.draw();
  }

  /** Shows a message, such as a log point's. */
  say(text: string): void {
    this.#message = text;
    this.draw();
  }

  /** Call after each frame of a running game. */
  frameEnded(): void {
    this.#host.publish(this.#run.game);
    if (this.#isZoomedNow || performance.now() - this.#drawnMs < CHANGES_EVERY_MS) return;
    this.draw();
  }

  /** Call when the ROM was rebuilt. `restarted` is the reason why its state was not kept. */
  reloaded(restarted: string | undefined): void {
    this.#code.follow();
    this.#message =
      restarted === undefined
        ? "reloaded the rebuilt ROM; the state of the game was kept"
        : `reloaded the rebuilt ROM; the game began again: ${restarted}`;
    if (!this.#isBusy) this.#host.publish(this.#run.game);
    this.draw();
  }

  /** Stops the running program. */
  pause(): void {
    this.#run.game.pause();
  }

  /** Handles a key while the program is stopped. */
  handleKey(event: KeyEvent): void {
    if (this.#isBusy) this.#waiting.push(event);
    else if (this.#prompt.isOpen) this.#type(event);
    else if (this.#page.isOpen) {
      this.#page.handle(event);
      this.draw();
    } else {
      const action = debugAction(event);
      if (action !== undefined) this.#try(() => this.#perform(action));
    }
  }

  /** Handles pasted text: it goes into the line that is being typed. */
  paste(text: string): void {
    this.#prompt.insert(text);
    this.draw();
  }

  /** Draws everything in its current state: once for all keys that came together, such as a held key's. */
  draw(): void {
    if (this.#isDrawDue) return;
    this.#isDrawDue = true;
    queueMicrotask(() => {
      this.#isDrawDue = false;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    this.#drawnMs = performance.now();
    const screen = this.#host.newText();
    const layout = layoutOf(screen.columns, screen.rows);
    if (this.#isZoomedNow) this.#drawZoomed(screen, layout);
    else this.#drawPanels(screen, layout);
    this.#host.showText(screen);
  }

  get #isZoomedNow(): boolean {
    return this.#isBusy && (this.#isZoomed || this.#pictureRows === 0);
  }

  get #pictureRows(): number {
    const { columns, rows } = this.#host.newText();
    return layoutOf(columns, rows).picture.rows;
  }

  #placePicture(): void {
    const { columns, rows } = this.#host.newText();
    const { picture } = layoutOf(columns, rows);
    this.#host.setPicture(this.#isZoomedNow ? { columns, rows: rows - 1 } : picture);
  }

  #drawZoomed(screen: TextScreen, { prompt }: DebugLayout): void {
    screen.write(prompt.row, 0, ` ${this.#message || this.#runningHint()}`, "bar", screen.columns);
  }

  #drawPanels(screen: TextScreen, layout: DebugLayout): void {
    const { game } = this.#run;
    const { registers, memory, code, stack, watches, message, prompt } = layout;
    // During a search backwards, the machine is at intermediate positions, which are not shown.
    const isReadable = game.moving !== "back";
    if (isReadable) {
      drawRegisters(screen, registers, game, this.#registersBefore);
      this.#memory.draw(screen, memory);
      drawStack(screen, stack, game, this.#frame);
      this.#watches.draw(screen, watches, this.#frame);
      if (!this.#page.isOpen) drawCode(screen, code, this.#code, this.#isBusy ? "running" : this.#status);
    }
    this.#page.draw(screen, code);
    if (layout.picture.rows > 0) fillSeam(screen, layout);
    if (message.rows > 0) screen.write(message.row, 0, ` ${this.#message}`, "alert", screen.columns);
    const hint = this.#isBusy ? this.#runningHint() : keysHint(screen.columns - 1, this.#host.leaveTo);
    screen.write(prompt.row, 0, ` ${hint}`, "bar", screen.columns);
    this.#prompt.draw(screen, prompt);
  }

  #runningHint(): string {
    if (this.#run.game.moving === "back") return "searching backwards   Escape stops";
    return `running, frame ${this.#run.game.nes.frame}   Escape stops`;
  }

  #type(event: KeyEvent): void {
    const outcome = this.#prompt.handle(event, this.#run.game, this.#frame);
    if (typeof outcome === "string") this.#message = outcome;
    else if (outcome !== undefined) {
      this.#message = "";
      this.#try(outcome);
    }
    this.draw();
  }

  #perform(action: DebugAction): unknown {
    const { game } = this.#run;
    switch (action.kind) {
      case "move":
        return this.#move(action.movement, action.direction);
      case "to-cursor": {
        const { target } = this.#code;
        if (target === undefined) throw new InputError("usage", "there is no code in this line");
        return this.#move({ kind: "to", place: target.code }, action.direction);
      }
      case "cursor": {
        const page = layoutOf(this.#host.newText().columns, this.#host.newText().rows).code.rows - 2;
        this.#code.move(action.isPage === true ? action.by * Math.max(1, page) : action.by);
        break;
      }
      case "frame":
        this.#selectFrame(Math.min(game.frames.all().length - 1, Math.max(0, this.#frame + action.by)));
        break;
      case "memory": {
        const { columns, rows } = this.#host.newText();
        this.#memory.page(action.pages, layoutOf(columns, rows).memory);
        break;
      }
      default:
        this.#performPlain(action.kind);
    }
    this.draw();
  }

  #performPlain(kind: PlainAction): void {
    switch (kind) {
      case "here":
        this.#selectFrame(0);
        break;
      case "toggle-breakpoint":
        this.#toggleBreakpoint();
        break;
      case "toggle-mode":
        this.#code.toggleMode();
        break;
      case "watch":
        this.#prompt.ask("watch:", "score, [$2002], ppu.v; again removes it", (text) =>
          this.#watches.toggle(text, this.#frame),
        );
        break;
      case "memory-at":
        this.#prompt.ask("memory at:", "$0300, score, ppu[$2000], oam[0]", (text) =>
          this.#memory.goTo(text, this.#frame),
        );
        break;
      case "command":
        this.#prompt.ask(":", "help, break main.s:12, score = 3, who score; Tab completes", (text) =>
          this.#command(text),
        );
        break;
      case "zoom":
        this.#isZoomed = !this.#isZoomed;
        this.#message = this.#isZoomed
          ? "the picture is large while the game runs"
          : "the panels stay while the game runs";
        break;
      case "help":
        this.#page.open(debugKeysHelp());
        break;
      case "leave":
        this.#host.leave();
    }
  }

  #toggleBreakpoint(): void {
    const { game } = this.#run;
    const { target } = this.#code;
    if (target === undefined) throw new InputError("usage", "there is no code in this line");
    const ids = this.#code.breakpointsAt(target.code);
    for (const id of ids) game.breakpoints.remove(id);
    if (ids.length === 0) addConsoleBreakpoint(game, target.name);
    this.#message = ids.length === 0 ? `breakpoint at ${target.name}` : `no breakpoint at ${target.name}`;
  }

  #selectFrame(index: number): void {
    this.#frame = index;
    this.#code.follow(index);
  }

  /** A command or an expression; `list PLACE` shows code. */
  #command(text: string): Promise<void> | undefined {
    const place = /^list\s+(.+)$/.exec(text)?.[1];
    if (place !== undefined) {
      this.#code.show(place);
      return undefined;
    }
    return this.#busy(async () => {
      const { game } = this.#run;
      const result = await runCommand(game, text);
      const shown = result?.text ?? this.#evaluated(text);
      if (shown.includes("\n")) this.#page.open(shown.split("\n"));
      else this.#message = shown;
      return result?.stop ?? { reason: "goto", text: this.#status, breakpoints: [] };
    });
  }

  #evaluated(text: string): string {
    const { game } = this.#run;
    if (game.place(text, this.#frame) !== undefined) return `${text} = ${watchText(game, text, this.#frame)}`;
    const value = game.evaluate(text, this.#frame);
    return `${value} ($${(value < 0 ? value + 2 ** 32 : value).toString(16).toUpperCase()})`;
  }

  #move(movement: Movement, direction: "forward" | "back"): Promise<void> {
    if (movement.kind === "out" && this.#run.game.probe.calls.depth === 0)
      throw new InputError("usage", "no routine is running that could return");
    this.#message = "";
    const waitMs = movement.kind === "continue" ? 0 : STEP_MS;
    return this.#busy(() => this.#run.move(this.#inMode(movement), direction), waitMs);
  }

  /** Where instructions are shown, steps are by instruction. */
  #inMode(movement: Movement): Movement {
    return "by" in movement && this.#code.showsInstructions ? { ...movement, by: "instruction" } : movement;
  }

  /** Runs something that may move the program. After `waitMs`, keys play the game until it ends. */
  async #busy(action: () => Promise<StopCause | undefined>, waitMs = STEP_MS): Promise<void> {
    this.#remember();
    this.#keysWaitUntilMs = performance.now() + waitMs;
    this.#isBusy = true;
    const wasZoomed = this.#isZoomedNow;
    if (wasZoomed) this.#placePicture();
    try {
      const stop = await action();
      this.#frame = 0;
      this.#status = stop === undefined || stop.reason === "step" ? "" : stop.text;
    } finally {
      this.#isBusy = false;
      if (wasZoomed) this.#placePicture();
      this.#code.follow();
      this.#host.publish(this.#run.game);
      this.#keysWaitUntilMs = 0;
      this.draw();
      for (const event of this.#waiting.splice(0)) this.handleKey(event);
    }
  }

  /** Keeps what is shown, to highlight what the movement changes. */
  #remember(): void {
    const scope = this.#run.game.scope();
    this.#registersBefore = new Map(SHOWN_REGISTERS.map((name) => [name, scope.lookup(name)!.get()]));
    this.#watches.remember();
    this.#memory.remember();
  }

  #try(action: () => unknown): void {
    Promise.try(action).catch((error: unknown) => {
      if (!(error instanceof InputError)) {
        this.#host.failed(error);
        return;
      }
      const { message, where, remedy } = error;
      this.#message = `${where === "" ? "" : `${where}: `}${message}${remedy === "" ? "" : ` (${remedy})`}`;
      this.draw();
    });
  }
}

/** The keys for the last row, as many as fit. */
function keysHint(columns: number, leaveTo: string): string {
  const last = [": command", "? help", `q ${leaveTo}`];
  const first = ["c go", "s step", "n next", "o out", "Shift back", "Space break", "f frame", "w watch"];
  // The key for help is always shown.
  const room = Math.max(1, columns - last.join("   ").length - 2);
  return fitParts([fitParts(first, "  ", room), ...last], "  ", columns);
}

/** The column and the rows between the areas. */
function fillSeam(screen: TextScreen, { picture, code, stack, watches, message }: DebugLayout): void {
  screen.fill(0, picture.columns, message.row, code.column - picture.columns, "bar");
  const seam = stack.column + stack.columns;
  screen.fill(stack.row, seam, stack.rows, watches.column - seam, "bar");
}
