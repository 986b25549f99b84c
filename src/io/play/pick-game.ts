import { keyOf } from "../input/keys.ts";
import { mouseOf } from "../input/mouse.ts";
import { type ColorMode, PLAIN_CAPABILITIES } from "../render/encoder.ts";
import { renderCapabilities, TerminalProbe } from "../terminal/capabilities.ts";
import { TextScreen } from "../terminal/text-screen.ts";
import { Terminal, writeTerminal } from "../terminal/tty.ts";
import { readWindow } from "../terminal/window.ts";
import { folderPage } from "./menu/games-page.ts";
import { Menu } from "./menu/menu.ts";
import type { MenuPage } from "./menu/page.ts";
import { requireTerminal } from "./play.ts";
import { complaint } from "./play-session.ts";
import type { Settings } from "./settings.ts";

/** The player's choice. */
export type Pick =
  | { readonly kind: "game"; readonly path: string }
  | { readonly kind: "quit" | "interrupted" };

const INTERRUPTS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
const CLEAR = "\x1b[0m\x1b[2J";

/**
 * Lets the player choose a game of a folder in the terminal, and gives the terminal back as it was. `message`
 * is shown below. Throws `InputError` if there is no terminal or the folder cannot be read.
 */
export async function pickGame(folder: string, settings: Settings, message = ""): Promise<Pick> {
  requireTerminal();
  return new Picker(settings, message).run(folder);
}

/** A menu in a terminal without a game. */
class Picker {
  readonly #settings: Settings;
  readonly #terminal = new Terminal(true);
  readonly #probe = new TerminalProbe();
  readonly #over = Promise.withResolvers<Pick>();
  readonly #menu: Menu;
  #message: string;
  #willDraw = false;
  #isOver = false;
  #colors: ColorMode = "true";

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

  async run(folder: string): Promise<Pick> {
    const open = (path: string) => this.#over.resolve({ kind: "game", path });
    const page: MenuPage = await folderPage(this.#menu, folder, open);
    const interrupt = () => this.#over.resolve({ kind: "interrupted" });
    const redraw = () => this.#draw();
    for (const name of INTERRUPTS) process.on(name, interrupt);
    process.on("SIGWINCH", redraw);
    this.#terminal.onToken = (token) => {
      this.#menu.paste(token);
      const mouse = mouseOf(token);
      if (mouse !== undefined) this.#menu.handleMouse(mouse);
      const key = this.#probe.take(token) ? undefined : keyOf(token);
      if (key === undefined) return;
      if (key.control && key.key === "c") interrupt();
      else if (key.control && key.key === "q") this.#over.resolve({ kind: "quit" });
      else this.#menu.handle(key);
    };
    this.#terminal.onEnd = interrupt;
    this.#terminal.enter();
    try {
      const capabilities = await this.#probe.ask();
      const { colors } = this.#settings;
      const known = capabilities.answers ? renderCapabilities(capabilities, 0) : PLAIN_CAPABILITIES;
      this.#colors = colors === "auto" ? known.colors : colors;
      // Select the first entry after "up", if there is one.
      this.#menu.open(page, 1);
      return await this.#over.promise;
    } finally {
      this.#isOver = true;
      this.#terminal.leave();
      this.#probe.close();
      for (const name of INTERRUPTS) process.off(name, interrupt);
      process.off("SIGWINCH", redraw);
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

  #draw(): void {
    const { columns, rows } = readWindow();
    const screen = new TextScreen(columns, rows, this.#colors);
    screen.fill(0, 0, rows, columns, "bar");
    this.#menu.draw(screen);
    screen.write(rows - 1, 0, ` ${this.#message}`, "alert", columns);
    writeTerminal(CLEAR + new TextDecoder().decode(screen.encode()));
  }
}
