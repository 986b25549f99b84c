import { Option } from "commander";
import { usePalette } from "../io/render/colors/palette.ts";
import { loadPalette } from "../io/render/colors/palette-file.ts";

/** An option for the picture's colours. */
export interface PaletteOption {
  readonly palette?: string;
}

/** --palette: a .pal file for the picture's colours. */
export function paletteOption(): Option {
  return new Option("--palette <file>", "the NES's colours, from a .pal file of 64 or 512 colours");
}

/** Makes all pictures of this command have the colours of --palette. Throws `InputError` for a bad file. */
export async function applyPalette({ palette }: PaletteOption): Promise<void> {
  if (palette !== undefined) usePalette(await loadPalette(palette));
}
