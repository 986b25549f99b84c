import { ByteWriter, SYNC_BEGIN, SYNC_END, utf8 } from "../ansi.ts";
import type { Encoder, EncoderSetup } from "../encoder.ts";
import type { Placement } from "../scale.ts";
import { base64Length, writeBase64 } from "./base64.ts";
import { type ImageSource, imageSource } from "./image-source.ts";

/**
 * Sends frames as iTerm2 inline images: indexed PNG, which the terminal scales to the placement's cells.
 * https://iterm2.com/documentation-images.html
 */
export class Iterm2Encoder implements Encoder {
  readonly name = "iterm2";
  readonly maxFrameBytes: number;
  readonly #image: ImageSource;
  readonly #out = new ByteWriter(new Uint8Array(0));
  readonly #begin: Uint8Array;
  readonly #control: Uint8Array;
  readonly #end: Uint8Array;

  constructor(setup: EncoderSetup, placement: Placement) {
    const { capabilities } = setup;
    const { columns, rows, top, left } = placement;
    const isHeld = capabilities.synchronizedOutput;
    this.#image = imageSource(setup);
    this.#begin = utf8(
      `${isHeld ? SYNC_BEGIN : ""}\x1b[${top + 1};${left + 1}H\x1b]1337;File=inline=1;doNotMoveCursor=1;preserveAspectRatio=0;`,
    );
    this.#control = utf8(`;width=${columns};height=${rows}:`);
    this.#end = utf8(`\x07${isHeld ? SYNC_END : ""}`);
    this.maxFrameBytes = base64Length(this.#image.maxPngBytes) + 250;
  }

  encode(frame: Uint16Array, out: Uint8Array): number {
    const file = this.#image.take(frame);
    if (file === undefined) return 0;
    const writer = this.#out;
    writer.restart(out);
    writer.append(this.#begin);
    writer.append(SIZE);
    writer.append(utf8(String(file.length)));
    writer.append(this.#control);
    writeBase64(writer, file.bytes, 0, file.length);
    writer.append(this.#end);
    return writer.length;
  }

  invalidate(): void {
    this.#image.invalidate();
  }
}

const SIZE = utf8("size=");
