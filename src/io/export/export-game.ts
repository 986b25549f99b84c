import { strToU8, zipSync } from "fflate";
import { InputError } from "../../emu/input-error.ts";
import { boardOf } from "../../emu/nes/cartridge/boards/index.ts";
import { crc32 } from "../../emu/nes/cartridge/crc32.ts";
import { vsHardware } from "../../emu/nes/cartridge/vs-hardware.ts";
import { isForEpsm } from "../../emu/nes/epsm/epsm.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { encodePng } from "../capture/png.ts";
import { readFileCapped } from "../files/read-file.ts";
import type { RomFile } from "../files/roms/rom-file.ts";
import { printable } from "../files/text.ts";
import { type Palette, paletteFor } from "../render/colors/palette.ts";
import { createHeadless } from "../shared/headless.ts";
import type { Filter, GameConfig, KeyMap, PageScale } from "./page/config.ts";
import { bundlePlayer } from "./page-bundle.ts";
import { loadPlayerSources } from "./player-sources.ts";

export interface ExportOptions {
  /** Shown above the game and in the browser's tab. By default the ROM's name. */
  readonly title?: string;
  /**
   * A picture to show before the start. By default the game's title screen, as it looks after some seconds.
   */
  readonly cover?: string;
  readonly keys: KeyMap;
  readonly scale: PageScale;
  readonly filter: Filter;
  /** Colours instead of the console's, for the game and its title screen. */
  readonly palette?: Palette;
  readonly console: Pick<NesOptions, "region" | "mmc3Revision" | "diskSide">;
}

export interface WrittenFile {
  readonly path: string;
  readonly kind: "html" | "itch";
  readonly bytes: number;
}

const MAX_COVER_BYTES = 8 * 1024 * 1024;
/** Frames that may show the title screen: the first one with more than one colour is used. */
const TITLE_FRAMES = [180, 240, 300, 420, 600];
/**
 * The start of 1980 in local time, the earliest time in a zip. It is fixed so that the same game makes the
 * same zip.
 */
const ZIP_TIME = new Date(1980, 0, 1);

/**
 * Returns the page that plays a game. Throws `InputError` if the cover cannot be read, the board is not
 * supported, or the game needs two screens or the Famicom Network System.
 */
export async function gamePage({ rom, bytes, fdsBios }: RomFile, options: ExportOptions): Promise<string> {
  if (vsHardware(rom.image)?.isDual === true) {
    const what = "the game needs the two screens of a VS. DualSystem, and a page has one";
    throw new InputError("unavailable", what, rom.fileName, "play it with `emu run`");
  }
  if (boardOf(rom.image).console !== undefined) {
    const what = "the card needs the Famicom Network System, which pages leave out";
    throw new InputError("unavailable", what, rom.fileName, "play it with `emu run`");
  }
  const machine = createHeadless(rom.image, options.console);
  const title = options.title ?? titleOf(rom.fileName);
  const config: GameConfig = {
    title,
    sha1: rom.fileSha1,
    rom: bytes.toBase64(),
    ...(fdsBios === undefined ? {} : { fdsBios: fdsBios.toBase64() }),
    ...(options.palette === undefined ? {} : { palette: [...options.palette] }),
    // The file's name can determine the region, and the page does not know the name.
    console: { ...options.console, region: machine.region.name },
    scale: options.scale,
    filter: options.filter,
    keys: options.keys,
  };
  const parts: Record<string, string> = {
    title: escapeHtml(title),
    cover:
      options.cover === undefined ? titlePicture(machine, options.palette) : await readCover(options.cover),
    coverKind: options.cover === undefined ? "screen" : "art",
    game: JSON.stringify(config).replaceAll("<", "\\u003c"),
  };
  const hasEpsm = isForEpsm(rom.image);
  const { mapper, prgRom, chrRom } = rom.image;
  const crc = crc32([prgRom, chrRom]).toString(16).padStart(8, "0");
  const page = await bundlePlayer(await loadPlayerSources(), { mapper, crc, hasEpsm });
  return page.replace(/<!-- @(game)@ -->|@(title|cover|coverKind)@/g, (_, data, name) =>
    data === undefined
      ? parts[name]!
      : `<script type="application/json" id="${data}">${parts[data]}</script>`,
  );
}

/** Returns the zip that itch.io accepts: the page as index.html. */
export function itchZip(page: string): Uint8Array {
  return zipSync({ "index.html": [strToU8(page), { level: 9, mtime: ZIP_TIME }] });
}

/** Returns the title in a file name: "Alter Ego" for "Alter Ego (USA) [!].nes". */
function titleOf(fileName: string): string {
  const name = fileName.replace(/\.[^.]*$/, "");
  const plain = name.replace(/\s*[([][^)\]]*[)\]]/g, "").trim();
  return plain === "" ? name : plain;
}

function titlePicture(machine: ReturnType<typeof createHeadless>, palette?: Palette): string {
  const pixels = new Uint16Array(machine.geometry.width * machine.geometry.height);
  for (const frame of TITLE_FRAMES) {
    while (machine.frame <= frame) machine.runFrame(pixels);
    if (pixels.some((pixel) => pixel !== pixels[0])) break;
  }
  return dataUrl("image/png", encodePng(pixels, machine.geometry, paletteFor(machine.geometry, palette)));
}

/** The first bytes of picture files, as Latin-1. */
const PICTURE_TYPES: readonly (readonly [start: RegExp, type: string])[] = [
  [/^\u0089PNG/, "image/png"],
  [/^\u00ff\u00d8\u00ff/, "image/jpeg"],
  [/^GIF8[79]a/, "image/gif"],
  [/^RIFF.{4}WEBP/s, "image/webp"],
];

async function readCover(path: string): Promise<string> {
  const bytes = await readFileCapped(path, MAX_COVER_BYTES);
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  const type = PICTURE_TYPES.find(([pattern]) => pattern.test(start))?.[1];
  if (type !== undefined) return dataUrl(type, bytes);
  throw new InputError(
    "data",
    "not a picture that browsers show",
    printable(path),
    "use PNG, JPEG, GIF or WebP",
  );
}

function dataUrl(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${bytes.toBase64()}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
