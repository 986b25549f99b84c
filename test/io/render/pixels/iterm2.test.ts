import { describe, expect, test } from "bun:test";
import { decode as decodePng } from "fast-png";
import { createEncoder } from "../../../../src/io/render/encoders.ts";
import { gameFrame, HEIGHT, PALETTE, unscaledSetup, WIDTH } from "../../../support/game-frames.ts";

describe("Iterm2Encoder", () => {
  test("sends one image of the placement's size, pixel for pixel", () => {
    const encoder = createEncoder("iterm2", unscaledSetup(120, 50))!;
    const out = new Uint8Array(encoder.maxFrameBytes);
    const frame = gameFrame(3);
    const text = new TextDecoder().decode(out.subarray(0, encoder.encode(frame, out)));
    const [keys, payload] = text.split("\x1b]1337;File=")[1].split("\x07")[0].split(":");
    const control = Object.fromEntries(keys.split(";").map((pair) => pair.split("=")));
    const file = Buffer.from(payload, "base64");
    expect(control).toMatchObject({
      inline: "1",
      width: "120",
      height: "49",
      preserveAspectRatio: "0",
      doNotMoveCursor: "1",
      size: String(file.length),
    });
    const { width, height, depth, palette, data } = decodePng(file);
    expect([width, height, depth]).toEqual([WIDTH, HEIGHT, 8]);
    const colors = Array.from(data, (index) => {
      const [red, green, blue] = palette![index];
      return (red << 16) | (green << 8) | blue;
    });
    expect(colors).toEqual(Array.from(frame, (entry) => PALETTE[entry]));
    expect(encoder.encode(frame, out)).toBe(0);
  });
});
