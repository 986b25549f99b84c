import { SHORT_SLOTS, UPLOAD_SLOTS } from "../render/colors/colors.ts";
import type { ColorMode, RenderCapabilities } from "../render/encoder.ts";
import { pastScreen, pastTmux } from "../render/passthrough.ts";
import { DELETE_KITTY_IMAGES } from "../render/pixels/kitty.ts";
import type { TerminalCapabilities } from "./capabilities.ts";
import { isScreen } from "./multiplexers.ts";

/**
 * xterm's fonts leave seams beside full blocks. Multiplexers report their own name, and the terminal around
 * them may be xterm; so may one that reports no name.
 */
const MAY_DRAW_WITH_FONT = /^(XTerm|tmux|zellij)/i;

/**
 * Terminals that keep what a picture of sixels does not draw, by screenshots. mlterm 3.9 shows the background
 * there, and so does xterm.js, of which each cell refers to a part of one picture.
 */
const LAYERS_SIXELS = /^(XTerm|foot|Konsole)/;

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
  // Text in 16 colours needs these as they are.
  const upload = isToldWhole && colors !== "16" ? "whole" : "upper";
  return {
    synchronizedOutput,
    fullBlock: version !== "" && !MAY_DRAW_WITH_FONT.test(version),
    layersSixels: LAYERS_SIXELS.test(version),
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
    erasesInColor: !/^screen/.test(environment.TERM ?? ""),
    pastTmux,
    lightBackground,
    colors,
    palette,
  };
}

/** A user who chooses colours gets exactly those, without uploaded ones. */
export function withColors(known: RenderCapabilities, colors: ColorMode | "auto"): RenderCapabilities {
  return colors === "auto" ? known : { ...known, colors, paletteUpload: "none" };
}

/** The terminal's own reply counts most. A terminal that does not reply is judged by the environment. */
function colorMode(
  { trueColor, kittyGraphics, hasFewColors }: TerminalCapabilities,
  environment: Readonly<Record<string, string | undefined>>,
): ColorMode {
  const { NO_COLOR = "", COLORTERM = "", TERM = "" } = environment;
  if (NO_COLOR !== "" || TERM === "dumb" || /^vt[1-5]\d\d/.test(TERM)) return "mono";
  // Inside screen, COLORTERM describes the terminal around it, and screen itself misreads 24-bit colours.
  const isToldTrue = !isScreen(environment) && /^(truecolor|24bit)$/.test(COLORTERM);
  if (trueColor || kittyGraphics || isToldTrue) return "true";
  // tmux converts 24-bit colours to what the outer terminal has.
  if (/^tmux|-direct$|^(foot|alacritty|xterm-kitty|xterm-ghostty|wezterm)/.test(TERM)) return "true";
  // `screen -T screen-256color` promises 256 colours, and sends those that the TERM around screen has.
  if (isScreen(environment) && hasFewColors) return "16";
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
