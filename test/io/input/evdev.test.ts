import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { BUTTON_BITS } from "../../../src/io/input/bindings.ts";
import { type AxisRange, PadState } from "../../../src/io/input/evdev.ts";
import { padEvents } from "../../support/pad-events.ts";

const { a, b, select, start, up, down, left, right } = BUTTON_BITS;

/** The axes of pads as their drivers report them. */
const XPAD = new Map<number, AxisRange>([
  [0, { minimum: -32_768, maximum: 32_767 }],
  [1, { minimum: -32_768, maximum: 32_767 }],
  [0x10, { minimum: -1, maximum: 1 }],
  [0x11, { minimum: -1, maximum: 1 }],
]);
const USB_PAD = new Map<number, AxisRange>([
  [0, { minimum: 0, maximum: 255 }],
  [1, { minimum: 0, maximum: 255 }],
]);

function feed(state: PadState, ...lines: string[]): boolean {
  const bytes = padEvents(...lines);
  return state.feed(bytes, bytes.length);
}

describe("PadState", () => {
  const streams: [string, Map<number, AxisRange>, [events: string[], held: number, turbo: number][]][] = [
    [
      "an Xbox pad",
      XPAD,
      [
        [["ABS 0x10 1"], right, 0],
        [["ABS 0x11 -1"], right | up, 0],
        [["MSC 4 589825", "KEY 0x131 1"], right | up | a, 0],
        [["ABS 0x10 0", "KEY 0x130 1", "KEY 0x131 0"], up | b, 0],
        [["ABS 0x11 0", "KEY 0x130 0", "KEY 0x13a 1", "KEY 0x13b 1"], select | start, 0],
        [["KEY 0x13a 0", "KEY 0x13b 0", "KEY 0x133 1"], 0, a],
        [["KEY 0x134 1", "KEY 0x133 0"], 0, b],
        // Jitter of a stick around its middle presses nothing; once pressed, slightly less still counts.
        [["KEY 0x134 0", "ABS 0 -1200", "ABS 1 3000"], 0, 0],
        [["ABS 0 -20000"], left, 0],
        [["ABS 0 -14500"], left, 0],
        [["ABS 0 -12000"], 0, 0],
        [["ABS 0 32767", "ABS 1 32767"], right | down, 0],
      ],
    ],
    [
      "a cheap USB pad",
      USB_PAD,
      [
        [["ABS 0 0"], left, 0],
        [["ABS 0 127", "ABS 1 255"], down, 0],
        [["ABS 1 127", "KEY 0x121 1", "KEY 0x122 1"], a | b, 0],
        [["KEY 0x121 0", "KEY 0x122 0", "KEY 0x128 1", "KEY 0x129 1"], select | start, 0],
      ],
    ],
    [
      "a pad whose cross is buttons",
      new Map(),
      [
        [["KEY 0x220 1", "KEY 0x222 1"], up | left, 0],
        [["KEY 0x220 0", "KEY 0x222 0", "KEY 0x221 1", "KEY 0x223 1"], down | right, 0],
        // Sticks without a reported range are ignored.
        [["KEY 0x221 0", "KEY 0x223 0", "ABS 0 255", "ABS 5 255"], 0, 0],
      ],
    ],
  ];
  test.each(streams)("follows the recorded events of %s", (_, axes, steps) => {
    const state = new PadState(axes);
    for (const [events, held, turbo] of steps) {
      expect(feed(state, ...events)).toBe(false);
      expect({ events, held: state.held, turbo: state.turbo }).toEqual({ events, held, turbo });
    }
  });

  test("asks for a restore after lost events, and ignores the rest of that report", () => {
    const state = new PadState(XPAD);
    feed(state, "KEY 0x131 1");
    const lost = padEvents("SYN 3 0", "KEY 0x130 1", "KEY 0x13b 1");
    // Until the report that ends the loss, nothing is known.
    expect(state.feed(lost, 48)).toBe(false);
    expect(state.held).toBe(0);
    expect(state.feed(lost.subarray(48), lost.length - 48)).toBe(true);
    expect(state.held).toBe(start);
  });

  test("holds nothing after everything was released, whatever came before", () => {
    const codes = [0x120, 0x121, 0x130, 0x131, 0x133, 0x13b, 0x220, 0x223];
    const press = fc.tuple(fc.constantFrom(...codes), fc.boolean());
    const tilt = fc.tuple(fc.constantFrom(...XPAD.keys()), fc.integer({ min: -40_000, max: 40_000 }));
    fc.assert(
      fc.property(fc.array(press), fc.array(tilt), (presses, tilts) => {
        const state = new PadState(XPAD);
        for (const [code, isDown] of presses) feed(state, `KEY ${code} ${isDown ? 1 : 0}`);
        for (const [axis, value] of tilts) feed(state, `ABS ${axis} ${value}`);
        const { held } = state;
        // A stick cannot be pressed both ways.
        expect(held & 0xff).toBe(held);
        for (const code of codes) feed(state, `KEY ${code} 0`);
        for (const axis of XPAD.keys()) feed(state, `ABS ${axis} 0`);
        expect([state.held, state.turbo]).toEqual([0, 0]);
      }),
    );
  });
});
