import { expect, test } from "bun:test";
import { defaultDevices } from "../../../../src/emu/nes/input/default-devices.ts";
import {
  type DeviceSetup,
  devicesFromHeader,
  EXPANSION_DEVICES,
  PORT_DEVICES,
} from "../../../../src/emu/nes/input/devices.ts";
import type { Nes } from "../../../../src/emu/nes/nes.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { Prng } from "../../../support/prng.ts";
import { randomProgram } from "../../../support/random-program.ts";
import { TestProgram } from "../../../support/test-program.ts";

const STATE_HEADER_BYTES = 32;

test("headers name devices", () => {
  expect(devicesFromHeader(8)).toEqual({ port2: "zapper" });
  expect(devicesFromHeader(0)).toEqual({});
  expect(devicesFromHeader(1)).toEqual({});
});

test("the ROM's header selects the devices, unless options do", () => {
  const { image } = readRom(new TestProgram().forever().toRom(), "program");
  const lines = (expansionDevice: number, devices?: DeviceSetup) => {
    const nes = createHeadless({ ...image, expansionDevice }, devices === undefined ? {} : { devices });
    return nes.ports.read(1, 100, 0) & 0x18;
  };
  expect(lines(0)).toBe(0x00);
  expect(lines(1)).toBe(0x00);
  expect(lines(8)).toBe(0x08); // a Zapper in port 2 that sees no light
  expect(lines(8, { port2: "standard" })).toBe(0x00);
});

test("headers name devices of the expansion port and pads of the SNES", () => {
  const named = [10, 13, 18, 19, 20, 21, 22, 23].map((device) => devicesFromHeader(device).expansion);
  expect(named).toEqual([
    "bandai-hyper-shot",
    "family-trainer",
    "konami-hyper-shot",
    "pachinko",
    "exciting-boxing",
    "mahjong",
    "party-tap",
    "oeka-kids-tablet",
  ]);
  expect(devicesFromHeader(43)).toEqual({ port1: "snes-pad", port2: "snes-pad" });
  expect([41, 72].map(devicesFromHeader)).toEqual([{ port1: "snes-mouse" }, { port2: "snes-mouse" }]);
  expect(devicesFromHeader(73)).toEqual({ port1: "zapper" });
});

test("a header for the Data Recorder leaves the keys to controllers, unless it names the keyboard too", () => {
  expect([32, 35].map((device) => devicesFromHeader(device).expansion)).toEqual([
    "silent-data-recorder",
    "data-recorder",
  ]);
});

test.each([
  [257, 0, { expansion: "pec-586-keyboard" }],
  [371, 1, { expansion: "pec-586-keyboard" }],
  [371, 38, { expansion: "subor-keyboard" }],
  [0, 36, { expansion: "pec-586-keyboard" }],
  [0, 1, {}],
])("mapper %d with the device %d in its header has %o", (mapper, device, devices) => {
  const rom = randomProgram(1, 4);
  rom.set([(mapper & 0x0f) << 4, (mapper & 0xf0) | 8, mapper >> 8, 0, 0, 0, 7, 0, 0, device], 6);
  expect(createHeadless(readRom(rom, "computer.nes").image).devices).toEqual(devices as DeviceSetup);
});

test.each([
  [{ console: "famicom-network" }, { expansion: "network-controller" }],
  [{ mapper: 157 }, { expansion: "datach-reader" }],
  [{ console: "vs", exactHeader: true, expansionDevice: 7 }, { port1: "vs-zapper" }],
  [{ expansionDevice: 8 }, { port2: "zapper" }],
] as const)("an image of %o has %o by default", (facts, devices) => {
  const { image } = readRom(new TestProgram().forever().toRom(), "program");
  expect(defaultDevices({ ...image, ...facts })).toEqual(devices);
});

/** Sets fields of the devices in a state to values that are valid, each for itself. */
function scramble(nes: Nes, state: Uint8Array, random: Prng): void {
  const view = new DataView(state.buffer, STATE_HEADER_BYTES);
  for (const { name, offset, elementBytes, count, range } of nes.stateFields.places) {
    if (!name.startsWith("ports.")) continue;
    for (let i = 0; i < count; i++) {
      const inside = range.min + random.below(range.max - range.min + 1);
      const value = [range.min, range.min + 1, range.max, inside][random.below(4)]!;
      const at = offset + i * elementBytes;
      if (elementBytes === 1) view.setUint8(at, value);
      else view.setInt32(at, value, true);
    }
  }
}

test.each([
  ...PORT_DEVICES.map((port2): DeviceSetup => ({ port2 })),
  ...EXPANSION_DEVICES.map((expansion): DeviceSetup => ({ expansion })),
])("%o runs from any state that passes the check", (devices) => {
  const random = new Prng(11);
  const program = new TestProgram();
  const loop = program.here;
  program.store(0x4016, 1).store(0x4016, 0).bytes(0xad, 0x16, 0x40, 0xad, 0x17, 0x40);
  const { image } = readRom(program.bytes(0x4c, loop & 0xff, loop >> 8).toRom(), "reads");
  const nes = createHeadless(image, { devices });
  const state = new Uint8Array(nes.stateBytes);
  nes.save(state);
  for (let run = 0; run < 40; run++) {
    scramble(nes, state, random);
    nes.load(state);
    for (let frame = 0; frame < 2; frame++) nes.runFrame();
  }
  expect(nes.frame).toBeGreaterThan(0);
});
