import { Arena } from "../../emu/arena.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { Nes, type NesOptions } from "../../emu/nes/nes.ts";

/**
 * Powers on a machine for this thread alone, as configured by `options`: for dumps, tests and benchmarks,
 * which need no real time. Throws `InputError` ("data") if the cartridge's board is not supported.
 */
export function createHeadless(image: CartridgeImage, options: NesOptions = {}): Nes {
  const arena = new Arena(new SharedArrayBuffer(Nes.arenaBytes(image, options)));
  const machine = new Nes(arena, image, options);
  arena.seal();
  return machine;
}
