import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPalette } from "../../../../src/io/render/colors/palette-file.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "emu-palette-"));
});

afterAll(() => rm(folder, { recursive: true }));

async function load(bytes: Uint8Array) {
  const path = join(folder, "test.pal");
  await writeFile(path, bytes);
  return loadPalette(path);
}

test("64 colours are used unchanged, and emphasis darkens the other components", async () => {
  const bytes = new Uint8Array(192).map((_, i) => i);
  bytes.set([200, 100, 50], 3);
  const palette = await load(bytes);
  expect(palette).toHaveLength(512);
  expect(palette[1]).toBe(0xc86432);
  expect(palette[63]).toBe(0xbdbebf);
  // Red emphasis: green and blue lose a fifth.
  expect(palette[64 + 1]).toBe((200 << 16) | (82 << 8) | 41);
  // All three: each is darkened by the other two.
  expect(palette[7 * 64 + 1]).toBe((133 << 16) | (67 << 8) | 33);
});

test("512 colours are used unchanged", async () => {
  const palette = await load(new Uint8Array(1536).map((_, i) => i % 251));
  expect(palette[511]).toBe((((511 * 3) % 251) << 16) | (((511 * 3 + 1) % 251) << 8) | ((511 * 3 + 2) % 251));
});

test("a file of another size and a missing file are rejected", async () => {
  for (const bytes of [0, 191, 193, 1535, 1537])
    expect([bytes, (await inputErrorFrom(load(new Uint8Array(bytes)))).kind]).toEqual([bytes, "data"]);
  expect((await inputErrorFrom(loadPalette(join(folder, "none.pal")))).kind).toBe("missing");
});
