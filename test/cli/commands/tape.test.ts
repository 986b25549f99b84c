/** A program records a tone on the Data Recorder's tape; the tape goes to a WAV file and back. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emu } from "../../support/cli.ts";
import { TestProgram } from "../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-tape-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const TAPE_BYTES = 256 * 1024;

/** Toggles OUT0, and reads the tape on D1 of $4016 into $10. */
function toneProgram(): Uint8Array {
  const program = new TestProgram().waitFrames(2);
  const loop = program.here;
  for (const out of [5, 4]) program.store(0x4016, out).bytes(0xa2, 60, 0xca, 0xd0, 0xfd); // LDX, DEX, BNE
  return program.bytes(0x4c, loop & 0xff, loop >> 8).toRom();
}

function run(...argv: string[]): string {
  const { exitCode, stdout, stderr } = emu(argv);
  expect([exitCode, stderr]).toEqual([0, ""]);
  return stdout.toString();
}

const tapeIn = async (save: string) => (await Bun.file(at(save)).bytes()).subarray(-TAPE_BYTES);

test("out of one save and into another", async () => {
  const rom = at("tone.nes");
  writeFileSync(rom, toneProgram());
  const deviceData = [[3, { expansion: "RECORD" }]];
  const movie = { emuMovie: 1, frames: 20, input: [], devices: { expansion: "data-recorder" }, deviceData };
  writeFileSync(at("record.json"), JSON.stringify(movie));
  run("dump", rom, "--input", at("record.json"), "--save", at("a.sav"), "--frames", "20", "--format", "hash");
  expect(run("tape", rom, "--save", at("a.sav"))).toMatch(/^0\.\d s on the tape in .*a\.sav\n$/);
  run("tape", rom, "--save", at("a.sav"), "--export", at("tone.wav"));
  run("tape", rom, "--save", at("b.sav"), "--import", at("tone.wav"));
  const tape = await tapeIn("a.sav");
  expect(tape.some((byte) => byte !== 0)).toBe(true);
  expect(await tapeIn("b.sav")).toEqual(tape);
});

test.each([
  [["--export", "x.wav", "--save", "none.sav"], 66, "there is nothing on the tape"],
  [["--import", "text.wav", "--save", "c.sav"], 65, "not a WAV file"],
  [["--import", "a.wav", "--export", "b.wav"], 2, "one of --import and --export"],
])("%p ends with %i", (argv, code, what) => {
  writeFileSync(at("tone.nes"), toneProgram());
  writeFileSync(at("text.wav"), "not a sound");
  const paths = argv.map((word) => (word.startsWith("-") ? word : at(word)));
  const { exitCode, stderr } = emu(["tape", at("tone.nes"), ...paths]);
  expect(exitCode).toBe(code);
  expect(stderr).toContain(what);
});
