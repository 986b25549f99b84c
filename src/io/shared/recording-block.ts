import { DEVICE_DATA_BYTES } from "../../emu/nes/input/devices.ts";

/** Words before the data: the number of frames. */
const HEADER_BYTES = 16;
const RAM_BYTES = 0x800;
const BYTES_PER_FRAME = 4 + 2 + 1 + DEVICE_DATA_BYTES;

/**
 * Longest recording of a game: six hours of 60 frames per second, in about 40 MB. The system only provides
 * memory for what is written.
 */
const CAPACITY_FRAMES = 6 * 3600 * 60;

/** Bits of `marks`: the reset button, a coin in each slot, from MARK_COIN up, and the service button. */
export const MARK_RESET = 1;
export const MARK_COIN = 2;
export const MARK_SLOTS = 4;
export const MARK_SERVICE = 32;

/**
 * What has been played since power-on, in memory that main and the machine thread share. The machine thread
 * writes it; main reads it after that thread has ended.
 */
export class RecordingBlock {
  readonly buffer: SharedArrayBuffer;
  /** Buttons of each frame, one byte per port. */
  readonly masks: Uint32Array;
  /** What happened before each frame, as MARK_ bits. */
  readonly marks: Uint8Array;
  /** The DIP switches in each frame; 0 for a console without any. */
  readonly dips: Uint16Array;
  /** The input of other devices in each frame, DEVICE_DATA_BYTES each. */
  readonly devices: Uint8Array;
  /** Work RAM at the end. A replay must reach the same contents. */
  readonly ram: Uint8Array;
  readonly #header: Int32Array;

  /** Makes a buffer unless it gets one. */
  constructor(buffer = new SharedArrayBuffer(HEADER_BYTES + RAM_BYTES + BYTES_PER_FRAME * CAPACITY_FRAMES)) {
    const capacity = (buffer.byteLength - HEADER_BYTES - RAM_BYTES) / BYTES_PER_FRAME;
    this.buffer = buffer;
    this.#header = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    this.ram = new Uint8Array(buffer, HEADER_BYTES, RAM_BYTES);
    this.masks = new Uint32Array(buffer, HEADER_BYTES + RAM_BYTES, capacity);
    const bytes = HEADER_BYTES + RAM_BYTES + 4 * capacity;
    this.dips = new Uint16Array(buffer, bytes, capacity);
    this.marks = new Uint8Array(buffer, bytes + 2 * capacity, capacity);
    this.devices = new Uint8Array(buffer, bytes + 3 * capacity, DEVICE_DATA_BYTES * capacity);
  }

  /** Frames recorded. */
  get frames(): number {
    return this.#header[0]!;
  }

  set frames(count: number) {
    this.#header[0] = count;
  }
}
