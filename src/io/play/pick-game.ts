import { homedir } from "node:os";
import type { ActionName } from "../input/bindings.ts";
import type { Token } from "../input/escape-buffer.ts";
import { keyOf } from "../input/keys.ts";
import { mouseOf } from "../input/mouse.ts";
import type { TerminalCapabilities } from "../terminal/capabilities.ts";
import { ProgramTerminal, type TerminalHost } from "../terminal/program-terminal.ts";
import { TextScreen } from "../terminal/text-screen.ts";
import { writeTerminal } from "../terminal/tty.ts";
import { readWindow } from "../terminal/window.ts";
import type { GameLibrary } from "./games/game-library.ts";
import { archivePage } from "./menu/archive-page.ts";
import { indexOfGame, libraryPage } from "./menu/library-page.ts";
import { Menu, type MenuHost } from "./menu/menu.ts";
import type { MenuPage } from "./menu/page.ts";
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
const CONTROL_KEYS: Readonly<Record<string, ActionName>> = { c: "interrupt", q: "quit", z: "suspend" };

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
  const picker = new Picker(settings, message);
  const page = libraryPage(picker.menu, library, picker.open, homedir());
  await library.refresh();
  try {
    return await picker.run(page, () => (path === undefined ? 0 : indexOfGame(page, path)));
  } finally {
    library.stop();
  }
}

/** Lets the player choose one of the games in an archive. Throws `InputError` if there is no terminal. */
export async function pickFromArchive(
  settings: Settings,
  path: string,
  games: readonly string[],
): Promise<Pick> {
  requireTerminal();
  const picker = new Picker(settings, "");
  return picker.run(archivePage(path, games, picker.open, picker.menu.leaving));
}

/** A menu in a terminal without a game. */
class Picker {
  readonly #settings: Settings;
  readonly #terminal = this.#makeTerminal();
  readonly #over = Promise.withResolvers<Pick>();
  readonly menu: Menu;
  /** Call with the game that the player has chosen. */
  readonly open = (path: string, continues = false): void =>
    this.#over.resolve({ kind: "game", path, continues });
  #message: string;
  #willDraw = false;
  #capabilities: TerminalCapabilities | undefined;
  #painting: Painting | undefined;

  constructor(settings: Settings, message: string) {
    this.#settings = settings;
    this.#message = message;
    const menuHost: MenuHost = {
      changed: () => this.#drawSoon(),
      closed: () => this.#over.resolve({ kind: "quit" }),
      failed: (error) => {
        const text = complaint(error);
        if (text === undefined) this.#over.reject(error);
        this.#message = text ?? "";
      },
    };
    this.menu = new Menu(menuHost, "nothing");
  }

  /** Shows the page until a game is chosen or the page is left. */
  async run(page: MenuPage, selected: () => number = () => 0): Promise<Pick> {
    this.#terminal.enter();
    try {
      await this.#terminal.ask();
      this.#terminal.onLateAnswers = () => this.#redraw();
      this.menu.open(page, selected());
      return await this.#over.promise;
    } finally {
      this.menu.close();
      await this.#terminal.close();
    }
  }

  #makeTerminal(): ProgramTerminal {
    const host: TerminalHost = {
      // Only this thread writes, so that nothing can be stuck.
      writer: { hold: () => true, redraw: () => this.#redraw(), report: () => {}, end: () => true },
      learn: (capabilities) => {
        this.#capabilities = capabilities;
      },
      take: (token) => this.#take(token),
      resized: () => this.#draw(),
      ended: (end) => {
        if (end.kind === "bug") this.#over.reject(end.error);
        else this.#over.resolve({ kind: end.kind === "quit" ? "quit" : "interrupted" });
      },
    };
    return new ProgramTerminal(host, true);
  }

  #take(token: Token): void {
    this.menu.paste(token);
    const mouse = mouseOf(token);
    if (mouse !== undefined) this.menu.handleMouse(mouse);
    const key = keyOf(token);
    if (key === undefined) return;
    const action = key.control ? CONTROL_KEYS[key.key] : undefined;
    if (action === undefined) this.menu.handle(key);
    else this.#terminal.perform(action);
  }

  /** Draws once for all keys that have arrived by now: there can be thousands of them. */
  #drawSoon(): void {
    if (this.#willDraw) return;
    this.#willDraw = true;
    setImmediate(() => {
      this.#willDraw = false;
      if (!this.#terminal.isClosing) this.#draw();
    });
  }

  /** Draws everything, also what should be on the screen already. */
  #redraw(): void {
    this.#painting = undefined;
    this.#draw();
  }

  #draw(): void {
    const window = readWindow(this.#capabilities);
    const { columns, rows } = window;
    const isResized = columns !== this.#painting?.columns || rows !== this.#painting.rows;
    if (isResized)
      this.#painting = { columns, rows, ...menuPainter(this.#settings, this.#capabilities, window) };
    const { colors, painter } = this.#painting!;
    const screen = new TextScreen(columns, rows, colors, painter);
    this.menu.draw(screen);
    screen.write(rows - 1, 0, ` ${this.#message}`, "alert", columns);
    writeTerminal((isResized ? CLEAR : "") + new TextDecoder().decode(screen.encode()));
  }
}
