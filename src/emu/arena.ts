/** A region's place inside an arena, in bytes from the start of the arena's buffer. */
export interface Region {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * A bump allocator over part of one buffer, which may be shared between threads. All memory of a machine or a
 * ring is allocated from it by name at start-up. After `seal()`, any allocation is a bug and throws, so that
 * nothing allocates in real time.
 */
export class Arena<B extends ArrayBufferLike = SharedArrayBuffer> {
  readonly buffer: B;
  /** The whole buffer as bytes. Page tables index into this view. */
  readonly bytes: Uint8Array<B>;
  readonly #end: number;
  readonly #regions: Region[] = [];
  #next: number;
  #sealed = false;

  /** `start` and `lengthBytes` select the part of `buffer` that this arena allocates from. */
  constructor(buffer: B, start = 0, lengthBytes = buffer.byteLength - start) {
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.#next = start;
    this.#end = start + lengthBytes;
  }

  /** Offset of the next free byte. */
  get position(): number {
    return this.#next;
  }

  /** All regions allocated so far, in order. */
  get regions(): readonly Region[] {
    return this.#regions;
  }

  /**
   * Reserves `bytes` zeroed bytes and returns their offset in the buffer. `alignBytes` is a power of two.
   * Throws if the arena is sealed or full, or if the name is taken: all three are bugs of emu.
   */
  alloc(name: string, bytes: number, alignBytes = 8): number {
    if (this.#sealed) throw new Error(`arena is sealed: cannot allocate ${name}`);
    if (this.#regions.some((region) => region.name === name))
      throw new Error(`arena already has a region ${name}`);
    const offset = (this.#next + alignBytes - 1) & ~(alignBytes - 1);
    if (offset + bytes > this.#end) throw new Error(`arena is full: ${name} needs ${bytes} bytes`);
    this.#next = offset + bytes;
    this.#regions.push({ name, offset, bytes });
    return offset;
  }

  /** Allocates `length` bytes as a view. */
  uint8(name: string, length: number, alignBytes = 8): Uint8Array<B> {
    return new Uint8Array(this.buffer, this.alloc(name, length, alignBytes), length);
  }

  /** Allocates `length` 16-bit elements as a signed view. */
  int16(name: string, length: number): Int16Array<B> {
    return new Int16Array(this.buffer, this.alloc(name, length * 2), length);
  }

  /** Allocates `length` 32-bit elements as a signed view, which `Atomics.wait` can wait on. */
  int32(name: string, length: number): Int32Array<B> {
    return new Int32Array(this.buffer, this.alloc(name, length * 4), length);
  }

  /** Allocates `length` doubles as a view. */
  float64(name: string, length: number): Float64Array<B> {
    return new Float64Array(this.buffer, this.alloc(name, length * 8), length);
  }

  /** Makes every later allocation throw. */
  seal(): void {
    this.#sealed = true;
  }
}

/** The memory of a machine, which may be shared with other threads. */
export type MachineArena = Arena<ArrayBufferLike>;
