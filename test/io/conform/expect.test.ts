import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode, encode } from "fast-png";
import { type Graded, grade } from "../../../src/io/conform/grade.ts";
import { createLiveView, LocalSubject } from "../../../src/io/conform/local-subject.ts";
import { parseManifest } from "../../../src/io/conform/manifest.ts";
import { loadRom } from "../../../src/io/files/roms/rom-file.ts";
import { TestProgram } from "../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-expect-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Shows HI from about frame 4 on, then counts button A in $10, with a grey backdrop. */
function demo(): TestProgram {
  const program = new TestProgram().waitFrames(2).store(0x0300, 7).store(0x0301, 0x12);
  program.store(0x2006, 0x3f).store(0x2006, 0).store(0x2007, 0x10);
  program.print(2, 3, "HI THERE").store(0x2001, 0x1e);
  const loop = program.here;
  // Once per frame: the first bit of the pad is button A.
  program.waitFrames(1).store(0x4016, 1).store(0x4016, 0);
  // LDA $4016, AND #1, CLC, ADC $10, STA $10
  program.bytes(0xad, 0x16, 0x40, 0x29, 1, 0x18, 0x65, 0x10, 0x85, 0x10);
  return program.bytes(0x4c, loop & 0xff, loop >> 8);
}
writeFileSync(join(folder, "demo.nes"), demo().toRom());
writeFileSync(join(folder, "jam.nes"), new TestProgram().waitFrames(3).bytes(0x02).toRom());

async function run(body: string, options: { update?: boolean; rom?: string } = {}): Promise<Graded> {
  const text = `[[test]]\nrom = "${options.rom ?? "demo.nes"}"\nmaxFrames = 60\n${body}`;
  const [spec] = (await parseManifest(text, join(folder, "m.toml"))).tests;
  return grade({ ...spec!, ...(options.update ? { update: true } : {}) });
}
const verdict = async (body: string) => (await run(body)).result;

describe("an expectation holds", () => {
  test.each([
    ["at a frame", 'expect = { frame = 20, text = "HI THERE" }'],
    ["as soon as it does", 'expect = { text = "HI", noText = "BYE" }'],
    ["across the gaps between words", 'expect = { text = "HI  THERE" }'],
    ["when a condition alone does", 'expect = { when = { text = "HI", ram = { "0x300" = 7 } } }'],
    ["when a condition does", 'expect = { when = { text = "HI" }, ram = { "0x300" = [7, 0x12] } }'],
    ["of a word", 'expect = { frame = 20, ram = { "$300" = { word = 0x1207 } } }'],
    ["of a range", 'expect = { frame = 20, ram = { "768" = { min = 7, max = 9 } } }'],
    ["of some bits", 'expect = { frame = 20, ram = { "0x301" = { is = 2, mask = 15 } } }'],
    ["of anything but", 'expect = { frame = 20, ram = { "0x301" = { not = 3 } } }'],
    ["of nametables", 'expect = { frame = 20, vram = { "0x2043" = [0x48, 0x49], "0x3F00" = 0x10 } }'],
    [
      "of registers",
      "expect = { frame = 20, registers = { pc = { min = 0xC000, max = 0xC200 }, s = 0xFD } }",
    ],
    ["of the PPU", "expect = { frame = 20, ppu = { mask = 0x1E, ctrl = 0, w = 0 } }"],
    ["of sprites", 'expect = { frame = 20, oam = { "0" = 0 } }'],
    ["of input", 'input = [[30, "a"], [35, ""]]\nexpect = { frame = 40, ram = { "0x10" = 5 } }'],
    ["in other tiles", 'tiles = { first = 0x48, text = "XY" }\nexpect = { frame = 20, text = "XY" }'],
  ])("%s", async (_, body) => {
    expect(await verdict(body)).toMatchObject({ verdict: "pass", detail: "1 of 1 expectations" });
  });

  test("at power-on options", async () => {
    const seen = async (fill: string): Promise<string> =>
      (await verdict(`ramFill = ${fill}\nexpect = { frame = 0, ram = { "0x700" = 1 } }`)).detail;
    expect(await seen('"ones"')).toBe("0x700 is $FF, expected $01");
    expect(await seen("1")).not.toBe(await seen("2"));
  });
});

describe("an expectation that fails", () => {
  test.each([
    [
      "says what is there",
      'expect = { frame = 20, ram = { "0x300" = [7, 8] } }',
      "0x300 is $07 $12, expected $07 $08",
    ],
    [
      "shows the screen",
      'expect = { frame = 20, text = "BYE" }',
      '"BYE" is not on the screen, which says HI THERE',
    ],
    ["names unwanted text", 'expect = { frame = 20, noText = "HI" }', '"HI" is on the screen: HI THERE'],
    ["names the register", "expect = { frame = 20, ppu = { mask = 0 } }", "PPU MASK is $1E, expected $00"],
    [
      "in time, times out",
      'expect = { text = "BYE" }',
      'timeout after 60 frames: "BYE" is not on the screen, which says HI THERE',
    ],
    [
      "beyond the last frame, times out",
      'expect = { frame = 99, text = "HI" }',
      "timeout after 60 frames: frame 99 never came",
    ],
  ])("%s", async (_, body, detail) => {
    expect(await verdict(body)).toMatchObject({ verdict: "fail", detail });
  });

  test("does not change the verdicts of the others", async () => {
    const { verdict: whole, cases } = await verdict(`
      [[test.expect]]
      frame = 10
      text = "BYE"
      [[test.expect]]
      name = "the greeting"
      frame = 20
      text = "HI"
      [[test.expect]]
      when = { ram = { "0x10" = 9 } }
      text = "HI"
      [[test.expect]]
      text = "HI"`);
    expect(whole).toBe("fail");
    expect(cases?.map(({ name, verdict: one }) => `${name}: ${one}`)).toEqual([
      'frame 10: "BYE": fail',
      "the greeting: pass",
      'when it holds: "HI": fail',
      'in time: "HI": skip',
    ]);
  });

  test("by a JAM is reported immediately", async () => {
    const { result } = await run('expect = { text = "HI" }', { rom: "jam.nes" });
    expect(result.detail).toMatch(/^the CPU jammed by frame \d+: "HI" is not on the screen/);
    expect(result.frames).toBeLessThan(20);
  });
});

describe("names of addresses", () => {
  writeFileSync(join(folder, "demo.mlb"), "R:0010:presses\nR:0300:lucky\nR:0301:luckier\n");
  writeFileSync(join(folder, "other.mlb"), "R:0301:lucky\n");

  test.each([
    ["come from the file beside the ROM", "expect = { frame = 20, ram = { lucky = 7, luckier = 0x12 } }"],
    ["reach further", 'expect = { when = { ram = { "lucky+1" = 0x12 } }, ram = { presses = 0 } }'],
    [
      "come from the file that is named",
      'symbols = "other.mlb"\nexpect = { frame = 20, ram = { lucky = 0x12 } }',
    ],
  ])("%s", async (_, body) => {
    expect(await verdict(body)).toMatchObject({ verdict: "pass" });
  });

  test.each([
    [
      "that nobody has",
      "expect = { frame = 1, ram = { luckie = 7 } }",
      /m.toml:4:40: there is no symbol "luckie": did you mean .*lucky/,
    ],
    [
      "in a file that is not there",
      'symbols = "no.mlb"\nexpect = { frame = 1, ram = { lucky = 7 } }',
      /no.mlb: no such file/,
    ],
  ])("%s are an error", async (_, body, detail) => {
    const result = await verdict(body);
    expect(result.verdict).toBe("error");
    expect(result.detail).toMatch(detail);
  });

  test("without symbols are an error", async () => {
    const { result } = await run("expect = { frame = 1, ram = { lucky = 7 } }", { rom: "jam.nes" });
    expect(result.detail).toMatch(/"lucky" is not an address, and there are no symbols/);
  });
});

describe("hashes", () => {
  test("are those of emu dump", async () => {
    const machine = new LocalSubject(
      await loadRom(join(folder, "demo.nes")),
      { rom: "", name: "", romFile: "", protocol: "expect", maxFrames: 1 },
      createLiveView(),
    );
    for (let frame = 0; frame <= 12; frame++) await machine.runFrame(0);
    const hash = await machine.frameHash();
    const audio = await machine.audioHash();
    const body = (frame: string, sound: string) =>
      `expect = { frame = 12, frameHash = "${frame}", audioHash = "${sound}" }`;
    expect((await verdict(body(hash.toUpperCase(), audio))).verdict).toBe("pass");
    expect((await verdict(body("00000000", audio))).detail).toBe(
      `the frame's hash is ${hash}, expected 00000000`,
    );
    expect((await verdict(body(hash, "00000000"))).detail).toBe(
      `the sound's hash is ${audio}, expected 00000000`,
    );
  });
});

describe("golden pictures", () => {
  const golden = join(folder, "golden.png");
  const body = (more = "") => `expect = { frame = 12, picture = "golden.png"${more} }`;
  /** Changes bytes of the golden picture, three per pixel: red, green and blue. */
  function change(...pixels: { at: number; by: number }[]): void {
    const { data, palette } = decode(readFileSync(golden));
    const rgb = new Uint8Array(3 * 256 * 240);
    for (let i = 0; i < 256 * 240; i++)
      rgb.set(palette?.[data[i]!]?.slice(0, 3) ?? data.slice(3 * i, 3 * i + 3), 3 * i);
    for (const { at, by } of pixels) rgb[3 * at]! += by;
    writeFileSync(golden, encode({ width: 256, height: 240, data: rgb, channels: 3 }));
  }

  test("are made by --update and then compared", async () => {
    expect((await run(body())).result.detail).toStartWith("there is no golden picture golden.png: --update");
    expect(existsSync(golden)).toBe(false);
    expect((await run(body(), { update: true })).result.verdict).toBe("pass");
    expect((await run(body())).result.verdict).toBe("pass");
  });

  test("differ by count, place and distance", async () => {
    change({ at: 0, by: 3 }, { at: 2 * 256 + 5, by: -20 });
    const { result, pictures } = await run(body());
    expect(result.detail).toBe("2 pixels differ from golden.png, first at 0,0, by up to 20");
    const difference = decode(pictures!.difference!);
    expect([...difference.data.slice(0, 3)]).toEqual([255, 0, 64]);
    expect([...difference.data.slice(3, 6)]).not.toEqual([255, 0, 64]);
    expect(pictures?.golden).toBeDefined();
    expect(pictures?.actual).toBeDefined();
  });

  test.each([
    ["by a tolerance", ", tolerance = 3", "1 pixel differs from golden.png, first at 5,2, by up to 20"],
    ["by a larger one", ", tolerance = 20", "1 of 1 expectations"],
    ["by a number of pixels", ", differingPixels = 2", "1 of 1 expectations"],
    [
      "by a smaller one",
      ", differingPixels = 1",
      "2 pixels differ from golden.png, 1 may, first at 0,0, by up to 20",
    ],
    ["by an area", ", area = [0, 3, 256, 237]", "1 of 1 expectations"],
    ["by a mask", ', mask = "mask.png"', "1 pixel differs from golden.png, first at 0,0, by up to 3"],
  ])("are met %s", async (_, more, detail) => {
    const data = new Uint8Array(256 * 240).fill(255);
    data[2 * 256 + 5] = 0;
    writeFileSync(join(folder, "mask.png"), encode({ width: 256, height: 240, data, channels: 1 }));
    expect((await run(body(more))).result.detail).toBe(detail);
  });

  test.each([
    ["none", "text", /not a PNG.*|golden.png, byte 0/],
    [
      "of another size",
      encode({ width: 8, height: 8, data: new Uint8Array(64), channels: 1 }),
      /8 × 8 pixels, a screen is 256 × 240/,
    ],
  ])("that are %s are an error", async (_, contents, detail) => {
    writeFileSync(golden, contents);
    const { result } = await run(body());
    expect(result.verdict).toBe("error");
    expect(result.detail).toMatch(detail);
  });
});
