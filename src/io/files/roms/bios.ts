import { dirname, join } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { FDS_BIOS_BYTES } from "../../../emu/nes/cartridge/fds-image.ts";
import type { CartridgeImage } from "../../../emu/nes/cartridge/image.ts";
import {
  CPU2_ROM_BYTES,
  CPU2_ROM_NAME,
  KANJI_ROM_BYTES,
  KANJI_ROM_NAME,
} from "../../../emu/nes/cartridge/network-roms.ts";
import type { RomFormat } from "../../../emu/nes/cartridge/rom-image.ts";
import { STUDYBOX_BIOS_BYTES } from "../../../emu/nes/cartridge/studybox-image.ts";
import { DRUM_ROM_BYTES, DRUM_ROM_NAME } from "../../../emu/nes/epsm/drum-rom.ts";
import { MIB } from "../../../emu/units.ts";
import { userFolders } from "../paths.ts";
import { readFileCapped } from "../read-file.ts";
import { printable } from "../text.ts";
import { CONTROL_ROMS_FILE } from "./control-roms-file.ts";

/** A ROM of a chip or machine, which emu cannot include. */
interface UserRom {
  /** The usual file name. */
  readonly name: string;
  readonly bytes: number;
  /** What it is, for errors about its size. */
  readonly title: string;
}

/** A program in a machine's own ROM. */
interface Bios extends UserRom {
  /** Whose it is, and what needs it, as an object and as a file. */
  readonly machine: string;
  readonly medium: string;
  readonly file: string;
}

const BIOSES: Readonly<Partial<Record<RomFormat, Bios>>> = {
  fds: {
    name: "disksys.rom",
    bytes: FDS_BIOS_BYTES,
    title: "disk system's BIOS",
    machine: "Famicom Disk System",
    medium: "disk",
    file: "disk image",
  },
  studybox: {
    name: "StudyBox.bin",
    bytes: STUDYBOX_BIOS_BYTES,
    title: "Study Box's BIOS",
    machine: "Study Box",
    medium: "tape",
    file: "tape",
  },
};

const DRUM_ROM: UserRom = { name: DRUM_ROM_NAME, bytes: DRUM_ROM_BYTES, title: "EPSM's drum ROM" };
const KANJI_ROM: UserRom = {
  name: KANJI_ROM_NAME,
  bytes: KANJI_ROM_BYTES,
  title: "Famicom Network System's kanji ROM",
};
const CPU2_ROM: UserRom = {
  name: CPU2_ROM_NAME,
  bytes: CPU2_ROM_BYTES,
  title: "Famicom Network System's CPU2 ROM",
};

/** The names of all ROMs that a user supplies, which are looked for in the folder of a game. */
export const USER_ROM_NAMES: readonly string[] = [
  ...[...Object.values(BIOSES), DRUM_ROM, KANJI_ROM, CPU2_ROM].map(({ name }) => name),
  CONTROL_ROMS_FILE,
];

/** Returns true if files of this format need a BIOS. */
export function needsBios(format: RomFormat | undefined): format is RomFormat {
  return format !== undefined && BIOSES[format] !== undefined;
}

/**
 * The BIOS for an image of a format that needs one: the file at `path` if one is named, else the one with the
 * usual name in the folder of the image, else in the user's data folder. Undefined if neither exists. Throws
 * `InputError` if a named file is missing, or if a file does not have the BIOS's size.
 */
export async function findBios(
  format: RomFormat,
  image: string,
  path?: string,
): Promise<Uint8Array | undefined> {
  const bios = BIOSES[format];
  if (bios === undefined) return undefined;
  if (path !== undefined) return checked(bios, await readFileCapped(path, MIB), path);
  return await findUserRom(bios, image);
}

/**
 * The samples of an EPSM's drums, from the folder of `image` or the user's data folder; undefined if neither
 * has them. Throws `InputError` if the file has another size.
 */
export async function findDrumRom(image: string): Promise<Uint8Array | undefined> {
  return await findUserRom(DRUM_ROM, image);
}

/**
 * The ROMs of the Famicom Network System, from the folder of `image` or the user's data folder. Throws
 * `InputError` if a file has another size.
 */
export async function findNetworkRoms(image: string): Promise<Pick<CartridgeImage, "kanjiRom" | "cpu2Rom">> {
  const kanjiRom = await findUserRom(KANJI_ROM, image);
  const cpu2Rom = await findUserRom(CPU2_ROM, image);
  return { ...(kanjiRom === undefined ? {} : { kanjiRom }), ...(cpu2Rom === undefined ? {} : { cpu2Rom }) };
}

async function findUserRom(rom: UserRom, image: string): Promise<Uint8Array | undefined> {
  for (const candidate of [join(dirname(image), rom.name), join(userFolders().data, rom.name)]) {
    const bytes = await readIfThere(candidate);
    if (bytes !== undefined) return checked(rom, bytes, candidate);
  }
  return undefined;
}

/** The error for an image that cannot run without its BIOS. */
export function missingBios(format: RomFormat, image: string): InputError {
  const { name, machine, medium, file } = BIOSES[format]!;
  const what = `a ${medium} needs the ${machine}'s BIOS, which emu cannot include`;
  const remedy = `put your ${name} beside the ${file} or into ${userFolders().data}`;
  return new InputError("missing", what, printable(image), remedy);
}

function checked({ bytes: size, title }: UserRom, bytes: Uint8Array, path: string): Uint8Array {
  if (bytes.length === size) return bytes;
  const what = `the ${title} has ${size} bytes, this file ${bytes.length}`;
  throw new InputError("data", what, printable(path));
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFileCapped(path, MIB);
  } catch (error) {
    if (error instanceof InputError && error.kind === "missing") return undefined;
    throw error;
  }
}
