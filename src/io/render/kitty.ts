import { ByteWriter, SYNC_BEGIN, SYNC_END, utf8 } from "./ansi.ts";
import { base64Length, writeBase64 } from "./base64.ts";
import type { Encoder, EncoderSetup } from "./encoder.ts";
import { type ImageSource, imageSource } from "./image-source.ts";
import { insideTmux, TMUX_BEGIN, TMUX_END } from "./passthrough.ts";
import type { Placement } from "./scale.ts";

/** Any one id: a frame sent under the same image and placement replaces the one before. */
const IMAGE_ID = 1;
/** Payload of one escape code at most; more comes in further ones. */
const CHUNK_BYTES = 4096;
const CHUNK_MORE = "\x1b_Gm=1;";
const CHUNK_LAST = "\x1b_Gm=0;";
export const STRING_END = "\x1b\\";
/** Deletes our image and frees its memory, quietly. */
export const DELETE_KITTY_IMAGES = `\x1b_Ga=d,d=I,i=${IMAGE_ID},q=2\x1b\\`;

/**
 * What every frame's first escape code begins with: transmit and show (a=T) at the cursor without moving
 * it (C=1), scaled to the placement's cells, without an answer (q=2).
 * https://sw.kovidgoyal.net/kitty/graphics-protocol/
 */
export function kittyControl(format: string, { columns, rows }: Placement): string {
  return `\x1b_Ga=T,${format},i=${IMAGE_ID},p=1,q=2,C=1,c=${columns},r=${rows}`;
}

function cursorTo({ top, left }: Placement): string {
  return `\x1b[${top + 1};${left + 1}H`;
}

/** What stands around a frame's escape codes, and how these are written there. */
interface Frame {
  readonly begin: string;
  readonly end: string;
  readonly inside: (text: string) => string;
}

/**
 * Past tmux the cursor must be where tmux has left it: it is kept, moved to the pane's place on the
 * terminal's own screen, and brought back.
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

/** DECSC and DECRC. */
const KEEP_CURSOR = "\x1b7";
const RESTORE_CURSOR = "\x1b8";

/** Frames by the kitty graphics protocol, as indexed PNG in the terminal's stream. The terminal scales. */
export class KittyEncoder implements Encoder {
  readonly name = "kitty";
  readonly maxFrameBytes: number;
  readonly #image: ImageSource;
  readonly #file: ByteWriter;
  readonly #out = new ByteWriter(new Uint8Array(0));
  readonly #first: Uint8Array;
  readonly #more: Uint8Array;
  readonly #last: Uint8Array;
  readonly #chunkEnd: Uint8Array;
  readonly #end: Uint8Array;

  constructor(setup: EncoderSetup, placement: Placement) {
    const { begin, end, inside } = kittyFrame(setup, placement);
    this.#image = imageSource(setup);
    this.#file = new ByteWriter(new Uint8Array(this.#image.maxPngBytes));
    this.#first = utf8(begin + inside(kittyControl("f=100", placement)));
    this.#more = utf8(inside(CHUNK_MORE));
    this.#last = utf8(inside(CHUNK_LAST));
    this.#chunkEnd = utf8(inside(STRING_END));
    this.#end = utf8(end);
    const chunks = Math.ceil(base64Length(this.#image.maxPngBytes) / CHUNK_BYTES);
    this.maxFrameBytes = base64Length(this.#image.maxPngBytes) + chunks * 16 + 200;
  }

  encode(frame: Uint16Array, out: Uint8Array): number {
    if (!this.#image.take(frame)) return 0;
    const file = this.#file;
    file.length = 0;
    this.#image.writePng(file);
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
