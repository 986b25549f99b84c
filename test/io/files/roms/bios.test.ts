import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FDS_BIOS_BYTES, FDS_SIDE_BYTES } from "../../../../src/emu/nes/cartridge/fds-image.ts";
import { STUDYBOX_BIOS_BYTES } from "../../../../src/emu/nes/cartridge/studybox-image.ts";
import { loadRom } from "../../../../src/io/files/roms/rom-file.ts";
import { buildDisk, buildDiskSide } from "../../../support/disk-builder.ts";
import { changedVariables } from "../../../support/environment.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";
import { buildTape, tapeChunk, tapePage } from "../../../support/tape-builder.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-fds-"));
const game = join(folder, "game.fds");
const data = join(folder, "data");
const bios = (value: number) => new Uint8Array(FDS_BIOS_BYTES).fill(value);

let variables: Disposable;

beforeAll(() => {
  variables = changedVariables({ XDG_DATA_HOME: data });
  mkdirSync(join(data, "emuterm"), { recursive: true });
  writeFileSync(game, buildDisk([buildDiskSide()]));
});

afterAll(() => {
  variables[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

test("without a BIOS a disk is described, not loaded", async () => {
  const error = await inputErrorFrom(loadRom(game));
  expect(error).toMatchObject({ kind: "missing", where: game });
  expect(error.remedy).toContain(join(data, "emuterm"));
  const cut = join(folder, "cut.fds");
  writeFileSync(cut, buildDisk([buildDiskSide()]).subarray(0, 16));
  expect((await inputErrorFrom(loadRom(cut))).kind).toBe("data");
  const { image } = await loadRom(game, { describeOnly: true });
  expect(image.prgRom.length).toBe(FDS_BIOS_BYTES + FDS_SIDE_BYTES);
});

test("a BIOS is read from the data folder, the disk's folder, or a given path", async () => {
  const firstByte = async (fdsBios?: string) =>
    (await loadRom(game, fdsBios === undefined ? {} : { fdsBios })).image.prgRom[0];
  writeFileSync(join(data, "emuterm", "disksys.rom"), bios(1));
  expect(await firstByte()).toBe(1);
  writeFileSync(join(folder, "disksys.rom"), bios(2));
  expect(await firstByte()).toBe(2);
  writeFileSync(join(folder, "named.rom"), bios(3));
  expect(await firstByte(join(folder, "named.rom"))).toBe(3);
});

test("a BIOS that is missing or has another size is rejected", async () => {
  expect(await inputErrorFrom(loadRom(game, { fdsBios: join(folder, "no.rom") }))).toMatchObject({
    kind: "missing",
  });
  writeFileSync(join(folder, "odd.rom"), new Uint8Array(100));
  expect(await inputErrorFrom(loadRom(game, { fdsBios: join(folder, "odd.rom") }))).toMatchObject({
    kind: "data",
    message: "the disk system's BIOS has 8192 bytes, this file 100",
  });
});

test("a tape of the Study Box needs its program, and its sound is not read", async () => {
  const tape = join(folder, "tape.studybox");
  const sound = tapeChunk("AUDI", new Uint8Array(20 << 20));
  writeFileSync(tape, buildTape(tapePage(0, 1, 2), sound));
  const error = await inputErrorFrom(loadRom(tape));
  expect(error).toMatchObject({ kind: "missing", where: tape });
  expect(error.remedy).toContain("StudyBox.bin");
  writeFileSync(join(folder, "StudyBox.bin"), new Uint8Array(STUDYBOX_BIOS_BYTES).fill(9));
  const { image, cautions, trailingBytes, fileBytes } = await loadRom(tape);
  expect(image).toMatchObject({ format: "studybox", tape: [{ number: 0, length: 8 }] });
  expect(image.prgRom[0]).toBe(9);
  expect({ cautions, trailingBytes, fileBytes }).toEqual({
    cautions: ["the sound of the tape is left out"],
    trailingBytes: 0,
    fileBytes: 12 + 24 + 8,
  });
  writeFileSync(join(folder, "StudyBox.bin"), new Uint8Array(8));
  expect((await inputErrorFrom(loadRom(tape))).message).toContain("262144 bytes, this file 8");
});

test("the ROM of an EPSM's drums is read if the game or the options connect one", async () => {
  const header = (console: number) =>
    Uint8Array.from([0x4e, 0x45, 0x53, 0x1a, 1, 0, 0, 8 | (console === 4 ? 3 : 0), 0, 0, 0, 7, 0, console]);
  const place = join(folder, "epsm");
  mkdirSync(place);
  const rom = (name: string, console: number): string => {
    const bytes = new Uint8Array(16 + 0x4000);
    bytes.set(header(console));
    writeFileSync(join(place, name), bytes);
    return join(place, name);
  };
  const [plain, epsm] = [rom("plain.nes", 0), rom("epsm.nes", 4)];
  const drums = join(place, "ym2608_adpcm_rom.bin");
  expect((await loadRom(epsm)).gaps).toEqual([expect.stringContaining("ym2608_adpcm_rom.bin")]);
  writeFileSync(drums, new Uint8Array(8192).fill(5));
  const { image, gaps } = await loadRom(epsm);
  expect({ drums: image.drumRom?.length, gaps }).toEqual({ drums: 8192, gaps: [] });
  expect((await loadRom(plain)).image.drumRom).toBeUndefined();
  expect((await loadRom(plain, { expansion: "epsm" })).image.drumRom?.[0]).toBe(5);
  writeFileSync(drums, new Uint8Array(100));
  expect((await loadRom(plain)).image.drumRom).toBeUndefined();
  expect((await inputErrorFrom(loadRom(epsm))).message).toBe(
    "the EPSM's drum ROM has 8192 bytes, this file 100",
  );
});

test("the ROMs of the Famicom Network System are read for its cards", async () => {
  const place = join(folder, "network");
  mkdirSync(place);
  const card = (submapper: number, console: number): string => {
    const path = join(place, `${submapper}-${console}.nes`);
    const bytes = new Uint8Array(16 + 0x4000);
    const type = console === 0 ? 8 : 0x0b;
    bytes.set([0x4e, 0x45, 0x53, 0x1a, 1, 0, 0x10, type, submapper << 4, 0, 0, 7, 0, console]);
    writeFileSync(path, bytes);
    return path;
  };
  const missing = expect.stringContaining("lh5323m1.bin");
  const line = expect.stringContaining("no dial tone");
  expect((await loadRom(card(0, 12))).gaps).toEqual([line, missing]);
  writeFileSync(join(place, "lh5323m1.bin"), new Uint8Array(0x40000).fill(7));
  writeFileSync(join(data, "emuterm", "rf5a18.bin"), new Uint8Array(0x2000).fill(8));
  for (const path of [card(0, 12), card(6, 0)]) {
    const { image, gaps } = await loadRom(path);
    expect([image.kanjiRom?.[0], image.cpu2Rom?.[0], gaps]).toEqual([7, 8, [line]]);
  }
  expect((await loadRom(card(0, 0))).image.kanjiRom).toBeUndefined();
  writeFileSync(join(data, "emuterm", "rf5a18.bin"), new Uint8Array(0x1000));
  expect((await inputErrorFrom(loadRom(card(0, 12)))).message).toBe(
    "the Famicom Network System's CPU2 ROM has 8192 bytes, this file 4096",
  );
});
