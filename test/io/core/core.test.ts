/** `emuterm/core` as its users run it: compiled, in other engines. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMON_BOARDS } from "../../../src/emu/nes/cartridge/boards/common.ts";
import { CORE_BOARDS } from "../../../src/emu/nes/cartridge/boards/core.ts";
import { BOARDS, headerMapper } from "../../../src/emu/nes/cartridge/boards/index.ts";
import { KNOWN_GAMES } from "../../../src/emu/nes/cartridge/database-games.ts";
import { findDump } from "../../../src/emu/nes/cartridge/dump-facts.ts";
import { EXPANSION_DEVICES, PORT_DEVICES } from "../../../src/emu/nes/input/devices.ts";
import { CONSOLE_MODELS, CPU_REVISIONS, PPU_REVISIONS } from "../../../src/emu/nes/revisions.ts";
import { InputError, type LoadOptions, load } from "../../../src/io/core/index.ts";
import { decodePalette } from "../../../src/io/render/colors/palette.ts";
import { arcadeRomFile } from "../../support/arcade-rom.ts";
import { COMPARED_FRAMES, COMPARED_GAMES, COMPARED_INPUT } from "../../support/compared-games.ts";
import { buildDisk, buildDiskSide } from "../../support/disk-builder.ts";
import { randomProgram } from "../../support/random-program.ts";
import { soakSize } from "../../support/soak.ts";
import { ROOT } from "../../support/sources.ts";
import { TestProgram } from "../../support/test-program.ts";
import { buildUnif } from "../../support/unif-builder.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-core-"));
const core = join(folder, "index.js");
const full = join(folder, "full.js");
const lean = join(folder, "lean.js");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  const { exitCode } = Bun.spawnSync([process.execPath, join(ROOT, ".ci/core.ts"), folder]);
  expect(exitCode).toBe(0);
}, 400_000);

/** All engines on this machine that run modules from the command line. */
const ENGINES = ["bun", "node", "deno"]
  .map((name) => [name, name === "bun" ? process.execPath : Bun.which(name)] as const)
  .filter((entry): entry is readonly [string, string] => entry[1] !== null);

describe("emuterm/core gives the same frames as emu dump", () => {
  test("Node is one of the engines", () => {
    expect(ENGINES.map(([name]) => name)).toContain("node");
  });

  describe.each(COMPARED_GAMES.map((rom) => [rom.split("/").at(-1)!, rom] as const))("%s", (_, rom) => {
    const input = join(folder, "input.json");
    let expected: string[] = [];
    beforeAll(async () => {
      await Bun.write(input, COMPARED_INPUT);
      const argv = ["dump", rom, "--frames", `${COMPARED_FRAMES}`, "--format", "hash", "--input", input];
      const { stdout } = Bun.spawnSync([process.execPath, join(ROOT, "src/cli/main.ts"), ...argv]);
      expected = stdout
        .toString()
        .trim()
        .split("\n")
        .map((line) => line.split("\t")[1]!);
    });

    test.each(ENGINES)("in %s", (_name, engine) => {
      const argv = [join(import.meta.dir, "hashes.mjs"), core, rom, `${COMPARED_FRAMES}`, COMPARED_INPUT];
      const { stdout, stderr, exitCode } = Bun.spawnSync([engine, ...argv]);
      expect([exitCode, stderr.toString()]).toEqual([0, ""]);
      expect(new Set(expected).size).toBeGreaterThan(5);
      expect(JSON.parse(stdout.toString())).toEqual(expected);
    });
  });
});

test.each([
  ["all", full, 145],
  ["most", core, 120],
  ["common", lean, 96],
])("with %s boards, it is one module that imports nothing and needs no eval", (_, path, maxKb) => {
  const text = readFileSync(path, "utf8");
  expect(Bun.gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(maxKb * 1000);
  const foreign =
    /(^|[;}\n])import\s*[("{*]|\brequire\("|\bnew Function\b|\beval\(|\b(Bun|process|document|window)\./;
  expect(foreign.exec(text)?.[0]).toBeUndefined();
});

test("it holds no texts that only emu info and the docs show", () => {
  const text = readFileSync(full, "utf8");
  const titles = KNOWN_GAMES.flatMap(({ games }) => Object.values(games));
  const names = BOARDS.flatMap(({ name, wiki = [] }) => [name, ...wiki]);
  const shown = [...titles, ...names].filter(
    (each) => each.length > 9 && /[ _]/.test(each) && text.includes(each),
  );
  expect(shown).toEqual([]);
});

test("compiled, it tells music files from games and names what plays them", async () => {
  const module: { load: typeof load } = await import(core);
  for (const signature of ["NESM\x1a", "NSFE"]) {
    const bytes = new Uint8Array(200);
    bytes.set(new TextEncoder().encode(signature));
    expect(() => module.load(bytes)).toThrow(expect.objectContaining({ remedy: "play it with emu run" }));
  }
});

/** Bytes 6 to 8 of a NES 2.0 header. */
function header(mapper: number): number[] {
  return [(mapper & 0x0f) << 4, (mapper & 0xf0) | 8, mapper >> 8];
}

describe("the error for a number without a board names the module that has it", () => {
  const FULL = "emuterm/core/full has all boards of emu";
  test.each([
    ["emuterm/core", core, CORE_BOARDS, FULL],
    ["emuterm/core/lean", lean, COMMON_BOARDS, "emuterm/core has more boards, emuterm/core/full all of emu"],
    ["emuterm/core/full", full, BOARDS, "emu info --boards lists the supported ones"],
  ])("%s", async (_, path, boards, remedy) => {
    const module: { load: typeof load } = await import(path);
    const own = new Set(boards.map(({ mapper }) => mapper));
    // Mapper 256 has no board anywhere.
    const others = new Set([256, ...BOARDS.map(({ mapper }) => mapper)]).difference(own);
    const rom = randomProgram(0, 0);
    for (const mapper of others) {
      if (headerMapper(mapper) === null) continue;
      rom.set(header(mapper), 6);
      const text = `mapper ${mapper} is not supported`;
      expect(() => module.load(rom)).toThrow(expect.objectContaining({ message: text, remedy }));
    }
  });
});

// The names of the machine's members are shortened in the compiled module.
describe("compiled, it gives the states of the source", () => {
  const states = (module: { load: typeof load }, rom: Uint8Array, options: LoadOptions = {}) => {
    const nes = module.load(rom, options);
    nes.press(0, "start");
    for (let i = 0; i < 2; i++) nes.runFrame();
    const state = nes.saveState();
    nes.loadState(state);
    const { geometry } = nes;
    const hashes = [state, nes.rgba()].map((bytes) => Bun.hash.crc32(bytes));
    return { hashes, geometry };
  };

  test.each([
    ["emuterm/core/full", full, BOARDS],
    ["emuterm/core", core, CORE_BOARDS],
    ["emuterm/core/lean", lean, COMMON_BOARDS],
  ])("with every board of %s, or with a part of them in a short run", async (_, path, boards) => {
    const module: { load: typeof load } = await import(path);
    // The module has no barcode reader, and disks need a BIOS.
    const mappers = [...new Set(boards.map(({ mapper }) => mapper))].filter(
      (mapper) => mapper !== 157 && mapper !== 20,
    );
    const step = soakSize(path === full ? 8 : 16, 1);
    for (const mapper of mappers.filter((_, at) => at % step === 0)) {
      const rom = randomProgram(mapper, 0);
      rom.set(header(mapper), 6);
      expect({ mapper, ...states(module, rom) }).toEqual({ mapper, ...states({ load }, rom) });
    }
  });

  const DISK_MEMBERS = ["sideCount", "insertedSide", "wantedSide"] as const;
  const COIN_MEMBERS = ["slotCount", "switches", "switchCount", "dips", "defaultDips"] as const;

  const CHOICES: readonly LoadOptions[] = [
    ...["ntsc", "pal", "dendy"].map((region) => ({ region }) as LoadOptions),
    ...CPU_REVISIONS.map((cpuRevision) => ({ cpuRevision })),
    ...PPU_REVISIONS.map((ppuRevision) => ({ ppuRevision })),
    ...CONSOLE_MODELS.map((console) => ({ console })),
    ...PORT_DEVICES.map((port2) => ({ devices: { port2 } })),
    ...EXPANSION_DEVICES.map((expansion) => ({ devices: { expansion } })),
    { devices: { fourScore: true } },
    { devices: { microphone: true } },
    { ramFill: "ones", alignment: -1000, exact: true, mmc3Revision: "A" },
  ];

  test.each(CHOICES)("with options %o", async (options) => {
    const module: { load: typeof load } = await import(core);
    const rom = randomProgram(1, 4);
    let expected: ReturnType<typeof states>;
    try {
      expected = states({ load }, rom, options);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return;
    }
    // These are left out of the module.
    const { port2 = "none", expansion = "none" } = options.devices ?? {};
    if (/^(turbo-file|battle-box|(silent-)?data-recorder|barcode|datach|epsm|pec)/.test(expansion)) return;
    if (/^(power-glove|rob)/.test(port2)) {
      expect(() => module.load(rom, options)).toThrow(
        port2 === "power-glove" ? "no Power Glove" : "no R.O.B.",
      );
      return;
    }
    expect(states(module, rom, options)).toEqual(expected);
  });

  test("with the device that a header asks for, or with controllers if it has none", async () => {
    const module: { load: typeof load } = await import(core);
    for (let device = 0; device < 0x40; device++) {
      if (device === 24 || device === 36) continue; // the module has no barcode reader and no such keyboard
      const rom = randomProgram(1, 4);
      rom.set([8, 0, 0, 0, 7, 0, 0, 0, device], 7);
      expect({ device, ...states(module, rom) }).toEqual({ device, ...states({ load }, rom) });
    }
  });

  // Checksums begin with a letter or a digit: those with a letter could be names of members. The headers have
  // neither the board nor the PPU. The module knows no facts of dumps.
  const CHECKSUMS = KNOWN_GAMES.filter(({ is }) => is.mapper !== 157).flatMap(({ games, is }) =>
    Object.keys(games)
      .filter((crc) => Object.keys(findDump(crc) ?? {}).every((key) => Object.hasOwn(is, key)))
      .slice(0, 2),
  );
  test.each([
    ["VS. games", 1, ["12b36f73", "29155e0c", "f9d3b0a3"]],
    ["games whose headers are corrected", 0, CHECKSUMS],
  ])("with the facts of %s", async (_, console, checksums) => {
    const module: { load: typeof load } = await import(core);
    for (const checksum of checksums) {
      const program = new TestProgram().store(0x2006, 0x3f).store(0x2006, 0).store(0x2007, 1).forever();
      const rom = arcadeRomFile(program, { mapper: 0, crc: Number.parseInt(checksum, 16) });
      rom[7] = console;
      const [before, after] = [{ load }, module].map((one) => {
        try {
          return states(one, rom);
        } catch (error) {
          return (error as Error).message;
        }
      });
      expect([checksum, after]).toEqual([checksum, before]);
    }
  });

  test("and the drive of a disk", async () => {
    const module: { load: typeof load } = await import(core);
    const disk = buildDisk([buildDiskSide(), buildDiskSide({}, 1)]);
    const seen = [module, { load }].map((each) => {
      const drive = each.load(disk, { fdsBios: new Uint8Array(0x2000), diskSide: 0 }).disk!;
      const before = DISK_MEMBERS.map((name) => drive[name]);
      drive.insert(1, true);
      return [before, ...DISK_MEMBERS.map((name) => drive[name])];
    });
    expect(seen[0]).toEqual([[2, 0, 0], 2, 1, 1]);
    expect(seen[1]).toEqual(seen[0]!);
  });

  test("and the coin slots of an arcade game", async () => {
    const module: { load: typeof load } = await import(core);
    const rom = randomProgram(99, 0);
    rom.set([0x30, 0x69, 0, 0, 0, 0, 0, 0x00], 6); // VS. UniSystem
    const seen = [module, { load }].map((each) => {
      const nes = each.load(rom);
      const coins = nes.coins!;
      const before = COIN_MEMBERS.map((name) => coins[name]);
      coins.dips = 5;
      coins.insertCoin(1);
      coins.pressService();
      nes.runFrame();
      return [before, coins.dips, Bun.hash.crc32(nes.saveState())];
    });
    expect(seen[0]![1]).toBe(5);
    expect(seen[0]).toEqual(seen[1]!);
  });

  test("and says where a bad state is damaged", async () => {
    const module: { load: typeof load } = await import(core);
    const errors = [module, { load }].map((each) => {
      const nes = each.load(randomProgram(1, 0));
      const state = nes.saveState().fill(0xff, 32);
      try {
        return nes.loadState(state);
      } catch (error) {
        return `${error}`;
      }
    });
    const [named, placed] = [errors[1]!, errors[0]!].map((error) => /damaged: (.*?) (is .*)/.exec(error)!);
    expect(named![1]).toMatch(/^\w+\.\w+$/);
    expect(placed![1]).toMatch(/^byte \d+$/);
    expect(placed![2]).toBe(named![2]!);
  });
});

describe("a module with fewer boards", () => {
  const frames = (module: { load: typeof load }, mapper: number): number => {
    const rom = new TestProgram().toRom();
    rom.set(header(mapper), 6);
    const nes = module.load(rom);
    for (let i = 0; i < 3; i++) nes.runFrame();
    return nes.frame;
  };
  const LEAN = "emuterm/core has more boards, emuterm/core/full all of emu";
  const CORE = "emuterm/core/full has all boards of emu";

  test.each([
    ["emuterm/core/lean", lean, [0, 1, 4, 5, 19, 24, 69], [45, 90, 176, 466], LEAN],
    ["emuterm/core", core, [0, 5, 45, 90, 176], [429, 466, 615], CORE],
    ["emuterm/core/full", full, [0, 45, 429, 466, 615], [], ""],
  ])("%s runs its boards and names the module that has the others", async (_, path, own, others, remedy) => {
    const module: { load: typeof load } = await import(path);
    expect(own.map((mapper) => frames(module, mapper))).toEqual(own.map(() => 3));
    for (const mapper of others) {
      expect(frames({ load }, mapper)).toBe(3);
      expect(() => frames(module, mapper)).toThrow(expect.objectContaining({ remedy }));
    }
  });

  test.each([
    ["emuterm/core/lean", lean, "BMC-GK-192", LEAN],
    ["emuterm/core", core, "BMC-KN-20", CORE],
  ])("%s names it for the boards of UNIF files too", async (_, path, board, remedy) => {
    const module: { load: typeof load } = await import(path);
    const rom = buildUnif([
      ["MAPR", board],
      ["PRG0", new Uint8Array(32 * 1024)],
      ["CHR0", new Uint8Array(8 * 1024)],
    ]);
    expect(() => load(rom)).not.toThrow();
    expect(() => module.load(rom)).toThrow(expect.objectContaining({ kind: "data", remedy }));
  });
});

describe("a console", () => {
  const rom = new Uint8Array(readFileSync(join(ROOT, "roms/swingby.nes")));

  test("gives RGBA pixels by its palette", () => {
    const nes = load(rom);
    for (let i = 0; i < 120; i++) nes.runFrame();
    const rgba = nes.rgba();
    const palette = decodePalette();
    for (const at of [0, 12_345, 61_439]) {
      const color = palette[nes.pixels[at]!]!;
      const expected = [color >> 16, (color >> 8) & 0xff, color & 0xff, 0xff];
      expect([...rgba.subarray(4 * at, 4 * at + 4)]).toEqual(expected);
    }
    expect(nes.rgba(rgba)).toBe(rgba);
    nes.setPalette(new Uint32Array(512).fill(0x102030));
    expect([...nes.rgba().subarray(0, 4)]).toEqual([0x10, 0x20, 0x30, 0xff]);
    nes.setPalette({ saturation: 0 });
    const [red, green, blue] = nes.rgba().subarray(4 * 12_345);
    expect(Math.max(red!, green!, blue!) - Math.min(red!, green!, blue!)).toBeLessThanOrEqual(1);
  });

  test("makes as many samples as its rate says", () => {
    const nes = load(rom);
    // The first frame after power-on is shorter.
    nes.runFrame();
    let count = 0;
    for (let i = 0; i < 600; i++) {
      nes.runFrame();
      count += nes.samples.length;
    }
    const { sampleRateHz, frameRateHz } = nes.geometry;
    expect(Math.abs(count - (600 * sampleRateHz) / frameRateHz)).toBeLessThan(2);
  });

  test("accepts buttons by name or as a mask", () => {
    const one = load(rom);
    const mask = load(rom);
    for (let frame = 0; frame < 400; frame++) {
      if (frame === 100) one.press(0, "start");
      if (frame === 104) one.release(0, "start");
      if (frame === 100) mask.setButtons(0, 8);
      if (frame === 104) mask.setButtons(0, 0);
      one.runFrame();
      mask.runFrame();
    }
    expect(one.saveState()).toEqual(mask.saveState());
    expect(one.pixels).toEqual(mask.pixels);
  });

  describe("values that TypeScript would reject are an InputError in JavaScript", () => {
    type Nes = ReturnType<typeof load>;
    const disk = buildDisk([buildDiskSide()]);
    const REJECTED: readonly (readonly [string, (nes: Nes) => unknown])[] = [
      ["no ROM", () => load(undefined as never)],
      ["a file name as the ROM", () => load("game.nes" as never)],
      ["an ArrayBuffer as the ROM", () => load(rom.buffer as never)],
      ["an unknown device", () => load(rom, { devices: { port2: "zaper" as never } })],
      ["an expansion device in a port", () => load(rom, { devices: { port2: "mahjong" as never } })],
      ["an unknown port", () => load(rom, { devices: { port3: "zapper" } as never })],
      ["devices that are a text", () => load(rom, { devices: "zapper" as never })],
      ["a microphone that is a text", () => load(rom, { devices: { microphone: "yes" as never } })],
      ["an unknown MMC3 revision", () => load(rom, { mmc3Revision: "C" as never })],
      ["a disk side that is none", () => load(disk, { fdsBios: new Uint8Array(0x2000), diskSide: -7 })],
      ["an unknown reset", (nes) => nes.reset("hard" as never)],
      ["an unknown memory", (nes) => nes.peek(0, "ram" as never)],
      ["no state", (nes) => nes.loadState(undefined as never)],
      ["a number as a cheat", (nes) => nes.addCheat(5 as never)],
      ["too few pixels", (nes) => nes.rgba(new Uint8ClampedArray(4))],
      ["a misspelt colour setting", (nes) => nes.setPalette({ hue: 3 } as never)],
      ["a colour setting that is no number", (nes) => nes.setPalette({ hueDegrees: Number.NaN })],
    ];
    test.each(REJECTED)("%s", (_, act) => {
      const nes = load(rom);
      const before = nes.saveState();
      expect(() => act(nes)).toThrow(InputError);
      expect(nes.saveState()).toEqual(before);
    });
  });

  test("a light gun and cheats reach the program", () => {
    const program = new TestProgram();
    const loop = program.here;
    program.bytes(0xad, 0x17, 0x40, 0x85, 0x10, 0x4c, loop & 0xff, loop >> 8); // LDA $4017, STA $10, JMP
    const nes = load(program.toRom(), { devices: { port2: "zapper" } });
    const trigger = (): number => {
      nes.runFrame();
      return nes.peek(0x10) & 0x10;
    };
    nes.runFrame();
    expect(trigger()).toBe(0);
    nes.setZapper(1, { x: 100, y: 50 }, true);
    expect(trigger()).toBe(0x10);
    nes.setZapper(1, undefined, false);
    expect(trigger()).toBe(0);
    nes.addCheat("0020:2A");
    nes.runFrame();
    expect(nes.peek(0x20)).toBe(0x2a);
    nes.clearCheats();
    nes.poke(0x20, 1);
    nes.runFrame();
    expect(nes.peek(0x20)).toBe(1);
  });

  test.each([
    ["a port that is not there", () => load(rom).setZapper(2 as 1, undefined, true), /no port 2/],
    ["a port without a light gun", () => load(rom).setZapper(1, undefined, true), /port 1 has no light gun/],
    ["a cheat that is none", () => load(rom).addCheat("HELLO!"), /HELLO/],
    ["bytes that are no ROM", () => load(new Uint8Array(100)), /not a ROM/],
    ["a state of other bytes", () => load(rom).loadState(new Uint8Array(10)), /bytes/],
    ["a controller that is not there", () => load(rom).setButtons(4, 1), /no controller 4/],
    ["a button that is not there", () => load(rom).press(0, "x" as "a"), /no button x/],
    ["half a palette", () => load(rom).setPalette(new Uint32Array(64)), /512 entries, not 64/],
  ])("rejects %s", (_, action, message) => {
    expect(action).toThrow(message);
  });
});
