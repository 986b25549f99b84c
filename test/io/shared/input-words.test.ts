import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { InputLatch, type InputSourceName, InputWriter } from "../../../src/io/shared/input-words.ts";
import { INPUT_GROUP_WORDS, INPUT_SOURCE_COUNT } from "../../../src/io/shared/layout-words.ts";

function inputWords(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(INPUT_SOURCE_COUNT * INPUT_GROUP_WORDS * 4));
}

const A = 1;
const START = 8;
const SECOND_PORT = 256;

describe("input words", () => {
  test("buttons of all sources and of commands are combined", () => {
    const words = inputWords();
    const latch = new InputLatch(words);
    new InputWriter(words, "keyboard").setButtons(A);
    new InputWriter(words, "gamepad").setButtons(START | (A * SECOND_PORT));
    latch.extra = 0x8000_0000;
    expect(latch.latchButtons()).toBe((0x8000_0000 | A | START | (A * SECOND_PORT)) >>> 0);
  });

  test("a tap between two latches counts for one frame", () => {
    const words = inputWords();
    const keyboard = new InputWriter(words, "keyboard");
    const latch = new InputLatch(words);
    keyboard.setButtons(A);
    keyboard.setButtons(0);
    expect(latch.latchButtons()).toBe(A);
    expect(latch.latchButtons()).toBe(0);
  });

  test("turbo buttons are down for two latches and up for two", () => {
    const words = inputWords();
    const keyboard = new InputWriter(words, "keyboard");
    const latch = new InputLatch(words);
    keyboard.setButtons(START);
    keyboard.setTurbo(A * SECOND_PORT);
    const seen = Array.from({ length: 12 }, () => latch.latchButtons() & (A * SECOND_PORT));
    expect(seen.join(",")).toContain("256,256,0,0,256,256,0,0");
    keyboard.setTurbo(0);
    expect(Array.from({ length: 4 }, () => latch.latchButtons())).toEqual([START, START, START, START]);
  });

  test("frames that are run again read the same buttons, and consume no press", () => {
    const words = inputWords();
    const keyboard = new InputWriter(words, "keyboard");
    const latch = new InputLatch(words);
    latch.replayed = START;
    keyboard.setButtons(A);
    keyboard.setButtons(0);
    expect(latch.latchButtons()).toBe(START);
    latch.replayed = -1;
    expect(latch.latchButtons()).toBe(A);
  });

  test("every press is seen in the next frame or held through it, whatever the sources do", () => {
    const sources: InputSourceName[] = ["keyboard", "gamepad", "network", "script"];
    const step = fc.oneof(
      fc.constant("look" as const),
      fc.record({ source: fc.constantFrom(...sources), buttons: fc.integer({ min: 0, max: 0xffff }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const words = inputWords();
        const writers = new Map(sources.map((source) => [source, new InputWriter(words, source)]));
        const latch = new InputLatch(words);
        const held = new Map(sources.map((source) => [source, 0]));
        let pressed = 0;
        for (const action of steps) {
          if (action === "look") {
            const now = [...held.values()].reduce((all, buttons) => all | buttons, 0);
            expect(latch.latchButtons()).toBe((now | pressed) >>> 0);
            pressed = 0;
          } else {
            pressed |= action.buttons & ~held.get(action.source)!;
            held.set(action.source, action.buttons);
            writers.get(action.source)!.setButtons(action.buttons);
          }
        }
      }),
    );
  });
});
