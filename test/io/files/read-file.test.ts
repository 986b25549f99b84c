import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileCapped, readFileCappedSync } from "../../../src/io/files/read-file.ts";
import { emu } from "../../support/cli.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";

const isLinux = process.platform === "linux";
const folder = mkdtempSync(join(tmpdir(), "emu-read-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const main = join(import.meta.dir, "../../../src/cli/main.ts");

function named(name: string, contents: string): string {
  writeFileSync(join(folder, name), contents);
  return join(folder, name);
}

test("a regular file, under any name", async () => {
  const path = named("a.txt", "hello");
  symlinkSync(path, join(folder, "link"));
  for (const name of [path, join(folder, "link")]) {
    expect(new TextDecoder().decode(await readFileCapped(name, 5))).toBe("hello");
    expect(new TextDecoder().decode(readFileCappedSync(name, 5))).toBe("hello");
    expect((await inputErrorFrom(readFileCapped(name, 4))).kind).toBe("data");
    expect(inputErrorOf(() => readFileCappedSync(name, 4)).kind).toBe("data");
  }
});

describe.skipIf(!isLinux)("anything but a regular file", () => {
  const pipe = join(folder, "pipe");
  Bun.spawnSync(["mkfifo", pipe]);
  symlinkSync(pipe, join(folder, "pipe-link"));
  symlinkSync(join(folder, "loop"), join(folder, "loop"));
  const server = Bun.listen({ unix: join(folder, "socket"), socket: { data: () => undefined } });
  afterAll(() => server.stop());

  test.each([
    [pipe, "io", "is a pipe, not a file"],
    [join(folder, "pipe-link"), "io", "is a pipe, not a file"],
    [join(folder, "socket"), "io", "is a socket or a device, not a file"],
    ["/dev/zero", "io", "is a device, not a file"],
    ["/dev/tty", "io", ""],
    [folder, "io", "is a folder, not a file"],
    [join(folder, "loop"), "io", "cannot be read: its symbolic links lead in a circle"],
    [join(folder, "nothing"), "missing", "no such file"],
    [join(folder, "a".repeat(300)), "io", "cannot be read: its name is too long"],
    // The first page of a process is mapped nowhere.
    ["/proc/self/mem", "io", "cannot be read: the device reports an error"],
    ["", "missing", "the name of a file is empty"],
    ["-", "missing", "no such file"],
  ] as const)("%p is rejected without waiting", async (path, kind, message) => {
    const started = performance.now();
    expect(await inputErrorFrom(readFileCapped(path, 100))).toMatchObject({ kind });
    const error = inputErrorOf(() => readFileCappedSync(path, 100));
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(message);
    if (/folder|circle/.test(message)) expect(error.remedy).not.toBe("");
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("/dev/null is an empty file", async () => {
    expect(await readFileCapped("/dev/null", 100)).toHaveLength(0);
  });

  test("every option that names a file rejects a pipe at once", () => {
    const game = join(import.meta.dir, "../../../roms/swingby.nes");
    for (const argv of [
      ["dump", pipe, "--frames", "1", "--format", "hash"],
      ["dump", game, "--frames", "1", "--format", "hash", "--input", pipe],
      ["dump", game, "--frames", "1", "--format", "hash", "--save", pipe],
      ["info", pipe],
      ["conform", pipe],
      ["serve", pipe],
      ["serve", game, "--listen", "127.0.0.1:0", "--token-file", pipe],
      ["serve", game, "--listen", "127.0.0.1:0", "--save", pipe],
      ["run", game, "--state", pipe],
      ["bisect", game, "--a", `state=${pipe}`, "--frames", "1"],
    ]) {
      const { exitCode, stderr } = emu(argv);
      expect({ argv, exitCode, bug: `${stderr}`.includes("    at ") }).toEqual({
        argv,
        // `run` checks for a terminal first.
        exitCode: argv[0] === "run" ? 69 : 74,
        bug: false,
      });
    }
  }, 120_000);

  const game = join(import.meta.dir, "../../../roms/swingby.nes");

  test.each([
    ["behind <()", `bash -c 'exec "$@" <(cat "${game}")' x`],
    ["at /dev/stdin", `bash -c 'cat "${game}" | "$@" /dev/stdin' x`],
  ])(
    "a game in a pipe %s is loaded, although several parts of emu read its file",
    (_label, command) => {
      const run = `${command} "${process.execPath}" "${main}" dump --frames 1 --format hash`;
      const { exitCode, stdout, stderr } = Bun.spawnSync(["bash", "-c", run], { cwd: folder });
      expect({ exitCode, stderr: `${stderr}` }).toEqual({ exitCode: 0, stderr: "" });
      expect(`${stdout}`).toMatch(/^0\t[0-9a-f]{8}\n$/);
    },
    30_000,
  );

  test("emu fuzz, whose threads read the game, rejects a game in a pipe", () => {
    const run = `bash -c '"$@" <(cat "${game}")' x "${process.execPath}" "${main}" fuzz --seeds 1 --frames 1`;
    const { exitCode, stderr } = Bun.spawnSync(["bash", "-c", run], { cwd: folder });
    const what = /^emu: \/dev\/fd\/\d+: is a pipe, which only one thread can read \(use a file\)\n$/;
    expect([exitCode, `${stderr}`]).toEqual([74, expect.stringMatching(what)]);
  }, 30_000);

  test.each([
    ["a pipe behind <()", `bash -c 'exec "$@" <(sleep 0.2; cat script.json)' x`],
    ["a redirected file", `bash -c 'exec "$@" /dev/stdin < script.json' x`],
    ["a pipe to /dev/stdin", `bash -c 'cat script.json | "$@" /dev/stdin' x`],
  ])(
    "%s that the user names is read",
    (_label, command) => {
      named("script.json", "[[0, 1]]");
      const run = `${command} "${process.execPath}" "${main}" dump "${game}" --frames 1 --format hash --input`;
      const { exitCode, stdout, stderr } = Bun.spawnSync(["bash", "-c", run], { cwd: folder });
      expect({ exitCode, stderr: `${stderr}` }).toEqual({ exitCode: 0, stderr: "" });
      expect(`${stdout}`).toMatch(/^0\t[0-9a-f]{8}\n$/);
    },
    30_000,
  );
});
