import type { MachineGeometry } from "../../emu/machine.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import type { PictureMemory } from "../capture/picture-memory.ts";
import { PixelConverter } from "../capture/pixel-converter.ts";
import { type Palette, paletteFor } from "../render/colors/palette.ts";
import type { ObservationLayout } from "./observation.ts";

/** The parts of an environment's plan that a painter needs. */
export interface PainterOptions {
  readonly maxLastTwo: boolean;
  /** Colours instead of the console's. */
  readonly palette: Palette | undefined;
}

/**
 * Draws the frames of a step and writes observations. All environments of a thread share one painter, because
 * each finishes its step before the next begins.
 */
export class Painter {
  readonly #layout: ObservationLayout;
  readonly #converter: PixelConverter | undefined;
  readonly #last: Uint16Array;
  /** The last frame but one, for taking the brighter pixel of both. */
  readonly #previous: Uint16Array;
  /** True if a step needs the picture of its last but one frame. */
  readonly usesLastTwo: boolean;
  readonly palette: Palette;

  constructor(layout: ObservationLayout, frame: MachineGeometry, plan: PainterOptions) {
    this.#layout = layout;
    const { picture } = layout;
    const { maxLastTwo } = plan;
    this.palette = paletteFor(frame, plan.palette);
    this.#converter =
      picture === undefined ? undefined : new PixelConverter(this.palette, picture, frame.width);
    this.usesLastTwo = maxLastTwo && picture !== undefined;
    this.#last = new Uint16Array(frame.width * frame.height);
    this.#previous = this.usesLastTwo ? new Uint16Array(this.#last.length) : this.#last;
  }

  /** What this painter remembers of the pictures of one environment; undefined if nothing. */
  newMemory(): PictureMemory | undefined {
    return this.#converter?.newMemory();
  }

  /** Runs a frame. A picture is drawn only if it is the last or last but one frame of a step. */
  runFrame(nes: Nes, framesLeft: number): void {
    if (this.#converter === undefined || framesLeft > 1 || (framesLeft === 1 && !this.usesLastTwo))
      nes.runFrame(undefined, false);
    else nes.runFrame(framesLeft === 0 ? this.#last : this.#previous, false);
  }

  /**
   * Adds the last frame to the observation in `into`: older pictures move forward. `isFirst` fills the whole
   * stack, `isSingle` ignores the frame before. `memory` is the environment's own.
   */
  observe(
    nes: Nes,
    into: Uint8Array,
    isFirst: boolean,
    isSingle: boolean,
    memory: PictureMemory | undefined,
  ): void {
    const { itemBytes, bytes, stack } = this.#layout;
    const at = bytes - itemBytes;
    if (stack > 1 && !isFirst) into.copyWithin(0, itemBytes, bytes);
    if (this.#converter === undefined) this.#copyRam(nes, into, at);
    else this.#converter.convert(this.#last, into, at, isSingle ? this.#last : this.#previous, memory);
    if (isFirst) for (let i = 0; i < stack - 1; i++) into.copyWithin(i * itemBytes, at, bytes);
  }

  #copyRam(nes: Nes, into: Uint8Array, at: number): void {
    const { from, bytes } = this.#layout.ram!;
    for (let i = 0; i < bytes; i++) into[at + i] = nes.peek("cpu", from + i);
  }
}
