import { KIB } from "../../src/emu/units.ts";
import type { TestProgram } from "./test-program.ts";

/** A chunk of a .studybox file: a name, and the contents after its length. */
export function tapeChunk(name: string, contents: Uint8Array, length = contents.length): Uint8Array {
  const chunk = new Uint8Array(8 + contents.length);
  chunk.set(new TextEncoder().encode(name));
  new DataView(chunk.buffer).setUint32(4, length, true);
  chunk.set(contents, 8);
  return chunk;
}

/** A block of data with its page number, which is in the sixth byte. */
export function tapePage(number: number, ...data: number[]): Uint8Array {
  return tapeChunk("PAGE", new Uint8Array([0, 0, 0, 0, 1, 0, 0, 0, 0xc5, 1, 1, 0, 0, number, ...data]));
}

/** A .studybox file of these chunks. */
export function buildTape(...chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const header = tapeChunk("STBX", new Uint8Array([0, 1, 0, 0]));
  return new Uint8Array(Buffer.concat([header, ...chunks]));
}

/** The Study Box's program: `program` in the fixed bank, bank numbers at $8000. */
export function studyBoxBios(program: TestProgram, irqAt = 0): Uint8Array {
  const bios = new Uint8Array(256 * KIB);
  for (let bank = 0; bank < 16; bank++) bios[bank * 16 * KIB + 1] = bank;
  bios.set(program.toRom().subarray(16, 16 + 16 * KIB));
  bios.set([irqAt & 0xff, irqAt >> 8], 0x3ffe);
  return bios;
}
