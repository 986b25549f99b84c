import { coreFunction } from "../ffi/libretro.ts";
import { readPointer } from "./native-memory.ts";

/** The functions of the core's disk drive, from `retro_disk_control_callback`. */
export interface DiskFunctions {
  readonly count: () => number;
  /** The selected image; `count` or more if there is none. */
  readonly index: () => number;
  readonly isEjected: () => boolean;
  /**
   * Ejects the disk, selects an image and inserts it. With −1 the drive stays empty. Returns false if the
   * core rejects this.
   */
  insert(index: number): boolean;
}

/** Reads the structure of seven function pointers. The extended interface begins with the same ones. */
export function readDiskFunctions(data: number): DiskFunctions {
  const pointers = [0, 1, 2, 3, 4].map((place) => readPointer(data, 8 * place));
  const [setEject, getEject, getIndex, setIndex, getCount] = pointers as [
    number,
    number,
    number,
    number,
    number,
  ];
  const setEjected = coreFunction(setEject, { args: ["bool"], returns: "bool" });
  const isEjected = coreFunction(getEject, { args: [], returns: "bool" });
  const index = coreFunction(getIndex, { args: [], returns: "u32" });
  const select = coreFunction(setIndex, { args: ["u32"], returns: "bool" });
  const count = coreFunction(getCount, { args: [], returns: "u32" });
  return {
    count: () => Number(count()),
    index: () => Number(index()),
    isEjected: () => isEjected() === true,
    insert: (wanted) => {
      if (setEjected(true) !== true) return false;
      if (wanted < 0) return true;
      return select(wanted) === true && setEjected(false) === true;
    },
  };
}
