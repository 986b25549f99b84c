import type { DiskDrive, Machine } from "../../emu/machine.ts";
import { MEMORY_SPACES } from "../shared/commands.ts";
import type { SharedBlocks } from "../shared/layout.ts";
import { SnapshotWriter } from "../shared/snapshot-cell.ts";
import type { TripleBufferWriter } from "../shared/triple-buffer.ts";

/** The side of a disk that is in the drive, from 0, or -1 for none. */
export interface DiskSides {
  readonly side: number;
  readonly sideCount: number;
}

/** Answers commands that ask for memory, registers or the picture. */
export class MachineReplies {
  readonly #machine: Machine;
  readonly #frames: TripleBufferWriter;
  readonly #reply: SnapshotWriter;
  readonly #picture: SnapshotWriter;

  constructor(machine: Machine, blocks: SharedBlocks, frames: TripleBufferWriter) {
    this.#machine = machine;
    this.#frames = frames;
    this.#reply = new SnapshotWriter(blocks.reply);
    this.#picture = new SnapshotWriter(blocks.picture);
  }

  /** Replies with memory, as many bytes as there is room for. */
  memory(space: number, address: number, length: number): void {
    const name = spaceOf(space);
    const into = this.#reply.begin();
    const count = Math.min(into.length, Math.max(0, length));
    for (let i = 0; i < count; i++) into[i] = this.#machine.peek(name, address + i);
    this.#reply.finish(count, this.#machine.frame);
  }

  /** Replies with the registers as JSON. */
  registers(): void {
    this.#json(this.#machine.registers());
  }

  /** Replies with the side that is being inserted, from 0, and the number of sides, as JSON. */
  disk({ wantedSide, sideCount }: DiskDrive): void {
    const sides: DiskSides = { side: wantedSide, sideCount };
    this.#json(sides);
  }

  #json(value: unknown): void {
    const text = new TextEncoder().encode(JSON.stringify(value));
    this.#reply.begin().set(text);
    this.#reply.finish(text.length, this.#machine.frame);
  }

  /** Replies with the picture that was published last. */
  picture(): void {
    const { width, height } = this.#machine.geometry;
    const pixels = this.#frames.published;
    const bytes = width * height * pixels.BYTES_PER_ELEMENT;
    const half = this.#picture.begin();
    half.set(new Uint8Array(pixels.buffer, pixels.byteOffset, bytes));
    this.#picture.finish(bytes, width);
  }
}

/** The memory space with this number in a command. */
export function spaceOf(index: number): (typeof MEMORY_SPACES)[number] {
  const space = MEMORY_SPACES[index];
  if (space === undefined) throw new Error(`no memory space ${index}`);
  return space;
}
