import type { RgbPpu } from "../revisions.ts";

/** Entries of a colour table: 64 colours times 8 combinations of emphasis bits. */
const ENTRIES = 512;

/**
 * The colours of the RGB PPUs, each as three octal digits for red, green and blue. The 2C04s have one
 * palette in four orders. https://www.nesdev.org/wiki/PPU_palettes#2C03_and_2C05
 */
const RP2C03 = `
  333 014 006 326 403 503 510 420 320 120 031 040 022 000 000 000
  555 036 027 407 507 704 700 630 430 140 040 053 044 000 000 000
  777 357 447 637 707 737 740 750 660 360 070 276 077 000 000 000
  777 567 657 757 747 755 764 772 773 572 473 276 467 000 000 000
`;
const RP2C04 = {
  "2C04-0001": `
  755 637 700 447 044 120 222 704 777 333 750 503 403 660 320 777
  357 653 310 360 467 657 764 027 760 276 000 200 666 444 707 014
  003 567 757 070 077 022 053 507 000 420 747 510 407 006 740 000
  000 140 555 031 572 326 770 630 020 036 040 111 773 737 430 473
`,
  "2C04-0002": `
  000 750 430 572 473 737 044 567 700 407 773 747 777 637 467 040
  020 357 510 666 053 360 200 447 222 707 003 276 657 320 000 326
  403 764 740 757 036 310 555 006 507 760 333 120 027 000 660 777
  653 111 070 630 022 014 704 140 000 077 420 770 755 503 031 444
`,
  "2C04-0003": `
  507 737 473 555 040 777 567 120 014 000 764 320 704 666 653 467
  447 044 503 027 140 430 630 053 333 326 000 006 700 510 747 755
  637 020 003 770 111 750 740 777 360 403 357 707 036 444 000 310
  077 200 572 757 420 070 660 222 031 000 657 773 407 276 760 022
`,
  "2C04-0004": `
  430 326 044 660 000 755 014 630 555 310 070 003 764 770 040 572
  737 200 027 747 000 222 510 740 653 053 447 140 403 000 473 357
  503 031 420 006 407 507 333 704 022 666 036 020 111 773 444 707
  757 777 320 700 760 276 777 467 000 750 637 567 360 657 077 120
`,
} as const;

/**
 * Returns 0xRRGGBB for each value of a pixel: a palette index and the emphasis bits above it. On RGB PPUs
 * an emphasis bit sets its channel to full brightness.
 */
export function rgbColors(ppu: RgbPpu): Uint32Array {
  const table = ppu in RP2C04 ? RP2C04[ppu as keyof typeof RP2C04] : RP2C03;
  const colors = table
    .trim()
    .split(/\s+/)
    .map((octal) => Number.parseInt(octal, 8));
  return Uint32Array.from({ length: ENTRIES }, (_, entry) => {
    const color = colors[entry & 0x3f];
    const red = (entry & 0x40) !== 0 ? 7 : color >> 6;
    const green = (entry & 0x80) !== 0 ? 7 : (color >> 3) & 7;
    const blue = (entry & 0x100) !== 0 ? 7 : color & 7;
    return (byteOf(red) << 16) | (byteOf(green) << 8) | byteOf(blue);
  });
}

/** A level of the three-bit converter as a byte. */
function byteOf(level: number): number {
  return Math.round((255 * level) / 7);
}
