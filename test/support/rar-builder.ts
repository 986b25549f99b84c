import { crc32 } from "../../src/emu/nes/cartridge/crc32.ts";

/** A RAR 5 archive of stored files. https://www.rarlab.com/technote.htm */
export function buildRar(files: Readonly<Record<string, Uint8Array>>): Uint8Array<ArrayBuffer> {
  const number = (value: number): number[] =>
    value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(Math.floor(value / 0x80))];
  const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
  const header = (contents: readonly number[]): number[] => {
    const sized = [...number(contents.length), ...contents];
    return [...word(crc32([new Uint8Array(sized)])), ...sized];
  };
  const bytes: number[] = [...new TextEncoder().encode("Rar!"), 0x1a, 7, 1, 0, ...header([1, 0, 0])];
  for (const [name, data] of Object.entries(files)) {
    const size = number(data.length);
    const text = [...new TextEncoder().encode(name)];
    const attributes = number(0x20);
    const about = [...number(4), ...size, ...attributes, ...word(crc32([data])), 0, 1];
    bytes.push(...header([2, 2, ...size, ...about, text.length, ...text]), ...data);
  }
  return new Uint8Array([...bytes, ...header([5, 0, 0])]);
}
