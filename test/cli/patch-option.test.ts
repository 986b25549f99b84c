/** Every way to load a ROM applies patches: beside it, and by the option, argument or key. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { parseSide, powerOnSide } from "../../src/io/bisect/sides.ts";
import { rgb } from "../../src/io/capture/local-palette.ts";
import { grade } from "../../src/io/conform/grade.ts";
import { parseManifest } from "../../src/io/conform/manifest.ts";
import { FileHashes, portableTest } from "../../src/io/conform/portable-test.ts";
import { gameSource } from "../../src/io/debug/dap/game-source.ts";
import { RequestArguments } from "../../src/io/debug/dap/request-arguments.ts";
import { type EnvOptions, makeEnv } from "../../src/io/env/index.ts";
import { MAX_ROM_BYTES } from "../../src/io/files/limits.ts";
import { loadRom } from "../../src/io/files/roms/rom-file.ts";
import { fuzz, load } from "../../src/io/library/index.ts";
import { paletteFor } from "../../src/io/render/colors/palette.ts";
import { emu } from "../support/cli.ts";
import { inputErrorFrom } from "../support/input-errors.ts";
import { McpClient } from "../support/mcp.ts";
import { buildBps } from "../support/patch-builder.ts";
import { Pty } from "../support/pty.ts";
import { buildRar } from "../support/rar-builder.ts";
import { RawPeer, RpcPeer } from "../support/serve.ts";
import { ServedProcess } from "../support/served-process.ts";
import { SOAK } from "../support/shared.ts";
import { TestProgram } from "../support/test-program.ts";

setDefaultTimeout(60_000);

const MAIN = join(import.meta.dir, "../../src/cli/main.ts");
const PLAIN = 0x16;
const PATCHED = 0x2a;
const FRAMES = 12;
/** The terminal's renderer rounds colours. */
const ROUNDED = 4;

/** Stores the value in $10 and makes it the colour of the whole screen. */
function romOf(value: number): Uint8Array {
  return (
    new TestProgram()
      .waitFrames(3)
      .bytes(0xa2, value, 0x8e, 0x10, 0x00) // LDX #value, STX $0010
      .store(0x2006, 0x3f)
      .store(0x2006, 0)
      .bytes(0x8e, 0x07, 0x20) // STX $2007
      // While rendering is off, the colour at the address is shown.
      .store(0x2006, 0x3f)
      .store(0x2006, 0)
      .forever()
      .toRom()
  );
}

const folder = mkdtempSync(join(tmpdir(), "emu-patch-option-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const target = romOf(PATCHED);
const patch = buildBps(romOf(PLAIN), target, [[1, target.length, [...target]]]);
const write = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};
/** The same name in three folders: without a patch, with one beside it, and already patched. */
const plain = write("plain/game.nes", romOf(PLAIN));
const patchFile = write("patches/fix.bps", patch);
const beside = write("beside/game.nes", romOf(PLAIN));
write("beside/game.bps", patch);
/** The same, in an archive. */
const archived = write("archived/other.zip", zipSync({ "a/game.nes": romOf(PLAIN), "a/game.bps": patch }));
const archivedPatch = write(
  "patches/fix.zip",
  zipSync({ "fix.bps": patch, "readme.txt": new Uint8Array(9) }),
);
const finished = write("finished/game.nes", target);

type Files = readonly string[] | undefined;
const optionsOf = (patches: Files): string[] =>
  patches?.length === 0 ? ["--no-patch"] : (patches ?? []).flatMap((path) => ["--patch", path]);

const stdout = (...argv: string[]): string => emu(argv).stdout.toString();
const finishedInfo = JSON.parse(stdout("info", "--json", finished)).sha1;
const hashesOf = (path: string, patches: Files): string =>
  stdout("dump", path, ...optionsOf(patches), "--frames", String(FRAMES), "--format", "hash");
const finishedHashes = hashesOf(finished, undefined);
const exportOf = (path: string, patches: Files): string =>
  stdout("export", path, ...optionsOf(patches), "--out", "-");
const finishedPage = exportOf(finished, undefined);

const withPatches = (patches: Files) => (patches === undefined ? {} : { patches });

async function memoryOfEnv(rom: string | Uint8Array, options: EnvOptions): Promise<number> {
  const env = await makeEnv(rom, { ...options, frameSkip: FRAMES, info: { value: "[$10]" } });
  env.reset();
  return Number(env.step(0).info.value);
}

/** Returns true if the machine that this way to load a ROM makes has the patched byte. */
type Loads = (path: string, patches: Files) => Promise<boolean>;

const WAYS: readonly (readonly [name: string, loads: Loads])[] = [
  [
    "info",
    async (path, patches) =>
      JSON.parse(stdout("info", "--json", path, ...optionsOf(patches))).sha1 === finishedInfo,
  ],
  ["dump", async (path, patches) => hashesOf(path, patches) === finishedHashes],
  ["export", async (path, patches) => exportOf(path, patches) === finishedPage],
  ["run", runs],
  ["serve", serves],
  [
    "mcp",
    async (path, patches) => {
      const mcp = await McpClient.stdio([path, ...optionsOf(patches)]);
      try {
        await mcp.facts("play", { inputs: [{ buttons: "", frames: FRAMES }] });
        const { values } = await mcp.facts("memory_read", { values: ["[$10]"] });
        return values["[$10]"] === PATCHED;
      } finally {
        await mcp.close();
      }
    },
  ],
  [
    "debug",
    async (path, patches) => {
      const source = gameSource({ program: path, load: withPatches(patches), machine: {} });
      return (await source(new RequestArguments({}))).rom.image.prgRom.includes(PATCHED);
    },
  ],
  [
    "bisect",
    async (path, patches) => {
      const against = [
        "bisect",
        path,
        "--a",
        `rom=${finished}`,
        ...optionsOf(patches),
        "--frames",
        `${FRAMES}`,
      ];
      return emu(against).exitCode === 0;
    },
  ],
  [
    "a side of bisect",
    async (path, patches) => {
      const keys = (patches ?? []).map((file) => `patch=${file}`);
      const none = patches?.length === 0 ? { patches } : {};
      const { nes } = await powerOnSide(path, undefined, parseSide(keys, "--b"), none);
      for (let frame = 0; frame < FRAMES; frame++) nes.runFrame();
      return nes.peek("cpu", 0x10) === PATCHED;
    },
  ],
  ["conform", async (path, patches) => (await graded(path, patches)) === "pass"],
  [
    "load",
    async (path, patches) => {
      const game = await load(path, { symbols: false, ...withPatches(patches) });
      game.step(0, FRAMES);
      return game.ram[0x10] === PATCHED;
    },
  ],
  [
    "fuzz",
    async (path, patches) => {
      let isPatched = false;
      await fuzz(path, {
        runs: 1,
        frames: FRAMES,
        game: { symbols: false, ...withPatches(patches) },
        check: (game) => {
          if (game.ram[0x10] === PATCHED) isPatched = true;
        },
      });
      return isPatched;
    },
  ],
  ["makeEnv", async (path, patches) => (await memoryOfEnv(path, withPatches(patches))) === PATCHED],
];

async function runs(path: string, patches: Files): Promise<boolean> {
  const argv = ["run", path, ...optionsOf(patches), "--sound", "none", "--frames", "60"];
  await using pty = new Pty([process.execPath, MAIN, ...argv, "--render", "half-block"], {
    env: { XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_STATE_HOME: folder },
  });
  await pty.process.exited;
  const wanted = rgb(paletteFor()[PATCHED]!);
  return [...pty.output.matchAll(/48;2;(\d+);(\d+);(\d+)/g)].some(([, ...color]) =>
    color.every((component, at) => Math.abs(Number(component) - wanted[at]!) <= ROUNDED),
  );
}

async function serves(path: string, patches: Files): Promise<boolean> {
  const argv = [path, ...optionsOf(patches), "--listen", "127.0.0.1:0", "--paused"];
  const served = await ServedProcess.start(argv);
  try {
    const peer = new RpcPeer(await RawPeer.connect({ port: served.port }));
    await peer.call("run", { frames: FRAMES });
    const { bytes } = await peer.call("peek", { address: 0x10 });
    peer.raw.close();
    return bytes[0] === PATCHED;
  } finally {
    served.process.kill();
    await served.process.exited;
  }
}

async function specOf(path: string, patches: Files) {
  const entry = {
    rom: path,
    ...(patches === undefined ? {} : { patch: patches }),
    expect: { frame: FRAMES, ram: { "0x10": PATCHED } },
  };
  const [spec] = (await parseManifest(JSON.stringify([entry]), join(folder, "m.json"))).tests;
  return spec!;
}

async function graded(path: string, patches: Files): Promise<string> {
  return (await grade(await specOf(path, patches))).result.verdict;
}

/**
 * Ways that start a process for each ROM, which is slow. Outside of the soak two cases are left to the other
 * ways: that a ROM without a patch stays as it is, and that a named patch can be in an archive.
 */
const STARTS_PROCESS = ["info", "dump", "export", "run", "serve", "mcp", "bisect"];
const LEFT_OUT = new Set(SOAK ? [] : STARTS_PROCESS);

test.each(WAYS)("%s applies the patch that is named or beside the ROM, and no other", async (name, loads) => {
  if (!LEFT_OUT.has(name)) expect(await loads(plain, undefined)).toBe(false);
  expect(await loads(plain, [patchFile])).toBe(true);
  expect(await loads(beside, undefined)).toBe(true);
  // A manifest names at least one patch.
  if (name !== "conform") expect(await loads(beside, [])).toBe(false);
});

test.each(WAYS)("%s applies the patch that is in an archive", async (name, loads) => {
  if (!LEFT_OUT.has(name)) expect(await loads(plain, [`${archivedPatch}#fix.bps`])).toBe(true);
  expect(await loads(archived, undefined)).toBe(true);
});

test.each([
  ["bench", [finished]],
  ["tape", [finished]],
  ["host", [finished]],
  ["join", ["127.0.0.1:1", finished, "--token", "0123456789abcdef"]],
])("%s takes --patch: one of another ROM ends it", (command, argv) => {
  const { exitCode, stderr } = emu([command, ...argv, "--patch", patchFile]);
  expect(stderr).toContain("the patch is for a ROM with CRC-32");
  expect(exitCode).toBe(65);
});

test("bytes in memory are patched by the named files", async () => {
  const game = await load(romOf(PLAIN), { patches: [patchFile] });
  game.step(0, FRAMES);
  expect(game.ram[0x10]).toBe(PATCHED);
  expect(await memoryOfEnv(romOf(PLAIN), { patches: [patchFile] })).toBe(PATCHED);
  const packed = zipSync({ "game.nes": romOf(PLAIN), "game.bps": patch });
  expect(await memoryOfEnv(packed, {})).toBe(PATCHED);
  const error = await inputErrorFrom(load(target, { patches: [patchFile] }));
  expect([error.kind, error.where]).toEqual(["data", patchFile]);
});

test.each<[string, Files, readonly string[]]>([
  [archived, undefined, ["patched by game.bps in the archive"]],
  [archived, [], []],
  [`${archived}#a/game.nes`, undefined, ["patched by game.bps in the archive"]],
  [plain, [archivedPatch], ["patched by fix.zip"]],
  [plain, [`${archivedPatch}#fix.bps`], ["patched by fix.zip#fix.bps"]],
  [plain, [write("patches/fix.bps.gz", gzipSync(patch))], ["patched by fix.bps.gz"]],
])("%s with the patches %p", async (path, patches, overrides) => {
  const rom = await loadRom(path, withPatches(patches));
  expect(rom.overrides).toEqual(overrides);
  expect(rom.image.prgRom.includes(PATCHED)).toBe(overrides.length > 0);
});

const OTHER_NAMES: [string, Uint8Array<ArrayBuffer>][] = [
  ["other.zip", zipSync({ "game.nes": romOf(PLAIN), "fix.bps": patch })],
  ["other.rar", buildRar({ "game.nes": romOf(PLAIN), "fix.bps": patch })],
];

test.each<[string, Uint8Array<ArrayBuffer>]>([
  ["capitals.zip", zipSync({ "a/Game.nes": romOf(PLAIN), "a/GAME.BPS": patch })],
  ["same.rar", buildRar({ "game.nes": romOf(PLAIN), "game.bps": patch, "readme.txt": new Uint8Array(9) })],
  ["capitals.rar", buildRar({ "GAME.NES": romOf(PLAIN), "game.BPS": patch })],
])("%s: a patch with the game's name is applied", async (name, bytes) => {
  const rom = await loadRom(write(`names/${name}`, bytes));
  expect(rom.overrides).toEqual([expect.stringMatching(/^patched by game\.bps in the archive$/i)]);
  expect(rom.warnings).toEqual([]);
  expect(rom.image.sha1).toBe(finishedInfo);
});

test.each(OTHER_NAMES)("%s: a patch with another name is reported, and can be named", async (name, bytes) => {
  const path = write(`names/${name}`, bytes);
  const rom = await loadRom(path);
  expect(rom.image.prgRom.includes(PATCHED)).toBe(false);
  const how = `--patch ${path}#fix.bps applies it`;
  expect(rom.warnings).toEqual([
    `fix.bps in the archive is not applied, because its name is not the game's (${how})`,
  ]);
  expect((await loadRom(path, { patches: [] })).warnings).toEqual([]);
  const named = await loadRom(path, { patches: [`${path}#fix.bps`] });
  expect([named.image.sha1, named.warnings]).toEqual([finishedInfo, []]);
});

test("a patch that belongs to another game of the archive is not reported", async () => {
  const games = { "game.nes": romOf(PLAIN), "other.nes": target, "other.bps": patch };
  const path = write("names/two.zip", zipSync(games));
  const rom = await loadRom(`${path}#game.nes`);
  expect([rom.overrides, rom.warnings]).toEqual([[], []]);
});

test("a patch beside the ROM can have an extension in capitals", async () => {
  const path = write("capitals/game.nes", romOf(PLAIN));
  write("capitals/game.BPS", patch);
  const rom = await loadRom(path);
  expect(rom.overrides).toEqual([expect.stringMatching(/^patched by game\.bps$/i)]);
  expect(rom.image.sha1).toBe(finishedInfo);
});

test("a patch beside an archive comes before one in it", async () => {
  const path = write(
    "both/game.zip",
    zipSync({ "game.nes": romOf(PLAIN), "game.ips": Buffer.from("PATCHEOF") }),
  );
  const besideIt = write("both/game.bps", patch);
  const rom = await loadRom(path);
  expect(rom.overrides).toEqual(["patched by game.bps; game.ips in the archive ignored"]);
  expect(rom.files).toEqual([path, besideIt]);
});

test.each<[string, Uint8Array<ArrayBuffer>, string]>([
  ["pack.zip", zipSync({ "a/game.nes": romOf(PLAIN), "b/other.nes": target }), "#a/game.nes"],
  ["pack.rar", buildRar({ "game.nes": romOf(PLAIN) }), ""],
  ["game.nes.gz", gzipSync(romOf(PLAIN)), ""],
])("a patch beside %s can have the name of the game in it", async (name, bytes, inner) => {
  const path = write(`inner-${name}/${name}`, bytes) + inner;
  const besideIt = write(`inner-${name}/game.bps`, patch);
  const rom = await loadRom(path);
  expect([rom.overrides, rom.image.sha1]).toEqual([["patched by game.bps"], finishedInfo]);
  const { files } = await portableTest(await specOf(path, undefined), new FileHashes());
  expect(files.map((file) => file.path)).toContain(besideIt);
  if (inner === "") return;
  expect((await loadRom(path.replace("a/game", "b/other"))).overrides).toEqual([]);
});

test("a bad patch in an archive is named with its place", async () => {
  const inside = write("bad/game.zip", zipSync({ "game.nes": target, "game.bps": patch }));
  expect(await inputErrorFrom(loadRom(inside))).toMatchObject({
    kind: "data",
    where: `${inside}#game.bps`,
  });
  const cut = write("cut/game.zip", zipSync({ "game.nes": target, "game.bps": patch.subarray(0, 9) }));
  expect(await inputErrorFrom(loadRom(cut))).toMatchObject({
    where: `${cut}#game.bps, byte 9`,
    remedy: expect.stringContaining("--no-patch"),
  });
  expect((await loadRom(inside, { patches: [] })).image.sha1).toBe(finishedInfo);
  const error = await inputErrorFrom(loadRom(plain, { patches: [archived.replace("other", "none")] }));
  expect([error.kind, error.message]).toEqual(["missing", "no such file"]);
  const noPatch = write("bad/none.zip", zipSync({ "game.nes": target }));
  expect(await inputErrorFrom(loadRom(plain, { patches: [noPatch] }))).toMatchObject({
    message: "the zip has no patch: game.nes",
    where: noPatch,
  });
  const large = write("bad/large.zip", new Uint8Array(MAX_ROM_BYTES + 1));
  expect(await inputErrorFrom(loadRom(plain, { patches: [`${large}#fix.bps`] }))).toMatchObject({
    message: "is larger than 16 MiB",
    where: large,
  });
  const twoPatches = write("bad/two.zip", zipSync({ "a.bps": patch, "b.bps": patch }));
  expect(await inputErrorFrom(loadRom(plain, { patches: [twoPatches] }))).toMatchObject({
    message: "the zip has 2 patches: a.bps, b.bps",
    where: twoPatches,
    remedy: "choose one: archive.zip#name",
  });
});

test("a test of the farm takes its patches along", async () => {
  const { spec, files } = await portableTest(await specOf(plain, [patchFile]), new FileHashes());
  expect(spec.patchFiles).toEqual(["1/fix.bps"]);
  expect(files.map(({ place }) => place)).toContain("1/fix.bps");
  const packed = await portableTest(await specOf(plain, [`${archivedPatch}#fix.bps`]), new FileHashes());
  expect(packed.spec.patchFiles).toEqual(["1/fix.zip#fix.bps"]);
  expect(packed.files.map(({ place }) => place)).toEqual(["0/game.nes", "1/fix.zip"]);
  expect((await loadRom(plain, { patches: [patchFile] })).image.sha1).toBe(finishedInfo);
});
