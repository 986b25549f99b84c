/** Every reader of a file that the user names: what is no such file is an `InputError` that names it. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadKnownFailures } from "../../../src/io/conform/known-failures.ts";
import { loadManifest, loadSuites } from "../../../src/io/conform/manifest.ts";
import { loadBaseline } from "../../../src/io/conform/reports/baseline.ts";
import { readReport } from "../../../src/io/conform/reports/read-report.ts";
import { findBios } from "../../../src/io/files/roms/bios.ts";
import { loadRom } from "../../../src/io/files/roms/rom-file.ts";
import { patchedByNamed } from "../../../src/io/files/roms/rom-patches.ts";
import { loadMovie } from "../../../src/io/movies/movie-file.ts";
import { loadCheatFile } from "../../../src/io/play/cheat-file.ts";
import { CheatList } from "../../../src/io/play/cheat-list.ts";
import { ConfigFile } from "../../../src/io/play/config-file.ts";
import { loadDips } from "../../../src/io/play/dip-file.ts";
import { loadPalette } from "../../../src/io/render/colors/palette-file.ts";
import { readAuthorities, readTlsIdentity } from "../../../src/io/serve/tls-identity.ts";
import { checkTokenStrength, readTokenFile } from "../../../src/io/serve/token-gate.ts";
import { readTraceFile } from "../../../src/io/trace/trace-file.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const GIB = 2 ** 30;
const folder = temporaryFolder("readers");
const ORIGINAL = { bytes: new Uint8Array(40_976), name: "game.nes" };

const READERS: readonly [string, (path: string) => Promise<unknown>][] = [
  ["a ROM", loadRom],
  ["--input", loadMovie],
  ["--patch", (path) => patchedByNamed(ORIGINAL as never, [path])],
  ["--palette", loadPalette],
  ["--fds-bios", (path) => findBios("fds", "game.fds", path)],
  ["--cheat", loadCheatFile],
  ["--known", (path) => loadKnownFailures(path, [])],
  ["--baseline", loadBaseline],
  ["emu conform merge", readReport],
  ["a manifest", loadManifest],
  ["emu suites", loadSuites],
  ["emu trace", readTraceFile],
  ["--token-file", async (path) => checkTokenStrength(await readTokenFile(path), path)],
  ["--tls-ca", readAuthorities],
  ["--tls-cert", (path) => readTlsIdentity(path, path)],
  ["--config", (path) => new ConfigFile(path).load()],
  ["stored cheats", (path) => new CheatList(path).load()],
  ["stored switches", (path) => loadDips(path, 8)],
];
/** Files of the player's own, which need not exist and can be empty. */
const OPTIONAL = ["--config", "stored cheats", "stored switches"];

function named(name: string, contents: string | Uint8Array = ""): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

function huge(): string {
  const path = named("sparse");
  truncateSync(path, GIB);
  return path;
}

function loop(): string {
  const path = join(folder, "loop");
  symlinkSync(path, path);
  return path;
}

function subfolder(): string {
  const path = join(folder, "folder");
  mkdirSync(path);
  return path;
}

const BAD: readonly (readonly [string, string, { readonly isOptional?: true }?])[] = [
  ["missing", join(folder, "missing"), { isOptional: true }],
  ["a folder", subfolder()],
  ["a circle of links", loop()],
  ["empty", named("empty"), { isOptional: true }],
  ["a byte order mark only", named("bom", "\ufeff"), { isOptional: true }],
  ["empty lines", named("lines", "\r\n\r\n"), { isOptional: true }],
  ["of 1 GiB", huge()],
  [
    "garbage",
    named(
      "garbage",
      Uint8Array.from({ length: 900 }, (_, at) => 128 + ((at * 89) % 128)),
    ),
  ],
  ["NUL bytes", named("nul", new Uint8Array(12))],
  ["a word", named("word", "rubbish!")],
  ["a long line", named("long", "x".repeat(100_000))],
  ["nested deeply", named("nested", "[".repeat(100_000))],
  ...(process.platform === "linux" ? ([["endless", "/dev/zero"]] as const) : []),
];

describe.each(READERS)("%s", (reader, read) => {
  test.each(BAD.filter(([, , { isOptional } = {}]) => isOptional !== true || !OPTIONAL.includes(reader)))(
    "that is %s is an error that names the file",
    async (_, path) => {
      const error = await inputErrorFrom(read(path));
      expect(error.where).toContain(path);
      expect(error.message).not.toBe("");
      expect(error.message.length).toBeLessThan(600);
    },
  );
});

describe("a byte order mark and CR LF", () => {
  const windows = (name: string, lines: readonly string[]) => named(name, `\ufeff${lines.join("\r\n")}\r\n`);
  const CASES: readonly [string, () => Promise<unknown>, unknown][] = [
    [
      "--config",
      async () => (await new ConfigFile(windows("c.toml", ["[sound]", "volume = 30"])).load()).volumePercent,
      30,
    ],
    [
      "stored cheats",
      async () => {
        const list = new CheatList(windows("c.txt", ["SXIOPO # lives", "- 0075:09"]));
        await list.load();
        return list.entries.map(({ code, isOn, name }) => [code, isOn, name]);
      },
      [
        ["SXIOPO", true, "lives"],
        ["0075:09", false, ""],
      ],
    ],
    ["--cheat", async () => (await loadCheatFile(windows("c.cht", ["SXIOPO", "0075:09"]))).cheats.length, 2],
    ["stored switches", () => loadDips(windows("d.txt", ["10000000"]), 8), 1],
    ["--token-file", () => readTokenFile(windows("token", ["0123456789abcdef"])), "0123456789abcdef"],
    [
      "--input",
      async () => (await loadMovie(windows("m.json", ["[[0, 0],", "[3, 8]]"]))).input.entries.frames,
      Float64Array.of(0, 3),
    ],
    ["--baseline", () => loadBaseline(windows("b.json", ["{", '"tests": []', "}"])), new Map()],
  ];
  test.each(CASES)("do not matter in %s", async (_, read, expected) => {
    expect(await read()).toEqual(expected);
  });
});
