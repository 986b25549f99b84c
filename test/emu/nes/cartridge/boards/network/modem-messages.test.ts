/** What CPU2 answers without its program and without a telephone line. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { BoardHarness } from "../../../../../support/board-harness.ts";
import { runningNetwork, sendMessage, takeAnswer } from "../../../../../support/network-system.ts";

const CYCLES_PER_SECOND = 1_789_773;
const DIAL = [0x42, 0x31, 0x20, 0x36, 0x33];
/** The first key is that of Super Mario Club's $7D, as it was seen on its bus. */
const PATCH = "07 60 01 04 09 01 06 E0 16 A2 90 A5 29 F0 06 C9 FF D0 04 A2 01 86 29 4C 20 F4";
const bytesOf = (text: string) => text.split(" ").map((byte) => Number.parseInt(byte, 16));

/** Puts a key that fits before the bytes of a command: two bytes of CRC, found by trying. */
function keyed(bytes: readonly number[]): number[] {
  const crc = (all: readonly number[]): number =>
    all.toReversed().reduce((sum, byte) => {
      let value = sum ^ byte;
      for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >> 1) ^ 0xa1c1 : value >> 1;
      return value;
    }, 0x35ac);
  const low = crc(bytes);
  for (let second = 0; second < 256; second++)
    for (let first = 0; first < 256; first++)
      if (crc([first, second, ...bytes]) === 0) return [first, second, ...bytes];
  throw new Error(`no key for ${low}`);
}

function ask(harness: BoardHarness, command: number, bytes: readonly number[] = [], extra = 0) {
  sendMessage(harness, command, bytes, extra);
  return takeAnswer(harness);
}

describe("CPU2 answers", () => {
  test("$03 with its revision, lines and mode", () => {
    const answer = ask(runningNetwork(), 0x03);
    expect(answer).toEqual({ command: 0x83, extra: 0, bytes: bytesOf("03 0C AF 81 FB FE 00 0D 00 00") });
  });

  test.each<[string, number, number[], number[]]>([
    ["a command that does not exist", 0x05, [], [0, 0x05, 0]],
    ["$01 without a connection", 0x01, [1], [0, 0x01, 1]],
    ["$40 without a connection", 0x40, [1, 2], [0, 0x40, 1]],
    ["$03 with a byte", 0x03, [7], [1, 0x03, 7]],
    ["$64 with two bytes", 0x64, [9, 1], [1, 0x64, 9]],
    ["a number that is too long", 0x00, Array<number>(61).fill(0x31), [1, 0x00, 0x31]],
  ])("%s with $E1", (_name, command, bytes, expected) => {
    expect(ask(runningNetwork(), command, bytes)).toEqual({ command: 0xe1, extra: 0, bytes: expected });
  });

  test.each<[string, number, number[], number]>([
    ["off hook", 0x64, [1], 0xee],
    ["on hook", 0x64, [2], 0xfe],
    ["audio and pin 19", 0x65, [1, 1], 0x3e],
    ["both lamps", 0x66, [1, 1], 0xf8],
    ["nothing", 0x66, [0, 0], 0xfe],
  ])("nothing to a command that sets lines: %s", (_name, command, bytes, lines) => {
    const harness = runningNetwork();
    expect(ask(harness, command, bytes)).toBeUndefined();
    expect(ask(harness, 0x03)?.bytes[5]).toBe(lines);
  });

  test("a call with $80 and status 1, no dial tone, a few seconds later", () => {
    const harness = runningNetwork();
    expect(ask(harness, 0x00, [0x88, 0x30, ...DIAL])).toBeUndefined();
    expect(ask(harness, 0x03)?.bytes[6]).toBe(1);
    harness.idle(4 * CYCLES_PER_SECOND);
    expect(takeAnswer(harness)).toBeUndefined();
    harness.idle(CYCLES_PER_SECOND);
    expect(takeAnswer(harness)).toEqual({ command: 0x80, extra: 0, bytes: [1] });
    expect(ask(harness, 0x03)?.bytes[6]).toBe(0);
  });

  test("$61 ends a call and a wait for one without an answer", () => {
    const harness = runningNetwork();
    expect(ask(harness, 0x00, DIAL)).toBeUndefined();
    expect(ask(harness, 0x61)).toBeUndefined();
    expect(ask(harness, 0x02, [3, 2])).toBeUndefined();
    expect(ask(harness, 0x03)?.bytes[6]).toBe(4);
    expect(ask(harness, 0x61)).toBeUndefined();
    harness.idle(10 * CYCLES_PER_SECOND);
    expect(takeAnswer(harness)).toBeUndefined();
    expect(ask(harness, 0x61)).toMatchObject({ command: 0xe1 });
  });

  test("$12 with the CRC-16 of a text", () => {
    const text = [...new TextEncoder().encode("123456789")];
    // https://reveng.sourceforge.io/crc-catalogue: CRC-16/ARC of these digits is $BB3D.
    expect(ask(runningNetwork(), 0x12, [0x40, 0x03, ...text])).toEqual({
      command: 0x92,
      extra: 0,
      bytes: [0xbb, 0x3d],
    });
  });

  test("$7D and $7C write and read RAM if the key is right", () => {
    const harness = runningNetwork();
    expect(ask(harness, 0x7d, bytesOf(PATCH))).toBeUndefined();
    const read = keyed([0x01, 0x04, 8]);
    expect(ask(harness, 0x7c, read)).toEqual({
      command: 0xf0,
      extra: 0,
      bytes: bytesOf(PATCH).slice(4, 12),
    });
    expect(ask(harness, 0x7c, [read[0]! ^ 1, ...read.slice(1)])).toBeUndefined();
    expect(ask(harness, 0x7c, keyed([0x80, 0x00, 8]))).toBeUndefined();
  });

  test("a call that has failed as soon as nobody sends", () => {
    const harness = runningNetwork();
    sendMessage(harness, 0x00, DIAL);
    harness.idle(4 * CYCLES_PER_SECOND);
    expect(harness.read(0x40d3) & 0xe0).toBe(0x20);
    expect(takeAnswer(harness)?.command).toBe(0x80);
    expect(takeAnswer(harness)).toBeUndefined();
  });

  test("nothing to a message that is cut off, and $7B starts it anew", () => {
    const harness = runningNetwork();
    harness.write(0x40d3, 0x3f);
    harness.write(0x40d0, 0x03);
    harness.write(0x40d3, 0xff);
    expect(takeAnswer(harness)).toBeUndefined();
    ask(harness, 0x66, [1, 1]);
    expect(ask(harness, 0x7b)).toBeUndefined();
    expect(ask(harness, 0x03)?.bytes[5]).toBe(0xfe);
  });
});

test("any messages and flags leave it in a state that can be asked", () => {
  const step = fc.oneof(
    fc.tuple(fc.constant("flags" as const), fc.nat(0xff)),
    fc.tuple(fc.constant("data" as const), fc.nat(0xff)),
    fc.tuple(fc.constant("time" as const), fc.nat(0xffff)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const harness = runningNetwork();
      for (const [kind, value] of steps) {
        if (kind === "time") harness.idle(value);
        else harness.write(kind === "flags" ? 0x40d3 : 0x40d0 + (value % 3), value);
      }
      // A power cycle of CPU2 always helps.
      harness.write(0x40d3, 0xff);
      harness.write(0x40b1, 0xff);
      harness.write(0x40b1, 0xf7);
      expect(ask(harness, 0x03)?.command).toBe(0x83);
    }),
    { numRuns: 60 },
  );
});
