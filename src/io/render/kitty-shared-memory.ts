import { closeSync, linkSync, openSync, statfsSync, unlinkSync, writeSync } from "node:fs";
import { removeAbandonedIn } from "../files/abandoned.ts";
import { utf8 } from "./ansi.ts";
import type { Encoder, EncoderSetup } from "./encoder.ts";
import { pixelSource } from "./image-source.ts";
import { kittyControl, kittyFrame, kittyParts, STRING_END } from "./kitty.ts";
import type { PixelSource } from "./pixel-source.ts";
import type { Placement } from "./scale.ts";

/** The folder of POSIX shared memory on Linux: a file in it is an object of that name. */
export const SHARED_MEMORY_FOLDER = "/dev/shm";
/** Prefix of the files of this process's pictures. */
export const SHARED_MEMORY_PREFIX = `${SHARED_MEMORY_FOLDER}/emuterm-${process.pid}-`;
/** Names of such files of any process, and of the object by which the terminal is probed. */
const OBJECT_OF_ANY_PROCESS = /^emuterm-(\d+)-(?:\d+(?:-kept)?|probe)$/;
/**
 * Objects in use: fewer if they are large. There are more than frames in flight, so the terminal still finds
 * each one unchanged.
 */
const MAX_OBJECTS = 16;
const MIN_OBJECTS = 4;
const OBJECTS_BYTES = 2 ** 23;
const RGB_BYTES = 3;

/**
 * Sends frames by the kitty graphics protocol through shared memory, to a terminal on the same computer that
 * has proved in a probe that it can open it. The terminal unlinks what it has read.
 *
 * Each object has a second name that the terminal does not know, so its memory survives the unlink. Writing
 * to it again takes 25 µs; a new object takes 140 µs for its pages.
 */
export class KittySharedMemoryEncoder implements Encoder {
  readonly name = "kitty-shm";
  readonly maxFrameBytes: number;
  readonly #image: PixelSource;
  readonly #messages: readonly Uint8Array[];
  /** The names sent to the terminal, and the second names. */
  readonly #files: readonly string[];
  readonly #kept: readonly string[];
  readonly #descriptors: number[] = [];
  #next = 0;

  constructor(setup: EncoderSetup, placement: Placement) {
    removeAbandonedIn(SHARED_MEMORY_FOLDER, OBJECT_OF_ANY_PROCESS);
    const { begin, end, inside } = kittyFrame(setup, placement);
    this.#image = pixelSource(hasRoom(setup) ? setup : withoutPixelSize(setup));
    const { width, height, pixels } = this.#image;
    const fitting = Math.floor(OBJECTS_BYTES / pixels.length);
    const count = Math.max(MIN_OBJECTS, Math.min(MAX_OBJECTS, fitting));
    const indices = Array.from({ length: count }, (_, index) => index);
    this.#files = indices.map((index) => `${SHARED_MEMORY_PREFIX}${index}`);
    this.#kept = indices.map((index) => `${SHARED_MEMORY_PREFIX}${index}-kept`);
    const format = `f=24,t=s,s=${width},v=${height},S=${pixels.length}`;
    const parts = kittyParts(setup, placement, { width, height });
    this.#messages = this.#files.map((file) => {
      const name = btoa(file.slice(SHARED_MEMORY_FOLDER.length));
      const control = kittyControl(format, placement, setup);
      return utf8(begin + inside(`${control};${name}${STRING_END}${parts}`) + end);
    });
    this.maxFrameBytes = Math.max(...this.#messages.map(({ length }) => length));
  }

  encode(frame: Uint16Array, out: Uint8Array): number {
    if (!this.#image.take(frame)) return 0;
    const index = this.#next;
    this.#next = (index + 1) % this.#files.length;
    const { pixels } = this.#image;
    // Remove an object that the terminal has not read yet: otherwise it could read it half written.
    remove(this.#files[index]!);
    this.#descriptors[index] ??= this.#open(index);
    writeSync(this.#descriptors[index], pixels, 0, pixels.length, 0);
    linkSync(this.#kept[index]!, this.#files[index]!);
    const message = this.#messages[index]!;
    out.set(message);
    return message.length;
  }

  invalidate(): void {
    this.#image.invalidate();
  }

  /** Removes the objects, and those that the terminal has not read. */
  close(): void {
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor);
    for (const file of [...this.#files, ...this.#kept]) remove(file);
  }

  #open(index: number): number {
    remove(this.#kept[index]!);
    return openSync(this.#kept[index]!, "wx", 0o600);
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // The terminal has already removed it.
  }
}

/** True if the folder has room for objects of the terminal's own size. In containers it is often small. */
function hasRoom({ pixelSize }: EncoderSetup): boolean {
  if (pixelSize === undefined) return true;
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY_FOLDER);
    return bavail * bsize > OBJECTS_BYTES + MIN_OBJECTS * pixelSize.width * pixelSize.height * RGB_BYTES;
  } catch {
    return false;
  }
}

function withoutPixelSize({ pixelSize: _, ...setup }: EncoderSetup): EncoderSetup {
  return setup;
}
