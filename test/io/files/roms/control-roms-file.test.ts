/** Where the ROMs of a PlayChoice-10's control side come from. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { CONTROL_PLANE_BYTES } from "../../../../src/emu/nes/playchoice/control-roms.ts";
import { MIB } from "../../../../src/emu/units.ts";
import { loadRom } from "../../../../src/io/files/roms/rom-file.ts";
import { changedVariables } from "../../../support/environment.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";
import { controlRoms, playChoiceFile } from "../../../support/playchoice-rom.ts";
import { buildRom } from "../../../support/rom-builder.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const folder = temporaryFolder("playchoice");
const data = join(folder, "data");
const game = join(folder, "games", "game.nes");
const beside = (name: string): string => join(folder, "games", name);

let variables: Disposable;

beforeAll(() => {
  variables = changedVariables({ XDG_DATA_HOME: data });
  mkdirSync(join(data, "emuterm"), { recursive: true });
  mkdirSync(join(folder, "games"));
  writeFileSync(game, playChoiceFile());
});

afterAll(() => variables[Symbol.dispose]());

/** The files of the board, whose program begins with `first`. */
function boardFiles(first: number): Record<string, Uint8Array> {
  const { program, tiles, colors } = controlRoms();
  const plane = (at: number) => tiles.subarray(at * CONTROL_PLANE_BYTES, (at + 1) * CONTROL_PLANE_BYTES);
  return {
    "pch1-c.8t": program.with(0, first),
    "pch1-c.8k": plane(0),
    "pch1-c.8m": plane(1),
    "pch1-c.8p": plane(2),
    "pch1-c.6f": colors.subarray(0, 256),
    "pch1-c.6e": colors.subarray(256, 512),
    "pch1-c.6d": colors.subarray(512),
  };
}

/** The first byte of the program that the game gets. */
async function firstByte(choice?: string): Promise<number | undefined> {
  const { image } = await loadRom(game, choice === undefined ? {} : { controlRoms: choice });
  return image.controlRoms?.program[0];
}

describe("without any", () => {
  test("the game runs alone, and one line says how to get the menu", async () => {
    const { image, cautions, warnings } = await loadRom(game);
    expect(image.controlRoms).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(cautions).toEqual([
      `the PlayChoice-10's menu needs playch10.zip, MAME's file of its ROMs, beside the game or in ${join(
        data,
        "emuterm",
      )}, or --control-roms built-in: the game runs alone`,
    ]);
  });

  test("nothing is said if none are wanted, or for other games", async () => {
    expect((await loadRom(game, { controlRoms: "none" })).cautions).toEqual([]);
    writeFileSync(beside("other.nes"), buildRom({ mapper: 0 }));
    expect(
      (await loadRom(beside("other.nes"), { controlRoms: "built-in" })).image.controlRoms,
    ).toBeUndefined();
  });

  test("emu's own program is there", async () => {
    const { image, cautions } = await loadRom(game, { controlRoms: "built-in" });
    expect([image.controlRoms?.program.length, cautions]).toEqual([0x4000, []]);
  });
});

describe("files", () => {
  test("are found in the data folder, then beside the game, or where they are named", async () => {
    writeFileSync(join(data, "emuterm", "playch10.zip"), zipSync(boardFiles(1)));
    expect(await firstByte()).toBe(1);
    mkdirSync(beside("playch10"));
    for (const [name, bytes] of Object.entries(boardFiles(2)))
      writeFileSync(join(beside("playch10"), name), bytes);
    expect(await firstByte()).toBe(2);
    writeFileSync(
      beside("playch10.zip"),
      zipSync({ ...boardFiles(3), "readme.txt": new Uint8Array(100_000) }),
    );
    expect(await firstByte()).toBe(3);
    expect((await loadRom(game)).files).toContain(beside("playch10.zip"));
    const loose = join(folder, "loose");
    mkdirSync(loose);
    for (const [name, bytes] of Object.entries(boardFiles(4))) writeFileSync(join(loose, name), bytes);
    expect(await firstByte(loose)).toBe(4);
    expect(await firstByte("none")).toBeUndefined();
  });

  test("can be links, and be among files that are not theirs", async () => {
    const many = join(folder, "many");
    mkdirSync(many);
    for (let at = 0; at < 1100; at++) writeFileSync(join(many, `${at}.bin`), new Uint8Array(256));
    symlinkSync("nowhere", join(many, "broken.8t"));
    const target = join(folder, "targets");
    mkdirSync(target);
    for (const [name, bytes] of Object.entries(boardFiles(6))) {
      writeFileSync(join(target, name), bytes);
      symlinkSync(join(target, name), join(many, name));
    }
    writeFileSync(Buffer.from(`${many}/caf\xe9.txt`, "latin1"), "a name that is not UTF-8");
    expect(await firstByte(many)).toBe(6);
  });

  test.each([["a b"], ["b a"]])("with unknown contents are chosen by name, not by age: %s", async (order) => {
    const two = join(folder, `two-${order}`);
    mkdirSync(two);
    const { "pch1-c.8t": program, ...rest } = boardFiles(8);
    for (const [name, bytes] of Object.entries(rest)) writeFileSync(join(two, name), bytes);
    for (const name of order.split(" "))
      writeFileSync(join(two, `${name}.8t`), program!.with(0, name === "a" ? 8 : 9));
    expect(await firstByte(two)).toBe(8);
  });

  test("are found in a set with the ROMs of many games", async () => {
    const merged = join(folder, "merged.zip");
    const games = Array.from({ length: 300 }, (_, at) => [`pc_${at}/u3`, new Uint8Array(8192).fill(at)]);
    const large = new Uint8Array(2_000_000).map((_, at) => Math.imul(at, 0x9e37_79b1) >>> 24);
    writeFileSync(merged, zipSync({ ...Object.fromEntries(games), "pc_0/u1": large, ...boardFiles(7) }));
    expect(await firstByte(merged)).toBe(7);
  });

  test("that are damaged are a caution if they were found, and an error if they were named", async () => {
    const { "pch1-c.8m": _, ...rest } = boardFiles(5);
    const named = join(folder, "part.zip");
    writeFileSync(named, zipSync(rest));
    const error = await inputErrorFrom(loadRom(game, { controlRoms: named }));
    expect(error).toMatchObject({ kind: "missing", where: named });
    expect(error.message).toContain("pch1-c__8m_e-1.8m (8192 bytes, CRC-32 c1232eee)");
    writeFileSync(beside("playch10.zip"), zipSync(rest));
    const { image, cautions } = await loadRom(game);
    expect(image.controlRoms).toBeUndefined();
    expect(cautions[0]).toContain("pch1-c__8m_e-1.8m");
    writeFileSync(beside("playch10.zip"), "no zip");
    expect((await loadRom(game)).cautions[0]).toContain("is no zip");
    truncateSync(beside("playch10.zip"), 65 * MIB);
    expect((await loadRom(game)).cautions).toEqual([
      `${beside("playch10.zip")}: is larger than 64 MiB: the game runs without the PlayChoice-10's menu`,
    ]);
    rmSync(beside("playch10.zip"));
  });

  test.each([
    ["missing", "none.zip", "missing"],
    ["no zip", "game.nes", "data"],
  ])("that are %s are an error", async (_name, name, kind) => {
    expect((await inputErrorFrom(loadRom(game, { controlRoms: beside(name) }))).kind).toBe(kind as never);
  });
});
