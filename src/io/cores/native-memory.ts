import { type Pointer, ptr, read, toArrayBuffer } from "bun:ffi";
import { textAt } from "../ffi/libretro.ts";

/** Reads and writes memory by address: the structures that cores pass to the environment callback. */

export function readU32(address: number, offset = 0): number {
  return read.u32(address as Pointer, offset);
}

export function readI32(address: number, offset = 0): number {
  return read.i32(address as Pointer, offset);
}

export function readF32(address: number, offset = 0): number {
  return read.f32(address as Pointer, offset);
}

export function readF64(address: number, offset = 0): number {
  return read.f64(address as Pointer, offset);
}

export function readPointer(address: number, offset = 0): number {
  return Number(read.u64(address as Pointer, offset));
}

/** The text that the pointer at `address + offset` points to; empty for a null pointer. */
export function readText(address: number, offset = 0): string {
  return textAt(readPointer(address, offset));
}

export function viewAt(address: number, bytes: number): DataView {
  return new DataView(toArrayBuffer(address as Pointer, 0, bytes));
}

export function bytesAt(address: number, bytes: number): Uint8Array {
  return new Uint8Array(toArrayBuffer(address as Pointer, 0, bytes));
}

/** A structure in memory that never moves. */
export class NativeStruct {
  readonly view: DataView;
  readonly address: Pointer;

  constructor(bytes: number) {
    const memory = new Uint8Array(new SharedArrayBuffer(bytes));
    this.view = new DataView(memory.buffer);
    this.address = ptr(memory);
  }

  setPointer(offset: number, address: number): void {
    this.view.setBigUint64(offset, BigInt(address), true);
  }
}

/** Texts passed to a core. They are kept, because cores may store their addresses. */
export class NativeTexts {
  readonly #known = new Map<string, { readonly bytes: Uint8Array; readonly address: number }>();

  addressOf(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known.address;
    const encoded = new TextEncoder().encode(text);
    const bytes = new Uint8Array(new SharedArrayBuffer(encoded.length + 1));
    bytes.set(encoded);
    const address = Number(ptr(bytes));
    this.#known.set(text, { bytes, address });
    return address;
  }
}
