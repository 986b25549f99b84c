import { JSCallback } from "bun:ffi";
import { textAt } from "../ffi/libretro.ts";
import { CoreOptions } from "./core-options.ts";
import { type DiskFunctions, readDiskFunctions } from "./disk-control.ts";
import {
  AUDIO_VIDEO_WANTED,
  CORE_LOG_LEVELS,
  type CoreLogLevel,
  type CorePixelFormat,
  DEVICE_ANALOG,
  DEVICE_JOYPAD,
  DEVICE_LIGHTGUN,
  DEVICE_MOUSE,
  DEVICE_POINTER,
  ENV,
  EXPERIMENTAL,
  FORMAT_0RGB1555,
} from "./libretro.ts";
import {
  NativeTexts,
  readF32,
  readF64,
  readI32,
  readPointer,
  readText,
  readU32,
  viewAt,
} from "./native-memory.ts";
import { bytesPerPixel } from "./pixels.ts";
import { formatPrintf } from "./printf.ts";

/** Sizes and rates that a core reports. */
export interface CoreAvInfo {
  readonly width: number;
  readonly height: number;
  readonly maxWidth: number;
  readonly maxHeight: number;
  /** Width of the whole picture over its height, as it is shown; 0 or less for square pixels. */
  readonly aspect: number;
  readonly frameRateHz: number;
  readonly sampleRateHz: number;
  /** Quarter turns counterclockwise by which the picture is shown. Width and height are those before it. */
  readonly rotation: number;
}

/** A device that a core accepts in a port. */
export interface CoreDevice {
  readonly port: number;
  readonly id: number;
  readonly name: string;
}

export interface EnvironmentOptions {
  readonly corePath: string;
  readonly systemFolder: string;
  readonly saveFolder: string;
  readonly options: Readonly<Record<string, string>>;
  readonly log: (level: CoreLogLevel, message: string) => void;
}

const MAX_LISTED = 64;
const MAX_PORTS = 8;
const SUBSYSTEM_BYTES = 32;
const DEVICE_TYPE_BYTES = 16;
/** GET_INPUT_DEVICE_CAPABILITIES: one bit per device. */
const CAPABILITIES = [DEVICE_JOYPAD, DEVICE_MOUSE, DEVICE_LIGHTGUN, DEVICE_ANALOG, DEVICE_POINTER].reduce(
  (bits, device) => bits | (1n << BigInt(device)),
  0n,
);

/** Questions that always get the same answer: `bool` or `unsigned`. */
const FACTS: ReadonlyMap<number, boolean | number> = new Map<number, boolean | number>([
  [ENV.GET_OVERSCAN, true],
  [ENV.GET_CAN_DUPE, true],
  [ENV.GET_FASTFORWARDING, false],
  [ENV.GET_LANGUAGE, 0],
  [ENV.GET_MESSAGE_INTERFACE_VERSION, 0],
  [ENV.GET_DISK_CONTROL_INTERFACE_VERSION, 1],
  [ENV.GET_CORE_OPTIONS_VERSION, 2],
  [ENV.GET_INPUT_MAX_USERS, MAX_PORTS],
  [ENV.GET_AUDIO_VIDEO_ENABLE, AUDIO_VIDEO_WANTED],
]);
/** Calls that succeed although emu does nothing with what they say. */
const UNUSED: ReadonlySet<number> = new Set([
  ENV.SET_PERFORMANCE_LEVEL,
  ENV.SET_INPUT_DESCRIPTORS,
  ENV.SET_SUPPORT_NO_GAME,
  ENV.SET_SERIALIZATION_QUIRKS,
  ENV.SET_CORE_OPTIONS_DISPLAY,
  ENV.GET_INPUT_BITMASKS,
]);

/**
 * Answers a core's environment calls. Calls for features that emu lacks return `false`, as the API requires;
 * cores then run without them.
 */
export class Environment {
  readonly options: CoreOptions;
  /** Quarter turns counterclockwise, of the next picture. */
  rotation = 0;
  format: CorePixelFormat = FORMAT_0RGB1555;
  /**
   * Values that SET_SYSTEM_AV_INFO or SET_GEOMETRY has changed since this was cleared; undefined if there are
   * none.
   */
  changedAvInfo: Partial<CoreAvInfo> | undefined;
  disk: DiskFunctions | undefined;
  devices: readonly CoreDevice[] = [];
  /** Names of the subsystems that the core offers: combinations of several contents. */
  subsystems: readonly string[] = [];
  /** True if the core has asked for a graphics context, which it does not get. */
  wantsHardware = false;
  wantsShutdown = false;
  /** The last error that the core has logged. */
  lastError = "";
  readonly callback: JSCallback;
  readonly #texts = new NativeTexts();
  readonly #from: EnvironmentOptions;
  readonly #logCallback: JSCallback | undefined;

  constructor(from: EnvironmentOptions) {
    this.#from = from;
    this.options = new CoreOptions(from.options);
    this.#logCallback = hasVariadicCallbacks() ? this.#makeLogCallback() : undefined;
    this.callback = new JSCallback(
      (command: number, data: number | null): boolean => {
        try {
          return this.#answer(command & ~EXPERIMENTAL, Number(data ?? 0));
        } catch (error) {
          // An exception must not unwind through the core's own code.
          from.log("error", `environment call ${command}: ${String(error)}`);
          return false;
        }
      },
      { args: ["u32", "ptr"], returns: "bool" },
    );
  }

  #answer(command: number, data: number): boolean {
    switch (command) {
      case ENV.SET_ROTATION:
        this.rotation = readU32(data) & 3;
        this.changedAvInfo = { ...this.changedAvInfo, rotation: this.rotation };
        return true;
      case ENV.SET_MESSAGE:
      case ENV.SET_MESSAGE_EXT:
        this.#from.log("info", readText(data));
        return true;
      case ENV.SHUTDOWN:
        this.wantsShutdown = true;
        return true;
      case ENV.SET_PIXEL_FORMAT:
        return this.#setFormat(readI32(data));
      case ENV.SET_HW_RENDER:
        this.wantsHardware = true;
        return false;
      case ENV.SET_DISK_CONTROL_INTERFACE:
      case ENV.SET_DISK_CONTROL_EXT_INTERFACE:
        this.disk = data === 0 ? undefined : readDiskFunctions(data);
        return true;
      case ENV.SET_SYSTEM_AV_INFO:
        this.changedAvInfo = { ...this.changedAvInfo, ...readAvInfo(data) };
        return true;
      case ENV.SET_GEOMETRY:
        this.changedAvInfo = { ...this.changedAvInfo, ...readGeometry(data) };
        return true;
      case ENV.SET_SUBSYSTEM_INFO:
        this.subsystems = readSubsystems(data);
        return false;
      case ENV.SET_CONTROLLER_INFO:
        this.devices = readDevices(data);
        return true;
      case ENV.GET_INPUT_DEVICE_CAPABILITIES:
        viewAt(data, 8).setBigUint64(0, CAPABILITIES, true);
        return true;
      case ENV.GET_LOG_INTERFACE:
        if (this.#logCallback === undefined) return false;
        viewAt(data, 8).setBigUint64(0, BigInt(Number(this.#logCallback.ptr)), true);
        return true;
      default:
        return this.#answerFact(command, data) || this.#answerOption(command, data);
    }
  }

  /** Answers questions whose answer does not change. */
  #answerFact(command: number, data: number): boolean {
    const fact = FACTS.get(command);
    if (typeof fact === "boolean") return this.#giveBool(data, fact);
    if (fact !== undefined) return this.#giveNumber(data, fact);
    switch (command) {
      case ENV.GET_SYSTEM_DIRECTORY:
      case ENV.GET_CORE_ASSETS_DIRECTORY:
        return this.#giveText(data, this.#from.systemFolder);
      case ENV.GET_SAVE_DIRECTORY:
        return this.#giveText(data, this.#from.saveFolder);
      case ENV.GET_LIBRETRO_PATH:
        return this.#giveText(data, this.#from.corePath);
      default:
        return UNUSED.has(command);
    }
  }

  #answerOption(command: number, data: number): boolean {
    const { options } = this;
    switch (command) {
      case ENV.GET_VARIABLE: {
        const address = options.addressOf(readText(data));
        viewAt(data + 8, 8).setBigUint64(0, BigInt(address), true);
        return address !== 0;
      }
      case ENV.GET_VARIABLE_UPDATE: {
        const { hasChanged } = options;
        options.hasChanged = false;
        return this.#giveBool(data, hasChanged);
      }
      case ENV.SET_VARIABLE:
        return data === 0 || options.set(readText(data), readText(data, 8));
      case ENV.SET_VARIABLES:
      case ENV.SET_CORE_OPTIONS:
      case ENV.SET_CORE_OPTIONS_INTL:
      case ENV.SET_CORE_OPTIONS_V2:
      case ENV.SET_CORE_OPTIONS_V2_INTL:
        options.declare(command, data);
        return true;
      default:
        return false;
    }
  }

  #setFormat(format: number): boolean {
    if (bytesPerPixel(format) === undefined) return false;
    this.format = format as CorePixelFormat;
    return true;
  }

  #giveBool(data: number, value: boolean): boolean {
    if (data !== 0) viewAt(data, 1).setUint8(0, value ? 1 : 0);
    return true;
  }

  #giveNumber(data: number, value: number): boolean {
    if (data !== 0) viewAt(data, 4).setUint32(0, value, true);
    return true;
  }

  #giveText(data: number, text: string): boolean {
    viewAt(data, 8).setBigUint64(0, BigInt(this.#texts.addressOf(text)), true);
    return true;
  }

  /**
   * `void log(level, format, …)`. The first arguments after the format are in registers, with separate ones
   * for integers and doubles; further integers follow on the stack.
   */
  #makeLogCallback(): JSCallback {
    const registers = process.arch === "arm64" ? 6 : 4;
    return new JSCallback(
      (level: number, format: number, ...rest: (bigint | number)[]) => {
        try {
          this.#log(level, format, rest, registers);
        } catch (error) {
          this.#from.log("error", `log call: ${String(error)}`);
        }
      },
      {
        args: [
          "i32",
          "ptr",
          ...new Array<"i64">(registers).fill("i64"),
          ...new Array<"f64">(DOUBLE_REGISTERS).fill("f64"),
          ...new Array<"i64">(STACK_ARGUMENTS).fill("i64"),
        ],
        returns: "void",
      },
    );
  }

  #log(level: number, format: number, rest: readonly (bigint | number)[], registers: number): void {
    const doubles = rest.slice(registers, registers + DOUBLE_REGISTERS).map(Number);
    const integers = [...rest.slice(0, registers), ...rest.slice(registers + DOUBLE_REGISTERS)].map(BigInt);
    const message = formatPrintf(textAt(format), { integers, doubles }).trimEnd();
    if (message === "") return;
    const name = CORE_LOG_LEVELS[level] ?? "info";
    if (name === "error") this.lastError = message;
    this.#from.log(name, message);
  }
}

const DOUBLE_REGISTERS = 8;
const STACK_ARGUMENTS = 6;

/**
 * Apple's ARM convention passes variadic arguments differently; without this callback, cores log to standard
 * error.
 */
function hasVariadicCallbacks(): boolean {
  return process.platform === "linux" || (process.platform === "darwin" && process.arch === "x64");
}

/** `retro_system_av_info`: the geometry, then frames and samples per second as doubles. */
export function readAvInfo(data: number): Omit<CoreAvInfo, "rotation"> {
  return { ...readGeometry(data), frameRateHz: readF64(data, 24), sampleRateHz: readF64(data, 32) };
}

function readGeometry(data: number): Omit<CoreAvInfo, "frameRateHz" | "sampleRateHz" | "rotation"> {
  const [width, height, maxWidth, maxHeight] = [0, 4, 8, 12].map((offset) => readU32(data, offset));
  return {
    width: width!,
    height: height!,
    maxWidth: Math.max(width!, maxWidth!),
    maxHeight: Math.max(height!, maxHeight!),
    aspect: readF32(data, 16),
  };
}

/** `retro_subsystem_info`: description, identifier, roms, their number, id. */
function readSubsystems(data: number): string[] {
  const names: string[] = [];
  for (let at = data; names.length < MAX_LISTED && readPointer(at) !== 0; at += SUBSYSTEM_BYTES)
    names.push(readText(at));
  return names;
}

/** An array of `retro_controller_info` (types, number), one per port, until a null pointer. */
function readDevices(data: number): CoreDevice[] {
  const devices: CoreDevice[] = [];
  for (let port = 0; port < MAX_PORTS; port++) {
    const types = readPointer(data, 16 * port);
    if (types === 0) break;
    const count = Math.min(MAX_LISTED, readU32(data, 16 * port + 8));
    for (let at = 0; at < count; at++) {
      const type = types + DEVICE_TYPE_BYTES * at;
      if (readPointer(type) !== 0) devices.push({ port, id: readU32(type, 8), name: readText(type) });
    }
  }
  return devices;
}
