import { describe, expect, test } from "bun:test";
import { Bindings } from "../../../src/io/input/bindings.ts";
import { DEFAULT_HOLD_TIMES, HeldKeys } from "../../../src/io/input/held-keys.ts";
import type { KeyEvent } from "../../../src/io/input/keys.ts";

const A = 0x01;
const LEFT = 0x40;
const RIGHT = 0x80;

function event(key: string, kind: KeyEvent["kind"] = "press", control = false): KeyEvent {
  return { key, kind, shift: false, alt: false, control };
}

describe("Bindings", () => {
  test("find buttons and actions", () => {
    const bindings = new Bindings();
    expect(bindings.find(event("x"))).toEqual({ kind: "button", port: 0, button: "a", isTurbo: false });
    expect(bindings.find(event("c", "press", true))).toEqual({ kind: "action", action: "interrupt" });
    expect(bindings.find(event("@"))).toBeUndefined();
    expect(bindings.find(event("r"))).toEqual({ kind: "hold", hold: "rewind" });
    expect(bindings.find(event("u"))).toMatchObject({ button: "b", isTurbo: true });
    // A button works whatever modifiers are held with it.
    expect(bindings.find(event("left", "press", true))).toMatchObject({ button: "left" });
  });

  test("reach four players", () => {
    const held = new HeldKeys(new Bindings({ "p4.right": ["1"], "p2.a": ["2"] }), undefined);
    held.handle(event("1"), 0);
    held.handle(event("2"), 0);
    expect(held.buttons).toBe(0x80000100);
  });

  test.each([
    [{ jump: ["x"] }, "jump is neither"],
    [{ "p5.a": ["x"] }, "p5.a is neither"],
    [{ a: ["x"], b: ["x"] }, "bound twice"],
  ])("reject %p", (table, message) => {
    expect(() => new Bindings(table)).toThrow(message);
  });
});

describe("HeldKeys with release events", () => {
  test("hold until the release", () => {
    const held = new HeldKeys(new Bindings(), undefined);
    held.handle(event("right"), 0);
    held.handle(event("x"), 0);
    held.expire(1e9);
    expect(held.buttons).toBe(RIGHT | A);
    held.handle(event("right", "release"), 1);
    expect(held.buttons).toBe(A);
    expect(held.nextDeadlineMs).toBeUndefined();
  });

  test("hold a button while one of its keys is down", () => {
    const held = new HeldKeys(new Bindings(), undefined);
    held.handle(event("x"), 0);
    held.handle(event("k"), 0);
    held.handle(event("x", "release"), 1);
    expect(held.buttons).toBe(A);
    held.handle(event("k", "release"), 2);
    expect(held.buttons).toBe(0);
  });

  test("release everything when the window loses the focus", () => {
    const held = new HeldKeys(new Bindings(), undefined);
    held.handle(event("x"), 0);
    held.clear();
    expect(held.buttons).toBe(0);
  });
});

describe("HeldKeys without release events", () => {
  const { tapMs, directionTapMs, repeatMs } = DEFAULT_HOLD_TIMES;

  test("end a tap by time", () => {
    const held = new HeldKeys(new Bindings(), DEFAULT_HOLD_TIMES);
    held.handle(event("x"), 0);
    held.expire(tapMs - 1);
    expect(held.buttons).toBe(A);
    expect(held.nextDeadlineMs).toBe(tapMs);
    held.expire(tapMs);
    expect(held.buttons).toBe(0);
  });

  test("name the time of the key that is released first, not of the one that was pressed first", () => {
    const held = new HeldKeys(new Bindings(), DEFAULT_HOLD_TIMES);
    held.handle(event("right"), 0);
    held.handle(event("x"), 10);
    expect(held.nextDeadlineMs).toBe(10 + tapMs);
    held.expire(10 + tapMs);
    expect([held.buttons, held.nextDeadlineMs]).toEqual([RIGHT, directionTapMs]);
  });

  test("hold while the keyboard repeats", () => {
    const held = new HeldKeys(new Bindings(), DEFAULT_HOLD_TIMES);
    let now = 0;
    for (held.handle(event("right"), now); now < 1000; now += 33) {
      held.handle(event("right"), now);
      held.expire(now + 32);
      expect(held.buttons).toBe(RIGHT);
    }
    held.expire(now + repeatMs);
    expect(held.buttons).toBe(0);
  });

  test("release the opposite direction", () => {
    const held = new HeldKeys(new Bindings(), DEFAULT_HOLD_TIMES);
    held.handle(event("right"), 0);
    held.handle(event("left"), directionTapMs / 2);
    expect(held.buttons).toBe(LEFT);
  });

  test("keep running while another key repeats", () => {
    const held = new HeldKeys(new Bindings(), DEFAULT_HOLD_TIMES);
    held.handle(event("right"), 0);
    held.handle(event("right"), 30);
    for (let now = 60; now < 500; now += 30) {
      held.handle(event("x"), now);
      held.expire(now + 29);
      expect(held.buttons).toBe(RIGHT | A);
    }
  });
});

describe("HeldKeys with the state of the keyboard", () => {
  function begin(): { held: HeldKeys; down: Set<string> } {
    const down = new Set<string>();
    const held = new HeldKeys(new Bindings(), DEFAULT_HOLD_TIMES, { isDown: (key) => down.has(key) });
    return { held, down };
  }

  test("hold a key for as long as it is down, without any repeats", () => {
    const { held, down } = begin();
    down.add("right");
    held.handle(event("right"), 0);
    for (let now = 1; now < 2000; now++) {
      held.expire(now);
      expect(held.buttons).toBe(RIGHT);
    }
    down.delete("right");
    held.expire(2004);
    expect(held.buttons).toBe(0);
    expect(held.nextDeadlineMs).toBeUndefined();
  });

  test("hold two keys although the keyboard repeats only the second", () => {
    const { held, down } = begin();
    down.add("right").add("x");
    held.handle(event("right"), 0);
    held.handle(event("x"), 100);
    held.expire(1000);
    expect(held.buttons).toBe(RIGHT | A);
    down.delete("x");
    held.expire(1004);
    expect(held.buttons).toBe(RIGHT);
  });

  test("fall back to times if the system's keyboard is a different one", () => {
    const { held } = begin();
    held.handle(event("right"), 0);
    held.expire(DEFAULT_HOLD_TIMES.directionTapMs - 1);
    expect(held.buttons).toBe(RIGHT);
    held.expire(DEFAULT_HOLD_TIMES.directionTapMs);
    expect(held.buttons).toBe(0);
  });
});
