import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFileWhole } from "../../../src/io/files/atomic-write.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";

const root = mkdtempSync(join(tmpdir(), "emu-atomic-write-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let serial = 0;
function freshFolder(): string {
  const folder = join(root, `${serial++}`);
  mkdirSync(folder);
  return folder;
}

describe("writeFileWhole", () => {
  test("makes the file and its folders, and leaves nothing else", async () => {
    const folder = freshFolder();
    await writeFileWhole(join(folder, "deep/er/a.sav"), new Uint8Array([1, 2, 3]));
    expect(readdirSync(join(folder, "deep/er"))).toEqual(["a.sav"]);
    expect([...readFileSync(join(folder, "deep/er/a.sav"))]).toEqual([1, 2, 3]);
  });

  test("replaces, with the old file's mode", async () => {
    const path = join(freshFolder(), "a");
    writeFileSync(path, "old and longer");
    chmodSync(path, 0o640);
    await writeFileWhole(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test("a link stays a link", async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, "real"), "old");
    symlinkSync("real", join(folder, "link"));
    await writeFileWhole(join(folder, "link"), "new");
    expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "real"), "utf8")).toBe("new");
  });

  test("a failure keeps the old contents and removes the temporary file", async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, "target"));
    const error = await inputErrorFrom(writeFileWhole(join(folder, "target"), "new"));
    expect(error).toMatchObject({ kind: "io", message: "cannot be written: it is a folder" });
    expect(readdirSync(folder)).toEqual(["target"]);
  });

  test("a path through a file is an io error", async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, "file"), "");
    const error = await inputErrorFrom(writeFileWhole(join(folder, "file/inner"), "new"));
    expect(error.kind).toBe("io");
  });

  test("writers at the same time leave one of their contents, whole", async () => {
    const folder = freshFolder();
    const path = join(folder, "a");
    const contents = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(50_000));
    await Promise.all(contents.map((each) => writeFileWhole(path, each)));
    expect(contents).toContain(readFileSync(path, "utf8"));
    expect(readdirSync(folder)).toEqual(["a"]);
  });
});
