/** Which part of a .studybox file is read. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MIB } from "../../../../src/emu/units.ts";
import { readTape } from "../../../../src/io/files/roms/tape-file.ts";
import { buildTape, tapeChunk, tapePage } from "../../../support/tape-builder.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-tape-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "tape.studybox");
const read = async (bytes: Uint8Array) => {
  await Bun.write(path, bytes);
  return await readTape(path);
};
const pages = [tapePage(0, 1, 2, 3), tapePage(1, 4)];

test("the sound keeps its name and length only", async () => {
  const sound = tapeChunk("AUDI", new Uint8Array(5000));
  const whole = buildTape(...pages, sound);
  expect(await read(whole)).toEqual(whole.slice(0, -5000));
  expect(await read(buildTape(...pages, sound.subarray(0, 8)))).toEqual(whole.slice(0, -5000));
});

test("a tape without sound or with a page that is cut off is read as it is", async () => {
  const whole = buildTape(...pages);
  expect(await read(whole)).toEqual(whole);
  expect(await read(whole.slice(0, -2))).toEqual(whole.slice(0, -2));
});

test("other files are not tapes", async () => {
  expect(await read(new TextEncoder().encode("NES\x1a and more than a header"))).toBeUndefined();
  expect(await read(new Uint8Array(0))).toBeUndefined();
});

test("a tape larger than any ROM is rejected, whatever its pages are", async () => {
  for (const page of [tapeChunk("PAGE", new Uint8Array(0)), tapeChunk("PAGE", new Uint8Array(MIB))]) {
    const count = Math.ceil((16 * MIB + 1) / page.length);
    const tape = Buffer.concat([buildTape(), ...Array<Uint8Array>(count).fill(page)]);
    await expect(read(new Uint8Array(tape))).rejects.toThrow("the pages of the tape have more than");
  }
});
