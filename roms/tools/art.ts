/**
 * Converts text art to pattern tables. A picture is drawn with one character per pixel:
 *
 *   .  colour 0 (backdrop)     :  colour 1     o  colour 2     #  colour 3
 *
 * Each picture follows a directive that says how it is used:
 *
 *   @table 0                     the pattern table of the following pictures
 *   @image name [options]        cut into tiles, equal tiles shared, a map of tile numbers is emitted
 *   @sprite name [options]       tiles stay in order and next to each other; SPR_name is the first
 *   @glyph X [options]           a letter: as @image, but its map goes into the font's tables
 *   @text name A_WORD [options]  an image made of glyphs that were drawn before it, `_` is a space
 *
 * Options: `scale=N` enlarges N times (rounding corners when it doubles), `pad=X,Y` moves the picture,
 * `size=WxH` sets the size in pixels, `ink=C` draws every colour as C, `shadow=DX,DY,C` drops a shadow,
 * `mirror` reflects the picture to the right and then down.
 * Lines that begin with `;` are comments; a picture ends at a blank line.
 */

const COLOUR_OF: Record<string, number> = { ".": 0, ":": 1, o: 2, "#": 3 };
const TILE_BYTES = 16;
const TILES_PER_TABLE = 256;

type Kind = "image" | "sprite" | "glyph";
interface Picture {
  readonly kind: Kind;
  readonly name: string;
  readonly table: number;
  readonly rows: number[][];
  readonly where: string;
}

/** Pattern tables, and assembly text with the names of their tiles. */
export interface ArtOutput {
  /** 8 KiB: pattern table 0, then 1. */
  readonly chr: Uint8Array;
  /** `.include`d by the sources: SPR_, GLYPH_ and size constants, and the charmap. */
  readonly constants: string;
  /** Assembled once: tile maps and the font's tables. */
  readonly maps: string;
  /** Tiles used in each table. */
  readonly used: readonly [number, number];
}

/** Doubles a picture and rounds its corners (the Scale2x rule), so that bold shapes stay smooth. */
function double(rows: number[][]): number[][] {
  const at = (y: number, x: number) => rows[y]?.[x] ?? 0;
  const out: number[][] = [];
  for (let y = 0; y < rows.length; y++) {
    const upper: number[] = [];
    const lower: number[] = [];
    for (let x = 0; x < rows[y]!.length; x++) {
      const c = at(y, x);
      const [n, s, w, e] = [at(y - 1, x), at(y + 1, x), at(y, x - 1), at(y, x + 1)];
      const corner = n !== s && w !== e;
      upper.push(corner && w === n ? w : c, corner && n === e ? e : c);
      lower.push(corner && w === s ? w : c, corner && s === e ? e : c);
    }
    out.push(upper, lower);
  }
  return out;
}

function enlarge(rows: number[][], times: number): number[][] {
  if (times % 2 === 0) return enlarge(double(rows), times / 2);
  return rows.flatMap((row) => {
    const wide = row.flatMap((c) => Array<number>(times).fill(c));
    return Array.from({ length: times }, () => wide);
  });
}

function dropShadow(rows: number[][], dx: number, dy: number, colour: number): number[][] {
  return rows.map((row, y) => row.map((c, x) => c || ((rows[y - dy]?.[x - dx] ?? 0) !== 0 ? colour : 0)));
}

/** Places a picture on a canvas of whole tiles. */
function place(rows: number[][], padX: number, padY: number, width: number, height: number): number[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => rows[y - padY]?.[x - padX] ?? 0),
  );
}

function numbers(text: string | undefined, fallback: number[]): number[] {
  return text === undefined ? fallback : text.split(/[,x]/).map(Number);
}

const wholeTiles = (pixels: number) => Math.ceil(pixels / 8) * 8;

function finish(rows: number[][], options: Map<string, string>): number[][] {
  let picture = enlarge(rows, Number(options.get("scale") ?? 1));
  const ink = options.get("ink");
  if (ink !== undefined) picture = picture.map((row) => row.map((c) => (c === 0 ? 0 : Number(ink))));
  const [padX, padY] = numbers(options.get("pad"), [0, 0]) as [number, number];
  const natural = [wholeTiles(picture[0]!.length + padX), wholeTiles(picture.length + padY)];
  const [width, height] = numbers(options.get("size"), natural) as [number, number];
  picture = place(picture, padX, padY, width, height);
  if (options.has("mirror")) {
    picture = picture.map((row) => [...row, ...row.toReversed()]);
    picture = [...picture, ...picture.toReversed()];
  }
  const shadow = options.get("shadow");
  if (shadow !== undefined) {
    const [dx, dy, colour] = numbers(shadow, []) as [number, number, number];
    picture = dropShadow(picture, dx, dy, colour);
  }
  return picture;
}

/** `glyphs` collects the letters of all files, for @text. */
function parse(file: string, text: string, glyphs: Map<string, number[][]>): Picture[] {
  const pictures: Picture[] = [];
  const glyphRows = (character: string, where: string) => {
    const name = character === "_" ? "space" : character;
    const glyph = glyphs.get(name);
    if (glyph === undefined) throw new Error(`${where}: no glyph '${name}' before this text`);
    return glyph;
  };
  let table = 0;
  let pending: { kind: Kind; name: string; options: Map<string, string>; where: string } | undefined;
  let rows: number[][] = [];
  const close = () => {
    if (pending !== undefined) {
      if (rows.length === 0) throw new Error(`${pending.where}: ${pending.name} has no rows`);
      const { kind, name, where } = pending;
      const finished = finish(rows, pending.options);
      if (kind === "glyph") glyphs.set(name, finished);
      pictures.push({ kind, name, table, where, rows: finished });
    }
    pending = undefined;
    rows = [];
  };
  text.split("\n").forEach((line, index) => {
    const where = `${file}:${index + 1}`;
    if (line.startsWith(";")) return;
    if (line.startsWith("@")) {
      close();
      const [verb, name = "", ...rest] = line.slice(1).trim().split(/\s+/);
      const optionsOf = (words: string[]) => new Map(words.map((o) => o.split("=") as [string, string]));
      if (verb === "table") table = Number(name);
      else if (verb === "text") {
        const [words = "", ...options] = rest;
        const letters = [...words].map((character) => glyphRows(character, where));
        const joined = letters[0]!.map((_, y) => letters.flatMap((letter) => letter[y]!));
        pictures.push({ kind: "image", name, table, where, rows: finish(joined, optionsOf(options)) });
      } else if (verb === "image" || verb === "sprite" || verb === "glyph") {
        pending = { kind: verb, name, options: optionsOf(rest), where };
      } else throw new Error(`${where}: unknown directive @${verb}`);
    } else if (line.trim() === "") close();
    else {
      if (pending === undefined) throw new Error(`${where}: pixels outside a picture`);
      const row = [...line.trimEnd()].map((character) => {
        const colour = COLOUR_OF[character];
        if (colour === undefined) throw new Error(`${where}: '${character}' is no colour (use . : o #)`);
        return colour;
      });
      if (rows.length > 0 && row.length !== rows[0]!.length)
        throw new Error(`${where}: row of another width`);
      rows.push(row);
    }
  });
  close();
  return pictures;
}

/** One 8 × 8 tile in the PPU's form: eight bytes of low bits, then eight of high bits. */
function encodeTile(rows: number[][], left: number, top: number): Uint8Array {
  const bytes = new Uint8Array(TILE_BYTES);
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) {
      const colour = rows[top + y]![left + x]!;
      bytes[y]! |= (colour & 1) << (7 - x);
      bytes[y + 8]! |= (colour >> 1) << (7 - x);
    }
  }
  return bytes;
}

class PatternTable {
  readonly bytes = new Uint8Array(TILES_PER_TABLE * TILE_BYTES);
  used = 0;
  #numberOf = new Map<string, number>();

  append(tile: Uint8Array, where: string): number {
    if (this.used === TILES_PER_TABLE) throw new Error(`${where}: the pattern table is full`);
    this.bytes.set(tile, this.used * TILE_BYTES);
    const key = tile.join();
    if (!this.#numberOf.has(key)) this.#numberOf.set(key, this.used);
    return this.used++;
  }

  share(tile: Uint8Array, where: string): number {
    return this.#numberOf.get(tile.join()) ?? this.append(tile, where);
  }
}

const hex = (value: number) => `$${value.toString(16).padStart(2, "0")}`;

function glyphTables(glyphs: { name: string; map: number[] }[]): string {
  if (glyphs.length === 0) return "";
  const parts = glyphs[0]!.map.length;
  let text = "; part p of glyph g is font_p[g], parts in reading order\n";
  for (let part = 0; part < parts; part++) {
    text += `.export font_${part}\nfont_${part}: .byte ${glyphs.map((g) => hex(g.map[part]!)).join(", ")}\n`;
  }
  return text;
}

/**
 * Builds both pattern tables from text art. Throws an Error that names file and line when the art is wrong.
 */
export function buildArt(files: readonly { name: string; text: string }[]): ArtOutput {
  const tables = [new PatternTable(), new PatternTable()] as const;
  // Tile 0 is blank in both tables.
  for (const table of tables) table.append(new Uint8Array(TILE_BYTES), "blank tile");
  let constants = "";
  let maps = '.segment "RODATA"\n';
  const glyphs: { name: string; map: number[] }[] = [];
  const letters = new Map<string, number[][]>();
  for (const picture of files.flatMap((f) => parse(f.name, f.text, letters))) {
    const table = tables[picture.table as 0 | 1];
    const [width, height] = [picture.rows[0]!.length / 8, picture.rows.length / 8];
    const map: number[] = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const tile = encodeTile(picture.rows, x * 8, y * 8);
        map.push(
          picture.kind === "sprite" ? table.append(tile, picture.where) : table.share(tile, picture.where),
        );
      }
    }
    if (picture.kind === "sprite") constants += `SPR_${picture.name} = ${hex(map[0]!)}\n`;
    else if (picture.kind === "glyph") glyphs.push({ name: picture.name, map });
    else {
      constants += `${picture.name}_WIDTH = ${width}\n${picture.name}_HEIGHT = ${height}\n`;
      maps += `.export ${picture.name}_map\n${picture.name}_map:\n`;
      for (let y = 0; y < height; y++) {
        maps += `    .byte ${map
          .slice(y * width, (y + 1) * width)
          .map(hex)
          .join(", ")}\n`;
      }
    }
  }
  glyphs.forEach((glyph, index) => {
    const code = glyph.name === "space" ? 32 : glyph.name.charCodeAt(0);
    constants += `.charmap ${code}, ${index}\n`;
  });
  maps += glyphTables(glyphs);
  const chr = new Uint8Array(2 * tables[0].bytes.length);
  chr.set(tables[0].bytes, 0);
  chr.set(tables[1].bytes, tables[0].bytes.length);
  return { chr, constants, maps, used: [tables[0].used, tables[1].used] };
}
