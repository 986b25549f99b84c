import { expect, test } from "bun:test";
import { FDS_BIOS_BYTES, FDS_SIDE_BYTES, readFds } from "../../../src/emu/nes/cartridge/fds-image.ts";
import { Nes } from "../../../src/emu/nes/nes.ts";
import { KIB } from "../../../src/emu/units.ts";
import { sha1Hex } from "../../../src/io/files/hashes.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { type TestCartridge, testImage } from "../../support/board-harness.ts";
import { buildDisk, buildDiskSide } from "../../support/disk-builder.ts";

const CARTRIDGES: readonly (readonly [name: string, cartridge: TestCartridge, bytes: number])[] = [
  ["NROM without RAM", { mapper: 0 }, 0],
  ["MMC1 with RAM and no battery", { mapper: 1, ramKib: 8 }, 0],
  ["MMC1 with a battery", { mapper: 1, nvramKib: 8 }, 8 * KIB],
  ["SOROM, half of it with a battery", { mapper: 1, ramKib: 8, nvramKib: 8 }, 8 * KIB],
  ["UNROM 512: flash", { mapper: 30, prgKib: 512, chrRamKib: 32, battery: true }, 512 * KIB],
  ["GTROM: flash", { mapper: 111, prgKib: 512, chrRamKib: 32 }, 512 * KIB],
  ["Namco 163: its sound RAM", { mapper: 19, battery: true }, 128],
  ["Namco 163: RAM before sound RAM", { mapper: 19, nvramKib: 8 }, 8 * KIB],
  ["Bandai FCG: an EEPROM", { mapper: 16, submapper: 5, nvramBytes: 256 }, 256],
];

test.each(CARTRIDGES)("%s", (_name, cartridge, bytes) => {
  const image = { ...testImage(cartridge), sha1: "0".repeat(40) };
  expect(Nes.batteryBytes(image)).toBe(bytes);
  expect(createHeadless(image).batteryRam.length).toBe(bytes);
});

test("a disk keeps all of its sides", () => {
  const disk = buildDisk([buildDiskSide(), buildDiskSide({}, 1)]);
  const { image } = readFds(disk, sha1Hex, new Uint8Array(FDS_BIOS_BYTES));
  expect(Nes.batteryBytes(image)).toBe(2 * FDS_SIDE_BYTES);
});
