import type { MachineGeometry } from "../machine.ts";
import type { CartridgeImage } from "./cartridge/image.ts";
import { isDrawnSquare } from "./cartridge/square-pixels.ts";
import { pictureWidth } from "./nes-sizes.ts";
import { SCREEN_HEIGHT } from "./ppu/ppu.ts";
import { frameRateHz, type RegionTiming } from "./region.ts";

/** What the sound chips and the PPU say about the machine's picture and sound. */
type ChipGeometry = Pick<MachineGeometry, "maxSamplesPerFrame" | "soundChannels"> & {
  /** 0xRRGGBB of each pixel value, with an RGB PPU. */
  readonly colors: Uint32Array | undefined;
  readonly screens: "both" | "one";
};

/** Shape and rates of the picture and the sound of a machine with this cartridge. */
export function geometryOf(
  image: CartridgeImage,
  region: RegionTiming,
  { colors, screens, ...sound }: ChipGeometry,
): MachineGeometry {
  const televisionAspect = region.name === "ntsc" ? 8 / 7 : 11 / 8;
  const isSquare = isDrawnSquare(image.sha1);
  return {
    width: pictureWidth(image, { screens }),
    height: SCREEN_HEIGHT,
    pixelAspect: isSquare ? 1 : televisionAspect,
    ...(isSquare ? { televisionAspect } : {}),
    frameRateHz: frameRateHz(region),
    sampleRateHz: 48_000,
    ...sound,
    ...(colors === undefined ? {} : { colors }),
  };
}
