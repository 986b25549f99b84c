import { dlopen } from "bun:ffi";
import { describe, expect, test } from "bun:test";
import { openXInput } from "../../../src/io/ffi/pad-libraries.ts";
import { BUTTON_BITS } from "../../../src/io/input/bindings.ts";
import { PadState } from "../../../src/io/input/evdev.ts";
import { Gamepads } from "../../../src/io/input/gamepads.ts";
import { decodeXInput, XInputPads } from "../../../src/io/input/xinput-pads.ts";
import { FakeLibrary, HAS_COMPILER } from "../../support/fake-library.ts";

const { a, b, select, start, up, down, left, right } = BUTTON_BITS;

/** XINPUT_STATE as the function fills it in: packet, buttons, triggers, both sticks, little endian. */
const STATES: [hex: string, held: number, turbo: number, what: string][] = [
  ["01000000 0000 00 00 0000 0000 0000 0000", 0, 0, "nothing"],
  ["02000000 0010 00 00 0000 0000 0000 0000", b, 0, "A, the lower button"],
  ["03000000 0020 00 00 0000 0000 0000 0000", a, 0, "B, the right button"],
  ["04000000 0040 00 00 0000 0000 0000 0000", 0, b, "X"],
  ["05000000 0080 00 00 0000 0000 0000 0000", 0, a, "Y"],
  ["06000000 3000 00 00 0000 0000 0000 0000", select | start, 0, "Back and Start"],
  ["07000000 0900 00 00 0000 0000 0000 0000", up | right, 0, "the cross, up and right"],
  ["08000000 0600 00 00 0000 0000 0000 0000", down | left, 0, "the cross, down and left"],
  ["09000000 0000 00 00 0080 ff7f 0000 0000", left | up, 0, "the left stick, left and up"],
  ["0a000000 0000 00 00 ff7f 0080 0000 0000", right | down, 0, "the left stick, right and down"],
  [
    "0b000000 0003 ff ff 1027 f0d8 ff7f ff7f",
    0,
    0,
    "shoulders, triggers, the other stick, and a little drift",
  ],
];

function viewOf(hex: string): DataView {
  return new DataView(new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex")).buffer);
}

test.each(STATES)("%s holds %d and turbo %d: %s", (hex, held, turbo) => {
  const view = viewOf(hex);
  expect(view.byteLength).toBe(16);
  const state = new PadState(new XInputPads(undefined).open("0").axes);
  decodeXInput(view, state);
  expect([state.held, state.turbo]).toEqual([held, turbo]);
});

/** Four slots, which the test fills. */
const SOURCE = `
#include <string.h>
static unsigned char states[4][16];
static int is_there[4];
void plug(unsigned place, int there) { is_there[place] = there; }
void put(unsigned place, unsigned at, unsigned value) { states[place][at] = value; }
unsigned XInputGetState(unsigned place, void *state) {
  if (place > 3) return 160;
  if (!is_there[place]) return 1167;
  memcpy(state, states[place], 16);
  return 0;
}
`;

describe.skipIf(!HAS_COMPILER)("XInput's pads, by a library that stands in for Windows'", () => {
  test("connect, play and disconnect", () => {
    using fake = new FakeLibrary(SOURCE);
    const { plug, put } = dlopen(fake.path, {
      plug: { args: ["u32", "i32"], returns: "void" },
      put: { args: ["u32", "u32", "u32"], returns: "void" },
    }).symbols;
    const library = openXInput([`${fake.path}.missing`, fake.path]);
    expect(library).toBeDefined();
    const pads = new Gamepads(new XInputPads(library));
    const words: number[][] = [];
    pads.onButtons = (...both) => void words.push(both);
    pads.scan();
    expect(pads.names.some((name) => name !== undefined)).toBe(false);
    plug(2, 1);
    put(2, 5, 0x20);
    pads.scan();
    expect(pads.names[0]).toBe("XInput pad 3");
    expect(words.at(-1)).toEqual([a, 0]);
    put(2, 4, 0x01);
    pads.poll();
    expect(words.at(-1)).toEqual([a | up, 0]);
    plug(0, 1);
    put(0, 4, 0x10);
    pads.scan();
    expect(words.at(-1)).toEqual([(start << 8) | a | up, 0]);
    plug(2, 0);
    pads.poll();
    expect(words.at(-1)).toEqual([start << 8, 0]);
    pads.stop();
  });

  test("do not exist without the library", () => {
    expect(openXInput(["/nowhere/xinput.dll"])).toBeUndefined();
    expect(new XInputPads(undefined).list()).toEqual([]);
  });
});
