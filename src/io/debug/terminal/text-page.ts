import type { KeyEvent } from "../../input/keys.ts";
import type { TextScreen } from "../../terminal/text-screen.ts";
import type { Area } from "./layout.ts";

const PAGE_ROWS = 10;
const SCROLLS: Readonly<Record<string, number>> = {
  up: -1,
  k: -1,
  down: 1,
  j: 1,
  page_up: -PAGE_ROWS,
  page_down: PAGE_ROWS,
  space: PAGE_ROWS,
};

/** Lines that cover the code until a key closes them. */
export class TextPage {
  #lines: readonly string[] | undefined;
  #top = 0;

  get isOpen(): boolean {
    return this.#lines !== undefined;
  }

  open(lines: readonly string[]): void {
    this.#lines = lines;
    this.#top = 0;
  }

  /** Scrolls, or closes the page. */
  handle({ kind, key }: KeyEvent): void {
    if (kind === "release") return;
    const by = SCROLLS[key];
    if (by === undefined) this.#lines = undefined;
    else this.#top += by;
  }

  draw(screen: TextScreen, area: Area): void {
    const lines = this.#lines;
    if (lines === undefined) return;
    const room = Math.max(1, area.rows - 1);
    this.#top = Math.max(0, Math.min(this.#top, lines.length - room));
    screen.fill(area.row, area.column, area.rows, area.columns, "plain");
    const last = Math.min(lines.length, this.#top + room);
    const position =
      lines.length > room ? `↑↓ ${last}/${lines.length}, any other key closes` : "any key closes";
    screen.write(area.row, area.column, ` ${position}`, "title", area.columns);
    for (const [at, line] of lines.slice(this.#top, last).entries()) {
      screen.write(area.row + 1 + at, area.column, ` ${line}`, "plain", area.columns);
    }
  }
}
