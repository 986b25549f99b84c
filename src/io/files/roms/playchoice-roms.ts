import { InputError } from "../../../emu/input-error.ts";
import {
  CONTROL_COLORS,
  CONTROL_PLANE_BYTES,
  CONTROL_PROGRAM_BYTES,
  type ControlRoms,
} from "../../../emu/nes/playchoice/control-roms.ts";
import { KIB } from "../../../emu/units.ts";
import { crc32Hex } from "../hashes.ts";
import { printable } from "../text.ts";

/** A file that may have one of the ROMs. */
export interface RomCandidate {
  /** Its name or path; folders do not count. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file with its CRC-32, as `crc32Hex` gives it. */
type CheckedFile = RomCandidate & { readonly crc: string };

/** A socket of the PlayChoice-10's board. */
interface Socket {
  /** What the file names of its ROM end with, after a dot. */
  readonly place: string;
  readonly bytes: number;
  /** File names and CRC-32s of known contents, the preferred one first. */
  readonly known: readonly (readonly [name: string, crc: string])[];
}

/**
 * The sockets with the ROMs of the control side. The programs are for two monitors, then for one.
 * https://github.com/mamedev/mame/blob/master/src/mame/nintendo/playch10.cpp
 */
const PROGRAM: Socket = {
  place: "8t",
  bytes: CONTROL_PROGRAM_BYTES,
  known: [
    ["pch1-c__8t_e-2.8t", "d52fa07a"],
    ["pch1-c_8te.8t", "123ffa37"],
    ["pck1-c.8t", "503ee8b1"],
    ["pck1-c_fix.8t", "0be8ceb4"],
  ],
};
const TILES: readonly Socket[] = [
  { place: "8k", bytes: CONTROL_PLANE_BYTES, known: [["pch1-c__8k.8k", "9acffb30"]] },
  { place: "8m", bytes: CONTROL_PLANE_BYTES, known: [["pch1-c__8m_e-1.8m", "c1232eee"]] },
  { place: "8p", bytes: CONTROL_PLANE_BYTES, known: [["pch1-c__8p_e-1.8p", "30c15e23"]] },
];
const COLORS: readonly Socket[] = [
  { place: "6f", bytes: CONTROL_COLORS, known: [["pch1-c-6f.82s129an.6f", "e5414ca3"]] },
  { place: "6e", bytes: CONTROL_COLORS, known: [["pch1-c-6e.82s129an.6e", "a2625c6e"]] },
  { place: "6d", bytes: CONTROL_COLORS, known: [["pch1-c-6d.82s129an.6d", "1213ebd4"]] },
];

const SOCKETS: readonly Socket[] = [PROGRAM, ...TILES, ...COLORS];

/** The largest file that is looked at; the largest ROM has 16 KiB. */
export const MAX_CONTROL_ROM_BYTES = 64 * KIB;

/** True if a file name ends with the place of a socket. */
export function isNamedAsControlRom(name: string): boolean {
  return SOCKETS.some((socket) => isNamedFor(socket, name));
}

/** True if a file of this name and size is worth reading: another one cannot be a ROM of the control side. */
export function canBeControlRom(name: string, sizeBytes: number): boolean {
  if (sizeBytes > MAX_CONTROL_ROM_BYTES) return false;
  return isNamedAsControlRom(name) || SOCKETS.some(({ bytes }) => bytes === sizeBytes);
}

function isNamedFor({ place }: Socket, name: string): boolean {
  return baseName(name).endsWith(`.${place}`);
}

/** The name without folders, in lower case. */
function baseName(name: string): string {
  return name.replace(/.*[/\\]/, "").toLowerCase();
}

/** The best file for a socket: one with known contents, else one with a name of the socket. */
function bestFile(socket: Socket, files: readonly CheckedFile[]): CheckedFile | undefined {
  const { bytes, known } = socket;
  for (const [, good] of known) {
    const found = files.find((file) => file.bytes.length === bytes && file.crc === good);
    if (found !== undefined) return found;
  }
  const named = files.filter(({ name }) => isNamedFor(socket, name));
  const preferred = known.map(([name]) => named.find((file) => baseName(file.name) === name));
  return preferred.find((file) => file !== undefined) ?? named[0];
}

/** What is wrong with a file for a socket: its size, or contents that are not known. */
function judged({ known, bytes: size }: Socket, { name, bytes, crc }: CheckedFile, where: string): string[] {
  if (bytes.length !== size) {
    const what = `${printable(baseName(name))} has ${bytes.length} bytes, not ${size}`;
    throw new InputError("data", what, printable(where));
  }
  if (known.some(([, good]) => good === crc)) return [];
  const expected = known.map(([, good]) => good).join(" or ");
  return [`${printable(baseName(name))} has the CRC-32 ${crc}, not ${expected}: it may be damaged`];
}

/**
 * Selects the ROMs of a PlayChoice-10's control side from files, as MAME's playch10.zip has them: by their
 * CRC-32, else by what their names end with. `where` is the archive or folder. The warnings name files with
 * unknown contents. Throws `InputError` if ROMs are missing or have another size.
 */
export function readControlRoms(
  files: readonly RomCandidate[],
  where: string,
): { readonly roms: ControlRoms; readonly warnings: readonly string[] } {
  const checked = files.map((file) => ({ ...file, crc: crc32Hex(file.bytes) }));
  const found = SOCKETS.map((socket) => bestFile(socket, checked));
  const missing = SOCKETS.filter((_, at) => found[at] === undefined);
  if (missing.length > 0) {
    const list = missing.map(({ known, bytes }) => {
      const [name, crc] = known[0]!;
      return `${name} (${bytes} bytes, CRC-32 ${crc})`;
    });
    const what = `ROMs of the PlayChoice-10 are missing: ${list.join(", ")}`;
    throw new InputError("missing", what, printable(where), "add them, or choose the built-in program");
  }
  const roms = found.map((file) => file!.bytes);
  return {
    roms: {
      program: roms[0]!.slice(),
      tiles: new Uint8Array(Buffer.concat(roms.slice(1, 1 + TILES.length))),
      colors: new Uint8Array(Buffer.concat(roms.slice(1 + TILES.length))),
    },
    warnings: SOCKETS.flatMap((socket, at) => judged(socket, found[at]!, where)),
  };
}
