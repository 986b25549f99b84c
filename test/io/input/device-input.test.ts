/** Connects the mouse and the keyboard with the console's registers. */
import { describe, expect, test } from "bun:test";
import {
  type DeviceSetup,
  EXPANSION_DATA,
  EXPANSION_DEVICES,
  PORT_DEVICES,
  PORT1_DATA,
  PORT2_DATA,
} from "../../../src/emu/nes/input/devices.ts";
import type { Nes } from "../../../src/emu/nes/nes.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { BUTTON_BITS, MORE_BUTTON_BITS, RIGHT_STICK_BITS } from "../../../src/io/input/bindings.ts";
import { DeviceInput, needsMouse } from "../../../src/io/input/device-input.ts";
import { deviceVocabulary } from "../../../src/io/input/device-words.ts";
import type { KeyEvent } from "../../../src/io/input/keys.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { DeviceWriter, InputLatch } from "../../../src/io/shared/input-words.ts";
import { createShared, DEFAULT_SIZES } from "../../../src/io/shared/layout.ts";
import { FRAME_PIXELS } from "../../support/machines.ts";
import { TestProgram } from "../../support/test-program.ts";

const pixels = new Uint16Array(FRAME_PIXELS);

function key(name: string, kind: KeyEvent["kind"] = "press"): KeyEvent {
  return { key: name, kind, shift: false, alt: false, control: false };
}

/** A console with a device and a program, and the host's side. */
class Plugged {
  readonly input: DeviceInput;
  readonly nes: Nes;

  constructor(setup: DeviceSetup, program: TestProgram) {
    const sizes = { machineBytes: 64, stateBytes: 64, batteryBytes: 0, widthPixels: 8, heightPixels: 8 };
    const { inputs } = createShared({ ...DEFAULT_SIZES, ...sizes }).blocks;
    this.input = new DeviceInput(setup, new DeviceWriter(inputs));
    this.input.setReleaseEvents(true);
    const { image } = readRom(program.toRom(), "program");
    this.nes = createHeadless(image, { devices: setup });
    this.nes.setInput(new InputLatch(inputs));
    this.run();
  }

  /** $10 and $11 after some frames. */
  run(): [number, number] {
    for (let frame = 0; frame < 3; frame++) this.nes.runFrame(pixels);
    return [this.nes.peek("cpu", 0x10), this.nes.peek("cpu", 0x11)];
  }
}

/** Shows a white screen; some lines down it stores a read of $4017 in $10. */
function lookingAt4017(): TestProgram {
  const program = new TestProgram()
    .waitFrames(2)
    .store(0x2006, 0x3f)
    .store(0x2006, 0x00)
    .store(0x2007, 0x30)
    .store(0x2006, 0x00)
    .store(0x2006, 0x00);
  const loop = program.here;
  program.waitFrames(1).bytes(0xa2, 10, 0xa0, 0, 0x88, 0xd0, 0xfd, 0xca, 0xd0, 0xf8); // to line 93
  program.bytes(0xad, 0x17, 0x40, 0x85, 0x10); // LDA $4017, STA $10
  return program.bytes(0x4c, loop & 0xff, loop >> 8);
}

/** Strobes, then shifts eight bits of $4017's line D4 into $10, and of D3 into $11. */
function shiftingFrom4017(): TestProgram {
  const program = new TestProgram().waitFrames(2);
  const loop = program.here;
  program.waitFrames(1).store(0x4016, 1).store(0x4016, 0).bytes(0xa2, 8); // LDX #8
  program.bytes(0xad, 0x17, 0x40, 0x0a, 0x0a, 0x0a, 0x0a, 0x26, 0x12); // LDA, ASL × 4, ROL $12
  program.bytes(0x0a, 0x26, 0x13, 0xca, 0xd0, 0xf1); // ASL, ROL $13, DEX, BNE
  program.bytes(0xa5, 0x12, 0x85, 0x10, 0xa5, 0x13, 0x85, 0x11);
  return program.bytes(0x4c, loop & 0xff, loop >> 8);
}

describe("the Zapper in port 2", () => {
  const NO_LIGHT = 0x08;
  const TRIGGER = 0x10;
  const lines = (value: number): number => value & (NO_LIGHT | TRIGGER);

  test("sees the screen where the mouse points, and the trigger is its button", () => {
    const { input, run } = bind(new Plugged({ port2: "zapper" }, lookingAt4017()));
    expect(lines(run()[0])).toBe(NO_LIGHT);
    input.pointAt({ x: 128, y: 90 });
    expect(lines(run()[0])).toBe(0);
    input.button(0, true);
    expect(lines(run()[0])).toBe(TRIGGER);
    input.pointAt(undefined);
    expect(lines(run()[0])).toBe(TRIGGER | NO_LIGHT);
  });

  test("shoots off-screen with the right button", () => {
    const { input, run } = bind(new Plugged({ port2: "zapper" }, lookingAt4017()));
    input.pointAt({ x: 128, y: 90 });
    input.button(2, true);
    expect(lines(run()[0])).toBe(TRIGGER | NO_LIGHT);
  });

  test("a click shorter than a frame is seen, and ends", async () => {
    const { input, run } = bind(new Plugged({ port2: "zapper" }, lookingAt4017()));
    input.button(0, true);
    input.button(0, false);
    expect(lines(run()[0]) & TRIGGER).toBe(TRIGGER);
    while (lines(run()[0]) !== NO_LIGHT) await Bun.sleep(5);
  });
});

test("the paddle follows the mouse", () => {
  const { input, run } = bind(new Plugged({ port2: "arkanoid" }, shiftingFrom4017()));
  const positions = [0, 128, 255].map((x) => {
    input.pointAt({ x, y: 0 });
    return ~run()[0] & 0xff;
  });
  expect(positions[0]).toBeLessThan(positions[1]!);
  expect(positions[1]).toBeLessThan(positions[2]!);
  expect(run()[1]).toBe(0x00);
  input.button(0, true);
  expect(run()[1]).toBe(0xff);
});

test("the Power Pad's twelve buttons are the keys of the top row", () => {
  const { input, run } = bind(new Plugged({ port2: "power-pad" }, shiftingFrom4017()));
  const none = run();
  const seen = new Set([none.join()]);
  for (const name of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "-", "="]) {
    expect(input.key(key(name))).toBe(true);
    seen.add(run().join());
    input.key(key(name, "release"));
  }
  expect(seen.size).toBe(13);
  expect(run()).toEqual(none);
  expect(input.key(key("w"))).toBe(false);
});

test("keys go to the Family BASIC keyboard, except those with Ctrl and those that it lacks", () => {
  const program = new TestProgram().waitFrames(2);
  const loop = program.here;
  // Row 0, column 0: D1 is F8, D2 is RETURN.
  program.waitFrames(1).store(0x4016, 1).store(0x4016, 0).store(0x4016, 5).store(0x4016, 4);
  program.bytes(0xad, 0x17, 0x40, 0x85, 0x10, 0x4c, loop & 0xff, loop >> 8);
  const { input, run } = bind(new Plugged({ expansion: "family-basic-keyboard" }, program));
  expect(run()[0] & 0x1e).toBe(0x1e);
  expect(input.key(key("enter"))).toBe(true);
  expect(run()[0] & 0x1e).toBe(0x1a);
  expect(input.key(key("f8"))).toBe(true);
  expect(run()[0] & 0x1e).toBe(0x18);
  input.release();
  expect(run()[0] & 0x1e).toBe(0x1e);
  expect(input.key({ ...key("c"), control: true })).toBe(false);
  expect(input.key(key("f9"))).toBe(false);
});

test.each<[DeviceSetup, string, boolean]>([
  [{ expansion: "family-basic-keyboard" }, "f1", true],
  [{ expansion: "family-basic-keyboard" }, "f9", false],
  [{ expansion: "family-basic-keyboard" }, "ctrl+o", false],
  [{ expansion: "data-recorder" }, "f9", true],
  [{ expansion: "party-tap" }, "1", true],
  [{ expansion: "party-tap" }, "a", false],
  [{ port2: "power-glove" }, "w", true],
  [{ expansion: "subor-keyboard" }, "alt+q", true],
  [{}, "x", false],
])("%o takes %s: %p", (setup, name, isTaken) => {
  const input = new DeviceInput(setup, { setByte() {}, setMotionPlace() {}, move() {} });
  expect(input.takes(name)).toBe(isTaken);
});

test("mouse movement is reported once, at most a byte's worth per frame", () => {
  const { inputs } = createShared({
    ...DEFAULT_SIZES,
    ...{ machineBytes: 64, stateBytes: 64, batteryBytes: 0, widthPixels: 8, heightPixels: 8 },
  }).blocks;
  const input = new DeviceInput({ port1: "snes-mouse" }, new DeviceWriter(inputs));
  const latch = new InputLatch(inputs);
  const data = new Uint8Array(20);
  const moved = () => {
    latch.latchDevices(data);
    return [(data[0]! << 24) >> 24, (data[1]! << 24) >> 24];
  };
  input.pointAt({ x: 10, y: 200 });
  expect(moved()).toEqual([0, 0]);
  input.pointAt({ x: 240, y: 190 });
  input.pointAt({ x: 250, y: 180 });
  expect(moved()).toEqual([127, -20]);
  expect(moved()).toEqual([113, 0]);
  expect(moved()).toEqual([0, 0]);
});

describe("buttons that devices add", () => {
  const NO_BYTES = { setByte() {}, setMotionPlace() {}, move() {} };

  test.each<[DeviceSetup, boolean, number, number]>([
    [{}, false, 0x81, 0x81],
    [{ expansion: "pads" }, false, 0x81, 0x81],
    [{ expansion: "pachinko" }, false, 0x81, 0x81_0081],
    [{ expansion: "bandai-hyper-shot" }, false, 0x2_0041, 0x43_0041],
    [{}, true, 0x01, 0x01_0001],
  ])("%o, microphone in the cartridge: %p: player 1 holds %p", (setup, hasMicrophone, word, all) => {
    const input = new DeviceInput(setup, NO_BYTES, hasMicrophone);
    expect(input.withOwnButtons(word, true)).toBe(all);
  });

  test.each<[DeviceSetup, boolean, number]>([
    [{ microphone: true }, false, 0x08_00],
    [{}, true, 0x08_0000],
    [{}, false, 0],
  ])("key O is sound with %o, in the cartridge: %p", (setup, hasMicrophone, word) => {
    let changes = 0;
    const input = new DeviceInput(setup, NO_BYTES, hasMicrophone);
    input.setReleaseEvents(true);
    input.onButtons = () => changes++;
    expect(input.key(key("o"))).toBe(word !== 0);
    expect(input.withOwnButtons(0, true)).toBe(word);
    expect(input.withOwnButtons(0, false)).toBe(0);
    input.key(key("o", "release"));
    expect(input.withOwnButtons(0, true)).toBe(0);
    expect(changes).toBe(word === 0 ? 0 : 2);
    expect(input.hints).toEqual(word === 0 ? [] : ["microphone: O"]);
  });
});

test("only devices that are pointed or turned need the terminal's mouse", () => {
  expect(needsMouse({ port2: "zapper" })).toBe(true);
  expect(needsMouse({ expansion: "arkanoid" })).toBe(true);
  expect(needsMouse({ port1: "power-glove" })).toBe(true);
  expect(needsMouse({ port2: "power-pad", expansion: "family-basic-keyboard" })).toBe(false);
  expect(needsMouse({})).toBe(false);
  expect(needsMouse(undefined)).toBe(false);
});

function bind(plugged: Plugged): { input: DeviceInput; run: () => [number, number] } {
  return { input: plugged.input, run: () => plugged.run() };
}

/** Three bytes that a device's keys and mouse set, by default of the expansion port. */
function reportsOf(setup: DeviceSetup, act: (input: DeviceInput) => void, at = EXPANSION_DATA): number[] {
  const bytes = new Uint8Array(32);
  const input = new DeviceInput(setup, {
    setByte: (place, value) => (bytes[place] = value),
    setMotionPlace: () => {},
    move: () => {},
  });
  input.setReleaseEvents(true);
  act(input);
  return [...bytes.subarray(at, at + 3)];
}

const FIST = 0xff;

function holding(...keys: string[]): (input: DeviceInput) => void {
  return (input) => {
    for (const name of keys) input.key(key(name));
  };
}

test.each<[string, (input: DeviceInput) => void, number[]]>([
  ["nothing", () => {}, [0, 0, 0, 0]],
  ["the mouse", (input) => input.pointAt({ x: 0, y: 239 }), [0x80, 0x89, 0, 0]],
  ["the left button", (input) => input.button(0, true), [0, 0, 0, FIST]],
  ["the right button", (input) => input.button(2, true), [0, 0, 0, 0b11110011]],
  ["w and e", holding("w", "e"), [0, 0, 0x37, 0]],
  ["s and q", holding("s", "q"), [0, 0, 0x98, 0]],
  ["1 and 4", holding("1", "4"), [0, 0, 0, 0b11000011]],
])("%s in the Power Glove", (_, act, bytes) => {
  const hand = (at: number) => reportsOf({ port2: "power-glove" }, act, at);
  expect([...hand(PORT2_DATA), ...hand(PORT2_DATA + 1).slice(2)]).toEqual(bytes);
});

/** Everything that a player can do with a mouse and a keyboard. */
function useEverything(input: DeviceInput): void {
  input.pointAt({ x: 10, y: 10 });
  input.pointAt({ x: 200, y: 100 });
  for (const button of [0, 2]) input.button(button, true);
  const keys = [..."1234567890-=abcdefghijklmnopqrstuvwxyz*#.", "end", "tab", "enter", "f9", "f10"];
  for (const name of keys) input.key(key(name));
}

test.each([
  ...PORT_DEVICES.map((device) => ["port2", device] as const),
  ...EXPANSION_DEVICES.map((device) => ["expansion", device] as const),
])("the mouse or keys work %s %s if it has words", (port, device) => {
  let changes = 0;
  const counted = { setByte: () => changes++, setMotionPlace: () => {}, move: () => changes++ };
  const input = new DeviceInput({ [port]: device }, counted);
  input.setReleaseEvents(true);
  changes = 0;
  useEverything(input);
  expect(changes > 0).toBe(deviceVocabulary(device) !== "");
});

test.each<[DeviceSetup["expansion"], string[], number[]]>([
  ["party-tap", ["1", "6"], [0b10_0001, 0, 0]],
  ["exciting-boxing", ["1", "8"], [0b1000_0001, 0, 0]],
  ["family-trainer", ["1", "="], [1, 0b1000, 0]],
  ["mahjong", ["a", "n", "tab", "5"], [1, 0b110_0000, 0b1_0000]],
])("keys of %s", (expansion, keys, bytes) => {
  const press = (input: DeviceInput) => {
    for (const name of keys) expect(input.key(key(name))).toBe(true);
  };
  expect(reportsOf({ expansion: expansion! }, press)).toEqual(bytes);
});

test("the keys of two SNES pads are those of the first", () => {
  const setup: DeviceSetup = { port1: "snes-pad", port2: "snes-pad" };
  expect(reportsOf(setup, holding("b", "e"), PORT1_DATA)[0]).toBe(0b1001);
  expect(reportsOf(setup, holding("b", "e"), PORT2_DATA)[0]).toBe(0);
  expect(reportsOf({ port2: "snes-pad" }, holding("b"), PORT2_DATA)[0]).toBe(1);
});

describe("a game pad on a device with more buttons than a controller", () => {
  const { a, b, left } = BUTTON_BITS;
  const { x, y, l, r } = MORE_BUTTON_BITS;
  const { down, up } = RIGHT_STICK_BITS;

  // The words of a controller: A and B, and X and Y as turbo A and B.
  test.each<[DeviceSetup["port1"], number, bits: number, held: number, turbo: number]>([
    ["snes-pad", b, 0, a, 0],
    ["snes-pad", y, 0, b, 0],
    ["snes-pad", a, 0b0001, 0, 0],
    ["snes-pad", x, 0b0010, 0, 0],
    ["snes-pad", l | r | left, 0b1100, left, 0],
    ["virtual-boy-pad", a | b | down | l, 0b010001, a | b, 0],
    ["virtual-boy-pad", y | up | r, 0b101000, 0, b],
    ["standard", a | x | l | up, 0, a, a],
  ])("%s, %i", (device, wide, bits, held, turbo) => {
    for (const [port, at] of [PORT1_DATA, PORT2_DATA].entries()) {
      let words: readonly number[] = [];
      const press = (input: DeviceInput) => {
        expect(input.setPad(port, wide)).toBe(device !== "standard");
        const turboWord = ((wide & x) !== 0 ? a : 0) | ((wide & y) !== 0 ? b : 0);
        words = input.padButtons((wide & 0xff) << (8 * port), turboWord << (8 * port));
      };
      expect(reportsOf({ port1: device!, port2: device! }, press, at)[0]).toBe(bits);
      expect(words).toEqual([held << (8 * port), turbo << (8 * port)]);
    }
  });

  test("presses beside the keys", () => {
    const both = (input: DeviceInput) => {
      holding("q")(input);
      input.setPad(0, x);
    };
    expect(reportsOf({ port1: "snes-pad" }, both, PORT1_DATA)[0]).toBe(0b0110);
    const released = (input: DeviceInput) => {
      both(input);
      input.setPad(0, 0);
    };
    expect(reportsOf({ port1: "snes-pad" }, released, PORT1_DATA)[0]).toBe(0b0100);
  });
});

test.each<[DeviceSetup["expansion"], number[]]>([
  ["bandai-hyper-shot", [100, 50, 3]],
  ["oeka-kids-tablet", [100, 50, 3]],
  ["pachinko", [100, 1, 0]],
  ["hori-track", [0, 0, 1]],
])("mouse of %s", (expansion, bytes) => {
  const point = (input: DeviceInput) => {
    input.pointAt({ x: 100, y: 50 });
    input.button(0, true);
  };
  expect(reportsOf({ expansion: expansion! }, point)).toEqual(bytes);
  expect(needsMouse({ expansion: expansion! })).toBe(true);
});

// Near without a button below the panel only: it is chosen from when the pen comes near.
test.each([
  [47, false, 0],
  [47, true, 3],
  [48, false, 2],
  [48, true, 3],
])("the tablet's pen at line %d, button %p", (y, isDown, bits) => {
  const point = (input: DeviceInput) => {
    input.pointAt({ x: 9, y });
    input.button(0, isDown);
  };
  expect(reportsOf({ expansion: "oeka-kids-tablet" }, point)[2]).toBe(bits);
});

describe("switches and typed codes", () => {
  /** The bytes that keys set in the expansion device's data. */
  function bytesAfter(expansion: DeviceSetup["expansion"], ...keys: string[]): number[] {
    const bytes = new Array<number>(24).fill(0);
    const input = new DeviceInput(
      { expansion: expansion! },
      { setByte: (place, value) => bytes.splice(place, 1, value), setMotionPlace() {}, move() {} },
    );
    for (const name of keys) {
      input.key(key(name));
      input.key(key(name, "repeat"));
      input.key(key(name, "release"));
    }
    return bytes.slice(EXPANSION_DATA);
  }

  test.each([
    ["data-recorder", ["f9"], 12, 1],
    ["data-recorder", ["f9", "f10"], 12, 2],
    ["data-recorder", ["f11", "f11"], 12, 0],
    ["turbo-file", ["f9"], 1, 1],
    ["turbo-file-2", ["f10", "f10", "f10"], 0, 3],
    ["turbo-file-2", ["f10", "f10", "f10", "f10"], 0, 0],
  ] as const)("%s: %p", (expansion, keys, byte, value) => {
    expect(bytesAfter(expansion, ...keys)[byte]).toBe(value);
  });

  test("what is typed of a barcode is shown, and what is wrong with it", () => {
    const input = new DeviceInput(
      { expansion: "datach-reader" },
      { setByte() {}, setMotionPlace() {}, move() {} },
    );
    const states = ["4", "9", "enter", "4"].map((name) => {
      input.key(key(name));
      return input.states;
    });
    expect(states).toEqual([["barcode 4"], ["barcode 49"], ["a barcode has 8 or 13 digits"], ["barcode 4"]]);
  });

  test("Backspace takes a digit of a barcode back, and is a button again without any", () => {
    const input = new DeviceInput(
      { expansion: "barcode-battler" },
      { setByte() {}, setMotionPlace() {}, move() {} },
    );
    const used = ["4", "9", "backspace", "backspace", "backspace"].map((name) => [
      input.key(key(name)),
      ...input.states,
    ]);
    expect(used).toEqual([[true, "barcode 4"], [true, "barcode 49"], [true, "barcode 4"], [true], [false]]);
  });

  test("the number of a barcode's digits comes after them", () => {
    const places: number[] = [];
    const input = new DeviceInput(
      { expansion: "barcode-battler" },
      { setByte: (place) => places.push(place), setMotionPlace() {}, move() {} },
    );
    for (const name of "12345670") input.key(key(name));
    places.length = 0;
    input.key(key("enter"));
    expect(places.at(-1)).toBe(EXPANSION_DATA);
    expect(places.length).toBe(8);
  });

  test("a barcode is read at Enter, and away with the next digit", () => {
    const typed = [..."12345670"];
    expect(bytesAfter("barcode-battler", ...typed).every((byte) => byte === 0)).toBe(true);
    const read = [8, 0x21, 0x43, 0x65, 0x07];
    expect(bytesAfter("barcode-battler", ...typed, "enter").slice(0, 5)).toEqual(read);
    expect(bytesAfter("datach-reader", ...typed, "enter", "1")[0]).toBe(0);
    expect(bytesAfter("datach-reader", "1", "2", "enter")[0]).toBe(0);
  });
});
