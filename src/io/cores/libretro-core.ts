import { ptr } from "bun:ffi";
import { InputError } from "../../emu/input-error.ts";
import { type LibretroSymbols, openCoreLibrary } from "../ffi/libretro.ts";
import { RetroCallbacks } from "../ffi/retro-callbacks.ts";
import { deviceId } from "./core-devices.ts";
import { fitsFrame } from "./core-memory.ts";
import type { CoreOptionValue } from "./core-options.ts";
import { type CoreAvInfo, type CoreDevice, Environment, readAvInfo } from "./environment.ts";
import {
  type CoreLogLevel,
  DEVICE_JOYPAD,
  DEVICE_NONE,
  MEMORY_RTC,
  MEMORY_SAVE_RAM,
  RETRO_API_VERSION,
} from "./libretro.ts";
import { bytesAt, NativeStruct, NativeTexts, readText, viewAt } from "./native-memory.ts";
import { bytesPerPixel, CorePixelConverter } from "./pixels.ts";

/** The description that a core gives before it has a game. */
export interface CoreIdentity {
  readonly name: string;
  readonly version: string;
  /** Without dots, lower case. */
  readonly extensions: readonly string[];
  /** True if the core opens the game's file itself. */
  readonly needsFullPath: boolean;
}

/** The description of a core with a game. */
export interface CoreFacts extends CoreIdentity {
  readonly avInfo: CoreAvInfo;
  /** 0 if the core has no states. */
  readonly stateBytes: number;
  readonly batteryBytes: number;
  readonly options: readonly CoreOptionValue[];
  readonly devices: readonly CoreDevice[];
  /** Ids of the devices in the first ports. */
  readonly plugged: readonly number[];
  readonly subsystems: readonly string[];
  readonly diskCount: number;
}

export interface CoreGame {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface CoreSetup {
  readonly corePath: string;
  readonly systemFolder: string;
  readonly saveFolder: string;
  readonly options: Readonly<Record<string, string>>;
  /** Names of devices by port, for ports that do not have a joypad: see `deviceId`. */
  readonly devices: Readonly<Record<number, string>>;
  /** Names from a file of the player's: those that the core does not have are logged and ignored. */
  readonly keptDevices: Readonly<Record<number, string>>;
  readonly log: (level: CoreLogLevel, message: string) => void;
}

const SYSTEM_INFO_BYTES = 40;
const AV_INFO_BYTES = 40;
const GAME_INFO_BYTES = 32;
const PORTS = 8;
/** Frame rates outside this range are an error of the core. */
const FRAME_RATES_HZ = [1, 1000] as const;
const SAMPLE_RATES_HZ = [1000, 1_000_000] as const;

/** A libretro core in this process: https://docs.libretro.com/development/libretro-overview/ */
export class LibretroCore {
  readonly identity: CoreIdentity;
  readonly environment: Environment;
  readonly callbacks = new RetroCallbacks();
  readonly #symbols: LibretroSymbols;
  readonly #setup: CoreSetup;
  readonly #converter = new CorePixelConverter();
  readonly #texts = new NativeTexts();
  #avInfo: CoreAvInfo | undefined;
  /** Kept, because some cores continue to read the game after it is loaded. */
  game: Uint8Array | undefined;
  #stateBytes = 0;
  /** Device ids by port. */
  readonly #plugged: (number | undefined)[] = [DEVICE_JOYPAD, DEVICE_JOYPAD];

  /**
   * Loads the library and initializes the core. Throws `InputError` ("data") if it is not a core, or has
   * another version of the API.
   */
  constructor(setup: CoreSetup) {
    this.#setup = setup;
    const symbols = openCoreLibrary(setup.corePath);
    this.#symbols = symbols;
    const version = symbols.retro_api_version();
    if (version !== RETRO_API_VERSION) {
      const what = `has version ${version} of the libretro API, emu has ${RETRO_API_VERSION}`;
      throw new InputError("data", what, setup.corePath);
    }
    this.environment = new Environment(setup);
    this.identity = readIdentity(symbols);
    const { addresses } = this.callbacks;
    symbols.retro_set_environment(this.environment.callback.ptr);
    symbols.retro_set_video_refresh(addresses.videoRefresh);
    symbols.retro_set_audio_sample(addresses.audioSample);
    symbols.retro_set_audio_sample_batch(addresses.audioBatch);
    symbols.retro_set_input_poll(addresses.inputPoll);
    symbols.retro_set_input_state(addresses.inputState);
    symbols.retro_init();
  }

  /** Loads a game. Throws `InputError`: "data" if the core rejects it, "unavailable" if it needs a GPU. */
  load(game: CoreGame): CoreFacts {
    const symbols = this.#symbols;
    const info = new NativeStruct(GAME_INFO_BYTES);
    info.setPointer(0, this.#texts.addressOf(game.path));
    if (!this.identity.needsFullPath) {
      const memory = new Uint8Array(new SharedArrayBuffer(Math.max(1, game.bytes.length)));
      memory.set(game.bytes);
      this.game = memory;
      info.setPointer(8, addressOf(memory));
      info.view.setBigUint64(16, BigInt(game.bytes.length), true);
    }
    if (!symbols.retro_load_game(info.address)) throw this.#refusal();
    const av = new NativeStruct(AV_INFO_BYTES);
    symbols.retro_get_system_av_info(av.address);
    const { environment } = this;
    this.#avInfo = checkAvInfo(
      { ...readAvInfo(Number(av.address)), rotation: environment.rotation },
      this.#setup.corePath,
    );
    environment.changedAvInfo = undefined;
    this.#plugAll();
    this.callbacks.bytesPerPixel = bytesPerPixel(environment.format)!;
    this.#stateBytes = Number(symbols.retro_serialize_size());
    return this.facts;
  }

  /** The first two ports have a joypad; others keep what the core has put there. */
  #plugAll(): void {
    const { devices, keptDevices, log } = this.#setup;
    for (const [port, name] of Object.entries(keptDevices)) {
      try {
        this.#plugged[Number(port)] = deviceId(this.environment.devices, Number(port), name);
      } catch (error) {
        log("warn", `${name} in port ${Number(port) + 1} is ignored: ${String(error)}`);
      }
    }
    for (const [port, name] of Object.entries(devices))
      this.#plugged[Number(port)] = deviceId(this.environment.devices, Number(port), name);
    for (const [port, id] of this.#plugged.entries())
      if (id !== undefined) this.#symbols.retro_set_controller_port_device(port, id);
  }

  /**
   * Plugs a device into a port during the game. Throws `InputError` ("usage") for ports that do not exist.
   */
  plug(port: number, id: number): void {
    if (port < 0 || port >= PORTS) throw new InputError("usage", `there is no port ${port + 1}`);
    this.#plugged[port] = id;
    this.#symbols.retro_set_controller_port_device(port, id);
  }

  get facts(): CoreFacts {
    const { environment } = this;
    return {
      ...this.identity,
      avInfo: this.avInfo,
      stateBytes: this.#stateBytes,
      batteryBytes: this.batteryBytes,
      options: environment.options.list.map((option) => ({
        ...option,
        value: environment.options.valueOf(option.key) ?? option.defaultValue,
      })),
      plugged: [...this.#plugged].map((id) => id ?? DEVICE_NONE),
      devices: environment.devices,
      subsystems: environment.subsystems,
      diskCount: environment.disk?.count() ?? 0,
    };
  }

  get avInfo(): CoreAvInfo {
    return this.#avInfo!;
  }

  /** Applies rates and sizes that the core has changed. Returns true if there were any. */
  takeChanges(): boolean {
    const { changedAvInfo } = this.environment;
    if (changedAvInfo === undefined) return false;
    this.environment.changedAvInfo = undefined;
    const changed = { ...this.avInfo, ...changedAvInfo };
    const isNew = (Object.keys(changed) as (keyof CoreAvInfo)[]).some(
      (key) => changed[key] !== this.avInfo[key],
    );
    this.#avInfo = checkAvInfo(changed, this.#setup.corePath);
    return isNew;
  }

  /**
   * Runs a frame. Returns false if it repeats the last picture. Throws `InputError` ("unavailable") for
   * pictures drawn by a GPU.
   */
  runFrame(): boolean {
    this.callbacks.beginFrame();
    this.callbacks.bytesPerPixel = bytesPerPixel(this.environment.format)!;
    this.#symbols.retro_run();
    const { kind, width, height } = this.callbacks.picture;
    if (kind === "hardware") throw this.#needsHardware();
    if (kind === "too-large" || !fitsFrame(Math.max(1, width), Math.max(1, height))) {
      const what = `shows a picture of ${width} × ${height}, which is too large`;
      throw new InputError("data", what, this.#setup.corePath);
    }
    return kind === "picture";
  }

  /** Size of the last picture, upright; 0 × 0 before the first. */
  get pictureSize(): { readonly width: number; readonly height: number } {
    const { width, height } = this.callbacks.picture;
    return this.environment.rotation % 2 === 1 ? { width: height, height: width } : { width, height };
  }

  /** Writes the last picture into `out`: see `CorePixelConverter`. */
  drawInto(out: Uint32Array): void {
    const { width, height, pitchBytes } = this.callbacks.picture;
    const { format, rotation } = this.environment;
    this.#converter.convert(
      { bytes: this.callbacks.pixels, format, width, height, pitchBytes, rotation },
      out,
    );
  }

  /** Saves a state of at most `into.length` bytes. Returns its length; 0 if the core does not save one. */
  save(into: Uint8Array): number {
    const bytes = Number(this.#symbols.retro_serialize_size());
    if (bytes === 0 || bytes > into.length) return 0;
    return this.#symbols.retro_serialize(into, bytes) ? bytes : 0;
  }

  /** Loads a state. Returns false if the core rejects it. */
  restore(from: Uint8Array): boolean {
    return this.#symbols.retro_unserialize(from, from.length);
  }

  reset(): void {
    this.#symbols.retro_reset();
  }

  /** Battery-backed memory: save RAM, then the clock chip. Cores may move or resize it. */
  get batteryBytes(): number {
    return this.memory(MEMORY_SAVE_RAM).length + this.memory(MEMORY_RTC).length;
  }

  /** A view of the core's memory; empty if it has none of this kind. */
  memory(kind: number): Uint8Array {
    const bytes = Number(this.#symbols.retro_get_memory_size(kind));
    const address = bytes === 0 ? 0 : Number(this.#symbols.retro_get_memory_data(kind) ?? 0);
    return address === 0 ? NO_BYTES : bytesAt(address, bytes);
  }

  /** Ends the game and the core. */
  close(): void {
    this.#symbols.retro_unload_game();
    this.#symbols.retro_deinit();
    this.game = undefined;
  }

  #refusal(): InputError {
    if (this.environment.wantsHardware) return this.#needsHardware();
    const { lastError, subsystems } = this.environment;
    const reason = lastError === "" ? "" : `: ${lastError}`;
    const remedy = subsystems.length > 0 ? `subsystems are not supported: ${subsystems.join(", ")}` : "";
    return new InputError("data", `${this.identity.name} refuses the game${reason}`, "", remedy);
  }

  #needsHardware(): InputError {
    const what = `${this.identity.name} draws with a graphics processor, which emu does not have`;
    return new InputError("unavailable", what, this.#setup.corePath, "choose a core that draws in software");
  }
}

const NO_BYTES = new Uint8Array(0);

function addressOf(memory: Uint8Array): number {
  return Number(ptr(memory));
}

function readIdentity(symbols: LibretroSymbols): CoreIdentity {
  const info = new NativeStruct(SYSTEM_INFO_BYTES);
  symbols.retro_get_system_info(info.address);
  const at = Number(info.address);
  const extensions = readText(at, 16).toLowerCase().split("|");
  return {
    name: readText(at, 0),
    version: readText(at, 8),
    extensions: extensions.filter((extension) => extension !== ""),
    needsFullPath: viewAt(at, SYSTEM_INFO_BYTES).getUint8(24) !== 0,
  };
}

function checkAvInfo(info: CoreAvInfo, corePath: string): CoreAvInfo {
  const [least, most] = FRAME_RATES_HZ;
  const [slowest, fastest] = SAMPLE_RATES_HZ;
  const { frameRateHz, sampleRateHz } = info;
  if (!(frameRateHz >= least && frameRateHz <= most))
    throw new InputError("data", `reports ${frameRateHz} frames per second`, corePath);
  // A core without sound may report 0.
  const hasRate = sampleRateHz >= slowest && sampleRateHz <= fastest;
  return { ...info, sampleRateHz: hasRate ? sampleRateHz : 48_000 };
}
