import { describe, expect, test } from "bun:test";
import { BUTTON_BITS, DEFAULT_BINDINGS } from "../../../../src/io/input/bindings.ts";
import { Menu } from "../../../../src/io/play/menu/menu.ts";
import { MenuPad } from "../../../../src/io/play/menu/menu-pad.ts";
import { resumePage } from "../../../../src/io/play/menu/resume-page.ts";
import type { ResumePoint } from "../../../../src/io/play/resume-file.ts";

const { a, b, select, start, up, left } = BUTTON_BITS;

function setUp() {
  const told: string[] = [];
  const menu = new Menu({ changed: () => {}, closed: () => told.push("closed"), failed: () => {} });
  return { menu, told };
}

describe("MenuPad", () => {
  test("gives each button as a key once, until it is pressed again", () => {
    const pad = new MenuPad();
    expect(pad.pressed(up | a)).toEqual(["up", "enter"]);
    expect(pad.pressed(up | a | left)).toEqual(["left"]);
    expect(pad.pressed(0)).toEqual([]);
    expect(pad.pressed(b | select)).toEqual(["escape"]);
    expect(pad.pressed(b | start)).toEqual(["enter"]);
  });

  test.each([
    [8, a << 24, ["enter"]],
    [16, a << 16, ["enter"]],
    [16, 0x0100, []],
  ])("reads every port of %i bits", (portBits, buttons, keys) => {
    expect(new MenuPad(portBits).pressed(buttons)).toEqual(keys);
  });
});

test("a question for a key is not answered by a pad, one for a text is", () => {
  const { menu, told } = setUp();
  menu.open({ title: "Page", entries: () => [] });
  menu.askKey("Press a key", () => told.push("key"));
  menu.press("enter");
  expect(told).toEqual([]);
  menu.askText("Name:", "x", (text) => told.push(text));
  menu.press("enter");
  expect(told).toEqual(["x"]);
});

test.each([
  ["x", "continued"],
  ["k", undefined],
  ["enter", "continued"],
  ["z", undefined],
])("%s at the question whether to continue", async (key, expected) => {
  const { menu, told } = setUp();
  const point = { savedAt: new Date(0), isCurrent: true } as ResumePoint;
  menu.open(resumePage(menu, point, DEFAULT_BINDINGS, async () => void told.push("continued")));
  menu.handle({ key, kind: "press", shift: false, alt: false, control: false });
  await Bun.sleep(0);
  expect(told[0]).toBe(expected as string);
});
