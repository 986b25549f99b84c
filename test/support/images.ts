/** Reads the images that encoders send. */
import { readFileSync } from "node:fs";
import { decode as decodePng } from "fast-png";
import type { RendererName } from "../../src/io/render/encoders.ts";

export const IMAGE_RENDERERS: readonly RendererName[] = ["kitty-shm", "kitty", "iterm2"];

/** Red, green and blue of a PNG's pixels. */
function pngBytes(file: Uint8Array): Uint8Array {
  const { data, palette, channels, depth, width, height } = decodePng(file);
  if (palette === undefined) {
    if (channels !== 3) throw new Error(`the picture has ${channels} channels`);
    return Uint8Array.from(data);
  }
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  const colors: number[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const byte = data[y * rowBytes + Math.floor(x / perByte)]!;
      const index = (byte >> (8 - depth - depth * (x % perByte))) & ((1 << depth) - 1);
      colors.push(...palette[index]!.slice(0, 3));
    }
  return Uint8Array.from(colors);
}

/** Red, green and blue of the image's pixels in an encoder's output, as Latin-1. */
export function imageIn(renderer: RendererName, output: string): Uint8Array {
  if (renderer === "iterm2") return pngBytes(Buffer.from(output.split(":")[1]!.split("\x07")[0]!, "base64"));
  const codes = output.split("\x1b_G").slice(1);
  const payload = codes.map((code) => code.slice(code.indexOf(";") + 1).split("\x1b")[0]).join("");
  if (renderer === "kitty") return pngBytes(Buffer.from(payload, "base64"));
  return readFileSync(`/dev/shm${atob(payload)}`);
}
