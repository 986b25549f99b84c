/** A program that reads and writes a Turbo File, in two runs of the command with one save. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emu } from "../../support/cli.ts";
import { TestProgram } from "../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-device-storage-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Shows the first byte of the Turbo File as the backdrop, then adds one to it. The byte is read and written
 * in one pass: each bit is read, kept in $00, and clocked in again from $01.
 */
function counter(): Uint8Array {
  const program = new TestProgram().waitFrames(2);
  const pass = (): void => {
    program.store(0x4016, 0).store(0x4016, 2).bytes(0xa2, 8); // LDX #8
    const loop = program.here;
    program.bytes(0xad, 0x17, 0x40, 0x4a, 0x4a, 0x4a, 0x66, 0x00); // LDA $4017, LSR × 3, ROR $00
    program.bytes(0xa9, 0x00, 0x46, 0x01, 0x2a, 0x09, 0x06, 0x8d, 0x16, 0x40); // LSR, ROL, ORA #6, STA
    program.bytes(0x29, 0x03, 0x8d, 0x16, 0x40); // AND #3, STA $4016: OUT2 falls
    program.bytes(0xca, 0xd0, (loop - program.here - 3) & 0xff); // DEX, BNE
  };
  pass();
  program.bytes(0xa5, 0x00, 0x85, 0x10, 0x18, 0x69, 0x01, 0x85, 0x01); // STA $10, CLC, ADC #1, STA $01
  pass();
  program.store(0x2006, 0x3f).store(0x2006, 0).bytes(0xa5, 0x10, 0x8d, 0x07, 0x20); // LDA $10, STA $2007
  return program.store(0x2006, 0).store(0x2006, 0).forever().toRom();
}

test("what a program writes to a Turbo File is there in the next run", async () => {
  const rom = join(folder, "counter.nes");
  writeFileSync(rom, counter());
  const save = join(folder, "counter.sav");
  const hashes: string[] = [];
  for (let run = 0; run < 3; run++) {
    const argv = ["dump", rom, "--expansion", "turbo-file", "--save", save];
    const { exitCode, stdout, stderr } = emu([...argv, "--frames", "8", "--format", "hash"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    hashes.push(stdout.toString().trim().split("\n").at(-1)!);
  }
  // The backdrop counts the runs.
  expect(new Set(hashes).size).toBe(3);
  const bytes = await Bun.file(save).bytes();
  expect([bytes.length, bytes.at(-0x2000)]).toEqual([28 + 0x2000, 3]);
});
