/** Hardware options of the commands reach the machine. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emu } from "../../support/cli.ts";
import { TestProgram } from "../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-hardware-"));
const rom = join(folder, "game.nes");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Dumps a program whose backdrop is the byte that `load` leaves in A. */
function shows(load: readonly number[]): string[] {
  const program = new TestProgram()
    .waitFrames(2)
    .bytes(...load, 0x29, 0x3f, 0x48) // AND #$3F, PHA
    .store(0x2006, 0x3f)
    .store(0x2006, 0x00)
    .bytes(0x68, 0x8d, 0x07, 0x20) // PLA, STA $2007
    .store(0x2006, 0x00)
    .store(0x2006, 0x00)
    .forever();
  writeFileSync(rom, program.toRom());
  return ["dump", rom, "--frames", "6", "--from", "5", "--format", "raw"];
}

function backdrop(arguments_: readonly string[]): number {
  const { stdout, stderr } = emu(arguments_);
  expect(stderr).toBe("");
  return stdout.readUInt16LE(0);
}

describe("emu dump", () => {
  test("--ram fills RAM", () => {
    const dump = shows([0xad, 0x45, 0x03]); // LDA $0345
    expect(backdrop(dump)).toBe(0x00);
    expect(backdrop([...dump, "--ram", "ones"])).toBe(0x3f);
    const seeded = ["1", "2", "3"].map((seed) => backdrop([...dump, "--ram", seed]));
    expect(new Set(seeded).size).toBeGreaterThan(1);
  });

  test("--ppu-revision determines the value read from $2004", () => {
    const dump = shows([0xa9, 0x2a, 0x8d, 0x04, 0x20, 0xa9, 0x00, 0x8d, 0x03, 0x20, 0xad, 0x04, 0x20]);
    expect(backdrop(dump)).toBe(0x2a);
    expect(backdrop([...dump, "--ppu-revision", "E"])).toBe(0x00);
  });

  test("--cpu-revision determines if the pulse channels' duties are swapped", () => {
    const program = new TestProgram()
      .store(0x4015, 0x01)
      .store(0x4000, 0x7f)
      .store(0x4002, 0xfd)
      .store(0x4003, 0x00)
      .forever();
    writeFileSync(rom, program.toRom());
    const dump = ["dump", rom, "--frames", "20", "--format", "wav"];
    expect(emu([...dump, "--cpu-revision", "UA6527P"]).stdout).not.toEqual(emu(dump).stdout);
    expect(emu([...dump, "--cpu-revision", "H"]).stdout).toEqual(emu(dump).stdout);
  });

  test.each([
    [["--ram", "7f"], "zero, ones, fceux, a seed"],
    [["--console", "snes"], "Allowed choices"],
    [["--cpu-revision", "F"], "Allowed choices"],
    [["--alignment", "4"], "from -357368 to 3"],
    [["--alignment", "-357369"], "from -357368 to 3"],
  ])("%p is rejected", (option, message) => {
    const { exitCode, stderr } = emu(["dump", rom, "--frames", "1", ...option]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
