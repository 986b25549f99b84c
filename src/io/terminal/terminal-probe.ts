import { unlinkSync, writeFileSync } from "node:fs";
import type { Token } from "../input/escape-buffer.ts";
import { OCTANTS, SEXTANTS } from "../render/cells/glyphs.ts";
import { SHORT_SLOTS } from "../render/colors/colors.ts";
import { pastScreen, pastTmux } from "../render/passthrough.ts";
import { SHARED_MEMORY_FOLDER } from "../render/pixels/kitty-shared-memory.ts";
import type { TerminalCapabilities } from "./capabilities.ts";
import { isMultiplexed, isScreen, isTmux } from "./multiplexers.ts";
import {
  KITTY_DIRECT_ID,
  KITTY_SHARED_ID,
  noAnswers,
  readAnswer,
  TEST_COLOR,
  TEST_SLOT,
} from "./probe-replies.ts";
import { writeTerminal } from "./tty.ts";

const QUERY_KEYBOARD = "\x1b[?u";
const QUERY_SYNCHRONIZED = "\x1b[?2026$p";
/** The window in pixels, the window in cells, and a cell, which counts if more than one is reported. */
const QUERY_SIZE = "\x1b[14t\x1b[18t\x1b[16t";
const QUERY_VERSION = "\x1b[>0q";
const QUERY_BACKGROUND = "\x1b]11;?\x1b\\";
/**
 * Every terminal replies to this query, and in order: a reply that has not come before this one never comes.
 */
const QUERY_ATTRIBUTES = "\x1b[c";

/** Sets a background colour, queries the attributes in force, and resets them. */
const TEST_TRUE_COLOR = "\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[0m";
/**
 * The same inside GNU screen, for the terminal around it: screen 4.9 does not answer DECRQSS, passes it on
 * inside a DCS, and has by then turned the colour into one that its own TERM has. ST is written in two parts,
 * because it would end the wrapper.
 */
const TEST_SCREEN_COLORS = `\x1b[H\x1b[38;5;196mX${pastScreen("\x1bP$qm\x1b")}${pastScreen("\\")}\x1b[0m`;
/** Only terminals with iTerm2's sequences, images included, reply to this query. */
const QUERY_ITERM2 = "\x1b]1337;ReportCellSize\x07";

/** Reads the first sixteen colours, to restore them later; then sets one colour, reads it and resets it. */
const QUERY_PALETTE = `\x1b]4${Array.from({ length: SHORT_SLOTS }, (_, slot) => `;${slot};?`).join("")}\x1b\\`;
const TEST_UPLOAD = [
  `\x1b]4;${TEST_SLOT};rgb:${TEST_COLOR.join("/")}\x1b\\`,
  `\x1b]4;${TEST_SLOT};?\x1b\\`,
  `\x1b]104;${TEST_SLOT}\x1b\\`,
];

/** A mask whose glyph no older block has. */
const ONE_DOT = 0b100;
/** Reads the cursor's position after a glyph: terminals older than a glyph may give it no cell, or two. */
const TEST_GLYPHS = [OCTANTS, SEXTANTS].map(({ glyphs }) => `\x1b[H${glyphs[ONE_DOT]}\x1b[6n`).join("");
const ERASE_GLYPHS = "\x1b[H\x1b[K";
/** The order of the cursor reports that `TEST_GLYPHS` causes. */
const GLYPH_ANSWERS = ["octants", "sextants"] as const;

/** A terminal that has not replied within this time counts as one that does not reply. */
const PROBE_TIMEOUT_MS = 100;

/**
 * Queries for both ways to send an image, with a single pixel. `name` is a shared memory object of 3 bytes.
 */
function queryKitty(name: string | undefined): string {
  const query = (id: number, medium: string, payload: string) =>
    `\x1b_Gi=${id},s=1,v=1,a=q,f=24,${medium};${payload}\x1b\\`;
  const direct = query(KITTY_DIRECT_ID, "t=d", "AAAA");
  return name === undefined ? direct : direct + query(KITTY_SHARED_ID, "t=s,S=3", btoa(`/${name}`));
}

/**
 * Makes a shared memory object for the terminal to open; undefined where there is no shared memory. Over ssh
 * the terminal is on another computer and replies that it cannot open it.
 */
function offerSharedMemory(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const name = `emuterm-${process.pid}-probe`;
  try {
    writeFileSync(`${SHARED_MEMORY_FOLDER}/${name}`, new Uint8Array(3), { mode: 0o600 });
    return name;
  } catch {
    return undefined;
  }
}

function withdrawSharedMemory(name: string): void {
  try {
    unlinkSync(`${SHARED_MEMORY_FOLDER}/${name}`);
  } catch {
    // The terminal removes the object after it has read it.
  }
}

/**
 * Queries what the terminal supports. The game starts after at most `PROBE_TIMEOUT_MS`; a distant terminal's
 * replies come later, and then change how the game is shown.
 */
export class TerminalProbe {
  readonly #write: (text: string) => void;
  #onLateAnswers: ((capabilities: TerminalCapabilities) => void) | undefined;
  /** True if late replies have come before there was a listener. */
  #isUnheard = false;
  readonly #answers = noAnswers();
  readonly #answered = Promise.withResolvers<boolean>();
  #sharedName: string | undefined;
  #startMs = 0;
  #isLate = false;
  #hasAttributes = false;
  #glyphsAnswered = 0;
  /** True while the terminal around tmux or screen has not replied. Their own DA1 does not wait for it. */
  #isOuterAwaited = false;

  /** Tests pass another `write`. */
  constructor(write: (text: string) => void = writeTerminal) {
    this.#write = write;
  }

  /** Sends the queries. Resolves at the last reply, or at the time-out. */
  async ask(): Promise<TerminalCapabilities> {
    this.#startMs = performance.now();
    const timer = setTimeout(() => this.#answered.resolve(false), PROBE_TIMEOUT_MS);
    // Inside tmux there is no report that the terminal has read an object, so the object could not be reused.
    if (!isMultiplexed()) this.#sharedName = offerSharedMemory();
    this.#isOuterAwaited = isTmux() || isScreen();
    const kitty = queryKitty(this.#sharedName);
    const images = isTmux() ? pastTmux(kitty) : isMultiplexed() ? "" : kitty + QUERY_ITERM2;
    const modes = QUERY_KEYBOARD + QUERY_SYNCHRONIZED + QUERY_SIZE + QUERY_VERSION + QUERY_BACKGROUND;
    const glyphs = TEST_GLYPHS + ERASE_GLYPHS;
    const upload = isScreen() ? TEST_UPLOAD.map(pastScreen) : [QUERY_PALETTE, ...TEST_UPLOAD];
    const colors = isScreen() ? TEST_SCREEN_COLORS : TEST_TRUE_COLOR;
    this.#write(modes + colors + glyphs + images + upload.join("") + QUERY_ATTRIBUTES);
    const isAnswered = await this.#answered.promise;
    clearTimeout(timer);
    // From now on replies change what is already known.
    this.#isLate = true;
    return this.#capabilities(isAnswered || this.#hasAttributes);
  }

  /**
   * Asks for the size of cells again, if the terminal has answered any query. If it has changed,
   * `onLateAnswers` is called.
   */
  askSize(): void {
    if (this.#hasAttributes) this.#write(QUERY_SIZE);
  }

  /** Called when replies that came after the time-out are complete; at once if they are complete already. */
  set onLateAnswers(listener: (capabilities: TerminalCapabilities) => void) {
    this.#onLateAnswers = listener;
    if (this.#isUnheard) this.#tellLateAnswers();
  }

  /** Takes a token that is a reply. Returns false for anything else, such as a key. */
  take(token: Token): boolean {
    if (this.#takesGlyph(token)) return true;
    const { cellWidthPixels: widthBefore, cellHeightPixels: heightBefore } = this.#answers;
    const answer = readAnswer(token, this.#answers);
    const { cellWidthPixels, cellHeightPixels } = this.#answers;
    if (answer === "size") {
      const isNew = cellWidthPixels !== widthBefore || cellHeightPixels !== heightBefore;
      if (isNew && this.#hasAttributes) this.#tellLateAnswers();
    } else if (answer === "last") {
      this.#hasAttributes = true;
      if (!this.#isOuterAwaited) this.#complete();
    } else if ((token.kind === "apc" || isScreen()) && answer === "report" && this.#isOuterAwaited) {
      // Through screen go the queries of the colours and, last, of the palette.
      if (isScreen() && !this.#answers.paletteUpload) {
        if (this.#isLate && this.#answers.hasFewColors) this.#tellLateAnswers();
        return true;
      }
      this.#isOuterAwaited = false;
      this.#answers.pastTmux = this.#answers.kittyGraphics;
      this.#answers.pastScreen = this.#answers.paletteUpload && isScreen();
      if (this.#hasAttributes) this.#complete();
    }
    return answer !== "other";
  }

  /** Takes a cursor report after a test glyph. After DA1, cursor reports are meant for other code. */
  #takesGlyph({ kind, text }: Token): boolean {
    const position = kind === "csi" && !this.#hasAttributes ? /^\d+;(\d+)R$/.exec(text) : null;
    const glyph = GLYPH_ANSWERS[this.#glyphsAnswered];
    if (position === null || glyph === undefined) return false;
    this.#answers[glyph] = position[1] === "2";
    this.#glyphsAnswered++;
    return true;
  }

  /** Called when all replies have come or the time is over, and again if a reply comes later. */
  #complete(): void {
    this.close();
    if (this.#isLate) this.#tellLateAnswers();
    this.#isLate = true;
    this.#answered.resolve(true);
  }

  #tellLateAnswers(): void {
    this.#isUnheard = this.#onLateAnswers === undefined;
    this.#onLateAnswers?.(this.#capabilities(true));
  }

  /** Removes the shared memory object that was offered to the terminal. */
  close(): void {
    if (this.#sharedName !== undefined) withdrawSharedMemory(this.#sharedName);
    this.#sharedName = undefined;
  }

  #capabilities(isAnswered: boolean): TerminalCapabilities {
    return { ...this.#answers, answers: isAnswered, probeMs: performance.now() - this.#startMs };
  }
}
