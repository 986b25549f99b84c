import { describe, expect, test } from "bun:test";
import { BUTTON_BITS } from "../../../src/io/input/bindings.ts";
import { PadState } from "../../../src/io/input/evdev.ts";
import {
  applyValue,
  type HidElement,
  type HidIdentity,
  isPlayable,
} from "../../../src/io/input/hid-elements.ts";

const { a, b, select, start, up, down, left, right } = BUTTON_BITS;
const STICK = { minimum: 0, maximum: 255 };
const HAT = { minimum: -1, maximum: 1 };

/** Elements by short names: a button's number, an axis, the hat, or a side of the cross. */
const ELEMENTS: Readonly<Record<string, HidElement>> = {
  x: { page: 1, usage: 0x30, ...STICK },
  y: { page: 1, usage: 0x31, ...STICK },
  hat: { page: 1, usage: 0x39, minimum: 0, maximum: 7 },
  hatFrom1: { page: 1, usage: 0x39, minimum: 1, maximum: 8 },
  crossUp: { page: 1, usage: 0x90, minimum: 0, maximum: 1 },
  crossDown: { page: 1, usage: 0x91, minimum: 0, maximum: 1 },
  crossRight: { page: 1, usage: 0x92, minimum: 0, maximum: 1 },
  crossLeft: { page: 1, usage: 0x93, minimum: 0, maximum: 1 },
};

const XBOX: HidIdentity = { vendor: 0x045e, buttons: 15 };
const DUALSHOCK: HidIdentity = { vendor: 0x054c, buttons: 14 };
const SWITCH: HidIdentity = { vendor: 0x057e, buttons: 16 };
const CHEAP: HidIdentity = { vendor: 0x0079, buttons: 10 };

type Step = [values: string, held: number, turbo: number];

const STREAMS: [string, HidIdentity, Step[]][] = [
  [
    "an Xbox pad",
    XBOX,
    [
      ["2 1", a, 0],
      ["1 1", a | b, 0],
      ["1 0, 2 0, 4 1, 5 1", 0, a | b],
      ["4 0, 5 0, 11 1, 12 1", select | start, 0],
      ["11 0, 12 0, hatFrom1 1", up, 0],
      ["hatFrom1 4", right | down, 0],
      ["hatFrom1 0", 0, 0],
    ],
  ],
  [
    "a DualShock 4",
    DUALSHOCK,
    [
      ["2 1, 3 1", a | b, 0],
      ["2 0, 3 0, 1 1, 4 1", 0, a | b],
      ["1 0, 4 0, 9 1, 10 1, 7 1", select | start, 0],
      ["9 0, 10 0, hat 6", left, 0],
      ["hat 7", left | up, 0],
      ["hat 8", 0, 0],
      ["x 0, y 128", left, 0],
      ["x 127, y 255", down, 0],
      ["x 128, y 127", 0, 0],
    ],
  ],
  [
    "a Switch Pro pad",
    SWITCH,
    [
      ["1 1, 2 1", a | b, 0],
      ["1 0, 2 0, 9 1, 10 1", select | start, 0],
      ["3 1, 4 1", select | start, a | b],
    ],
  ],
  [
    "a cheap USB pad",
    CHEAP,
    [
      ["2 1, 3 1, x 255, y 0", a | b | right | up, 0],
      ["2 0, 3 0, 9 1, 10 1, x 128, y 128", select | start, 0],
    ],
  ],
  [
    "a pad whose cross is four elements",
    CHEAP,
    [
      ["crossUp 1, crossRight 1", up | right, 0],
      ["crossUp 0, crossRight 0, crossDown 1, crossLeft 1", down | left, 0],
    ],
  ],
];

describe("HID values", () => {
  test.each(STREAMS)("of %s", (_, identity, steps) => {
    const state = new PadState(
      new Map([
        [0, STICK],
        [1, STICK],
        [0x10, HAT],
        [0x11, HAT],
      ]),
    );
    for (const [values, held, turbo] of steps) {
      for (const each of values.split(", ")) {
        const [name = "", value] = each.split(" ");
        const element = ELEMENTS[name] ?? { page: 9, usage: Number(name), minimum: 0, maximum: 1 };
        expect(isPlayable(element)).toBe(true);
        applyValue(element, Number(value), identity, state);
      }
      expect([values, state.held, state.turbo]).toEqual([values, held, turbo]);
    }
  });

  test.each([
    [1, 0x32],
    [1, 0x35],
    [2, 0xc4],
    [6, 0x20],
    [9, 0],
    [0xff00, 0x20],
  ])("page %d, usage %d is ignored", (page, usage) => {
    expect(isPlayable({ page, usage, minimum: 0, maximum: 255 })).toBe(false);
  });
});
