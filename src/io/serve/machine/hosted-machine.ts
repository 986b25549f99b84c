import { InputError } from "../../../emu/input-error.ts";
import type { MemorySpace } from "../../../emu/machine.ts";
import { headerMapper } from "../../../emu/nes/cartridge/boards/index.ts";
import { chooseHardware } from "../../../emu/nes/hardware.ts";
import { DEVICE_PORTS, type DevicePort } from "../../../emu/nes/input/device-controls.ts";
import { DEVICE_DATA_BYTES, type DeviceStorage } from "../../../emu/nes/input/devices.ts";
import { Nes, type NesOptions } from "../../../emu/nes/nes.ts";
import { CORE_DEVICE_BYTES, CORE_DEVICE_PORTS, setCoreDevice } from "../../cores/core-device-words.ts";
import { type CoreGameFile, type StartedCore, startCoreGame } from "../../cores/core-game.ts";
import { CORE_BUTTONS_PER_PORT } from "../../cores/core-input.ts";
import { coreSource } from "../../cores/core-source.ts";
import type { LoadedRom } from "../../files/roms/rom-file.ts";
import { setDevice } from "../../input/device-words.ts";
import { NES_PORT_BITS } from "../../input/held-keys.ts";
import type { Log } from "../../shared/log.ts";
import type { MachineFault } from "../../thread/emu-client.ts";
import { errorFromReport, reportError } from "../../thread/error-report.ts";
import type { MachineSource } from "../../thread/machine-source.ts";
import { nesSource } from "../../thread/nes-source.ts";

/** A game that a server can run: on emu's own machine, or on a libretro core. */
export type ServedGame = LoadedRom | CoreGameFile;

/** Facts about the running game. */
export interface HostedGame {
  readonly title: string;
  readonly sha1: string;
  /** The mapper of an NES game; null if its board has no number. */
  readonly mapper?: number | null;
  /** The libretro core that plays the game. */
  readonly core?: string;
}

/** What a server must know of a machine to start it and to pass on what peers send. */
export interface HostedMachine {
  readonly game: HostedGame;
  readonly source: MachineSource;
  /** Frames to run before the clock starts; undefined for the default. */
  readonly warmUpFrames?: number;
  readonly batteryBytes: number;
  /** The part of the battery-backed memory that belongs to a connected device. */
  readonly storage?: DeviceStorage | undefined;
  /** Buttons per port. */
  readonly portBits: number;
  /** Size of each address space; 0 if there is none. */
  readonly spaceBytes: Readonly<Record<MemorySpace, number>>;
  /** Ports of devices other than controllers. */
  readonly devicePorts: readonly string[];
  /** Number of bytes that these devices report. */
  readonly deviceBytes: number;
  /**
   * Sets what the device in a port does, in words, within the bytes of all devices. Throws `InputError`
   * ("usage") for words that it does not know.
   */
  setDevice(devices: Uint8Array, port: string, words: string): void;
  /** Completes the description of how its thread ended. */
  explain(fault: MachineFault): Promise<MachineFault>;
  /** Frees what it needs besides its thread, which has ended. */
  close(): Promise<void>;
}

const NES_SPACE_BYTES = { cpu: 0x10000, ppu: 0x4000, oam: 0x100 } as const;
/** System RAM and video RAM of a core: bytes beyond their ends are 0. */
const CORE_SPACE_BYTES = { cpu: 0x100_0000, ppu: 0x100_0000, oam: 0 } as const;

/** True if a libretro core plays the game. */
export function isCoreGame(game: ServedGame): game is CoreGameFile {
  return "core" in game;
}

/** An NES game on emu's own machine. */
export function nesMachine(rom: LoadedRom, nes: NesOptions): HostedMachine {
  const { devices: setup, storage } = chooseHardware(rom.image, nes);
  return {
    game: { title: rom.fileName, mapper: headerMapper(rom.image.mapper), sha1: rom.image.sha1 },
    source: nesSource(rom.image, nes),
    batteryBytes: Nes.batteryBytes(rom.image, nes),
    storage,
    portBits: NES_PORT_BITS,
    spaceBytes: NES_SPACE_BYTES,
    devicePorts: DEVICE_PORTS,
    deviceBytes: DEVICE_DATA_BYTES,
    setDevice: (devices, port, words) => setDevice(devices, setup, port as DevicePort, words),
    explain: async (fault) => fault,
    close: async () => {},
  };
}

/** Starts the core of a game. Throws `InputError` as `startCoreGame` does. */
export async function coreMachine(
  file: CoreGameFile,
  log: Log,
  start: (file: CoreGameFile) => Promise<StartedCore> = (game) =>
    startCoreGame(game, { keepsFiles: false, log }),
): Promise<HostedMachine> {
  const core = await start(file);
  return {
    game: { title: file.fileName, core: file.core.id, sha1: file.sha1 },
    source: coreSource(core.client),
    warmUpFrames: 0,
    batteryBytes: core.client.facts.batteryBytes,
    portBits: CORE_BUTTONS_PER_PORT,
    spaceBytes: CORE_SPACE_BYTES,
    devicePorts: CORE_DEVICE_PORTS,
    deviceBytes: CORE_DEVICE_BYTES,
    setDevice: setCoreDevice,
    explain: (fault) => explainCore(core, fault),
    close: () => core.close(),
  };
}

/** Names the core and how it ended, if the core is at fault. */
async function explainCore({ client }: StartedCore, fault: MachineFault): Promise<MachineFault> {
  if (fault.input === undefined) return fault;
  const { message, stack, input } = fault;
  const error = await client.explain(errorFromReport({ message, stack, input }));
  return error instanceof InputError ? { ...fault, ...reportError(error) } : fault;
}
