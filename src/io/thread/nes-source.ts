import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { batteryBytes, machineBytes, pictureWidth } from "../../emu/nes/nes-sizes.ts";
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

/** An NES with this cartridge, for `EmuClient.start`. The machine itself is loaded by its thread only. */
export function nesSource(image: CartridgeImage, options: NesOptions = {}): MachineSource {
  const bytes = machineBytes(image, options);
  const romBytes = image.prgRom.length + image.chrRom.length;
  const stateBytes = bytes - romBytes + STATE_HEADER_BYTES;
  return {
    sizes: {
      machineBytes: bytes,
      stateBytes,
      batteryBytes: batteryBytes(image, options),
      widthPixels: pictureWidth(image, options),
      heightPixels: SCREEN_HEIGHT,
    },
    worker: workerUrl("io/thread/emu-worker.ts"),
    payload: { image, options } satisfies NesPayload,
  };
}
