import { ByteWriter, SYNC_BEGIN, SYNC_END, utf8 } from "../ansi.ts";
import type { Encoder, EncoderSetup } from "../encoder.ts";
import { insideTmux, TMUX_BEGIN, TMUX_END } from "../passthrough.ts";
import type { CellRectangle, Placement } from "../scale.ts";
import { base64Length, writeBase64 } from "./base64.ts";
import { type ImageSource, imageSource } from "./image-source.ts";

/** Any fixed ids: a picture with the same image and placement ids replaces the previous one. */
const IMAGE_ID = 1;
/** The still picture beside a menu's entries. */
export const STILL_IMAGE_ID = 2;
/** Maximum number of payload bytes in one escape code; longer payloads are split. */
const CHUNK_BYTES = 4096;
const CHUNK_MORE = "\x1b_Gm=1;";
const CHUNK_LAST = "\x1b_Gm=0;";
export const STRING_END = "\x1b\\";
/** Deletes an image and frees its memory. The terminal does not reply. */
function deleteKittyImage(id: number): string {
  return `\x1b_Ga=d,d=I,i=${id},q=2\x1b\\`;
}

export const DELETE_STILL_IMAGE: string = deleteKittyImage(STILL_IMAGE_ID);
export const DELETE_KITTY_IMAGES: string = deleteKittyImage(IMAGE_ID) + DELETE_STILL_IMAGE;

/**
 * The beginning of every frame's first escape code: transmit and show (a=T) at the cursor without moving it
 * (C=1), scaled to the placement's cells, without a reply (q=2). A picture with a hole is only transmitted
 * (a=t).
 * https://sw.kovidgoyal.net/kitty/graphics-protocol/
 */
export function kittyControl(
  format: string,
  { columns, rows }: Placement,
  { imageId = IMAGE_ID, hole }: Pick<EncoderSetup, "imageId" | "hole">,
): string {
  const image = `${format},i=${imageId},q=2`;
  return hole === undefined ? `\x1b_Ga=T,${image},p=1,C=1,c=${columns},r=${rows}` : `\x1b_Ga=t,${image}`;
}

/**
 * The escape codes that show the parts of a transmitted picture around a hole; empty without a hole. Images
 * lie over text in most versions of most terminals, whatever their z-index.
 */
export function kittyParts(
  { hole, passthrough }: Pick<EncoderSetup, "hole" | "passthrough">,
  placement: Placement,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  if (hole === undefined) return "";
  const { left, top, columns, rows } = placement;
  const x = (column: number) => Math.round(((column - left) * width) / columns);
  const y = (row: number) => Math.round(((row - top) * height) / rows);
  return around(placement, hole)
    .map((part, index) => {
      const crop = [x(part.left), y(part.top), x(part.left + part.columns), y(part.top + part.rows)] as const;
      const [fromX, fromY, toX, toY] = crop;
      const source = `x=${fromX},y=${fromY},w=${Math.max(1, toX - fromX)},h=${Math.max(1, toY - fromY)}`;
      const at = {
        left: part.left + (passthrough?.left ?? 0),
        top: part.top + (passthrough?.top ?? 0),
      };
      const code = `\x1b_Ga=p,i=${IMAGE_ID},p=${index + 1},q=2,C=1,${source},c=${part.columns},r=${part.rows}`;
      return `${cursorTo(at)}${code}${STRING_END}`;
    })
    .join("");
}

/** The parts of a rectangle outside of another: above, below, and to both sides of it. */
function around(whole: CellRectangle, hole: CellRectangle): CellRectangle[] {
  const right = whole.left + whole.columns;
  const bottom = whole.top + whole.rows;
  const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));
  const holeTop = within(hole.top, whole.top, bottom);
  const holeBottom = within(hole.top + hole.rows, whole.top, bottom);
  const holeLeft = within(hole.left, whole.left, right);
  const holeRight = within(hole.left + hole.columns, whole.left, right);
  const middle = holeBottom - holeTop;
  const parts = [
    { ...whole, rows: holeTop - whole.top },
    { ...whole, top: holeBottom, rows: bottom - holeBottom },
    { left: whole.left, top: holeTop, columns: holeLeft - whole.left, rows: middle },
    { left: holeRight, top: holeTop, columns: right - holeRight, rows: middle },
  ];
  return parts.filter(({ columns, rows }) => columns > 0 && rows > 0);
}

function cursorTo({ top, left }: Pick<Placement, "top" | "left">): string {
  return `\x1b[${top + 1};${left + 1}H`;
}

/** The bytes around a frame's escape codes, and how the codes are quoted between them. */
interface Frame {
  readonly begin: string;
  readonly end: string;
  readonly inside: (text: string) => string;
}

/**
 * Frames sent through tmux must leave the cursor where tmux expects it: they save it, move it to the pane's
 * place on the terminal's own screen, and restore it.
 */
export function kittyFrame({ capabilities, passthrough }: EncoderSetup, placement: Placement): Frame {
  if (passthrough === undefined) {
    const isHeld = capabilities.synchronizedOutput;
    const begin = (isHeld ? SYNC_BEGIN : "") + cursorTo(placement);
    return { begin, end: isHeld ? SYNC_END : "", inside: (text) => text };
  }
  const left = passthrough.left + placement.left;
  const top = passthrough.top + placement.top;
  return {
    begin: TMUX_BEGIN + insideTmux(KEEP_CURSOR + cursorTo({ ...placement, left, top })),
    end: insideTmux(RESTORE_CURSOR) + TMUX_END,
    inside: insideTmux,
  };
}

/** DECSC (save cursor) and DECRC (restore cursor). */
const KEEP_CURSOR = "\x1b7";
const RESTORE_CURSOR = "\x1b8";

/**
 * Sends frames by the kitty graphics protocol, as indexed PNG in the terminal's stream. The terminal scales
 * them.
 */
export class KittyEncoder implements Encoder {
  readonly name = "kitty";
  readonly maxFrameBytes: number;
  readonly #image: ImageSource;
  readonly #out = new ByteWriter(new Uint8Array(0));
  readonly #first: Uint8Array;
  readonly #more: Uint8Array;
  readonly #last: Uint8Array;
  readonly #chunkEnd: Uint8Array;
  readonly #end: Uint8Array;

  constructor(setup: EncoderSetup, placement: Placement) {
    const { begin, end, inside } = kittyFrame(setup, placement);
    this.#image = imageSource(setup);
    this.#first = utf8(begin + inside(kittyControl("f=100", placement, setup)));
    this.#more = utf8(inside(CHUNK_MORE));
    this.#last = utf8(inside(CHUNK_LAST));
    this.#chunkEnd = utf8(inside(STRING_END));
    const parts = inside(kittyParts(setup, placement, this.#image));
    this.#end = utf8(parts + end);
    const chunks = Math.ceil(base64Length(this.#image.maxPngBytes) / CHUNK_BYTES);
    this.maxFrameBytes = base64Length(this.#image.maxPngBytes) + chunks * 16 + 200 + this.#end.length;
  }

  encode(frame: Uint16Array, out: Uint8Array): number {
    const file = this.#image.take(frame);
    if (file === undefined) return 0;
    const writer = this.#out;
    writer.restart(out);
    writer.append(this.#first);
    const step = (CHUNK_BYTES / 4) * 3;
    for (let at = 0; at < file.length; at += step) {
      const end = Math.min(file.length, at + step);
      if (at === 0) {
        if (end < file.length) writer.append(FIRST_OF_MANY);
        writer.byte(0x3b);
      } else writer.append(end < file.length ? this.#more : this.#last);
      writeBase64(writer, file.bytes, at, end);
      writer.append(this.#chunkEnd);
    }
    writer.append(this.#end);
    return writer.length;
  }

  invalidate(): void {
    this.#image.invalidate();
  }
}

const FIRST_OF_MANY = utf8(",m=1");
