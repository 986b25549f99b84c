import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ASPECTS, type Aspect, bisect, type Differences } from "../../../src/io/bisect/bisect.ts";
import { bisectJson, bisectText } from "../../../src/io/bisect/report.ts";
import { parseSide, powerOnSide } from "../../../src/io/bisect/sides.ts";
import { emu } from "../../support/cli.ts";
import { dualRomFile } from "../../support/dual-rom.ts";
import { inputErrorFrom, inputErrorOf } from "../../support/input-errors.ts";
import { TestProgram } from "../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-bisect-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Reads $10 in about frame 3. If it is not 0, changes the backdrop's colour in frame 6 and makes a sound in
 * frame 9.
 */
function program(): TestProgram {
  const program = new TestProgram().waitFrames(4).bytes(0xa5, 0x10); // LDA $10
  program.bytes(0xf0, 0); // BEQ over the next instructions
  const branch = program.here;
  program.waitFrames(3).store(0x2006, 0x3f).store(0x2006, 0).store(0x2007, 0x16);
  program.waitFrames(3).store(0x4015, 1).store(0x4000, 0x3f).store(0x4002, 0x80).store(0x4003, 0);
  const skipped = program.here - branch;
  const rom = program.forever();
  rom.patch(branch - 1, skipped);
  return rom;
}
const romFile = join(folder, "game.nes");
writeFileSync(romFile, program().toRom());

async function compare(a: string[], b: string[], wanted: readonly Aspect[] = ASPECTS): Promise<Differences> {
  const sides = [
    await powerOnSide(romFile, undefined, parseSide(a, "--a")),
    await powerOnSide(romFile, undefined, parseSide(b, "--b")),
  ];
  return bisect(sides[0]!, sides[1]!, { frames: 30, compare: wanted });
}

describe("two machines", () => {
  test("do not differ if they are the same", async () => {
    const found = await compare([], ["exact=true"]);
    expect(found).toEqual({ frames: 30 });
    expect(bisectText(found)).toBe("no difference in 30 frames\n");
    expect(bisectJson(found)).toMatchObject({ frame: null, cycle: null, cpu: null });
  });

  test("differ from the cycle of the first different read", async () => {
    const { cpu, picture, frames } = await compare([], ["ramFill=ones"]);
    expect(cpu?.a.access).toMatchObject({ kind: "read", address: 0x10, value: 0 });
    expect(cpu?.b.access).toMatchObject({ kind: "read", address: 0x10, value: 0xff });
    expect(cpu?.a.cycle).toBe(cpu!.b.cycle);
    // LDA $10 takes three cycles: its two bytes and the read.
    expect(cpu?.before.slice(-2).map(({ value }) => value)).toEqual([0xa5, 0x10]);
    expect(frames).toBe(cpu!.frame + 1);
    expect(picture).toBeUndefined();
  });

  test("are described with the names of the game's symbols", async () => {
    expect(bisectText(await compare([], ["ramFill=ones"]))).not.toContain("counter");
    writeFileSync(romFile.replace(/\.nes$/, ".mlb"), "NesInternalRam:10:counter\nNesPrgRom:0:begin\n");
    const found = await compare([], ["ramFill=ones"]);
    rmSync(romFile.replace(/\.nes$/, ".mlb"));
    expect(found.cpu?.a.place).toMatch(/^begin\+\d+$/);
    expect(bisectText(found)).toMatch(/A: reads {2}0010 00 \(counter\) {2}PC:.* begin(\+\d+)?$/m);
  });

  test("differ in their pictures at the first different pixel drawn", async () => {
    const { cpu, picture, sound } = await compare([], ["ramFill=ones"], ["picture"]);
    expect(picture!.frame).toBeGreaterThan(cpu!.frame);
    expect(picture).toMatchObject({
      x: 0,
      y: 0,
      pixels: 256 * 240,
      a: { line: 0 },
      b: { pixel: 1, line: 0 },
    });
    // With rendering off the PPU shows the colour that its address points to, by then $3F01.
    expect(picture!.b.dot).toBeLessThan(8);
    expect(sound).toBeUndefined();
  });

  test("differ in their sound", async () => {
    const { sound, picture } = await compare([], ["ramFill=ones"], ["sound"]);
    expect(sound!.frame).toBeGreaterThan(picture!.frame);
    expect(sound!.a).not.toBe(sound!.b);
    expect(bisectText(await compare([], ["ramFill=ones"], ["sound"]))).toMatch(/^CPU: .*picture: .*sound: /s);
  });

  test("get the movie's buttons and resets", async () => {
    const movie = (name: string, more: object): string => {
      const path = join(folder, `${name}.json`);
      writeFileSync(path, JSON.stringify({ emuMovie: 1, frames: 20, input: [], ...more }));
      return `input=${path}`;
    };
    const resets = [[5, "reset"]];
    const reset = await compare([], [movie("reset", { resets })]);
    expect(reset.cpu).toMatchObject({ frame: 5 });
    expect(await compare([movie("one", { resets })], [movie("two", { resets })])).toEqual({ frames: 30 });
  });

  test("start from states, binary or in base64", async () => {
    const { nes } = await powerOnSide(romFile, undefined, parseSide([], "--a"));
    const pixels = new Uint16Array(256 * 240);
    for (let i = 0; i < 2; i++) nes.runFrame(pixels);
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    writeFileSync(join(folder, "good.state"), state);
    nes.poke("cpu", 0x10, 5);
    nes.save(state);
    writeFileSync(join(folder, "bad.state"), `${state.toBase64()}\n`);
    const found = await compare(
      [`state=${join(folder, "good.state")}`],
      [`state=${join(folder, "bad.state")}`],
    );
    expect(found.cpu?.b.access).toMatchObject({ address: 0x10, value: 5 });
    expect(found.cpu!.frame).toBeGreaterThanOrEqual(2);
  });
});

describe("a side", () => {
  test.each([
    ["speed=2", /unknown key/],
    ["region=secam", /region takes ntsc, pal, dendy/],
    ["alignment=4", /alignment takes a number from -357368 to 3/],
    ["ramFill=x", /ramFill takes zero, ones/],
    ["state", /state takes a file/],
    ["exact=maybe", /exact takes true, false/],
  ])("%s is rejected", (text, what) => {
    const error = inputErrorOf(() => parseSide([text], "--a"));
    expect(error.kind).toBe("usage");
    expect(error.message).toMatch(what);
  });

  test("with a damaged state is rejected, naming the field", async () => {
    const { nes } = await powerOnSide(romFile, undefined, parseSide([], "--a"));
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    const { offset } = nes.stateFields.places.find(({ name }) => name === "ppu.line")!;
    new DataView(state.buffer, 32).setInt32(offset, 100_000, true);
    const path = join(folder, "damaged.state");
    writeFileSync(path, state);
    const error = await inputErrorFrom(powerOnSide(romFile, undefined, parseSide([`state=${path}`], "--a")));
    expect(error).toMatchObject({ kind: "data", where: path });
    expect(error.message).toContain("ppu.line is 100000");
  });

  test("with a file that is not a state is rejected", async () => {
    const path = join(folder, "none.state");
    writeFileSync(path, "text");
    const error = await inputErrorFrom(powerOnSide(romFile, undefined, parseSide([`state=${path}`], "--a")));
    expect(error.kind).toBe("data");
    expect(error.where).toBe(path);
  });
});

describe("the command", () => {
  test.each([
    [0, ["--frames", "3"]],
    [1, ["--b", "ramFill=ones", "--frames", "20"]],
    [0, ["--b", "ramFill=ones", "--frames", "6", "--compare", "sound"]],
    [2, ["--b", "nothing"]],
    [2, ["--compare", "smell"]],
  ])("exits with %d for %p", (exitCode, argv) => {
    expect(emu(["bisect", romFile, ...argv]).exitCode).toBe(exitCode);
  });

  test("prints frame and cycle as JSON", async () => {
    const { stdout } = emu(["bisect", romFile, "--b", "ramFill=ones", "--json"]);
    const { cpu } = await compare([], ["ramFill=ones"]);
    expect(JSON.parse(stdout.toString())).toMatchObject({
      frame: cpu!.frame,
      cycle: cpu!.a.cycle,
      sound: null,
    });
  });
});

test("a game for the VS. DualSystem is rejected, with another way to compare", async () => {
  const dualFile = join(folder, "dual.nes");
  writeFileSync(dualFile, dualRomFile());
  const sides = [
    await powerOnSide(dualFile, undefined, parseSide([], "--a")),
    await powerOnSide(dualFile, undefined, parseSide(["ramFill=ones"], "--b")),
  ];
  const error = await inputErrorFrom(bisect(sides[0]!, sides[1]!, { frames: 2, compare: ASPECTS }));
  expect(error.message).toContain("VS. DualSystem");
  expect(error.remedy).toContain("emu dump --format hash");
});
