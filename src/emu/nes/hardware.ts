import { InputError } from "../input-error.ts";
import type { BoardOptions, VsWiring } from "./cartridge/board.ts";
import type { CartridgeImage } from "./cartridge/image.ts";
import { type VsHardware, vsHardware } from "./cartridge/vs-hardware.ts";
import { isForEpsm } from "./epsm/epsm.ts";
import { defaultDevices } from "./input/default-devices.ts";
import {
  type DeviceSetup,
  type DeviceStorage,
  EXPANSION_DEVICES,
  PORT_DEVICES,
  storageOf,
} from "./input/devices.ts";
import { CONTROL_STORAGE, hasControlSide, sideColors } from "./playchoice/control-side.ts";
import { rgbColors } from "./ppu/rgb-colors.ts";
import type { RamFill } from "./ram-fill.ts";
import { REGIONS, type RegionName, type RegionTiming } from "./region.ts";
import {
  CONSOLE_TRAITS,
  type ConsoleModel,
  type ConsoleTraits,
  CPU_TRAITS,
  type CpuRevision,
  type CpuTraits,
  PPU_TRAITS,
  type PpuRevision,
  type PpuTraits,
  type RgbPpu,
} from "./revisions.ts";

/** The parts of a machine. Defaults are those of a front-loading NES, or those that the image needs. */
export interface NesOptions {
  /** Overrides the image's region. */
  readonly region?: RegionName;
  readonly ramFill?: RamFill;
  /**
   * Master clocks from the CPU's first cycle to the start of the PPU's first line, negative if the line
   * starts earlier; MIN_ALIGNMENT to MAX_ALIGNMENT. See docs/power-on.md.
   */
  readonly alignment?: number;
  readonly mmc3Revision?: "A" | "B";
  /** RP2A03G by default. Traits of the RP2A07 follow from the region. */
  readonly cpuRevision?: CpuRevision;
  /** RP2C02G by default. */
  readonly ppuRevision?: PpuRevision;
  /** The front-loading NES-001 by default. */
  readonly console?: ConsoleModel;
  /** The DIP switches of an arcade game, switch 1 in bit 0. By default those that the game needs. */
  readonly dips?: number;
  /**
   * How a PlayChoice-10 shows its two screens: side by side (the default), or the control side's until the
   * game is played.
   */
  readonly screens?: "both" | "one";
  /** The side of a disk that is inserted at power-on, from 0. Default 0. */
  readonly diskSide?: number;
  /** The track of a music file that plays at power-on, from 0. By default the one that the file names. */
  readonly track?: number;
  /** The connected devices. By default those that the header names, usually two standard controllers. */
  readonly devices?: DeviceSetup;
  /** Runs every dot and every iteration of every loop individually: slower, with bit-identical results. */
  readonly exact?: boolean;
}

/** The chips and devices of a machine. */
export interface Hardware {
  readonly region: RegionTiming;
  readonly model: ConsoleTraits;
  readonly cpu: CpuTraits;
  readonly ppu: PpuTraits;
  /** 0xRRGGBB of each pixel value, with an RGB PPU. */
  readonly colors: Uint32Array | undefined;
  /** A DualSystem has four controllers, without an adapter; the panel of a PlayChoice-10 is the third. */
  readonly devices: DeviceSetup;
  /** Memory beside the cartridge's that is saved with it: that of a device, or of the control side. */
  readonly storage: DeviceStorage | undefined;
  /** True if the control side of a PlayChoice-10 runs beside the console. */
  readonly hasControl: boolean;
  readonly screens: "both" | "one";
  /** The arcade board that the image is for. */
  readonly vs: VsHardware | undefined;
  /** True if the sound module is in the expansion port: the image is for it, or it is one of `devices`. */
  readonly hasEpsm: boolean;
  readonly mmc3Revision: "A" | "B";
}

const SCREENS = { both: "both", one: "one" } as const;
const MMC3_REVISIONS = { A: "A", B: "B" } as const;

/**
 * Returns the hardware that `options` name, and that the image needs where they name none. Throws
 * `InputError` ("usage") for an unknown name or device.
 */
export function chooseHardware(image: CartridgeImage, options: NesOptions): Hardware {
  const vs = vsHardware(image);
  const ppuRevision = options.ppuRevision ?? defaultPpu(image, vs);
  const ppu = named(PPU_TRAITS, ppuRevision, "ppuRevision");
  const devices = options.devices === undefined ? defaultDevices(image) : checkedDevices(options.devices);
  const hasControl = hasControlSide(image);
  const colors = ppu.isRgb ? rgbColors(ppuRevision as RgbPpu) : undefined;
  if (hasControl && storageOf(devices) !== undefined) {
    const what = "a PlayChoice-10 has no port for a device with memory";
    throw new InputError("usage", what, "devices", "choose none for the expansion port");
  }
  const region = named(REGIONS, options.region ?? image.region, "region");
  return {
    region: ppu.isRgb ? { ...region, skipsOddDot: false } : region,
    model: named(CONSOLE_TRAITS, options.console ?? "nes", "console"),
    cpu: named(CPU_TRAITS, options.cpuRevision ?? (vs === undefined ? "G" : "letterless"), "cpuRevision"),
    ppu,
    colors: hasControl ? sideColors(colors ?? rgbColors("2C03"), image) : colors,
    devices: vs?.isDual === true || hasControl ? { ...devices, fourScore: true } : devices,
    storage: hasControl ? CONTROL_STORAGE : storageOf(devices),
    hasControl,
    screens: named(SCREENS, options.screens ?? "both", "screens"),
    vs,
    hasEpsm: devices.expansion === "epsm" || isForEpsm(image),
    mmc3Revision: named(MMC3_REVISIONS, options.mmc3Revision ?? "B", "mmc3Revision"),
  };
}

/**
 * What the board needs to know of the machine. `vsWiring` is that of a console of a VS. DualSystem. Throws
 * `InputError` ("usage") for a track that the music file does not have.
 */
export function boardOptions(
  { mmc3Revision, region }: Hardware,
  image: CartridgeImage,
  options: NesOptions,
  vsWiring: VsWiring | undefined,
): BoardOptions {
  const { dips, diskSide = 0 } = options;
  return { mmc3Revision, region, vsWiring, diskSide, dips, ...trackOption(image, options) };
}

/**
 * The board's option for the track of a music file. Throws `InputError` ("usage") for a track that the file
 * does not have; other games have none, and ignore it.
 */
function trackOption({ nsf }: CartridgeImage, { track }: NesOptions): { readonly track?: number } {
  if (nsf === undefined || track === undefined) return {};
  if (Number.isInteger(track) && track >= 0 && track < nsf.tracks.length) return { track };
  const remedy = nsf.tracks.length === 1 ? "there is only track 1" : `1 to ${nsf.tracks.length}`;
  throw new InputError("usage", `the music has no track ${track + 1}`, "", remedy);
}

function named<Name extends string, T>(table: Readonly<Record<Name, T>>, name: Name, option: string): T {
  if (Object.hasOwn(table, name)) return table[name];
  const remedy = `one of ${Object.keys(table).join(", ")}`;
  throw new InputError("usage", `${option} ${String(name).slice(0, 40)} is unknown`, "", remedy);
}

/** What each key of `DeviceSetup` may be. */
const DEVICE_CHOICES: Readonly<Record<keyof DeviceSetup, readonly unknown[]>> = {
  port1: PORT_DEVICES,
  port2: PORT_DEVICES,
  expansion: EXPANSION_DEVICES,
  fourScore: [true, false],
  microphone: [true, false],
};

/**
 * Returns `devices`. Programs in JavaScript may pass any value, and a device with a misspelt name would be
 * left out of the console without a word. Throws `InputError` ("usage").
 */
function checkedDevices(devices: DeviceSetup): DeviceSetup {
  if (typeof devices !== "object" || devices === null)
    throw new InputError("usage", "devices must be an object", "", 'for example { port2: "zapper" }');
  for (const [key, device] of Object.entries(devices)) {
    const choices = named(DEVICE_CHOICES, key as keyof DeviceSetup, "devices:");
    if (device === undefined || choices.includes(device)) continue;
    const what = `devices: ${String(device).slice(0, 40)} cannot be used for ${key}`;
    throw new InputError("usage", what, "", `one of ${choices.join(", ")}`);
  }
  return devices;
}

/** Arcade boards and the PlayChoice-10 have RGB PPUs. */
function defaultPpu(image: CartridgeImage, vs: VsHardware | undefined): PpuRevision {
  return vs?.ppu ?? (image.console === "playchoice" ? "2C03" : "G");
}
