import type { TextScreen } from "../../terminal/text-screen.ts";
import type { DebugSession } from "../session.ts";
import type { Area } from "./layout.ts";
import { drawWatches } from "./panels.ts";

/** The expressions that the user watches. Values that the last movement changed are highlighted. */
export class WatchList {
  readonly #session: () => DebugSession;
  readonly #expressions: string[] = [];
  /** The values at the last stop, and those that are shown, by expression. */
  #before = new Map<string, string>();
  #shown = new Map<string, string>();

  constructor(session: () => DebugSession) {
    this.#session = session;
  }

  /** Adds an expression, or removes it if it is there. Throws `InputError` if it is invalid in this frame. */
  toggle(expression: string, frame: number): void {
    const at = this.#expressions.indexOf(expression);
    if (at >= 0) this.#expressions.splice(at, 1);
    else {
      // An invalid expression is rejected now, and not at each stop.
      this.#session().read(expression, frame);
      this.#expressions.push(expression);
    }
  }

  /** Keeps what is shown, to highlight what the next movement changes. */
  remember(): void {
    this.#before = this.#shown;
  }

  draw(screen: TextScreen, area: Area, frame: number): void {
    const view = { watches: this.#expressions, frame, before: this.#before };
    this.#shown = drawWatches(screen, area, this.#session(), view);
  }
}
