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
  return placedPage(1, number, ...data);
}

/** The same, with the sample of the tape's sound at which the data begin. */
export function placedPage(soundStart: number, number: number, ...data: number[]): Uint8Array {
  const places = new Uint8Array(new Uint32Array([0, soundStart]).buffer);
  return tapeChunk("PAGE", new Uint8Array([...places, 0xc5, 1, 1, 0, 0, number, ...data]));
}

/** The sound of a tape: a WAV file of 16 bits and one channel, or another kind of file. */
export function tapeSound(samples: readonly number[], rateHz = 44_100, kind = 0): Uint8Array {
  const wav = new DataView(new ArrayBuffer(4 + 44 + 2 * samples.length));
  const text = (at: number, value: string): void => {
    for (let i = 0; i < value.length; i++) wav.setUint8(at + i, value.charCodeAt(i));
  };
  wav.setUint32(0, kind, true);
  text(4, "RIFF");
  wav.setUint32(8, 36 + 2 * samples.length, true);
  text(12, "WAVEfmt ");
  wav.setUint32(20, 16, true);
  wav.setUint16(24, 1, true);
  wav.setUint16(26, 1, true);
  wav.setUint32(28, rateHz, true);
  wav.setUint32(32, 2 * rateHz, true);
  wav.setUint16(36, 2, true);
  wav.setUint16(38, 16, true);
  text(40, "data");
  wav.setUint32(44, 2 * samples.length, true);
  for (const [i, sample] of samples.entries()) wav.setInt16(48 + 2 * i, sample, true);
  return tapeChunk("AUDI", new Uint8Array(wav.buffer));
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
