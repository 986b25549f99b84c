import { afterAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
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
import { removeAbandoned, writeFileWhole } from "../../../src/io/files/atomic-write.ts";
import { openSink } from "../../../src/io/files/sink.ts";
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

  test("replaces a file and keeps its mode", async () => {
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

  test("of several simultaneous writers, the complete contents of one remain", async () => {
    const folder = freshFolder();
    const path = join(folder, "a");
    const contents = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(50_000));
    await Promise.all(contents.map((each) => writeFileWhole(path, each)));
    expect(contents).toContain(readFileSync(path, "utf8"));
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  test("a link to a file that does not exist makes that file", async () => {
    const folder = freshFolder();
    symlinkSync("later", join(folder, "link"));
    await writeFileWhole(join(folder, "link"), "new");
    expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "later"), "utf8")).toBe("new");
  });

  test("links in a circle are an io error", async () => {
    const folder = freshFolder();
    symlinkSync("b", join(folder, "a"));
    symlinkSync("a", join(folder, "b"));
    const error = await inputErrorFrom(writeFileWhole(join(folder, "a"), "new"));
    expect(error).toMatchObject({ kind: "io", message: expect.stringContaining("circle") });
  });

  test("removes only files that killed writers left", async () => {
    const folder = freshFolder();
    const { pid } = Bun.spawnSync(["true"]);
    const others = ["a", `.a.${process.pid}.00000000.tmp`, ".b.1.00000000.tmp", ".a.x.tmp"];
    for (const name of [...others, `.a.${pid}.01234567.tmp`]) writeFileSync(join(folder, name), "");
    removeAbandoned(join(folder, "a"));
    expect(readdirSync(folder).sort()).toEqual(others.sort());
  });
});

/** Both ways to write a file: as a whole, and in pieces like a dump. */
const WRITERS: Record<string, (path: string, text: string) => Promise<void>> = {
  writeFileWhole,
  openSink: async (path, text) => {
    const sink = openSink(path);
    sink.write(new TextEncoder().encode(text));
    sink.commit();
  },
};

test.each(Object.keys(WRITERS))(
  "%s removes temporary files of killed writers of the same file",
  async (name) => {
    const folder = freshFolder();
    const { pid } = Bun.spawnSync(["true"]);
    const others = [`.b.${process.pid}.00000000.tmp`, `.c.${pid}.00000000.tmp`, `emuterm-rescued-${pid}-b`];
    for (const other of [...others, `.b.${pid}.01234567.tmp`]) writeFileSync(join(folder, other), "");
    await WRITERS[name]!(join(folder, "b"), "new");
    expect(readdirSync(folder).sort()).toEqual([...others, "b"].sort());
  },
);

describe.each(Object.entries(WRITERS))("%s", (_name, write) => {
  test("writes through a FIFO or a link to one without replacing it", async () => {
    const folder = freshFolder();
    const fifo = join(folder, "fifo");
    expect(Bun.spawnSync(["mkfifo", fifo]).exitCode).toBe(0);
    symlinkSync("fifo", join(folder, "link"));
    for (const path of [fifo, join(folder, "link")]) {
      const reader = Bun.spawn(["cat", fifo]);
      await write(path, "through");
      expect(await reader.stdout.text()).toBe("through");
      expect(lstatSync(fifo).isFIFO()).toBe(true);
    }
    expect(readdirSync(folder).sort()).toEqual(["fifo", "link"]);
  });

  // Only root can replace or create a device node.
  test.if(process.getuid?.() === 0)("writes through a device node", async () => {
    const folder = freshFolder();
    const node = join(folder, "null");
    expect(Bun.spawnSync(["mknod", "-m", "666", node, "c", "1", "3"]).exitCode).toBe(0);
    await write(node, "gone");
    expect(lstatSync(node).isCharacterDevice()).toBe(true);
    expect(readdirSync(folder)).toEqual(["null"]);
  });

  test.if(process.getuid?.() === 0)("keeps the owner and the mode of a file", async () => {
    const path = join(freshFolder(), "a");
    writeFileSync(path, "old");
    chownSync(path, 1234, 2345);
    chmodSync(path, 0o4750);
    await write(path, "new");
    const { uid, gid, mode } = statSync(path);
    expect([uid, gid, mode & 0o7777]).toEqual([1234, 2345, 0o4750]);
  });

  test.if(process.getuid?.() === 0)("a full device is an io error", async () => {
    // A separate node: a writer that replaces it does no harm.
    const node = join(freshFolder(), "full");
    expect(Bun.spawnSync(["mknod", "-m", "666", node, "c", "1", "7"]).exitCode).toBe(0);
    const error = await inputErrorFrom(write(node, "more"));
    expect(error).toMatchObject({ kind: "io", message: expect.stringContaining("no space left") });
    expect(lstatSync(node).isCharacterDevice()).toBe(true);
  });
});

describe("a standard stream by its name", () => {
  const script = `
    import { writeFileWhole } from "${import.meta.dir}/../../../src/io/files/atomic-write.ts";
    for (const path of process.argv.slice(1)) await writeFileWhole(path, path + "\\n");`;

  test("is written at its current position, so that a redirection stays one file", () => {
    const out = join(freshFolder(), "out");
    const names = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/fd/3"];
    const line = `{ echo before; "$0" -e "$1" ${names.join(" ")} 3>&1; echo after; } > "$2"`;
    const run = Bun.spawnSync(["sh", "-c", line, process.execPath, script, out]);
    expect(run.stderr.toString()).toBe("");
    expect(readFileSync(out, "utf8").split("\n")).toEqual(["before", ...names, "after", ""]);
  });
});
