import type { KeyEvent } from "../../input/keys.ts";
import type { TextScreen } from "../../terminal/text-screen.ts";
import { completionsOf } from "../completions.ts";
import type { DebugSession } from "../session.ts";
import type { Area } from "./layout.ts";
import { LineEditor } from "./line-editor.ts";

/** A question in the last row. */
interface Question {
  readonly label: string;
  /** Shown until something is typed. */
  readonly hint: string;
  readonly done: (text: string) => unknown;
}

/** The line in which commands and expressions are typed. */
export class Prompt {
  readonly #editor = new LineEditor();
  #question: Question | undefined;

  get isOpen(): boolean {
    return this.#question !== undefined;
  }

  /** Asks for a line. `done` gets it without spaces at its ends, unless it is empty or was cancelled. */
  ask(label: string, hint: string, done: (text: string) => unknown): void {
    this.#question = { label, hint, done };
    this.#editor.begin();
  }

  insert(text: string): void {
    if (this.isOpen) this.#editor.insert(text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, " "));
  }

  /**
   * Handles a key. Returns what is to be done once the line is complete; a text to show, such as the possible
   * completions; or undefined.
   */
  handle(event: KeyEvent, session: DebugSession, frame: number): (() => unknown) | string | undefined {
    const question = this.#question;
    const outcome = this.#editor.handle(event);
    if (outcome === "complete") return this.#complete(session, frame);
    if (outcome === "cancelled" || outcome === "entered") this.#question = undefined;
    const text = this.#editor.text.trim();
    return outcome === "entered" && text !== "" ? () => question?.done(text) : undefined;
  }

  draw(screen: TextScreen, area: Area): void {
    const question = this.#question;
    if (question === undefined) return;
    const { text, cursor } = this.#editor;
    const label = ` ${question.label} `;
    const room = Math.max(1, area.columns - label.length - 1);
    const from = Math.max(0, cursor - room + 1);
    screen.write(area.row, 0, `${label}${text.slice(from, from + room)}`, "bar", area.columns);
    screen.write(area.row, label.length + cursor - from, text[cursor] ?? " ", "selected");
    if (text === "") screen.write(area.row, label.length + 2, question.hint, "dim");
  }

  /** Completes the word at the cursor as far as it is certain. Returns what it can become. */
  #complete(session: DebugSession, frame: number): string | undefined {
    const { text, cursor } = this.#editor;
    const { start, found } = completionsOf(session, text.slice(0, cursor), frame);
    const names = found.map(({ name }) => name);
    const [only, another] = names;
    if (only === undefined) return "nothing to complete";
    if (another === undefined) {
      this.#editor.replace(start, `${only} `);
      return undefined;
    }
    const common = names.reduce(commonStart);
    if (common.length > cursor - start) this.#editor.replace(start, common);
    return names.join("  ");
  }
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
