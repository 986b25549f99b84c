import type { FramePixels, Machine } from "../../emu/machine.ts";
import { frameHash } from "../capture/hash.ts";
import { crc32Hex } from "../files/hashes.ts";
import type { MovieHash } from "./movie.ts";

const WORK_RAM_BYTES = 0x800;
const ram = new Uint8Array(WORK_RAM_BYTES);

/** Hashes of a machine at the end of `frame`; `pixels` is its picture. */
export function hashMachine(machine: Machine, frame: number, pixels: FramePixels): Required<MovieHash> {
  for (let address = 0; address < WORK_RAM_BYTES; address++) ram[address] = machine.peek("cpu", address);
  return {
    frame,
    picture: frameHash(pixels),
    ram: crc32Hex(ram),
  };
}
