import { utf8 } from "./ansi.ts";

/** Bytes reserved for one colour's SGR parameters: "38;2;255;255;255" is 16. */
export const COLOR_STRIDE = 16;

/**
 * The SGR parameters that select each colour, ready to be copied into a frame: `COLOR_STRIDE` bytes a
 * colour id, of which the first `length` count.
 */
export interface ColorTable {
  readonly foreground: Uint8Array;
  readonly foregroundLength: Uint8Array;
  readonly background: Uint8Array;
  readonly backgroundLength: Uint8Array;
}

/** An empty table for `count` colour ids. */
export function emptyColorTable(count: number): ColorTable {
  return {
    foreground: new Uint8Array(count * COLOR_STRIDE),
    foregroundLength: new Uint8Array(count),
    background: new Uint8Array(count * COLOR_STRIDE),
    backgroundLength: new Uint8Array(count),
  };
}

/** Writes the parameters of one colour into a table. */
export function setColor(table: ColorTable, id: number, foreground: string, background: string): void {
  const fore = utf8(foreground);
  const back = utf8(background);
  table.foreground.set(fore, id * COLOR_STRIDE);
  table.foregroundLength[id] = fore.length;
  table.background.set(back, id * COLOR_STRIDE);
  table.backgroundLength[id] = back.length;
}

/** 24-bit colour: "38;2;r;g;b". `colors` are 0xRRGGBB by colour id. */
export function trueColorTable(colors: Uint32Array): ColorTable {
  const table = emptyColorTable(colors.length);
  for (let id = 0; id < colors.length; id++) {
    const color = colors[id]!;
    const rgb = `2;${color >> 16};${(color >> 8) & 0xff};${color & 0xff}`;
    setColor(table, id, `38;${rgb}`, `48;${rgb}`);
  }
  return table;
}
