import { AudioReader } from "../../shared/audio-ring.ts";
import type { AudioBlock } from "../../shared/layout.ts";
import type { ServedPicture } from "./served-picture.ts";

/**
 * Maximum number of samples per channel in one message. More collect while there is no listener, or in fast
 * runs.
 */
const MAX_SAMPLES = 4096;
const HEADER_BYTES = 8;

/**
 * The sound of a server's machine, for pages: all samples since the last picture whose sound was read. Each
 * message is made once, however many peers want it.
 */
export class SoundFeed {
  #reader: AudioReader | undefined;
  #channels: AudioBlock["channels"] = 1;
  readonly #samples = new Int16Array(2 * MAX_SAMPLES);
  #last: ServedPicture | undefined;
  #message: Uint8Array<ArrayBuffer> | undefined;

  /** Channels of the machine's sound. */
  get channels(): number {
    return this.#channels;
  }

  /** Switches to the sound of another machine. */
  attach(block: AudioBlock): void {
    this.#reader = new AudioReader(block);
    this.#channels = block.channels;
    this.#last = undefined;
  }

  /**
   * The sound up to this picture, undefined if there is none: the frame's number (4 bytes), 0 (2), the number
   * of channels (2), then signed 16-bit samples, all little-endian.
   */
  upTo(picture: ServedPicture): Uint8Array<ArrayBuffer> | undefined {
    if (picture === this.#last) return this.#message;
    this.#last = picture;
    const reader = this.#reader!;
    reader.discardAllBut(MAX_SAMPLES);
    const count = this.#channels * reader.pop(this.#samples, MAX_SAMPLES);
    this.#message = count === 0 ? undefined : this.#pack(picture.frame, count);
    return this.#message;
  }

  #pack(frame: number, count: number): Uint8Array<ArrayBuffer> {
    const message = new Uint8Array(HEADER_BYTES + 2 * count);
    const view = new DataView(message.buffer);
    view.setUint32(0, frame >>> 0, true);
    view.setUint16(6, this.#channels, true);
    for (let i = 0; i < count; i++) view.setInt16(HEADER_BYTES + 2 * i, this.#samples[i]!, true);
    return message;
  }
}
