/** The memory that a core's callbacks share with JavaScript. */
import type { Pointer } from "bun:ffi";

/** Size of the table of input values: `[port][device][index][id]`, signed 16-bit. */
export const INPUT_PORTS = 8;
export const INPUT_DEVICE_KINDS = 8;
export const INPUT_INDEXES = 4;
export const INPUT_IDS = 32;
/** RETRO_DEVICE_ID_JOYPAD_MASK requests all buttons at once; their value is in the last slot of the table. */
export const INPUT_MASK_ID = 256;
export const INPUT_MASK_SLOT = INPUT_IDS - 1;

/** The audio block: pairs so far, capacity in pairs, then the pairs. */
export const AUDIO_SAMPLES_AT = 8;
export const AUDIO_PAIRS = 65_536;

/** The video block, in bytes. */
export const VIDEO_CALLS_AT = 0;
export const VIDEO_WIDTH_AT = 4;
export const VIDEO_HEIGHT_AT = 8;
export const VIDEO_BYTES_PER_PIXEL_AT = 12;
/** Address of the last picture; 0 if there was none since it was cleared, −1 if the GPU has drawn it. */
export const VIDEO_DATA_AT = 16;
export const VIDEO_PITCH_AT = 24;
export const VIDEO_CAPACITY_AT = 32;
export const VIDEO_BUFFER_AT = 40;
export const VIDEO_BLOCK_BYTES = 64;
/**
 * Size of the buffer for a picture with its pitch: 2048 × 1024 pixels of four bytes. Unused pages take no
 * memory.
 */
export const VIDEO_CAPACITY_BYTES = 8 * 2 ** 20;
export const HARDWARE_FRAME = -1n;

/** Addresses of the five functions that a core calls during a frame. */
export interface CallbackAddresses {
  readonly inputPoll: number;
  readonly inputState: number;
  readonly audioSample: number;
  readonly audioBatch: number;
  readonly videoRefresh: number;
}

/** Addresses of the callbacks' memory. */
export interface CallbackBlocks {
  readonly inputAddress: number;
  readonly audioAddress: number;
  readonly videoAddress: number;
  /** A view of native memory. */
  viewAt(address: Pointer, length: number): Uint8Array;
}
