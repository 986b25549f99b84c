import { homedir } from "node:os";
import { keyOf } from "../input/keys.ts";
import { mouseOf } from "../input/mouse.ts";
import type { TerminalCapabilities } from "../terminal/capabilities.ts";
import { JobControl } from "../terminal/job-control.ts";
import { ProcessEvents } from "../terminal/process-events.ts";
import { restorePictures } from "../terminal/render-capabilities.ts";
import { TerminalProbe } from "../terminal/terminal-probe.ts";
import { TextScreen } from "../terminal/text-screen.ts";
import { Terminal, writeTerminal } from "../terminal/tty.ts";
import { readWindow } from "../terminal/window.ts";
import type { GameLibrary } from "./games/game-library.ts";
import { indexOfGame, libraryPage } from "./menu/library-page.ts";
import { Menu } from "./menu/menu.ts";
import { type MenuPainter, menuPainter } from "./menu-painter.ts";
import { requireTerminal } from "./play.ts";
import { complaint } from "./play-session.ts";
import type { Settings } from "./settings.ts";

/** The player's choice. */
export type Pick =
  | { readonly kind: "game"; readonly path: string; readonly continues: boolean }
  | { readonly kind: "quit" | "interrupted" };

/** What draws in a window of this size. */
interface Painting extends MenuPainter {
  readonly columns: number;
  readonly rows: number;
}

const CLEAR = "\x1b[0m\x1b[2J";

/**
 * Lets the player choose a game of the library in the terminal, and gives the terminal back as it was.
 * `message` is shown below; the game at `path` is selected at first.
 * Throws `InputError` if there is no terminal.
 */
export async function pickGame(
  library: GameLibrary,
  settings: Settings,
  message = "",
  path?: string,
): Promise<Pick> {
  requireTerminal();
  return new Picker(settings, message).run(library, path);
}

/** A menu in a terminal without a game. */
class Picker {
  readonly #settings: Settings;
  readonly #terminal = new Terminal(true);
  readonly #probe = new TerminalProbe();
  readonly #over = Promise.withResolvers<Pick>();
  readonly #events = new ProcessEvents();
  readonly #jobControl = new JobControl({
    terminal: this.#terminal,
    // Only this thread writes, so that nothing can be stuck.
    hold: () => true,
    redraw: () => this.#redraw(),
    handOver: (change) => this.#handOver(change),
  });
  readonly #menu: Menu;
  #message: string;
  #willDraw = false;
  #isOver = false;
  #capabilities: TerminalCapabilities | undefined;
  #painting: Painting | undefined;

  constructor(settings: Settings, message: string) {
    this.#settings = settings;
    this.#message = message;
    this.#menu = new Menu({
      changed: () => this.#drawSoon(),
      closed: () => this.#over.resolve({ kind: "quit" }),
      failed: (error) => {
        const text = complaint(error);
        if (text === undefined) this.#over.reject(error);
        this.#message = text ?? "";
      },
    });
  }

  async run(library: GameLibrary, selected: string | undefined): Promise<Pick> {
    const open = (path: string, continues = false) => this.#over.resolve({ kind: "game", path, continues });
    const page = libraryPage(this.#menu, library, open, homedir());
    await library.refresh();
    const interrupt = () => this.#over.resolve({ kind: "interrupted" });
    this.#jobControl.listen();
    this.#events.onInterrupt(interrupt);
    this.#events.onResize(() => this.#draw());
    this.#terminal.onToken = (token) => {
      this.#menu.paste(token);
      const mouse = mouseOf(token);
      if (mouse !== undefined) this.#menu.handleMouse(mouse);
      const key = this.#probe.take(token) ? undefined : keyOf(token);
      if (key === undefined) return;
      if (key.control && key.key === "c") interrupt();
      else if (key.control && key.key === "q") this.#over.resolve({ kind: "quit" });
      else if (key.control && key.key === "z") this.#jobControl.suspend();
      else this.#menu.handle(key);
    };
    this.#terminal.onEnd = interrupt;
    this.#terminal.enter();
    try {
      const capabilities = await this.#probe.ask();
      this.#terminal.setRestore(restorePictures(capabilities));
      this.#capabilities = capabilities;
      this.#probe.onLateAnswers = (late) => {
        this.#capabilities = late;
        this.#redraw();
      };
      this.#menu.open(page, selected === undefined ? 0 : indexOfGame(page, selected));
      return await this.#over.promise;
    } finally {
      this.#isOver = true;
      this.#menu.close();
      library.stop();
      this.#terminal.leave();
      this.#probe.close();
      this.#jobControl.close();
      this.#events.close();
    }
  }

  /** Draws once for all keys that have arrived by now: there can be thousands of them. */
  #drawSoon(): void {
    if (this.#willDraw) return;
    this.#willDraw = true;
    setImmediate(() => {
      this.#willDraw = false;
      if (!this.#isOver) this.#draw();
    });
  }

  /** Draws everything, also what should be on the screen already. */
  #redraw(): void {
    this.#painting = undefined;
    this.#draw();
  }

  async #handOver(change: () => Promise<void>): Promise<void> {
    if (this.#isOver) return;
    await change().catch((error) => this.#over.reject(error));
  }

  #draw(): void {
    const window = readWindow(this.#capabilities);
    const { columns, rows } = window;
    const isResized = columns !== this.#painting?.columns || rows !== this.#painting.rows;
    if (isResized)
      this.#painting = { columns, rows, ...menuPainter(this.#settings, this.#capabilities, window) };
    const { colors, painter } = this.#painting!;
    const screen = new TextScreen(columns, rows, colors, painter);
    this.#menu.draw(screen);
    screen.write(rows - 1, 0, ` ${this.#message}`, "alert", columns);
    writeTerminal((isResized ? CLEAR : "") + new TextDecoder().decode(screen.encode()));
  }
}
