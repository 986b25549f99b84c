import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { makeEnv, makeVectorEnv } from "../../src/io/env/index.ts";
import { load } from "../../src/io/library/index.ts";
import { emu } from "../support/cli.ts";
import { inputErrorFrom } from "../support/input-errors.ts";
import { RawPeer, RpcPeer } from "../support/serve.ts";
import { ServedProcess } from "../support/served-process.ts";

setDefaultTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "emu-palette-"));
const flat = join(folder, "flat.pal");
const bad = join(folder, "bad.pal");
writeFileSync(
  flat,
  new Uint8Array(192).map((_, at) => [0x12, 0x34, 0x56][at % 3]!),
);
writeFileSync(bad, new Uint8Array(100));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ["serve", "roms/swingby.nes"],
  ["debug", "roms/swingby.nes"],
  ["mcp", "roms/swingby.nes"],
  ["watch", "127.0.0.1:6502"],
  ["dump", "roms/swingby.nes"],
  ["conform", "roms/swingby.nes"],
  ["verify", "test/fixtures/movies"],
])("%s rejects a bad palette before it begins", (command, argument) => {
  const { exitCode, stderr } = emu([command, argument, "--palette", bad]);
  expect(stderr).toContain("a palette has 192 or 1536 bytes, not 100");
  expect(exitCode).toBe(65);
});

test("serve: pictures have the palette's colours", async () => {
  const served = await ServedProcess.start([
    ...["roms/swingby.nes", "--listen", "127.0.0.1:0", "--paused"],
    ...["--palette", flat],
  ]);
  try {
    const peer = new RpcPeer(await RawPeer.connect({ port: served.port }));
    await peer.call("run", { frames: 60 });
    const { png } = await peer.call("frame", { format: "png" });
    const { data, channels, palette } = decode(Buffer.from(png, "base64"));
    const colors = palette === undefined ? [...data.subarray(0, channels)] : palette[data[0]!]!;
    expect(colors.slice(0, 3)).toEqual([0x12, 0x34, 0x56]);
    peer.raw.close();
  } finally {
    served.process.kill();
    await served.process.exited;
  }
});

const SWINGBY = "roms/swingby.nes";
/** Returns true if all pixels have the palette's only colour. */
const isFlat = (rgb: Uint8Array): boolean => rgb.every((value, at) => value === [0x12, 0x34, 0x56][at % 3]);

test("conform: pictures have the palette's colours on all threads", () => {
  const manifest = join(folder, "tests.toml");
  const rom = join(import.meta.dir, "../../roms/swingby.nes");
  const entry = `[[test]]\nrom = ${JSON.stringify(rom)}\nexpect = [{ frame = 60, ram = { "0x300" = 9 } }]\n`;
  writeFileSync(manifest, entry.repeat(2));
  const pictures = join(folder, "pictures");
  const argv = ["conform", manifest, "--jobs", "2", "--pictures", pictures, "--palette", flat];
  expect(emu(argv).exitCode).toBe(1);
  const files = readdirSync(pictures);
  expect(files).toHaveLength(2);
  for (const file of files) {
    const { data, channels, palette } = decode(readFileSync(join(pictures, file)));
    const color = palette === undefined ? [...data.subarray(0, channels)] : palette[data[0]!]!;
    expect(color.slice(0, 3)).toEqual([0x12, 0x34, 0x56]);
  }
});

test("pictures of the library have the colours of the option palette", async () => {
  const game = await load(SWINGBY, { palette: flat });
  game.frames(5);
  expect(isFlat(game.screen.rgb())).toBe(true);
  const other = await load(SWINGBY);
  other.frames(5);
  expect(isFlat(other.screen.rgb())).toBe(false);
  expect((await inputErrorFrom(load(SWINGBY, { palette: bad }))).kind).toBe("data");
});

test("observations and pictures of environments have them, also on other threads", async () => {
  const options = { palette: flat, observation: { format: "rgb" } } as const;
  const env = await makeEnv(SWINGBY, options);
  expect(isFlat(env.reset().observation)).toBe(true);
  const many = await makeVectorEnv(SWINGBY, { ...options, count: 2, workers: 1 });
  try {
    expect(isFlat(many.reset().observations)).toBe(true);
    expect(many.render(1)).toHaveLength(256 * 240 * 3);
    expect(isFlat(many.render(1))).toBe(true);
  } finally {
    many.close();
  }
});

test("export: the game and its title screen have the palette's colours", () => {
  const page = emu(["export", SWINGBY, "--palette", flat, "--out", "-"]).stdout.toString();
  const config = JSON.parse(/<script type="application\/json" id="game">(.*?)<\/script>/s.exec(page)![1]!);
  expect(new Set(config.palette.slice(0, 64))).toEqual(new Set([0x12_3456]));
  const cover = /data:image\/png;base64,([A-Za-z0-9+/=]+)/.exec(page)![1]!;
  const { data, channels, palette } = decode(Buffer.from(cover, "base64"));
  expect(palette?.[data[0]!] ?? [...data.subarray(0, channels)].slice(0, 3)).toEqual([0x12, 0x34, 0x56]);
  expect(emu(["export", SWINGBY, "--palette", bad, "--out", "-"]).exitCode).toBe(65);
});
