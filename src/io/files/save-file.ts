import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import type { DeviceStorage } from "../../emu/nes/input/devices.ts";
import { MIB } from "../../emu/units.ts";
import { removeAbandoned, writeFileWhole } from "./atomic-write.ts";
import { type DeviceBlock, parseBlocks, withBlocks } from "./device-blocks.ts";
import { userFolders } from "./paths.ts";
import { readFileCapped } from "./read-file.ts";
import { printable } from "./text.ts";

/**
 * The file with the battery-backed memory of one game. It is read once, when the game starts, and replaced
 * whole at each save, so it is never half written.
 */
export class SaveFile {
  readonly path: string;
  readonly #bytes: number;
  readonly #storage: DeviceStorage | undefined;
  /** Memory of devices that are not connected now. */
  #others: readonly DeviceBlock[] = [];
  #lastStored: Uint8Array | undefined;

  /**
   * `bytes` is the size of the battery-backed memory: a file of another size is not loaded. It includes that
   * of a connected device, `storage`, at its end; in the file, devices follow the cartridge with their names.
   */
  constructor(path: string, bytes: number, storage?: DeviceStorage) {
    this.path = path;
    this.#bytes = bytes;
    this.#storage = storage;
  }

  /**
   * Reads the save; undefined if there is none yet. Throws `InputError`: "data" if its size is not that of
   * the memory, "io" if it cannot be read.
   */
  async load(): Promise<Uint8Array | undefined> {
    removeAbandoned(this.path);
    const contents = await readIfThere(this.path, this.#bytes);
    if (contents === undefined) return undefined;
    const cartridgeBytes = this.#bytes - (this.#storage?.bytes ?? 0);
    const blocks =
      contents.length < cartridgeBytes ? undefined : parseBlocks(contents.subarray(cartridgeBytes));
    if (blocks === undefined) throw this.#wrongSize(contents.length);
    const memory = new Uint8Array(this.#bytes);
    memory.set(contents.subarray(0, cartridgeBytes));
    const isMine = ({ device, bytes }: DeviceBlock): boolean =>
      device === this.#storage?.device && bytes.length === this.#storage.bytes;
    const mine = blocks.find(isMine);
    if (mine !== undefined) memory.set(mine.bytes, cartridgeBytes);
    this.#others = blocks
      .filter((block) => block !== mine)
      .map(({ device, bytes }) => ({ device, bytes: bytes.slice() }));
    this.#lastStored = memory.slice();
    return memory;
  }

  /** Returns true if the last contents that were read or written equal `memory`. */
  holds(memory: Uint8Array): boolean {
    return this.#lastStored !== undefined && equal(this.#lastStored, memory);
  }

  /** Saves a copy of `memory`. Does nothing if the file already holds it. */
  async store(memory: Uint8Array): Promise<void> {
    if (memory.length !== this.#bytes) throw new Error(`save of ${memory.length}, not ${this.#bytes} bytes`);
    if (this.holds(memory)) return;
    // The machine keeps changing its memory while the file is written.
    const copy = memory.slice();
    await writeFileWhole(this.path, this.contentsOf(copy));
    this.#lastStored = copy;
  }

  /** The file's contents if it holds `memory`: those of devices that are not connected now are kept. */
  contentsOf(memory: Uint8Array): Uint8Array {
    const storage = this.#storage;
    if (storage === undefined) return withBlocks(memory, this.#others);
    const end = memory.length - storage.bytes;
    const mine = { device: storage.device, bytes: memory.subarray(end) };
    return withBlocks(memory.subarray(0, end), [...this.#others, mine]);
  }

  #wrongSize(held: number): InputError {
    return new InputError(
      "data",
      `the save holds ${held} bytes, the cartridge keeps ${this.#bytes}`,
      printable(this.path),
      "move the file away to start afresh",
    );
  }
}

/**
 * The save of the game whose PRG and CHR ROM have this `sha1`, in the user's data folder. The file is found
 * by the hash alone, so that renaming a ROM loses nothing; `title` only makes its name readable.
 */
export async function findSaveFile(
  sha1: string,
  title: string,
  bytes: number,
  folder: string = join(userFolders().data, "saves"),
  storage?: DeviceStorage,
): Promise<SaveFile> {
  const ending = `.${sha1}.sav`;
  const names = await readdir(folder).catch(() => [] as string[]);
  const name = names.sort().find((each) => each.endsWith(ending)) ?? readable(title) + ending;
  return new SaveFile(join(folder, name), bytes, storage);
}

/** A title without extension, reduced to characters that are valid in file names on every system. */
function readable(title: string): string {
  const words = title.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N}_()-]+/gu, "-");
  const short = [...words.replace(/^-+|-+$/g, "")].slice(0, 40).join("");
  return short === "" ? "game" : short;
}

async function readIfThere(path: string, bytes: number): Promise<Uint8Array | undefined> {
  try {
    return await readFileCapped(path, Math.max(bytes * 2, MIB));
  } catch (error) {
    if (error instanceof InputError && error.kind === "missing") return undefined;
    throw error;
  }
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
