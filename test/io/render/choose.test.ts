import { describe, expect, test } from "bun:test";
import { chooseCells, chooseRenderer, isReported, possibleRenderer } from "../../../src/io/render/choose.ts";
import { RENDERERS } from "../../../src/io/render/encoders.ts";

const NO_IMAGES = { kittyGraphics: false, kittySharedMemory: false, iterm2Images: false, sixel: false };
const NOTHING = { ...NO_IMAGES, octants: false, sextants: false, version: "" };
const window = (columns: number, rows: number) => ({
  columns,
  rows,
  cellWidthPixels: 8,
  cellHeightPixels: 16,
});

describe("chooseRenderer", () => {
  test.each([
    ["nothing", NOTHING, "quadrant"],
    ["kitty's protocol", { ...NOTHING, kittyGraphics: true, sixel: true }, "kitty"],
    ["its shared memory", { ...NOTHING, kittyGraphics: true, kittySharedMemory: true }, "kitty-shm"],
    ["iTerm2's images", { ...NOTHING, iterm2Images: true, sixel: true }, "iterm2"],
    ["sixels", { ...NOTHING, sixel: true }, "sixel"],
  ])("with %s", (_, facts, renderer) => {
    expect(chooseRenderer(facts, window(80, 24), "xterm-256color").renderer).toBe(renderer as never);
  });

  test("prefers half-blocks to sixels where they show every pixel", () => {
    const { renderer } = chooseRenderer({ ...NOTHING, sixel: true }, window(256, 120), "xterm");
    expect(renderer).toBe("half-block");
  });
});

test("isReported is false only for images that the terminal has not reported", () => {
  const all = { ...NOTHING, kittyGraphics: true, kittySharedMemory: true, iterm2Images: true, sixel: true };
  for (const renderer of RENDERERS) {
    const isImage = ["kitty", "kitty-shm", "iterm2", "sixel"].includes(renderer);
    expect([renderer, isReported(renderer, NOTHING)]).toEqual([renderer, !isImage]);
    expect(isReported(renderer, all)).toBe(true);
  }
});

describe("chooseCells", () => {
  const wide = { octants: true, sextants: true };

  test.each([
    ["kitty(0.19.2)", "quadrant"],
    ["kitty(0.26.5)", "sextant"],
    ["kitty(0.40.0)", "octant"],
    ["foot(1.6.2)", "quadrant"],
    ["foot(1.13.1)", "sextant"],
    ["foot(1.27.0)", "octant"],
    ["ghostty 1.1.3", "sextant"],
    ["ghostty 1.2.0", "octant"],
    ["WezTerm 20240203-110809-5046fc22", "sextant"],
    ["VTE(7006)", "quadrant"],
    ["VTE(7802)", "octant"],
    ["XTerm(379)", "quadrant"],
    ["tmux 3.3a", "quadrant"],
    ["Konsole 22.12.3", "quadrant"],
    ["", "quadrant"],
  ] as const)("%p that gives them one cell each draws %s", (version, renderer) => {
    expect(chooseCells({ ...wide, version }, window(130, 48), "xterm-256color").renderer).toBe(renderer);
  });

  test("a name alone is not enough: the cursor must have moved by one cell", () => {
    const facts = { octants: false, sextants: false, version: "kitty(0.40.0)" };
    expect(chooseCells(facts, window(130, 48), "xterm-kitty").renderer).toBe("quadrant");
    expect(chooseCells({ ...facts, sextants: true }, window(130, 48), "xterm-kitty").renderer).toBe(
      "sextant",
    );
  });

  test("Linux' console has no quadrants", () => {
    expect(chooseCells(NOTHING, window(80, 25), "linux").renderer).toBe("half-block");
  });
});

describe("possibleRenderer", () => {
  test.each([
    ["octant", { octants: true, sextants: true }, "octant"],
    ["octant", { octants: false, sextants: true }, "sextant"],
    ["octant", { octants: false, sextants: false }, "quadrant"],
    ["sextant", { octants: false, sextants: false }, "quadrant"],
    ["sextant", { octants: false, sextants: true }, "sextant"],
    ["half-block", { octants: false, sextants: false }, "half-block"],
    ["kitty", { octants: false, sextants: false }, "kitty"],
  ] as const)("%s with %p", (wanted, facts, shown) => {
    expect(possibleRenderer(wanted, facts)).toBe(shown);
  });
});
