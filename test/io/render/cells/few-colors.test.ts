import { describe, expect, test } from "bun:test";
import { UPLOAD_SLOTS } from "../../../../src/io/render/colors/colors.ts";
import { cube, parseColor, sixteen, USUAL_SIXTEEN } from "../../../../src/io/render/colors/fixed-colors.ts";
import { type ColorMode, PLAIN_CAPABILITIES } from "../../../../src/io/render/encoder.ts";
import { createEncoder, type RendererName } from "../../../../src/io/render/encoders.ts";
import { StillPainter } from "../../../../src/io/render/still-picture.ts";
import { TextScreen } from "../../../../src/io/terminal/text-screen.ts";
import { gameFrame, noiseFrame, PALETTE, setupFor, WIDTH } from "../../../support/game-frames.ts";
import { VirtualTerminal } from "../../../support/virtual-terminal.ts";

/** Bytes of one frame in a window of 256 × 120 cells, and the terminal that shows it. */
async function show(renderer: RendererName, colors: ColorMode, frame: Uint16Array, lightBackground = false) {
  const source = { x: 0, y: 0, width: WIDTH, height: 240, pixelAspect: 1 };
  const capabilities = { ...PLAIN_CAPABILITIES, colors, lightBackground };
  const encoder = createEncoder(renderer, setupFor(256, 120, { source, scale: "integer", capabilities }))!;
  const out = new Uint8Array(encoder.maxFrameBytes);
  const text = new TextDecoder().decode(out.subarray(0, encoder.encode(frame, out)));
  const terminal = new VirtualTerminal(256, 120);
  await terminal.write(text);
  return { text, terminal };
}

describe("few colours", () => {
  test.each([
    ["256", cube()],
    ["16", sixteen([])],
  ] as const)("%s: every dot has the slot with the most similar colour", async (mode, slots) => {
    const frame = gameFrame(0);
    const { text, terminal } = await show("half-block", mode, frame);
    expect(text).not.toContain("8;2;");
    for (const [slot, color] of slots) terminal.palette.set(slot, color);
    for (let row = 0; row < 120; row += 7)
      for (let column = 0; column < 256; column += 5) {
        const shown = terminal.halves(row, column);
        for (const half of [0, 1]) {
          const wanted = PALETTE[frame[(row * 2 + half) * WIDTH + column]];
          const far = (color: number) =>
            Math.hypot(...[16, 8, 0].map((shift) => ((color >> shift) & 255) - ((wanted >> shift) & 255)));
          const nearest = Math.min(...[...slots.values()].map(far));
          // Perceived difference is not exactly the distance.
          expect(far(shown[half])).toBeLessThanOrEqual(nearest * 1.6 + 12);
        }
      }
  });

  test("exact colours are uploaded through GNU screen, and the others come from the cube", async () => {
    const source = { x: 0, y: 0, width: WIDTH, height: 240, pixelAspect: 1 };
    const capabilities = { ...PLAIN_CAPABILITIES, colors: "256", paletteUpload: "past-screen" } as const;
    const setup = setupFor(256, 120, { source, scale: "integer", capabilities });
    for (const frame of [gameFrame(0), noiseFrame(1)]) {
      const encoder = createEncoder("half-block", setup)!;
      const out = new Uint8Array(encoder.maxFrameBytes);
      const text = new TextDecoder().decode(out.subarray(0, encoder.encode(frame, out)));
      expect(text).not.toContain("8;2;");
      const terminal = new VirtualTerminal(256, 120);
      for (const [slot, color] of cube()) terminal.palette.set(slot, color);
      // The parts that screen passes on, and those that it shows itself.
      const parts = text.split("\x1bP").map((part) => part.split("\x07\x1b\\"));
      const handedOn = parts.filter(({ length }) => length === 2).map(([osc]) => `${osc}\x07`);
      expect(handedOn.length).toBeGreaterThan(0);
      expect(handedOn.filter((osc) => !osc.startsWith("\x1b]4;"))).toEqual([]);
      await terminal.write(handedOn.join("") + parts.map((part) => part.at(-1)).join(""));
      let exact = 0;
      for (let row = 0; row < 120; row++)
        for (let column = 0; column < 256; column++)
          for (const [half, shown] of terminal.halves(row, column).entries())
            if (shown === PALETTE[frame[(row * 2 + half) * WIDTH + column]]) exact++;
      const colors = new Set(frame).size;
      // All colours if there are enough slots, otherwise about as many as there are slots.
      if (colors <= UPLOAD_SLOTS - 16) expect(exact).toBe(frame.length);
      else expect(exact).toBeGreaterThan((frame.length * (UPLOAD_SLOTS - 20)) / colors);
    }
  });

  test("text, the surroundings and pictures beside an uploaded one use no slot that is uploaded", () => {
    const capabilities = { ...PLAIN_CAPABILITIES, colors: "256", paletteUpload: "whole" } as const;
    const source = { x: 0, y: 0, width: WIDTH, height: 240, pixelAspect: 1 };
    const encoder = createEncoder(
      "half-block",
      setupFor(256, 120, { source, scale: "integer", capabilities }),
    )!;
    const out = new Uint8Array(encoder.maxFrameBytes);
    const picture = new TextDecoder().decode(out.subarray(0, encoder.encode(noiseFrame(1), out)));
    const uploaded = new Set([...picture.matchAll(/\]4;(\d+);/g)].map(([, slot]) => Number(slot)));
    expect(uploaded.size).toBe(UPLOAD_SLOTS - 1);
    const painter = new StillPainter({
      renderer: "quadrant",
      capabilities,
      cellWidthPixels: 8,
      cellHeightPixels: 16,
    });
    const screen = new TextScreen(40, 20, "256", painter);
    const styles = ["plain", "dim", "title", "key", "selected", "bar", "alert"] as const;
    for (const [row, style] of styles.entries()) screen.write(row, 0, "text", style);
    for (let color = 0; color < 40; color++) screen.swatch(7, color, color * 0x061a33);
    const colors = Uint32Array.from({ length: 64 * 60 }, (_, at) => at * 0x1357);
    screen.picture({ width: 64, height: 60, colors }, { left: 0, top: 9, columns: 16, rows: 10 });
    const text = new TextDecoder().decode(screen.encode());
    const used = new Set([...text.matchAll(/[34]8;5;(\d+)/g)].map(([, slot]) => Number(slot)));
    expect(used.size).toBeGreaterThan(20);
    expect([...used].filter((slot) => uploaded.has(slot))).toEqual([]);
    // What surrounds the picture is black.
    expect(uploaded.has(16)).toBe(false);
  });

  test("monochrome: dots are set by brightness, and no colour is selected", async () => {
    const frame = new Uint16Array(WIDTH * 240).map((_, at) => (at % WIDTH < 128 ? 0x0f : 0x20));
    for (const renderer of ["half-block", "braille", "octant"] as const) {
      const { text, terminal } = await show(renderer, "mono", frame);
      const attributes = new Set(text.match(/\[[\d;]*m/g));
      expect([...attributes].filter((each) => !["[39m", "[49m", "[39;49m"].includes(each))).toEqual([]);
      const middle = terminal.text(60).trimEnd();
      const lit = new Set(middle.trim());
      expect(lit.size).toBe(1);
      expect([..."█⣿"]).toContain([...lit][0]);
    }
    const grey = await show("half-block", "mono", new Uint16Array(WIDTH * 240).fill(0x00));
    expect(new Set(grey.terminal.text(60)).size).toBeGreaterThan(1);
  });

  test("monochrome on a light background: dark dots are set", async () => {
    const frame = new Uint16Array(WIDTH * 240).map((_, at) => (at % WIDTH < 128 ? 0x0f : 0x20));
    const { terminal } = await show("half-block", "mono", frame, true);
    expect(terminal.text(60).trimEnd()).toBe("█".repeat(128));
  });

  test("colours are read in any precision", () => {
    expect(parseColor("rgb:cd/00/ff")).toBe(0xcd00ff);
    expect(parseColor("rgb:cdcd/0000/ffff")).toBe(0xcd00ff);
    expect(parseColor("rgb:f/0/8")).toBe(0xff0088);
    expect(parseColor("#ffffff")).toBeUndefined();
    expect(sixteen(["rgb:10/20/30"]).get(0)).toBe(0x102030);
    expect(sixteen([]).get(15)).toBe(USUAL_SIXTEEN[15]);
  });
});
