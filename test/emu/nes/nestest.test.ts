import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { consoleWith } from "../../support/machines.ts";
import { SHARED, sharedFile } from "../../support/shared.ts";

const START_PC = 0xc000;
/** Column 15 marks unofficial opcodes. The disassembly is left out because it adds nothing to the bytes. */
const DISASSEMBLY_COLUMNS = [15, 48] as const;

test.skipIf(!SHARED)("nestest's log, line by line, with PPU position and cycle", () => {
  const nes = consoleWith("nes-test-roms/other/nestest.nes");
  const log = readFileSync(sharedFile("roms/nes-test-roms/other/nestest.log"), "utf8").trim().split("\n");
  nes.cpu.pc = START_PC;
  let agreed = 0;
  for (const line of log) {
    const expected = line.slice(0, DISASSEMBLY_COLUMNS[0]) + line.slice(DISASSEMBLY_COLUMNS[1]);
    nes.catchUp();
    expect(logLine(nes.registers(), (address) => nes.peek("cpu", address), opcodeLength(line))).toBe(
      expected.trimEnd(),
    );
    agreed++;
    nes.stepInstruction();
  }
  expect(agreed).toBe(8991);
});

function opcodeLength(line: string): number {
  return line.slice(6, 15).trim().split(" ").length;
}

function logLine(r: Record<string, number>, peek: (address: number) => number, length: number): string {
  const bytes = Array.from({ length }, (_, i) => hex(peek(r.pc + i), 2)).join(" ");
  const registers = `A:${hex(r.a, 2)} X:${hex(r.x, 2)} Y:${hex(r.y, 2)} P:${hex(r.p, 2)} SP:${hex(r.s, 2)}`;
  const position = `PPU:${String(r.line).padStart(3)},${String(r.dot).padStart(3)} CYC:${r.cycle}`;
  return `${hex(r.pc, 4)}  ${bytes.padEnd(9)}${registers} ${position}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
