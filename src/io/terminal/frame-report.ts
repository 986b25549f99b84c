/**
 * How emu asks the terminal to report that a frame has arrived. The request follows each frame. It is a
 * cursor position query, which every terminal answers; or, through tmux, which would answer that itself, a
 * query of the image protocol, which only the terminal around it answers.
 */
import type { Token } from "../input/escape-buffer.ts";
import { utf8 } from "../render/ansi.ts";
import { pastTmux } from "../render/passthrough.ts";

const CURSOR_REQUEST = "\x1b[6n";
/** An image id of its own, so that replies to the probe do not count. */
const REPORT_ID = 33;
const IMAGE_REQUEST = `\x1b_Gi=${REPORT_ID},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\`;

/** The request to send after a frame. */
export function reportRequest(isPastTmux: boolean): Uint8Array {
  return utf8(isPastTmux ? pastTmux(IMAGE_REQUEST) : CURSOR_REQUEST);
}

/** Returns true if this token reports that one more frame has arrived. */
export function isFrameReport({ kind, text }: Token): boolean {
  if (kind === "csi") return /^\d+;\d+R$/.test(text);
  return kind === "apc" && text.startsWith(`Gi=${REPORT_ID};`);
}
