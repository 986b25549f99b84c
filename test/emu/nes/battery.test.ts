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
  ["COOLGIRL: flash", { mapper: 342, prgKib: 1024, chrRamKib: 256, battery: true }, 1024 * KIB],
  ["COOLGIRL: RAM before flash", { mapper: 342, prgKib: 1024, chrRamKib: 256, nvramKib: 32 }, 32 * KIB],
  ["SMD172B_FPGA: flash", { mapper: 446, prgKib: 1024, chrRamKib: 256, battery: true }, 1024 * KIB],
  ["COOLGIRL: no flash that is too large", { mapper: 342, prgKib: 16_384, battery: true }, 0],
  ["Namco 163: its sound RAM", { mapper: 19, battery: true }, 128],
  ["Namco 163: RAM before sound RAM", { mapper: 19, nvramKib: 8 }, 8 * KIB],
  ["Bandai FCG: an EEPROM", { mapper: 16, submapper: 5, nvramBytes: 256 }, 256],
];

test.each(CARTRIDGES)("%s", (_name, cartridge, bytes) => {
  const image = { ...testImage(cartridge), sha1: "0".repeat(40) };
  expect(Nes.batteryBytes(image)).toBe(bytes);
  expect(createHeadless(image).batteryRam.length).toBe(bytes);
});

/** Cartridges with flash, the write that enables it, the addresses of commands, and one to write to. */
const FLASH_CARTRIDGES: readonly (readonly [TestCartridge, [number, number], [number, number], number])[] = [
  [{ mapper: 30, prgKib: 512, chrRamKib: 32, battery: true }, [0xc000, 0], [0x9555, 0xaaaa], 0x8400],
  [{ mapper: 446, prgKib: 1024, chrRamKib: 256, battery: true }, [0x5001, 0], [0x8aaa, 0x8555], 0x8400],
  [{ mapper: 342, prgKib: 1024, chrRamKib: 256, battery: true }, [0x5007, 4], [0x8aaa, 0x8555], 0x8400],
];

test.each(FLASH_CARTRIDGES)("%o saves what it programs and erases", (cartridge, [enable, value], at, to) => {
  const nes = createHeadless(testImage(cartridge));
  const write = (address: number, data: number) => {
    // UNROM 512 decodes more address lines: the first command address is in bank 1.
    if (cartridge.mapper === 30) nes.cpu.write(enable, address === at[0] ? 1 : 0);
    nes.cpu.write(address, data);
  };
  const command = (data: number) => {
    write(at[0], 0xaa);
    write(at[1], 0x55);
    write(at[0], data);
  };
  nes.cpu.write(enable, value);
  command(0xa0);
  write(to, 0x42);
  expect(nes.batteryRam[0x400]).toBe(0x42);
  nes.reset("power");
  expect(nes.batteryRam[0x400]).toBe(0x42);
  expect(nes.peek("cpu", to)).toBe(0x42);
  nes.cpu.write(enable, value);
  command(0x80);
  write(at[0], 0xaa);
  write(at[1], 0x55);
  write(0x8000, 0x30);
  expect([nes.batteryRam[0], nes.batteryRam[0x400]]).toEqual([0xff, 0xff]);
});

test("a disk keeps all of its sides", () => {
  const disk = buildDisk([buildDiskSide(), buildDiskSide({}, 1)]);
  const { image } = readFds(disk, sha1Hex, new Uint8Array(FDS_BIOS_BYTES));
  expect(Nes.batteryBytes(image)).toBe(2 * FDS_SIDE_BYTES);
});
