import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { Nes, type NesOptions } from "../../emu/nes/nes.ts";
import { SCREEN_HEIGHT } from "../../emu/nes/ppu/ppu.ts";
import { workerUrl } from "../workers/worker-url.ts";
import type { MachineSource } from "./machine-source.ts";

/** The NES worker's payload. */
export interface NesPayload {
  readonly image: CartridgeImage;
  readonly options: NesOptions;
}

/** Room for a state's header, and rounding. */
const STATE_HEADER_BYTES = 4096;

/** An NES with this cartridge, for `EmuClient.start`. */
export function nesSource(image: CartridgeImage, options: NesOptions = {}): MachineSource {
  const machineBytes = Nes.arenaBytes(image, options);
  const romBytes = image.prgRom.length + image.chrRom.length;
  const stateBytes = machineBytes - romBytes + STATE_HEADER_BYTES;
  return {
    sizes: {
      machineBytes,
      stateBytes,
      batteryBytes: Nes.batteryBytes(image, options),
      widthPixels: Nes.pictureWidth(image),
      heightPixels: SCREEN_HEIGHT,
    },
    worker: workerUrl("io/thread/emu-worker.ts"),
    payload: { image, options } satisfies NesPayload,
  };
}
