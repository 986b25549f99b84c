import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../../../src/emu/input-error.ts";
import { applyPatch } from "../../../../src/io/files/roms/patch.ts";
import { loadRom } from "../../../../src/io/files/roms/rom-file.ts";
import { emu } from "../../../support/cli.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";
import { buildBps, buildIps, buildUps } from "../../../support/patch-builder.ts";
import { buildRom } from "../../../support/rom-builder.ts";
import { soakSize } from "../../../support/soak.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const bytes = fc.uint8Array({ maxLength: 300 });
const RUNS = { numRuns: soakSize(300, 100_000), seed: 20_261 };

const ascii = (text: string): number[] => [...Buffer.from(text)];
const SOURCE = Uint8Array.from({ length: 16 }, (_, at) => at);

describe("IPS", () => {
  test("makes the target of any two files", () => {
    fc.assert(
      fc.property(bytes, bytes, (source, target) => {
        expect(applyPatch(source, buildIps(source, target))).toEqual(target);
      }),
      RUNS,
    );
  });

  test.each<[string, number[], number[]]>([
    ["a repeated byte", [0, 0, 2, 0, 0, 0, 3, 9], [0, 1, 9, 9, 9, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]],
    ["a file that grows", [0, 0, 17, 0, 1, 7], [...SOURCE, 0, 7]],
    ["nothing", [], [...SOURCE]],
  ])("%s", (_name, records, target) => {
    const patch = Uint8Array.from([...ascii("PATCH"), ...records, ...ascii("EOF")]);
    expect([...applyPatch(SOURCE, patch)]).toEqual(target);
  });

  test("a shorter file, and 32-bit offsets", () => {
    expect([...applyPatch(SOURCE, Uint8Array.from([...ascii("PATCHEOF"), 0, 0, 4]))]).toEqual([0, 1, 2, 3]);
    const wide = Uint8Array.from([...ascii("IPS32"), 0, 0, 0, 1, 0, 1, 9, ...ascii("EEOF")]);
    expect(applyPatch(SOURCE, wide)[1]).toBe(9);
  });
});

describe("UPS", () => {
  test("makes the target of any two files, and the source again", () => {
    fc.assert(
      fc.property(bytes, bytes, (source, target) => {
        const patch = buildUps(source, target);
        expect(applyPatch(source, patch)).toEqual(target);
        expect(applyPatch(target, patch)).toEqual(source);
      }),
      RUNS,
    );
  });
});

describe("BPS", () => {
  const TARGET = Uint8Array.of(0, 1, 2, 50, 51, 12, 13, 50, 51, 50, 51, 50);

  test("all four actions: bytes of the source in place, new ones, copies, a pattern", () => {
    const actions = [
      [0, 3],
      [1, 2, [50, 51]],
      [2, 2, 12],
      [3, 2, 3],
      [3, 3, 2],
    ] as const;
    expect(applyPatch(SOURCE, buildBps(SOURCE, TARGET, actions))).toEqual(TARGET);
  });

  test("new bytes alone make any target", () => {
    fc.assert(
      fc.property(bytes, bytes, (source, target) => {
        const actions = target.length === 0 ? [] : [[1, target.length, [...target]] as const];
        expect(applyPatch(source, buildBps(source, target, actions))).toEqual(target);
      }),
      RUNS,
    );
  });

  test.each<[string, Parameters<typeof buildBps>[2], RegExp]>([
    ["more than the target", [[0, 13]], /writes past the file's end/],
    ["less than the target", [[0, 3]], /ends before the file does/],
    ["from before the source", [[2, 1, -1]], /copies from outside/],
    ["from after the source", [[2, 5, 14]], /copies from outside/],
    ["what is not yet written", [[3, 1, 0]], /copies from outside/],
    ["other bytes", [[0, 12]], /the patched file has CRC-32/],
  ])("rejects %s", (_name, actions, what) => {
    expect(inputErrorOf(() => applyPatch(SOURCE, buildBps(SOURCE, TARGET, actions))).message).toMatch(what);
  });
});

describe("damage", () => {
  const TARGET = Uint8Array.from(SOURCE, (byte) => byte ^ 1);
  const patches = [
    buildIps(SOURCE, TARGET),
    buildUps(SOURCE, TARGET),
    buildBps(SOURCE, TARGET, [[1, 16, [...TARGET]]]),
  ];

  test.each([0, 1, 2])("a byte changed, lost or added is an InputError or another file: %p", (index) => {
    const patch = patches[index]!;
    fc.assert(
      fc.property(fc.nat(patch.length), fc.uint8Array({ maxLength: 4 }), fc.nat(4), (at, inserted, cut) => {
        const damaged = Uint8Array.from([...patch.subarray(0, at), ...inserted, ...patch.subarray(at + cut)]);
        try {
          applyPatch(SOURCE, damaged);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      RUNS,
    );
  });

  test("of another ROM, a damaged patch, another format", () => {
    const other = Uint8Array.of(1, 2, 3);
    for (const patch of patches.slice(1)) {
      expect(inputErrorOf(() => applyPatch(other, patch)).message).toMatch(
        /the patch is for a ROM with CRC-32/,
      );
      const damaged = patch.with(6, patch[6]! ^ 1);
      expect(inputErrorOf(() => applyPatch(SOURCE, damaged)).message).toMatch(/its checksum is wrong/);
      expect(inputErrorOf(() => applyPatch(SOURCE, patch.subarray(0, 10))).message).toMatch(/cut off/);
    }
    expect(inputErrorOf(() => applyPatch(SOURCE, other)).message).toMatch(/not a patch/);
  });

  test("a patch that fills the same bytes for ever, and one that makes a huge file", () => {
    const fill = [0, 0, 0, 0, 0, 0xff, 0xff, 1];
    const again = Uint8Array.from([...ascii("PATCH"), ...Array(5000).fill(fill).flat(), ...ascii("EOF")]);
    expect(inputErrorOf(() => applyPatch(SOURCE, again)).message).toMatch(/again and again/);
    const huge = Uint8Array.from([...ascii("IPS32"), 0x7f, 0, 0, 0, 0, 1, 1, ...ascii("EEOF")]);
    expect(inputErrorOf(() => applyPatch(SOURCE, huge)).message).toMatch(/the patched file would have/);
  });
});

describe("a ROM with a patch", () => {
  const folder = temporaryFolder("patch");
  const rom = buildRom();
  const target = rom.with(20, 0x42);
  const game = join(folder, "game.nes");
  const beside = join(folder, "game.ips");
  const other = join(folder, "other.bps");
  writeFileSync(game, rom);
  writeFileSync(join(folder, "plain.nes"), rom);
  writeFileSync(beside, buildIps(rom, target));
  writeFileSync(other, buildBps(rom, target, [[1, target.length, [...target]]]));

  test("the one beside it is applied and reported", async () => {
    const { image, overrides } = await loadRom(game);
    expect([image.prgRom[4], overrides]).toEqual([0x42, ["patched by game.ips"]]);
    expect((await loadRom(game, { patches: [] })).image.prgRom[4]).toBe(rom[20]!);
  });

  test("--patch and --no-patch in every command that loads one", async () => {
    const sha1 = (...args: string[]) => JSON.parse(emu(["info", "--json", ...args]).stdout.toString()).sha1;
    const plain = join(folder, "plain.nes");
    expect(sha1(plain, "--patch", other)).toBe(sha1(game));
    expect(sha1(game, "--no-patch")).toBe(sha1(plain));
    for (const command of ["run", "dump", "bench", "serve", "export", "info"])
      expect(emu([command, "--help"]).stdout.toString()).toContain("--patch <file>");
  });

  test("a patch for another game names itself", () => {
    const { exitCode, stderr } = emu(["info", game, "--patch", other, "--patch", other]);
    expect(exitCode).toBe(65);
    expect(stderr).toMatch(/other\.bps: the patch is for a ROM with CRC-32/);
    expect(stderr).toContain("get the version of the game");
    expect(stderr).not.toContain("--no-patch");
  });

  test("one beside the ROM that is for another game can be ignored, as the error says", () => {
    const mine = join(folder, "mine.nes");
    writeFileSync(mine, rom);
    writeFileSync(join(folder, "mine.bps"), buildBps(target, rom, [[1, rom.length, [...rom]]]));
    const { exitCode, stderr } = emu(["info", mine]);
    expect(exitCode).toBe(65);
    expect(stderr).toMatch(
      /mine\.bps: the patch is for a ROM with .*get the version .*: --no-patch ignores it/,
    );
    expect(emu(["info", mine, "--no-patch"]).exitCode).toBe(0);
  });

  test("if several patches lie beside the ROM, the report names those that are ignored", async () => {
    const path = join(folder, "several.nes");
    writeFileSync(path, rom);
    writeFileSync(join(folder, "several.ips"), "never read");
    writeFileSync(join(folder, "several.ups"), buildUps(rom, target));
    const { image, overrides } = await loadRom(path);
    expect(image.prgRom[4]).toBe(0x42);
    expect(overrides).toEqual(["patched by several.ups; several.ips ignored"]);
  });

  test("only the remedy for a damaged patch beside the ROM is --no-patch", async () => {
    const path = join(folder, "damaged.nes");
    const patch = join(folder, "damaged.ips");
    writeFileSync(path, rom);
    writeFileSync(patch, "PATCH");
    const remedyOf = async (patches?: string[]) => {
      const error = await loadRom(path, { patches }).catch((thrown: unknown) => thrown);
      return error instanceof InputError ? [error.message, error.remedy] : error;
    };
    expect(await remedyOf()).toEqual([
      "the patch is cut off",
      expect.stringMatching(/--no-patch ignores it/),
    ]);
    const named = expect.stringMatching(/^give --patch an IPS, BPS or UPS file/);
    expect(await remedyOf([patch])).toEqual(["the patch is cut off", named]);
    expect(await remedyOf([folder])).toEqual(["is a folder, not a file", "name a file in it"]);
    expect(await remedyOf([path])).toEqual([expect.stringMatching(/^not a patch/), named]);
    expect(await remedyOf([])).not.toBeArray();
  });
});
