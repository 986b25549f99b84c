import { printable } from "../files/text.ts";
import type { Token } from "../input/escape-buffer.ts";
import { SHORT_SLOTS, UPLOAD_SLOTS } from "../render/colors/colors.ts";
import { parseColor } from "../render/colors/fixed-colors.ts";

/** The colour that the probe sets in one slot of the palette and reads back. */
export const TEST_SLOT = UPLOAD_SLOTS - 1;
export const TEST_COLOR = ["12", "34", "56"] as const;

/** Image ids of the two kitty queries. */
export const KITTY_DIRECT_ID = 31;
export const KITTY_SHARED_ID = 32;

const MAX_VERSION_CHARACTERS = 100;

const SIXEL_ATTRIBUTE = 4;

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
  hasFewColors: boolean;
  version: string;
  attributes: number[];
  cellWidthPixels: number;
  cellHeightPixels: number;
  /** Height and width of the window's cells together; 0 if not reported. */
  windowPixels: readonly [height: number, width: number];
  /** True if the terminal has reported the size of a cell itself. */
  hasReportedCell: boolean;
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
    hasFewColors: false,
    version: "",
    attributes: [],
    cellWidthPixels: 0,
    cellHeightPixels: 0,
    windowPixels: [0, 0],
    hasReportedCell: false,
  };
}

/**
 * Records a reply. Returns "last" for DA1, "size" for the size of the window or its cells, "report" for
 * another reply, "other" for anything else.
 */
export function readAnswer(token: Token, answers: Answers): "last" | "size" | "report" | "other" {
  const { kind, text } = token;
  if (kind === "dcs" && text.startsWith(">|")) {
    answers.version = printable(text.slice(2), MAX_VERSION_CHARACTERS);
    return "report";
  }
  // DECRQSS: "1$r" and the attributes in force, with ; or : between the components.
  if (kind === "dcs" && /^[01]\$r/.test(text)) {
    answers.trueColor = /48[:;]2[:;]+1[:;]2[:;]3/.test(text);
    answers.hasFewColors = text.startsWith("1") && !/[34]8[:;][25][:;]/.test(text);
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
  if (readSize(text, answers)) return "size";
  const attributes = /^\?([\d;]+)c$/.exec(text);
  if (attributes !== null) {
    answers.attributes = attributes[1]!.split(";").slice(1).map(Number);
    answers.sixel = answers.attributes.includes(SIXEL_ATTRIBUTE);
    return "last";
  }
  return keyboard !== null || mode !== null ? "report" : "other";
}

/**
 * Reads the size of a cell (16t), or of the window in pixels (14t) and then in cells (18t): VTE 0.70 reports
 * only these, and nothing to the kernel. A reported cell counts more than a computed one, which may contain a
 * part of the window's border.
 */
function readSize(text: string, answers: Answers): boolean {
  const [, kind, height = "", width = ""] = /^([468]);(\d{1,6});(\d{1,6})t$/.exec(text) ?? [];
  if (kind === undefined) return false;
  const size = [Number(height), Number(width)] as const;
  if (kind === "6") {
    [answers.cellHeightPixels, answers.cellWidthPixels] = size;
    answers.hasReportedCell = true;
  } else if (kind === "4") answers.windowPixels = size;
  else if (!answers.hasReportedCell) {
    const [pixelsDown, pixelsAcross] = answers.windowPixels;
    const [rows, columns] = size;
    if (rows === 0 || columns === 0) return true;
    answers.cellHeightPixels = Math.floor(pixelsDown / rows);
    answers.cellWidthPixels = Math.floor(pixelsAcross / columns);
  }
  return true;
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
