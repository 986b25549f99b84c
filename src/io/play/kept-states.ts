import { copyFile, link, readdir, realpath, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "../../emu/units.ts";
import { readFileCapped } from "../files/read-file.ts";
import type { StillPicture } from "../render/still-picture.ts";
import { readThumbnail } from "./thumbnail.ts";

const MAX_STATE_BYTES = 16 * MIB;
const MAX_PICTURE_BYTES = 4 * MIB;

/** Number of earlier positions that are kept. */
export const MAX_EARLIER_POSITIONS = 5;

/** A state that emu stored by itself, with the text that the menu shows. */
export interface KeptState {
  readonly path: string;
  readonly label: string;
  readonly about: string;
  readonly savedAt: Date;
  readonly thumbnail: StillPicture | undefined;
}

/** The files that the menu lists, without their extensions. */
const KINDS: readonly { readonly name: RegExp; readonly label: string; readonly about: string }[] = [
  {
    name: /^resume$/,
    label: "Last position",
    about: "where you were when emu last stored your position",
  },
  {
    name: /^slot-(\d)\.replaced$/,
    label: "Slot %, before",
    about: "the state that the last save to this slot replaced",
  },
  {
    name: /^slot-(\d)\.other$/,
    label: "Slot %, other emu",
    about: "the state that another emu had saved to this slot",
  },
  {
    name: /^earlier-(\d)$/,
    label: "Earlier position",
    about: "where you had stopped before you started from the beginning",
  },
];

/** The name of the state that a save to a slot replaces, without an extension. */
export function replacedName(slot: number): string {
  return `slot-${slot}.replaced`;
}

/**
 * The name of an earlier position, from 1, the latest one, to `MAX_EARLIER_POSITIONS`; without an extension.
 */
export function earlierName(number: number): string {
  return `earlier-${number}`;
}

/** Reads a state of a game's folder. Throws `InputError` as `readFileCapped` does. */
export function readState(path: string): Promise<Uint8Array> {
  return readFileCapped(path, MAX_STATE_BYTES);
}

/** Reads the picture of a state; undefined if there is none. */
export async function readStatePicture(path: string): Promise<StillPicture | undefined> {
  const picture = await readFileCapped(path, MAX_PICTURE_BYTES).catch(() => undefined);
  return picture === undefined ? undefined : readThumbnail(picture);
}

/** Every kept state in a game's folder, the newest first. A folder that cannot be read has none. */
export async function listKept(folder: string): Promise<KeptState[]> {
  const names = await readdir(folder).catch(() => []);
  const kept = await Promise.all(names.map((name) => keptState(folder, name)));
  return kept
    .filter((state) => state !== undefined)
    .sort((a, b) => b.savedAt.getTime() - a.savedAt.getTime());
}

async function keptState(folder: string, file: string): Promise<KeptState | undefined> {
  const base = /^(.*)\.state$/.exec(file)?.[1] ?? "";
  const kind = KINDS.find((each) => each.name.test(base));
  if (kind === undefined) return undefined;
  const path = join(folder, file);
  const status = await stat(path).catch(() => undefined);
  if (status?.isFile() !== true) return undefined;
  const [, number = ""] = kind.name.exec(base)!;
  const thumbnail = await readStatePicture(join(folder, `${base}.png`));
  return {
    path,
    label: kind.label.replace("%", number),
    about: kind.about,
    savedAt: status.mtime,
    thumbnail,
  };
}

/**
 * Gives a state and its picture a second name, with their times; both names are paths without an extension.
 * States are replaced as whole files, so a link keeps the old one without room on the disk. Rejects if that
 * is impossible.
 */
export async function keepState(from: string, to: string): Promise<void> {
  await keepFile(`${from}.state`, `${to}.state`);
  await keepFile(`${from}.png`, `${to}.png`).catch(() => rm(`${to}.png`, { force: true }));
}

async function keepFile(from: string, to: string): Promise<void> {
  const unfinished = `${to}.copy`;
  try {
    await rm(unfinished, { force: true });
    // A link to a symbolic link would show the new state.
    await link(await realpath(from), unfinished).catch(() => copyWithTimes(from, unfinished));
    await rename(unfinished, to);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** For file systems without links. */
async function copyWithTimes(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const { atime, mtime } = await stat(from);
  await utimes(to, atime, mtime);
}

/** Renames a state and its picture; both names are paths without an extension. Rejects if it cannot. */
export async function moveState(from: string, to: string): Promise<void> {
  await rename(`${from}.state`, `${to}.state`);
  await rm(`${to}.png`, { force: true });
  await rename(`${from}.png`, `${to}.png`).catch(() => {});
}
