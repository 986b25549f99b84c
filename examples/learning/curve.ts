import { encode } from "fast-png";

/** A PNG of the score of each generation, in blue, and of random play, in red. A grey line per 500 points. */
export function drawCurve(scores: readonly number[], base: number): Uint8Array {
  const [width, height] = [480, 240];
  const data = new Uint8Array(3 * width * height).fill(255);
  const top = 1.1 * Math.max(...scores, base);
  const dot = (x: number, score: number, color: readonly number[], size: number) => {
    const y = Math.round((height - size) * (1 - score / top));
    for (let row = y; row < y + size; row++)
      for (let at = x; at < x + size; at++) data.set(color, 3 * (row * width + at));
  };
  for (let score = 0; score < top; score += 500)
    for (let x = 0; x < width; x++) dot(x, score, [224, 224, 224], 1);
  for (let x = 0; x < width - 3; x++) {
    const at = (x / (width - 3)) * (scores.length - 1);
    const [left, right] = [scores[Math.floor(at)]!, scores[Math.ceil(at)]!];
    dot(x, base, [208, 48, 48], 2);
    dot(x, left + (right - left) * (at % 1), [32, 64, 208], 3);
  }
  return encode({ width, height, data, channels: 3 });
}
