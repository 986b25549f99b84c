import { expect, test } from "bun:test";
import { FamicomBoxPanel } from "../../../../../src/emu/nes/cartridge/boards/rare/famicom-box-panel.ts";
import { FIRST_UNNUMBERED } from "../../../../../src/emu/nes/cartridge/descriptor.ts";
import type { CartridgeImage } from "../../../../../src/emu/nes/cartridge/image.ts";
import type { Nes } from "../../../../../src/emu/nes/nes.ts";
import { readRom } from "../../../../../src/io/files/roms/rom-file.ts";
import { changeDips, readDips } from "../../../../../src/io/shared/dip-texts.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { TestProgram } from "../../../../support/test-program.ts";

/** Where the program stores $5003 and $5007, the number of starts, and $5000 at the last start. */
const KEY_AND_CREDIT = 0x10;
const STATUS = 0x11;
const STARTS = 0x20;
const FLAGS = 0x21;

/** Words of the board's registers. */
const UNREAD = 8;
const CREDIT = 9;

/** An image of the menu cartridge. */
function image(program = new TestProgram()): CartridgeImage {
  const read = readRom(program.toRom(), "program.nes").image;
  return { ...read, mapper: FIRST_UNNUMBERED + 5, chrRamBytes: 8192, expansionDevice: 0 };
}

/** A machine whose program writes `writes` at each start, then reads `address` and the panel in a loop. */
function machine(writes: readonly [address: number, value: number][], address = 0x5003): Nes {
  const program = new TestProgram();
  program.bytes(0xe6, STARTS, 0xad, 0x00, 0x50, 0x85, FLAGS); // INC, LDA $5000, STA
  for (const [at, value] of writes) program.store(at, value);
  const loop = program.here;
  program.bytes(0xad, address & 0xff, address >> 8);
  program.bytes(0xad, 0x03, 0x50, 0x85, KEY_AND_CREDIT, 0xad, 0x07, 0x50, 0x85, STATUS);
  program.bytes(0x4c, loop & 0xff, loop >> 8);
  return createHeadless(image(program));
}

/** Runs frames. Returns what the program has stored. */
function run(nes: Nes, frames: number): { starts: number; flags: number; panel: number; status: number } {
  for (let frame = 0; frame < frames; frame++) nes.runFrame();
  const [starts, flags, panel, status] = [STARTS, FLAGS, KEY_AND_CREDIT, STATUS].map((at) =>
    nes.peek("cpu", at),
  ) as [number, number, number, number];
  return { starts, flags, panel, status: status & 2 };
}

/** The board's registers as words. */
function words({ boardRegisters: { buffer, byteOffset } }: Nes): Int32Array {
  return new Int32Array(buffer, byteOffset, 64);
}

test.each([
  ["ten", 1, 4096],
  ["twenty", 2, 8192],
])("a coin pays for %s minutes, and its exception resets the console", (_, setting, ticks) => {
  const nes = machine([
    [0x5000, 0x10],
    [0x5001, setting],
  ]);
  expect(run(nes, 5)).toEqual({ starts: 1, flags: 0xff, panel: 0x04, status: 2 });
  nes.coins!.insertCoin(0);
  expect(run(nes, 3)).toEqual({ starts: 2, flags: 0xef, panel: 0x44, status: 2 });
  expect(words(nes)[CREDIT]).toBeWithin(ticks - 1, ticks + 1);
  run(nes, 6); // until the contact is open
  nes.coins!.pressService();
  expect(run(nes, 12)).toMatchObject({ starts: 2, panel: 0x44 });
  expect(words(nes)[CREDIT]).toBeWithin(2 * ticks - 4, 2 * ticks + 1);
  const state = new Uint8Array(nes.stateBytes);
  words(nes)[CREDIT] = 2;
  expect(run(nes, 20)).toMatchObject({ starts: 3, flags: 0xef, panel: 0x04 });
  nes.save(state);
  const later = run(nes, 5);
  nes.load(state);
  expect(run(nes, 5)).toEqual(later);
  expect(() => nes.coins!.insertCoin(1)).toThrow("there is no coin slot 1");
});

test("without an enabled exception nothing resets, and without a setting a coin pays nothing", () => {
  const nes = machine([]);
  nes.coins!.insertCoin(0);
  nes.coins!.dips = 0;
  expect(run(nes, 30)).toEqual({ starts: 1, flags: 0xff, panel: 0x01, status: 2 });
});

test("the attract timer resets the console when it wraps", () => {
  const nes = machine([
    [0x5000, 0x02],
    [0x5003, 2],
  ]);
  // Three ticks of 6.83 Hz, the first of which has begun before.
  expect(run(nes, 16)).toMatchObject({ starts: 1, flags: 0xff });
  expect(run(nes, 14)).toMatchObject({ starts: 2, flags: 0xfd });
});

test("the watchdog resets a program that does not read the controllers for 15 steps", () => {
  const still = machine([]);
  const reading = machine([], 0x4017);
  for (const nes of [still, reading]) words(nes)[UNREAD] = 14;
  expect(run(still, 75)).toMatchObject({ starts: 2, flags: 0xbf });
  expect(run(reading, 75)).toMatchObject({ starts: 1, flags: 0xff });
});

test("a turn of the key resets the console, and between two positions no bit is set", () => {
  const nes = machine([[0x5000, 0x08]]);
  const coins = nes.coins!;
  run(nes, 3);
  coins.dips = changeDips(coins.dips, "key=between", coins);
  expect(run(nes, 3)).toEqual({ starts: 2, flags: 0xf7, panel: 0x00, status: 0 });
  coins.dips = changeDips(coins.dips, "key=count", coins);
  expect(run(nes, 3)).toEqual({ starts: 3, flags: 0xf7, panel: 0x20, status: 2 });
});

test.each([
  ["mode=coin", 0xa80],
  ["key=on", 0x2c0],
  ["0000000110001", 0x1180],
])("--dip %s sets the switches", (text, dips) => {
  expect(readDips(image(), [text])).toBe(dips);
  expect(createHeadless(image(), { dips }).coins!.dips).toBe(dips);
});

test("the switches of Super Game Mega can be set too", () => {
  expect(readDips({ ...image(), mapper: 124 }, ["minutes=10", "players=2"])).toBe(0x13);
  expect(createHeadless({ ...image(), mapper: 124 }, { dips: 0x13 }).coins!.dips).toBe(0x13);
});

test.each([
  { name: "in place", control: 0x80, wired: 0x1201, port1: 0x19, port2: 0x19 },
  { name: "exchanged", control: 0x00, wired: 0x0112, port1: 0x19, port2: 0x19 },
  { name: "off", control: 0xc0, wired: 0x1201, port1: 0, port2: 0 },
  { name: "without light gun", control: 0x80, dips: 0, wired: 0x1201, port1: 0x19, port2: 0x01 },
])("controllers are $name", ({ control, dips, wired, port1, port2 }) => {
  const registers = new Uint8Array(256);
  registers[5] = control;
  const panel = new FamicomBoxPanel(registers, dips);
  expect(panel.wire(0x1201)).toBe(wired);
  expect([0, 1].map((port) => panel.read(port, 0, 0x19))).toEqual([port1, port2]);
});
