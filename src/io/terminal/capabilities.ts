import type { Token } from "../input/escape-buffer.ts";
import { type Terminal, writeTerminal } from "./tty.ts";

/** What the terminal has answered. What it has not answered, it cannot do. */
export interface TerminalCapabilities {
  /** It answered at all; if not, nothing else below is known. */
  readonly answers: boolean;
  /** Flags of the kitty keyboard protocol in force after pushing ours; 0 without the protocol. */
  readonly keyboardFlags: number;
  readonly synchronizedOutput: boolean;
  /** From XTVERSION, such as "XTerm(379)"; empty when it does not tell. */
  readonly version: string;
  /** Attributes of DA1 after the first: 4 is sixel. */
  readonly attributes: readonly number[];
  readonly cellWidthPixels: number;
  readonly cellHeightPixels: number;
  /** How long the answers took. */
  readonly probeMs: number;
}

const QUERY_KEYBOARD = "\x1b[?u";
const QUERY_SYNCHRONIZED = "\x1b[?2026$p";
const QUERY_CELL_SIZE = "\x1b[16t";
const QUERY_VERSION = "\x1b[>0q";
/** Every terminal answers this one, and in order: what has not come before it never will. */
const QUERY_ATTRIBUTES = "\x1b[c";

/** A terminal that does not answer within this time does not answer. */
export const PROBE_TIMEOUT_MS = 100;

/** Answers as they come in. */
export interface Answers {
  keyboardFlags: number;
  synchronizedOutput: boolean;
  version: string;
  attributes: number[];
  cellWidthPixels: number;
  cellHeightPixels: number;
}

/** What is known before the first answer. */
export function noAnswers(): Answers {
  return {
    keyboardFlags: 0,
    synchronizedOutput: false,
    version: "",
    attributes: [],
    cellWidthPixels: 0,
    cellHeightPixels: 0,
  };
}

/** Takes an answer into account. Returns "last" for DA1, "report" for another answer, "other" for no answer. */
export function readAnswer(token: Token, answers: Answers): "last" | "report" | "other" {
  const { kind, text } = token;
  if (kind === "dcs" && text.startsWith(">|")) {
    answers.version = text.slice(2);
    return "report";
  }
  if (kind !== "csi") return "other";
  const keyboard = /^\?(\d+)u$/.exec(text);
  if (keyboard !== null) answers.keyboardFlags = Number(keyboard[1]);
  // DECRPM: 1 set, 2 reset, 3 and 4 permanently so; 0 is not known.
  const mode = /^\?2026;(\d)\$y$/.exec(text);
  if (mode !== null) answers.synchronizedOutput = mode[1] === "1" || mode[1] === "2";
  const cell = /^6;(\d+);(\d+)t$/.exec(text);
  if (cell !== null) {
    answers.cellHeightPixels = Number(cell[1]);
    answers.cellWidthPixels = Number(cell[2]);
  }
  const attributes = /^\?([\d;]+)c$/.exec(text);
  if (attributes !== null) {
    answers.attributes = attributes[1]!.split(";").slice(1).map(Number);
    return "last";
  }
  return keyboard !== null || mode !== null || cell !== null ? "report" : "other";
}

/**
 * Asks the terminal what it can do and waits for its answers, at most `PROBE_TIMEOUT_MS`. Tokens that are
 * no answers (keys pressed meanwhile) go to `onOther`. It takes `terminal.onToken` for that time.
 */
export async function probeTerminal(
  terminal: Terminal,
  onOther: (token: Token) => void,
): Promise<TerminalCapabilities> {
  const answers = noAnswers();
  const start = performance.now();
  const answered = Promise.withResolvers<boolean>();
  terminal.onToken = (token) => {
    const answer = readAnswer(token, answers);
    if (answer === "last") answered.resolve(true);
    else if (answer === "other") onOther(token);
  };
  const timer = setTimeout(() => answered.resolve(false), PROBE_TIMEOUT_MS);
  writeTerminal(QUERY_KEYBOARD + QUERY_SYNCHRONIZED + QUERY_CELL_SIZE + QUERY_VERSION + QUERY_ATTRIBUTES);
  const isAnswered = await answered.promise;
  clearTimeout(timer);
  return { ...answers, answers: isAnswered, probeMs: performance.now() - start };
}
