import { unlinkSync, writeFileSync } from "node:fs";
import { printable } from "../files/text.ts";
import type { Token } from "../input/escape-buffer.ts";
import { SHORT_SLOTS, UPLOAD_SLOTS } from "../render/colors.ts";
import type { ColorMode, RenderCapabilities } from "../render/encoder.ts";
import { parseColor } from "../render/fixed-colors.ts";
import { OCTANTS, SEXTANTS } from "../render/glyphs.ts";
import { DELETE_KITTY_IMAGES } from "../render/kitty.ts";
import { SHARED_MEMORY_FOLDER } from "../render/kitty-shared-memory.ts";
import { pastScreen, pastTmux } from "../render/passthrough.ts";
import { writeTerminal } from "./tty.ts";

/** What the terminal has reported about itself. Anything it has not reported counts as unsupported. */
export interface TerminalCapabilities {
  /** True if it answered at all. If not, nothing below is known. */
  readonly answers: boolean;
  /** Flags of the kitty keyboard protocol in force after pushing ours; 0 without the protocol. */
  readonly keyboardFlags: number;
  readonly synchronizedOutput: boolean;
  /** True if it shows images by the kitty graphics protocol, and if it reads them from shared memory. */
  readonly kittyGraphics: boolean;
  readonly kittySharedMemory: boolean;
  /** True if the replies about images came from the terminal around tmux. */
  readonly pastTmux: boolean;
  /** True if the reply about the palette came from the terminal around GNU screen. */
  readonly pastScreen: boolean;
  /** True if it shows iTerm2's inline images. */
  readonly iterm2Images: boolean;
  /** True if it shows sixels: attribute 4. */
  readonly sixel: boolean;
  /** True if these glyphs take one cell each. The terminal does not report if its font has them. */
  readonly octants: boolean;
  readonly sextants: boolean;
  /** True if a colour set by OSC 4 could be read back. */
  readonly paletteUpload: boolean;
  /**
   * Its first sixteen colours as it reports them, such as "rgb:cdcd/0000/0000"; undefined if not reported.
   */
  readonly palette: readonly (string | undefined)[];
  /**
   * True if its background is brighter than half: the foreground is then the darker one, unless colours are
   * set.
   */
  readonly lightBackground: boolean;
  /** True if it reported a 24-bit colour after it had been set. */
  readonly trueColor: boolean;
  /** From XTVERSION, such as "XTerm(379)"; empty if not reported. */
  readonly version: string;
  /** Attributes of DA1 after the first: 4 is sixel. */
  readonly attributes: readonly number[];
  readonly cellWidthPixels: number;
  readonly cellHeightPixels: number;
  /** How long the replies took. */
  readonly probeMs: number;
}

const QUERY_KEYBOARD = "\x1b[?u";
const QUERY_SYNCHRONIZED = "\x1b[?2026$p";
const QUERY_CELL_SIZE = "\x1b[16t";
const QUERY_VERSION = "\x1b[>0q";
const QUERY_BACKGROUND = "\x1b]11;?\x1b\\";
/**
 * Every terminal replies to this query, and in order: a reply that has not come before this one never comes.
 */
const QUERY_ATTRIBUTES = "\x1b[c";

/** Sets a background colour, queries the attributes in force, and resets them. */
const TEST_TRUE_COLOR = "\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[0m";
/** Only terminals with iTerm2's sequences, images included, reply to this query. */
const QUERY_ITERM2 = "\x1b]1337;ReportCellSize\x07";
const SIXEL_ATTRIBUTE = 4;

/** Reads the first sixteen colours, to restore them later; then sets one colour, reads it and resets it. */
const TEST_SLOT = UPLOAD_SLOTS - 1;
const TEST_COLOR = ["12", "34", "56"] as const;
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

/** Image ids of the two kitty queries. */
const KITTY_DIRECT_ID = 31;
const KITTY_SHARED_ID = 32;

const MAX_VERSION_CHARACTERS = 100;

/** A terminal that has not replied within this time counts as one that does not reply. */
const PROBE_TIMEOUT_MS = 100;

/** Replies received so far. */
export interface Answers {
  keyboardFlags: number;
  synchronizedOutput: boolean;
  kittyGraphics: boolean;
  kittySharedMemory: boolean;
  pastTmux: boolean;
  pastScreen: boolean;
  iterm2Images: boolean;
  sixel: boolean;
  octants: boolean;
  sextants: boolean;
  paletteUpload: boolean;
  palette: (string | undefined)[];
  lightBackground: boolean;
  trueColor: boolean;
  version: string;
  attributes: number[];
  cellWidthPixels: number;
  cellHeightPixels: number;
}

/** What is known before the first reply. */
export function noAnswers(): Answers {
  return {
    keyboardFlags: 0,
    synchronizedOutput: false,
    kittyGraphics: false,
    kittySharedMemory: false,
    pastTmux: false,
    pastScreen: false,
    iterm2Images: false,
    sixel: false,
    octants: false,
    sextants: false,
    paletteUpload: false,
    palette: new Array<string | undefined>(SHORT_SLOTS).fill(undefined),
    lightBackground: false,
    trueColor: false,
    version: "",
    attributes: [],
    cellWidthPixels: 0,
    cellHeightPixels: 0,
  };
}

/** Records a reply. Returns "last" for DA1, "report" for another reply, "other" for anything else. */
export function readAnswer(token: Token, answers: Answers): "last" | "report" | "other" {
  const { kind, text } = token;
  if (kind === "dcs" && text.startsWith(">|")) {
    answers.version = printable(text.slice(2), MAX_VERSION_CHARACTERS);
    return "report";
  }
  // DECRQSS: "1$r" and the attributes in force, with ; or : between the components.
  if (kind === "dcs" && /^[01]\$r/.test(text)) {
    answers.trueColor = /48[:;]2[:;]+1[:;]2[:;]3/.test(text);
    return "report";
  }
  if (kind === "osc" && text.startsWith("1337;ReportCellSize=")) {
    answers.iterm2Images = true;
    return "report";
  }
  if (kind === "osc" && text.startsWith("11;")) {
    answers.lightBackground = isLight(parseColor(text.slice("11;".length)));
    return "report";
  }
  if (kind === "osc" && text.startsWith("4;")) {
    readColor(text, answers);
    return "report";
  }
  if (kind === "apc") return readKittyAnswer(text, answers);
  if (kind !== "csi") return "other";
  const keyboard = /^\?(\d{1,4})u$/.exec(text);
  if (keyboard !== null) answers.keyboardFlags = Number(keyboard[1]);
  // DECRPM: 1 set, 2 reset, 3 and 4 permanently so; 0 is an unknown mode.
  const mode = /^\?2026;(\d)\$y$/.exec(text);
  if (mode !== null) answers.synchronizedOutput = mode[1] === "1" || mode[1] === "2";
  const cell = /^6;(\d{1,6});(\d{1,6})t$/.exec(text);
  if (cell !== null) {
    answers.cellHeightPixels = Number(cell[1]);
    answers.cellWidthPixels = Number(cell[2]);
  }
  const attributes = /^\?([\d;]+)c$/.exec(text);
  if (attributes !== null) {
    answers.attributes = attributes[1]!.split(";").slice(1).map(Number);
    answers.sixel = answers.attributes.includes(SIXEL_ATTRIBUTE);
    return "last";
  }
  return keyboard !== null || mode !== null || cell !== null ? "report" : "other";
}

function isLight(color: number | undefined): boolean {
  if (color === undefined) return false;
  return 0.299 * (color >> 16) + 0.587 * ((color >> 8) & 0xff) + 0.114 * (color & 0xff) > 127;
}

/** "4;12;rgb:1212/3434/5656": a slot of the palette. */
function readColor(text: string, answers: Answers): void {
  // The text is written back at the end, so it must be a colour and nothing else.
  const [, slot = "", color = ""] = /^4;(\d{1,3});(rgba?:[0-9a-f/]{5,24}|#[0-9a-f]{3,12})$/i.exec(text) ?? [];
  if (slot === "") return;
  if (Number(slot) < SHORT_SLOTS) answers.palette[Number(slot)] = color;
  const [red = "", green = "", blue = ""] = color.replace("rgb:", "").split("/");
  const [wantedRed, wantedGreen, wantedBlue] = TEST_COLOR;
  if (Number(slot) !== TEST_SLOT) return;
  answers.paletteUpload =
    red.startsWith(wantedRed) && green.startsWith(wantedGreen) && blue.startsWith(wantedBlue);
}

/** "Gi=31;OK", or an error's name instead of OK. */
function readKittyAnswer(text: string, answers: Answers): "report" | "other" {
  const [, id, message] = /^Gi=(\d+);(.*)$/.exec(text) ?? [];
  if (message === "OK" && id === String(KITTY_DIRECT_ID)) answers.kittyGraphics = true;
  if (message === "OK" && id === String(KITTY_SHARED_ID)) answers.kittySharedMemory = true;
  return id === undefined ? "other" : "report";
}

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
 * Returns true inside tmux or screen: these take a kitty query for a window title, and would not show the
 * image.
 */
function isMultiplexed(): boolean {
  return isTmux() || /^(screen|tmux)/.test(terminalName());
}

/**
 * Returns true inside GNU screen, which sets STY to its session's name. It passes sequences on, but cannot
 * pass images.
 */
function isScreen(environment: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return (environment.STY ?? "") !== "" && /^screen/.test(environment.TERM ?? "");
}

/** The terminal's name in the environment; empty if there is none. */
export function terminalName(): string {
  return process.env.TERM ?? "";
}

/** Returns true inside tmux. The terminal around it can be queried if tmux allows passthrough. */
function isTmux(): boolean {
  return (process.env.TMUX ?? "") !== "";
}

/**
 * Queries what the terminal supports. The game starts after at most `PROBE_TIMEOUT_MS`; a distant terminal's
 * replies come later, and then change how the game is shown.
 */
export class TerminalProbe {
  readonly #write: (text: string) => void;
  #onLateAnswers: ((capabilities: TerminalCapabilities) => void) | undefined;
  /** True if late replies have come before anybody listened for them. */
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
    // Inside tmux nobody reports when the terminal has read an object, so it could not be reused.
    if (!isMultiplexed()) this.#sharedName = offerSharedMemory();
    this.#isOuterAwaited = isTmux() || isScreen();
    const kitty = queryKitty(this.#sharedName);
    const images = isTmux() ? pastTmux(kitty) : isMultiplexed() ? "" : kitty + QUERY_ITERM2;
    const modes = QUERY_KEYBOARD + QUERY_SYNCHRONIZED + QUERY_CELL_SIZE + QUERY_VERSION + QUERY_BACKGROUND;
    const glyphs = TEST_GLYPHS + ERASE_GLYPHS;
    const upload = isScreen() ? TEST_UPLOAD.map(pastScreen) : [QUERY_PALETTE, ...TEST_UPLOAD];
    this.#write(modes + glyphs + TEST_TRUE_COLOR + images + upload.join("") + QUERY_ATTRIBUTES);
    const isAnswered = await this.#answered.promise;
    clearTimeout(timer);
    // From now on replies change what is already known.
    this.#isLate = true;
    return this.#capabilities(isAnswered || this.#hasAttributes);
  }

  /** Called when replies that came after the time-out are complete; at once if they are complete already. */
  set onLateAnswers(listener: (capabilities: TerminalCapabilities) => void) {
    this.#onLateAnswers = listener;
    if (this.#isUnheard) this.#tellLateAnswers();
  }

  /** Takes a token that is a reply. Returns false for anything else, such as a key. */
  take(token: Token): boolean {
    if (this.#takesGlyph(token)) return true;
    const answer = readAnswer(token, this.#answers);
    if (answer === "last") {
      this.#hasAttributes = true;
      if (!this.#isOuterAwaited) this.#complete();
    } else if ((token.kind === "apc" || isScreen()) && answer === "report" && this.#isOuterAwaited) {
      // Of the queries that go through screen, only the palette's gets a reply.
      if (isScreen() && !this.#answers.paletteUpload) return true;
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

/**
 * Turns the terminal's replies into capabilities for encoders, for a window with cells of this height in
 * pixels.
 */
export function renderCapabilities(
  capabilities: TerminalCapabilities,
  cellHeightPixels: number,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): RenderCapabilities {
  const { answers, synchronizedOutput, paletteUpload, palette, version, lightBackground } = capabilities;
  const { pastTmux, pastScreen: isPastScreen } = capabilities;
  const isToldWhole = palette.every((color) => color !== undefined);
  const colors = colorMode(capabilities, environment);
  const upload = isToldWhole ? "whole" : "upper";
  return {
    synchronizedOutput,
    // xterm's fonts leave seams beside full blocks. A terminal that does not report its name may be xterm.
    fullBlock: version !== "" && !version.startsWith("XTerm"),
    complementGlyphs: cellHeightPixels % 2 === 0,
    // screen passes on colours by number only if it knows 256 of them.
    paletteUpload: !paletteUpload
      ? "none"
      : !isPastScreen
        ? upload
        : colors === "256"
          ? "past-screen"
          : "none",
    // VT102 has both sequences, and a terminal that replies to device attributes is at least a VT102.
    shiftRows: answers,
    pastTmux,
    lightBackground,
    colors,
    palette,
  };
}

/** The terminal's own reply counts most. A terminal that does not reply is judged by the environment. */
function colorMode(
  { trueColor, kittyGraphics }: TerminalCapabilities,
  environment: Readonly<Record<string, string | undefined>>,
): ColorMode {
  const { NO_COLOR = "", COLORTERM = "", TERM = "" } = environment;
  if (NO_COLOR !== "" || TERM === "dumb" || /^vt[1-5]\d\d/.test(TERM)) return "mono";
  // Inside screen, COLORTERM describes the terminal around it, and screen itself misreads 24-bit colours.
  const isToldTrue = !isScreen(environment) && /^(truecolor|24bit)$/.test(COLORTERM);
  if (trueColor || kittyGraphics || isToldTrue) return "true";
  // tmux converts 24-bit colours to what the outer terminal has.
  if (/^tmux|-direct$|^(foot|alacritty|xterm-kitty|xterm-ghostty|wezterm)/.test(TERM)) return "true";
  if (/256color/.test(TERM)) return "256";
  return /^(linux|xterm$|screen|rxvt|ansi|cygwin|putty)/.test(TERM) ? "16" : "true";
}

/**
 * The sequence that removes what pictures leave behind besides the screen: images and the palette. The user's
 * first sixteen colours are restored as they were reported, the others to their defaults.
 */
export function restorePictures(capabilities: TerminalCapabilities): string {
  const { kittyGraphics, pastTmux: isPastTmux } = capabilities;
  const images = isPastTmux ? pastTmux(DELETE_KITTY_IMAGES) : DELETE_KITTY_IMAGES;
  return (kittyGraphics ? images : "") + restorePalette(capabilities);
}

function restorePalette({ paletteUpload, palette, pastScreen: isPastScreen }: TerminalCapabilities): string {
  if (!paletteUpload) return "";
  const upper = Array.from({ length: UPLOAD_SLOTS - SHORT_SLOTS }, (_, index) => SHORT_SLOTS + index);
  const lower = palette.map((color, slot) => (color === undefined ? "" : `\x1b]4;${slot};${color}\x1b\\`));
  const restored = `\x1b]104;${upper.join(";")}\x1b\\`;
  return isPastScreen ? pastScreen(restored) : restored + lower.join("");
}
