import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { ACCESS_READ, ACCESS_WRITE, isBranch, OPCODES } from "../../../../src/emu/nes/cpu/opcodes.ts";
import { readVectors, VECTOR_FILES } from "../../../support/cpu-vectors.ts";
import { SHARED, sharedFile } from "../../../support/shared.ts";

test("the table has 256 opcodes, of which 151 are official", () => {
  expect(OPCODES.map(({ code }) => code)).toEqual(Array.from({ length: 256 }, (_, code) => code));
  expect(OPCODES.filter(({ isOfficial }) => isOfficial)).toHaveLength(151);
  expect(OPCODES.filter(({ mnemonic }) => mnemonic === "JAM")).toHaveLength(12);
  expect(OPCODES.filter(({ code }) => isBranch(code)).map(({ mode }) => mode)).toEqual(Array(8).fill("rel"));
});

describe.skipIf(SHARED === undefined)("the table agrees with a transistor-level simulation", () => {
  test.each(VECTOR_FILES.map((file) => file.slice(0, 2)))("opcode %s", (hex) => {
    const opcode = OPCODES[Number.parseInt(hex, 16)]!;
    const vectors = readVectors(`${hex}.json.gz`);
    const cycles = vectors.map((vector) => vector.cycles.length);
    expect(Math.min(...cycles)).toBe(opcode.cycles);
    const writes = vectors.map((vector) => vector.cycles.filter(([, , kind]) => kind === "write").length);
    const pushes = Math.max(0, -opcode.stack);
    // A read-modify-write instruction writes twice: the old value, then the new one.
    const isReadModifyWrite = opcode.access === (ACCESS_READ | ACCESS_WRITE);
    const stores = isReadModifyWrite ? 2 : opcode.access === ACCESS_WRITE ? 1 : 0;
    expect(new Set(writes)).toEqual(new Set([stores + pushes]));
    for (const { initial, final } of vectors) {
      if (["TXS", "SHS", "LAS"].includes(opcode.mnemonic)) continue;
      expect((final.s - initial.s) & 0xff).toBe(opcode.stack & 0xff);
    }
  });
});

test.skipIf(SHARED === undefined)("mnemonics and lengths agree with nestest's log", () => {
  const lines = readFileSync(sharedFile("roms/nes-test-roms/other/nestest.log"), "utf8")
    .trim()
    .split(/\r?\n/);
  const seen = new Set<number>();
  for (const line of lines) {
    const bytes = line.slice(6, 15).trim().split(" ");
    const opcode = OPCODES[Number.parseInt(bytes[0]!, 16)]!;
    // The log calls ISC by its other name.
    const mnemonic = line.slice(16, 19).replace("ISB", "ISC");
    expect([mnemonic, bytes.length, line[15] !== "*"]).toEqual([
      opcode.mnemonic,
      opcode.lengthBytes,
      opcode.isOfficial,
    ]);
    seen.add(opcode.code);
  }
  expect(seen.size).toBeGreaterThan(200);
});
