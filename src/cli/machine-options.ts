import { type Command, Option } from "commander";
import { InputError } from "../emu/input-error.ts";
import type { Machine } from "../emu/machine.ts";
import type { CartridgeImage } from "../emu/nes/cartridge/image.ts";
import {
  type DeviceSetup,
  type DeviceStorage,
  EXPANSION_DEVICES,
  type ExpansionDeviceName,
  PORT_DEVICES,
  type PortDeviceName,
} from "../emu/nes/input/devices.ts";
import type { Nes, NesOptions } from "../emu/nes/nes.ts";
import { RAM_FILL_TEXTS, type RamFill } from "../emu/nes/ram-fill.ts";
import { MAX_ALIGNMENT, MIN_ALIGNMENT, type RegionName } from "../emu/nes/region.ts";
import {
  CONSOLE_MODELS,
  type ConsoleModel,
  CPU_REVISIONS,
  type CpuRevision,
  PPU_REVISIONS,
  type PpuRevision,
} from "../emu/nes/revisions.ts";
import type { RomLoadOptions } from "../io/files/roms/rom-file.ts";
import { SaveFile } from "../io/files/save-file.ts";
import { SaveLock } from "../io/saves/save-lock.ts";
import { readDips } from "../io/shared/dip-texts.ts";
import { log } from "./log.ts";
import { ramFill, regionOption, wholeNumber } from "./options.ts";

/** Options for games on disk. */
export interface DiskOptions {
  readonly fdsBios?: string;
  readonly controlRoms?: string;
  /** Counted from 1. */
  readonly diskSide?: number;
  /** False with --no-patch. */
  readonly patch?: readonly string[] | false;
}

/** The highest --disk-side: more sides than any game has. */
const MAX_DISK_SIDES = 16;

export function addDiskOptions(command: Command): Command {
  return addPatchOptions(command)
    .option(
      "--fds-bios <file>",
      "the BIOS of a disk or tape (default: disksys.rom or StudyBox.bin beside it)",
    )
    .option(
      "--control-roms <file>",
      "a PlayChoice-10's ROMs: a zip, a folder, built-in or none (default: playch10.zip beside the game)",
    )
    .option("--disk-side <n>", "the disk side to start with, from 1", wholeNumber(1, MAX_DISK_SIDES));
}

/** Options for patches, which every command that loads a ROM has. */
export function addPatchOptions(command: Command): Command {
  return command
    .option(
      "--patch <file>",
      "apply an IPS, BPS or UPS patch; repeatable (default: the one with the ROM's name beside it or in its archive)",
      (value: string, before: readonly string[] | false = false) => [
        ...(before === false ? [] : before),
        value,
      ],
    )
    .option("--no-patch", "do not apply the patch beside the ROM or in its archive");
}

/** Returns the options for loading a ROM. */
export function toLoadOptions(
  options: Pick<DiskOptions, "controlRoms" | "fdsBios" | "patch"> & {
    readonly expansion?: string | undefined;
  },
): RomLoadOptions {
  const { controlRoms, fdsBios, patch, expansion } = options;
  return {
    ...(expansion === undefined ? {} : { expansion }),
    ...(fdsBios === undefined ? {} : { fdsBios }),
    ...(controlRoms === undefined ? {} : { controlRoms }),
    ...(patch === undefined ? {} : { patches: patch === false ? [] : patch }),
  };
}

/** Options for the console's hardware and its state at power-on. */
export interface HardwareOptions extends DiskOptions {
  readonly region?: RegionName;
  readonly mmc3Revision?: "A" | "B";
  readonly console?: ConsoleModel;
  readonly cpuRevision?: CpuRevision;
  readonly ppuRevision?: PpuRevision;
  readonly alignment?: number;
  readonly ram?: RamFill;
  readonly port1?: PortDeviceName;
  readonly port2?: PortDeviceName;
  readonly expansion?: ExpansionDeviceName;
  readonly fourScore?: true;
  readonly microphone?: true;
  readonly dip?: readonly string[];
}

/** The options that choose what is plugged into the console. */
export const DEVICE_FLAGS = ["--port1", "--port2", "--expansion", "--four-score", "--microphone"] as const;

export function addHardwareOptions(command: Command): Command {
  return addMmc3Option(addDiskOptions(command))
    .addOption(regionOption())
    .addOption(new Option("--console <model>", "console model (default: nes)").choices(CONSOLE_MODELS))
    .addOption(
      new Option("--cpu-revision <letters>", "revision of the 2A03, or a clone of it (default: G)").choices(
        CPU_REVISIONS,
      ),
    )
    .addOption(
      new Option("--ppu-revision <letters>", "revision of the 2C02 (default: G)").choices(PPU_REVISIONS),
    )
    .option(
      "--alignment <clocks>",
      `start the PPU this many master clocks after the CPU, ${MIN_ALIGNMENT} to ${MAX_ALIGNMENT}; negative: before the CPU (default: 3)`,
      wholeNumber(MIN_ALIGNMENT, MAX_ALIGNMENT),
    )
    .addOption(
      new Option("--port1 <device>", "device in controller port 1 (default: from the ROM's header)").choices(
        PORT_DEVICES,
      ),
    )
    .addOption(
      new Option("--port2 <device>", "device in controller port 2 (default: from the ROM's header)").choices(
        PORT_DEVICES,
      ),
    )
    .addOption(
      new Option("--expansion <device>", "device in the Famicom's expansion port").choices(EXPANSION_DEVICES),
    )
    .option(
      "--dip <name=value>",
      "set a DIP switch of an arcade game, or all of them: --dip 10000000 (emu info lists the names); repeatable",
      (value: string, before: readonly string[] = []) => [...before, value],
    )
    .option("--microphone", "controller 2 is the Famicom's: its Start is sound at its microphone")
    .option("--four-score", "connect four controllers through the Four Score adapter")
    .option("--ram <fill>", `RAM at power-on: ${RAM_FILL_TEXTS} (default: zero)`, ramFill);
}

/** Options of commands that run a machine as fast as possible instead of in real time. */
export interface HeadlessOptions extends HardwareOptions {
  readonly save?: string;
  readonly exact?: true;
}

export function addMmc3Option(command: Command): Command {
  return command.addOption(
    new Option("--mmc3-revision <letter>", "revision of the MMC3's interrupt counter (default: B)").choices([
      "A",
      "B",
    ]),
  );
}

export function addHeadlessOptions(command: Command): Command {
  return addHardwareOptions(command)
    .option("--exact", "draw each dot separately: slow, the reference that the fast paths are tested against")
    .option("--save <file>", "load this battery save, and write it at the end (default: none)");
}

/** A machine that is powered on with the given options, and a function that writes its battery save. */
export interface HeadlessMachine {
  readonly machine: Nes;
  /** Writes the battery save if `--save` is given and the cartridge has a battery. */
  keepBattery(): Promise<void>;
}

/**
 * Powers on a machine. `defaults` apply to options that are not given. Throws `InputError` ("data") when the
 * board is not supported or the save has the wrong size.
 */
export async function powerOnHeadless(
  image: CartridgeImage,
  options: HeadlessOptions,
  defaults: NesOptions = {},
): Promise<HeadlessMachine> {
  // Commands that play or only show their help need no machine in this thread.
  const { createHeadless } = await import("../io/shared/headless.ts");
  const { deviceStorage } = await import("../emu/nes/nes-sizes.ts");
  const nesOptions = { ...defaults, ...toNesOptions(options, image) };
  const machine = createHeadless(image, nesOptions);
  const { mapper, submapper, sha1 } = image;
  log.info({ mapper, submapper, sha1, region: machine.region.name }, "powered on");
  return { machine, keepBattery: await attachSave(machine, options.save, deviceStorage(image, nesOptions)) };
}

/**
 * Loads the battery save `save` into a machine, with a connected device's memory. Returns a function that
 * writes it; it does nothing without a file or a battery. Throws `InputError` when the save has the wrong
 * size.
 */
export async function attachSave(
  machine: Pick<Machine, "batteryRam">,
  save: string | undefined,
  storage?: DeviceStorage,
): Promise<() => Promise<void>> {
  if (save === undefined || machine.batteryRam.length === 0) return async () => {};
  const file = new SaveFile(save, machine.batteryRam.length, storage);
  // If the command fails before it saves, the lock ends with the process.
  const lock = await SaveLock.take(save);
  const contents = await file.load();
  if (contents !== undefined) machine.batteryRam.set(contents);
  log.debug({ path: save, isNew: contents === undefined }, "save read");
  return async () => {
    await file.store(machine.batteryRam).finally(() => lock?.release());
    log.debug({ path: save }, "save written");
  };
}

/** Returns the devices that the options name; undefined if they name none. */
export function givenDevices(options: HardwareOptions): DeviceSetup | undefined {
  const { port1, port2, expansion, fourScore, microphone } = options;
  const others = [port1, port2].some((device) => device !== undefined && device !== "standard");
  if (fourScore === true && others) {
    throw new InputError(
      "usage",
      "the Four Score uses both controller ports",
      "--four-score",
      "remove --port1 and --port2",
    );
  }
  const devices = {
    ...(port1 === undefined ? {} : { port1 }),
    ...(port2 === undefined ? {} : { port2 }),
    ...(expansion === undefined ? {} : { expansion }),
    ...(fourScore === undefined ? {} : { fourScore }),
    ...(microphone === undefined ? {} : { microphone }),
  };
  return Object.keys(devices).length === 0 ? undefined : devices;
}

/**
 * Converts options to those of the machine. `image` is needed for the names of DIP switches. Throws
 * `InputError` ("usage") when they conflict.
 */
export function toNesOptions(options: HeadlessOptions, image?: CartridgeImage): NesOptions {
  const { dip } = options;
  if (dip !== undefined && image === undefined)
    throw new InputError("usage", "this command loads games that have other switches", "--dip");
  const { region, mmc3Revision, diskSide, exact, console, cpuRevision, ppuRevision, alignment, ram } =
    options;
  const devices = givenDevices(options);
  return {
    ...(console === undefined ? {} : { console }),
    ...(cpuRevision === undefined ? {} : { cpuRevision }),
    ...(ppuRevision === undefined ? {} : { ppuRevision }),
    ...(alignment === undefined ? {} : { alignment }),
    ...(ram === undefined ? {} : { ramFill: ram }),
    ...(devices === undefined ? {} : { devices }),
    ...(diskSide === undefined ? {} : { diskSide: diskSide - 1 }),
    ...(dip === undefined || image === undefined ? {} : { dips: readDips(image, dip) }),
    ...(region === undefined ? {} : { region }),
    ...(mmc3Revision === undefined ? {} : { mmc3Revision }),
    ...(exact === undefined ? {} : { exact }),
  };
}
