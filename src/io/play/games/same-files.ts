import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { KIB, MIB } from "../../../emu/units.ts";
import { readPart } from "../../files/read-file.ts";
import { undecodedPath } from "../../files/undecoded-path.ts";

/** Read from the start, the middle and the end of files of the same size: this distinguishes most games. */
const SAMPLE_BYTES = 4 * KIB;
/** Larger files, such as CDs, are not compared: reading them whole takes too long. */
const MAX_COMPARED_BYTES = 64 * MIB;
/** Files that are looked at at the same time. */
const AT_ONCE = 16;

interface SizedFile {
  readonly path: string;
  readonly size: number;
  /** Device and inode: hard links and links to a file share it. */
  readonly id: string;
  /** The contents of what is in memory. */
  readonly bytes?: Uint8Array;
}

/**
 * Groups files with identical contents: links to one file, and copies. Files that differ in size or in a few
 * samples are not read further. Each group has at least two paths, in the order of `paths`. Files that cannot
 * be read, empty and very large ones belong to no group. `inMemory` has the contents of paths that are no
 * files. Ends early with undefined when `isStopped`.
 */
export async function sameFiles(
  paths: readonly string[],
  isStopped: () => boolean,
  inMemory: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<string[][] | undefined> {
  const files = await mapFew(paths, isStopped, async (path) => {
    const bytes = inMemory.get(path);
    return bytes === undefined ? sized(path) : { path, size: bytes.length, id: path, bytes };
  });
  if (files === undefined) return undefined;
  const links = Map.groupBy(files, ({ id }) => id);
  // One path of each file stands for the others.
  const firsts = [...links.values()].map(([first]) => first!);
  let groups = several(Map.groupBy(firsts, ({ size }) => String(size)));
  for (const digestOf of [sampleDigest, wholeDigest]) {
    const digests = await mapFew(groups.flat(), isStopped, async (file) => {
      const hash = await digestOf(file).catch(() => undefined);
      return hash === undefined ? undefined : { file, hash: `${file.size} ${hash}` };
    });
    if (digests === undefined) return undefined;
    groups = several(Map.groupBy(digests, ({ hash }) => hash)).map((group) => group.map(({ file }) => file));
  }
  const copies = new Map(groups.flatMap((group) => group.map((file) => [file, group] as const)));
  const found = new Set<readonly SizedFile[]>();
  const all: string[][] = [];
  for (const linked of links.values()) {
    const group = copies.get(linked[0]!);
    if (group === undefined && linked.length > 1) all.push(linked.map(({ path }) => path));
    if (group === undefined || found.has(group)) continue;
    found.add(group);
    all.push(group.flatMap(({ id }) => links.get(id)!.map(({ path }) => path)));
  }
  const order = new Map(paths.map((path, index) => [path, index]));
  return all.map((group) => group.sort((one, other) => order.get(one)! - order.get(other)!));
}

async function sized(path: string): Promise<SizedFile | undefined> {
  const status = await stat(undecodedPath(path), { bigint: true }).catch(() => undefined);
  if (status === undefined || status.size === 0n || status.size > MAX_COMPARED_BYTES) return undefined;
  // Some file systems have no inode numbers.
  const id = status.ino === 0n ? path : `${status.dev}:${status.ino}`;
  return { path, size: Number(status.size), id };
}

function sampleDigest(file: SizedFile): Promise<string> {
  const last = Math.max(0, file.size - SAMPLE_BYTES);
  return digest(file, [0, last >> 1, last], SAMPLE_BYTES);
}

function wholeDigest(file: SizedFile): Promise<string> {
  return digest(
    file,
    Array.from({ length: Math.ceil(file.size / MIB) }, (_, part) => part * MIB),
    MIB,
  );
}

/** The hash of the parts of a file that begin at `offsets`. */
async function digest(
  { path, bytes }: SizedFile,
  offsets: readonly number[],
  partBytes: number,
): Promise<string> {
  const hash = createHash("sha1");
  if (bytes !== undefined) {
    for (const at of offsets) hash.update(bytes.subarray(at, at + partBytes));
    return hash.digest("hex");
  }
  const file = await open(undecodedPath(path));
  try {
    for (const at of offsets) hash.update(await readPart(file, path, at, partBytes));
    return hash.digest("hex");
  } finally {
    await file.close();
  }
}

/** Maps a few items at a time and drops those that become undefined. Ends with undefined when `isStopped`. */
async function mapFew<Item, Result>(
  items: readonly Item[],
  isStopped: () => boolean,
  map: (item: Item) => Promise<Result | undefined>,
): Promise<Result[] | undefined> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    if (isStopped()) return undefined;
    const some = await Promise.all(items.slice(at, at + AT_ONCE).map(map));
    for (const result of some) if (result !== undefined) results.push(result);
  }
  return results;
}

function several<Item>(groups: ReadonlyMap<string, Item[]>): Item[][] {
  return [...groups.values()].filter(({ length }) => length > 1);
}
