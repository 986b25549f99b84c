import { closeSync, linkSync, openSync, statfsSync, unlinkSync, writeSync } from "node:fs";
import { threadId } from "node:worker_threads";
import { removeAbandonedIn } from "../../files/abandoned.ts";
import { utf8 } from "../ansi.ts";
import type { Encoder, EncoderSetup } from "../encoder.ts";
import type { Placement } from "../scale.ts";
import { pixelSource } from "./image-source.ts";
import { kittyControl, kittyFrame, kittyParts, STRING_END } from "./kitty.ts";
import type { PixelSource } from "./pixel-source.ts";

/** The folder of POSIX shared memory on Linux: a file in it is an object of that name. */
export const SHARED_MEMORY_FOLDER = "/dev/shm";
/** Prefix of the files of this process's pictures. */
export const SHARED_MEMORY_PREFIX = `${SHARED_MEMORY_FOLDER}/emuterm-${process.pid}-`;
/** Names of such files of any process, and of the object by which the terminal is probed. */
const OBJECT_OF_ANY_PROCESS = /^emuterm-(\d+)-(?:\d+-\d+(?:-kept)?|probe)$/;
/**
 * Number of objects: fewer if they are large. It exceeds the number of frames in flight, so an object does
 * not change before the terminal has read it.
 */
const MAX_OBJECTS = 16;
const MIN_OBJECTS = 4;
const OBJECTS_BYTES = 2 ** 23;
const RGB_BYTES = 3;
/**
 * Number of this thread's next object. Two encoders never use the same name: a terminal that reads late would
 * otherwise read and unlink an object of the second encoder in place of the first one's.
 */
let nextNumber = 0;

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
  /** Objects that are used in turn. */
  #count: number;
  #next = 0;

  /** Throws an error with the code `ENOSPC` if the folder is full. */
  constructor(setup: EncoderSetup, placement: Placement) {
    removeAbandonedIn(SHARED_MEMORY_FOLDER, OBJECT_OF_ANY_PROCESS);
    const { begin, end, inside } = kittyFrame(setup, placement);
    this.#image = pixelSource(hasRoom(setup) ? setup : withoutPixelSize(setup));
    const { width, height, pixels } = this.#image;
    const fitting = Math.floor(OBJECTS_BYTES / pixels.length);
    this.#count = Math.max(MIN_OBJECTS, Math.min(MAX_OBJECTS, fitting));
    this.#files = Array.from(
      { length: this.#count },
      () => `${SHARED_MEMORY_PREFIX}${threadId}-${nextNumber++}`,
    );
    this.#kept = this.#files.map((file) => `${file}-kept`);
    // Reserves memory for the first object now, in case the folder becomes full later.
    this.#fill(0);
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
    const index = this.#fillNext();
    this.#next = (index + 1) % this.#count;
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

  /** Returns the index of the object that holds the picture: the first one if the folder is full. */
  #fillNext(): number {
    const index = this.#next;
    try {
      this.#fill(index);
      return index;
    } catch (error) {
      if (index === 0 || !isFull(error)) throw error;
      this.#count = index;
      this.#fill(0);
      return 0;
    }
  }

  #fill(index: number): void {
    const kept = this.#kept[index]!;
    const { pixels } = this.#image;
    // Remove an object that the terminal has not read yet: otherwise it could read it half written.
    remove(this.#files[index]!);
    const known = this.#descriptors[index];
    // A killed process may have had this one's number.
    if (known === undefined) remove(kept);
    const descriptor = known ?? openSync(kept, "wx", 0o600);
    try {
      for (let at = 0; at < pixels.length; ) at += writeSync(descriptor, pixels, at, pixels.length - at, at);
    } catch (error) {
      if (known === undefined) {
        closeSync(descriptor);
        remove(kept);
      }
      throw error;
    }
    this.#descriptors[index] = descriptor;
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // The terminal has already removed it.
  }
}

/** True if there was no room for an object. */
export function isFull(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOSPC";
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
