import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileCapped, readFileCappedSync } from "../../../src/io/files/read-file.ts";
import { undecodedPath } from "../../../src/io/files/undecoded-path.ts";
import { walkFiles } from "../../../src/io/files/walk.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-undecoded-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Latin-1 names, as old archives leave them. */
const bytes = (path: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, "latin1")]);

// Other systems store names as Unicode.
describe.skipIf(process.platform !== "linux")("names that are not UTF-8", () => {
  mkdirSync(bytes("d\xe9p\xf4t"));
  writeFileSync(bytes("d\xe9p\xf4t/caf\xe9.nes"), "one");
  writeFileSync(bytes("twin\xe8"), "two");
  writeFileSync(bytes("twin\xe9"), "three");
  writeFileSync(join(folder, "caf\uFFFD"), "a real U+FFFD");

  test("files are found by the names that JavaScript reads", async () => {
    const [path, ...others] = await walkFiles(folder, (name) => name.endsWith(".nes"));
    expect(others).toEqual([]);
    expect(path).toBe(join(folder, "d\uFFFDp\uFFFDt/caf\uFFFD.nes"));
    expect(Buffer.from(await readFileCapped(path!, 10)).toString()).toBe("one");
    expect(Buffer.from(readFileCappedSync(path!, 10)).toString()).toBe("one");
    expect(Buffer.from(await readFileCapped(join(folder, "caf\uFFFD"), 20)).toString()).toStartWith("a real");
  });

  test("nothing is guessed", async () => {
    for (const name of ["twin\uFFFD", "none\uFFFD", "none\uFFFD/caf\uFFFD"]) {
      const path = join(folder, name);
      expect(undecodedPath(path)).toBe(path);
      expect((await inputErrorFrom(readFileCapped(path, 10))).kind).toBe("missing");
    }
    expect(undecodedPath("\uFFFD")).toBe("\uFFFD");
    expect(undecodedPath("/tmp/plain")).toBe("/tmp/plain");
  });
});
