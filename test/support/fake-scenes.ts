/** A pattern that moves sideways; detail that moves upwards; all colours changing at once; noise. */
export type FakeScene = "slant" | "climb" | "fade" | "noise";

/** Draws a frame of 256 × 240 pixels. */
export function drawScene(scene: FakeScene, frame: number, pixels: Uint16Array): void {
  let random = frame + 1;
  for (let i = 0; i < pixels.length; i++) {
    const x = i & 255;
    const y = i >> 8;
    if (scene === "slant") pixels[i] = (i + frame) & 0x3f;
    else if (scene === "climb") {
      const tile = Math.imul((x >> 3) + 77 * (((y + frame) % 240) >> 3), 2_654_435_761) >>> 28;
      pixels[i] = (x * (y + frame)) & 5 ? tile + 0x10 : (tile & 3) + 0x20;
    } else if (scene === "fade") {
      const tile = Math.imul((x >> 3) + 77 * (y >> 3), 2_654_435_761) >>> 28;
      pixels[i] = (tile % 13) | (((frame >> 1) & 3) << 4);
    } else {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) | 0;
      pixels[i] = random >>> 26;
    }
  }
}
