import type { FramePixels } from "../../emu/machine.ts";
import type { Encoder } from "./encoder.ts";

/**
 * Sends pictures at the terminal's own size until the link is too slow for them. From then on it sends small
 * pictures that the terminal scales; they take a sixth of the bytes.
 */
export class LinkEncoder implements Encoder {
  readonly maxFrameBytes: number;
  readonly #exact: Encoder;
  readonly #small: Encoder;
  #current: Encoder;

  constructor(exact: Encoder, small: Encoder) {
    this.#exact = exact;
    this.#small = small;
    this.#current = exact;
    this.maxFrameBytes = Math.max(exact.maxFrameBytes, small.maxFrameBytes);
  }

  get name(): string {
    return this.#current.name;
  }

  get limitBytes(): number {
    return Number.POSITIVE_INFINITY;
  }

  set limitBytes(bytes: number) {
    // Going back would change the edges of all pixels again and again on a link of varying speed.
    if (bytes < Number.POSITIVE_INFINITY) this.#current = this.#small;
  }

  encode(frame: FramePixels, out: Uint8Array): number {
    return this.#current.encode(frame, out);
  }

  invalidate(): void {
    this.#exact.invalidate();
    this.#small.invalidate();
  }

  close(): void {
    this.#exact.close?.();
    this.#small.close?.();
  }
}
