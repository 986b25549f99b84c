/** A region's place inside an arena, in bytes from the start of the arena's buffer. */
export interface Region {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * A bump allocator over a stretch of one buffer, shared between threads or not. Everything a machine or a ring needs is
 * cut from it by name at start-up; then `seal()` makes any later allocation a bug that throws, so that
 * nothing can allocate once real time has begun.
 */
export class Arena<B extends ArrayBufferLike = SharedArrayBuffer> {
  readonly buffer: B;
  /** The whole buffer as bytes: page tables index into this one view. */
  readonly bytes: Uint8Array<B>;
  readonly #end: number;
  readonly #regions: Region[] = [];
  #next: number;
  #sealed = false;

  /** `start` and `lengthBytes` bound the part of `buffer` that this arena may hand out. */
  constructor(buffer: B, start = 0, lengthBytes = buffer.byteLength - start) {
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.#next = start;
    this.#end = start + lengthBytes;
  }

  /** The next free byte. */
  get position(): number {
    return this.#next;
  }

  /** Every region handed out so far, in order. */
  get regions(): readonly Region[] {
    return this.#regions;
  }

  /**
   * Reserves `bytes` zeroed bytes and returns their offset in the buffer. `alignBytes` is a power of two.
   * Throws when the arena is sealed or full, or when the name is taken: all three are bugs of ours.
   */
  alloc(name: string, bytes: number, alignBytes = 8): number {
    if (this.#sealed) throw new Error(`arena is sealed: cannot allocate ${name}`);
    if (this.#regions.some((region) => region.name === name))
      throw new Error(`arena has a region ${name} already`);
    const offset = (this.#next + alignBytes - 1) & ~(alignBytes - 1);
    if (offset + bytes > this.#end) throw new Error(`arena is full: ${name} needs ${bytes} bytes`);
    this.#next = offset + bytes;
    this.#regions.push({ name, offset, bytes });
    return offset;
  }

  /** `length` bytes as a view of their own. */
  uint8(name: string, length: number, alignBytes = 8): Uint8Array<B> {
    return new Uint8Array(this.buffer, this.alloc(name, length, alignBytes), length);
  }

  /** `length` 16-bit elements as a view. */
  uint16(name: string, length: number): Uint16Array<B> {
    return new Uint16Array(this.buffer, this.alloc(name, length * 2), length);
  }

  /** `length` 16-bit elements as a signed view. */
  int16(name: string, length: number): Int16Array<B> {
    return new Int16Array(this.buffer, this.alloc(name, length * 2), length);
  }

  /** `length` 32-bit elements as a signed view: the kind that Atomics can wait on. */
  int32(name: string, length: number): Int32Array<B> {
    return new Int32Array(this.buffer, this.alloc(name, length * 4), length);
  }

  /** `length` doubles as a view. */
  float64(name: string, length: number): Float64Array<B> {
    return new Float64Array(this.buffer, this.alloc(name, length * 8), length);
  }

  /** From here on every allocation throws. */
  seal(): void {
    this.#sealed = true;
  }
}

/** What a machine is cut from: memory that other threads may see, or not. */
export type MachineArena = Arena<ArrayBufferLike>;
