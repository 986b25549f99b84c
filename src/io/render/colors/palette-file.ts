import { InputError } from "../../../emu/input-error.ts";
import { KIB } from "../../../emu/units.ts";
import { readFileCapped } from "../../files/read-file.ts";
import { printable } from "../../files/text.ts";
import { PALETTE_ENTRIES, type Palette } from "./palette.ts";

const COLORS = 64;
const BYTES_PER_COLOR = 3;
/** Factor that emphasis applies to the other components. https://www.nesdev.org/wiki/Colour_emphasis */
const EMPHASIS_FACTOR = 0.816328;

/**
 * Reads a .pal file: red, green and blue of 64 colours, or of all 512 with emphasis. From 64 colours it
 * computes the emphasised ones. Throws `InputError`: "missing", "io", or "data" for a file of another size.
 */
export async function loadPalette(path: string): Promise<Palette> {
  const bytes = await readFileCapped(path, 64 * KIB);
  const isWhole = bytes.length === PALETTE_ENTRIES * BYTES_PER_COLOR;
  if (!isWhole && bytes.length !== COLORS * BYTES_PER_COLOR)
    throw new InputError(
      "data",
      `a palette has ${COLORS * BYTES_PER_COLOR} or ${PALETTE_ENTRIES * BYTES_PER_COLOR} bytes, not ${bytes.length}`,
      printable(path),
      "choose another palette",
    );
  const palette = new Uint32Array(PALETTE_ENTRIES);
  for (let entry = 0; entry < PALETTE_ENTRIES; entry++) {
    const at = (isWhole ? entry : entry % COLORS) * BYTES_PER_COLOR;
    const emphasis = isWhole ? 0 : entry >> 6;
    let color = 0;
    for (let component = 0; component < BYTES_PER_COLOR; component++) {
      // Every emphasis bit darkens the components other than its own.
      const others = emphasis & ~(1 << component);
      const factor = EMPHASIS_FACTOR ** ((others & 1) + ((others >> 1) & 1) + (others >> 2));
      color = (color << 8) | Math.round(bytes[at + component]! * factor);
    }
    palette[entry] = color;
  }
  return palette;
}
