import { type KeyEvent, typedText } from "../../input/keys.ts";

const MAX_CHARACTERS = 500;
const MAX_HISTORY = 100;

/** What a key has done to the line. */
export type LineOutcome = "edited" | "entered" | "cancelled" | "complete" | "ignored";

/** A line of text that is being typed, with its history. */
export class LineEditor {
  text = "";
  /** Offset of the cursor. */
  cursor = 0;
  readonly #history: string[] = [];
  /** Position in the history; its length while a new line is typed. */
  #at = 0;

  /** Starts a new line. */
  begin(text = ""): void {
    this.text = text;
    this.cursor = text.length;
    this.#at = this.#history.length;
  }

  /** Handles a key. Tab asks the caller to complete the text up to the cursor. */
  handle(event: KeyEvent): LineOutcome {
    if (event.kind === "release") return "ignored";
    const typed = typedText(event);
    if (typed !== undefined) return this.insert(typed);
    if (event.control) return this.#control(event.key);
    switch (event.key) {
      case "enter":
        this.#remember();
        return "entered";
      case "escape":
        return "cancelled";
      case "tab":
        return "complete";
      case "backspace":
        return this.#remove(this.cursor - 1);
      case "delete":
        return this.#remove(this.cursor);
      case "left":
        return this.#moveTo(this.cursor - 1);
      case "right":
        return this.#moveTo(this.cursor + 1);
      case "home":
        return this.#moveTo(0);
      case "end":
        return this.#moveTo(this.text.length);
      case "up":
        return this.#recall(this.#at - 1);
      case "down":
        return this.#recall(this.#at + 1);
      default:
        return "ignored";
    }
  }

  /** Inserts text at the cursor. */
  insert(text: string): LineOutcome {
    const room = Math.max(0, MAX_CHARACTERS - this.text.length);
    return this.replace(this.cursor, text.slice(0, room));
  }

  /** Replaces the text from `start` to the cursor. */
  replace(start: number, text: string): LineOutcome {
    this.text = this.text.slice(0, start) + text + this.text.slice(this.cursor);
    this.cursor = start + text.length;
    return "edited";
  }

  #control(key: string): LineOutcome {
    if (key === "a") return this.#moveTo(0);
    if (key === "e") return this.#moveTo(this.text.length);
    if (key === "u") return this.replace(0, "");
    if (key === "w") {
      const start = this.text.slice(0, this.cursor).replace(/\S*\s*$/, "").length;
      return this.replace(start, "");
    }
    return "ignored";
  }

  #remove(at: number): LineOutcome {
    if (at < 0 || at >= this.text.length) return "ignored";
    this.text = this.text.slice(0, at) + this.text.slice(at + 1);
    this.cursor = at;
    return "edited";
  }

  #moveTo(cursor: number): LineOutcome {
    this.cursor = Math.min(this.text.length, Math.max(0, cursor));
    return "edited";
  }

  #recall(at: number): LineOutcome {
    if (at < 0 || at > this.#history.length) return "ignored";
    this.#at = at;
    this.text = this.#history[at] ?? "";
    this.cursor = this.text.length;
    return "edited";
  }

  #remember(): void {
    if (this.text.trim() === "" || this.#history.at(-1) === this.text) return;
    this.#history.push(this.text);
    if (this.#history.length > MAX_HISTORY) this.#history.shift();
  }
}
