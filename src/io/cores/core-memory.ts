import { closeSync, ftruncateSync, openSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { MIB } from "../../emu/units.ts";

/**
 * The memory that emu and a core's process share: a file without a name that both map. Pages that are never
 * used take no memory, so every part is large enough for the largest core. Only one side writes at a time:
 * emu before it sends a request, the core's process before it replies.
 */

/** Largest picture that is shown: 2048 × 1024 pixels of four bytes. */
const FRAME_BYTES = 8 * MIB;
const MAX_PIXELS = FRAME_BYTES / 4;
/** Largest state; cores with larger ones run without states. */
export const MAX_CORE_STATE_BYTES = 64 * MIB;
/** Largest battery-backed memory. */
export const MAX_CORE_BATTERY_BYTES = 16 * MIB;
/** Left and right samples of a frame: enough at any frame rate above 6 Hz. */
export const MAX_FRAME_SAMPLES = 16_384;
const TEXT_BYTES = MIB;
const LOG_BYTES = 64 * 1024;
/** Bytes of `InputSource.latchDevices`. */
const DEVICE_BYTES = 20;

/** Words of the head. Writer of these: emu. */
export const WORD_REQUEST = 0;
export const WORD_ARGUMENT = 1;
export const WORD_LENGTH = 2;
export const WORD_BUTTONS = 3;
/** Writer of these: the core's process. */
export const WORD_STATUS = 16;
export const WORD_WIDTH = 17;
export const WORD_HEIGHT = 18;
export const WORD_SAMPLES = 19;
export const WORD_BATTERY_BYTES = 20;
export const WORD_DISK_SIDE = 21;
/** Increments when the description in the text changes. */
export const WORD_DESCRIPTION = 22;
const WORD_TEXT_BYTES = 23;
const WORD_LOG_BYTES = 24;
const HEAD_BYTES = 4096;
const DEVICES_AT = 2048;

export const REQUEST_RUN = 1;
export const REQUEST_SAVE = 2;
export const REQUEST_LOAD = 3;
export const REQUEST_RESET = 4;
export const REQUEST_PEEK = 5;
export const REQUEST_POKE = 6;
export const REQUEST_DISK = 7;
export const REQUEST_OPTION = 8;
export const REQUEST_END = 9;
/** The argument is the port; the device's id is in WORD_LENGTH. */
export const REQUEST_PLUG = 10;

/** Bits of REQUEST_RUN's argument. */
export const RUN_UNSEEN = 1;

/** Values of the status word: done; rejected, with a reason in the text; or ended by the core itself. */
export const STATUS_OK = 0;
export const STATUS_REFUSED = 1;
export const STATUS_SHUTDOWN = 2;

const PARTS = [
  ["head", HEAD_BYTES],
  ["frame", FRAME_BYTES],
  ["samples", MAX_FRAME_SAMPLES * 2],
  ["state", MAX_CORE_STATE_BYTES],
  ["battery", MAX_CORE_BATTERY_BYTES],
  ["text", TEXT_BYTES],
  ["log", LOG_BYTES],
] as const;
const TOTAL_BYTES = PARTS.reduce((sum, [, bytes]) => sum + bytes, 0);

/** The shared memory as views. Both processes use this class. */
export class CoreMemory {
  readonly words: Int32Array;
  readonly devices: Uint8Array;
  readonly frame: Uint32Array;
  readonly samples: Int16Array;
  readonly state: Uint8Array;
  readonly battery: Uint8Array;
  readonly #text: Uint8Array;
  readonly #log: Uint8Array;

  /** Maps the file of this descriptor. */
  constructor(descriptor: number) {
    const path = process.platform === "linux" ? `/proc/self/fd/${descriptor}` : `/dev/fd/${descriptor}`;
    const bytes = Bun.mmap(path, { shared: true });
    const parts = new Map<string, Uint8Array>();
    let at = bytes.byteOffset;
    for (const [name, length] of PARTS) {
      parts.set(name, new Uint8Array(bytes.buffer, at, length));
      at += length;
    }
    const part = (name: (typeof PARTS)[number][0]): Uint8Array => parts.get(name)!;
    const head = part("head");
    this.words = new Int32Array(head.buffer, head.byteOffset, DEVICES_AT / 4);
    this.devices = head.subarray(DEVICES_AT, DEVICES_AT + DEVICE_BYTES);
    const frame = part("frame");
    this.frame = new Uint32Array(frame.buffer, frame.byteOffset, MAX_PIXELS);
    const samples = part("samples");
    this.samples = new Int16Array(samples.buffer, samples.byteOffset, MAX_FRAME_SAMPLES);
    this.state = part("state");
    this.battery = part("battery");
    this.#text = part("text");
    this.#log = part("log");
  }

  /** The last text that either side has written for the other. */
  get text(): string {
    return new TextDecoder().decode(this.#text.slice(0, this.words[WORD_TEXT_BYTES]));
  }

  set text(text: string) {
    const { written } = new TextEncoder().encodeInto(text, this.#text);
    this.words[WORD_TEXT_BYTES] = written;
  }

  /** Adds a line for emu's log. Lines that do not fit before emu reads them are lost. */
  addLog(line: string): void {
    const used = this.words[WORD_LOG_BYTES]!;
    const bytes = new TextEncoder().encode(`${line}\n`);
    if (used + bytes.length > this.#log.length) return;
    this.#log.set(bytes, used);
    this.words[WORD_LOG_BYTES] = used + bytes.length;
  }

  /** Takes the lines that have been added. Nothing is allocated if there are none. */
  takeLog(): readonly string[] {
    const used = Math.min(this.words[WORD_LOG_BYTES]!, this.#log.length);
    if (used <= 0) return NO_LINES;
    this.words[WORD_LOG_BYTES] = 0;
    return new TextDecoder().decode(this.#log.slice(0, used)).split("\n").slice(0, -1);
  }
}

const NO_LINES: readonly string[] = [];

/**
 * Creates the file and returns its descriptor. The file's name is removed immediately, so nothing is left
 * behind.
 */
export function createCoreMemory(): number {
  const folder = process.platform === "linux" ? "/dev/shm" : tmpdir();
  const path = join(folder, `emuterm-core-${process.pid}-${Math.random().toString(36).slice(2)}`);
  let descriptor: number;
  try {
    descriptor = openSync(path, "wx+", 0o600);
  } catch (error) {
    throw new InputError("unavailable", `no shared memory: ${(error as Error).message}`, folder);
  }
  unlinkSync(path);
  try {
    ftruncateSync(descriptor, TOTAL_BYTES);
  } catch (error) {
    closeSync(descriptor);
    throw new InputError("unavailable", `no shared memory: ${(error as Error).message}`, folder);
  }
  return descriptor;
}

/** Returns true if a picture of this size can be shown. */
export function fitsFrame(width: number, height: number): boolean {
  return width > 0 && height > 0 && width * height <= MAX_PIXELS;
}
