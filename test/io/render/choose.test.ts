import { describe, expect, test } from "bun:test";
import { chooseRenderer, possibleRenderer } from "../../../src/io/render/choose.ts";

const NOTHING = { kittyGraphics: false, kittySharedMemory: false, iterm2Images: false, sixel: false };
const window = (columns: number, rows: number) => ({
  columns,
  rows,
  cellWidthPixels: 8,
  cellHeightPixels: 16,
});

describe("chooseRenderer", () => {
  test.each([
    ["nothing", NOTHING, "half-block"],
    ["kitty's protocol", { ...NOTHING, kittyGraphics: true, sixel: true }, "kitty"],
    ["its shared memory", { ...NOTHING, kittyGraphics: true, kittySharedMemory: true }, "kitty-shm"],
    ["iTerm2's images", { ...NOTHING, iterm2Images: true, sixel: true }, "iterm2"],
    ["sixels", { ...NOTHING, sixel: true }, "sixel"],
  ])("with %s", (_, facts, renderer) => {
    expect(chooseRenderer(facts, window(80, 24)).renderer).toBe(renderer as never);
  });

  test("prefers half-blocks to sixels where they show every pixel", () => {
    expect(chooseRenderer({ ...NOTHING, sixel: true }, window(256, 120)).renderer).toBe("half-block");
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
