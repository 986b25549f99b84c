import type { FramePixels, MachineGeometry } from "../../emu/machine.ts";
import { sharedNowMs } from "../ffi/clock.ts";
import {
  createShared,
  DEFAULT_SIZES,
  PLAY_SIZES,
  type SharedBlocks,
  type SharedDescription,
} from "../shared/layout.ts";
import { TripleBufferWriter } from "../shared/triple-buffer.ts";
import type { PictureSource } from "./display.ts";

/** The shared memory has no machine. */
const NO_BYTES = 64;

/** Frames that a program without a machine thread draws for the display. */
export class OwnFrames implements PictureSource {
  readonly blocks: SharedBlocks;
  readonly description: SharedDescription;
  /** The geometry of the next frame. */
  readonly ready: { geometry: MachineGeometry };
  readonly #writer: TripleBufferWriter;
  #published = 0;

  /** Reserves memory for frames of at most this size: palette indices, or 0x00RRGGBB with `isRgb`. */
  constructor(
    geometry: MachineGeometry,
    size: { readonly width: number; readonly height: number } = geometry,
    isRgb = false,
  ) {
    const { blocks, description } = createShared({
      ...DEFAULT_SIZES,
      overlayBytes: PLAY_SIZES.overlayBytes,
      machineBytes: NO_BYTES,
      stateBytes: NO_BYTES,
      batteryBytes: NO_BYTES,
      widthPixels: size.width,
      heightPixels: size.height,
      isRgb,
    });
    this.blocks = blocks;
    this.description = description;
    this.ready = { geometry };
    this.#writer = new TripleBufferWriter(blocks.frames);
  }

  /** The pixels of the next frame. */
  get pixels(): FramePixels {
    return this.#writer.pixels;
  }

  /** Shows the next frame. */
  publish(): void {
    const { width, height } = this.ready.geometry;
    this.#writer.publish(++this.#published, sharedNowMs(), width, height);
  }
}
