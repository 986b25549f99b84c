/**
 * How the terminal is asked to say that a frame is there, and how it does. The request follows each frame:
 * the cursor position, which every terminal reports; or past tmux, which would answer that itself, a query
 * of the image protocol, which only the terminal around it answers.
 */
import type { Token } from "../input/escape-buffer.ts";
import { utf8 } from "../render/ansi.ts";
import { pastTmux } from "../render/passthrough.ts";

const CURSOR_REQUEST = "\x1b[6n";
/** An image id of its own, so that no answer to a probe counts. */
const REPORT_ID = 33;
const IMAGE_REQUEST = `\x1b_Gi=${REPORT_ID},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\`;

/** What to send behind a frame. */
export function reportRequest(isPastTmux: boolean): Uint8Array {
  return utf8(isPastTmux ? pastTmux(IMAGE_REQUEST) : CURSOR_REQUEST);
}

/** Whether the terminal says that one more frame is there. */
export function isFrameReport({ kind, text }: Token): boolean {
  if (kind === "csi") return /^\d+;\d+R$/.test(text);
  return kind === "apc" && text.startsWith(`Gi=${REPORT_ID};`);
}
