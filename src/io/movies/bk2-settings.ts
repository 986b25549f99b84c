import type { DeviceSetup, PortDeviceName } from "../../emu/nes/input/devices.ts";
import { FCEUX_FILL, parseRamFill, type RamFill } from "../../emu/nes/ram-fill.ts";
import type { RegionName } from "../../emu/nes/region.ts";
import { fromBase64, toHex } from "../files/binary-text.ts";
import { printable } from "../files/text.ts";

/** BizHawk's names of port devices, and emu's. */
const PORTS: Readonly<Record<string, PortDeviceName>> = {
  ControllerNES: "standard",
  UnpluggedNES: "none",
  Zapper: "zapper",
  PowerPad: "power-pad",
  ArkanoidNES: "arkanoid",
};
const EXPANSIONS: Readonly<Record<string, NonNullable<DeviceSetup["expansion"]>>> = {
  UnpluggedFam: "none",
  Famicom4P: "pads",
  Zapper: "zapper",
  ArkanoidFam: "arkanoid",
  FamilyBasicKeyboard: "family-basic-keyboard",
  OekaKids: "oeka-kids-tablet",
};

/** The console settings in `SyncSettings.json` of a BK2 movie. */
export interface SyncSettings {
  readonly ramFill: RamFill;
  readonly region?: RegionName;
  /**
   * BizHawk counts controllers port by port. With the Four Score, its players 2 and 3 are controllers 3 and
   * 2.
   */
  readonly fourScore: boolean;
  readonly devices?: DeviceSetup;
  readonly warnings: readonly string[];
}

/**
 * Reads sync settings. Bad JSON and unknown names only give warnings, because `LogKey` decides what is
 * played. `isOwn` marks movies that emu wrote: earlier versions left the settings empty and recorded with
 * zeros in RAM.
 */
export function readSyncSettings(text: string | undefined, isOwn: boolean): SyncSettings {
  const warnings: string[] = [];
  let root: unknown;
  try {
    root = JSON.parse((text ?? "").trim() || "{}");
  } catch {
    warnings.push("SyncSettings.json is not JSON and was ignored");
  }
  const settings = object(object(root).o ?? root);
  const controls = object(settings.Controls);
  const fourScore = controls.NesLeftPort === "FourScore" || controls.NesRightPort === "FourScore";
  const region = regionOf(settings.RegionOverride);
  const devices = controls.Famicom === true ? famicom(controls, warnings) : nes(controls, warnings);
  const isEmpty = Object.keys(settings).length === 0;
  return {
    ramFill: isOwn && isEmpty ? "zero" : patternOf(settings.InitialWRamStatePattern, warnings),
    fourScore: fourScore && controls.Famicom !== true,
    ...(region === undefined ? {} : { region }),
    ...(devices === undefined ? {} : { devices }),
    warnings,
  };
}

/** BizHawk repeats the pattern over work RAM. Without a pattern it fills RAM as FCEUX does. */
function patternOf(value: unknown, warnings: string[]): RamFill {
  if (value === undefined || value === null) return FCEUX_FILL;
  let bytes: Uint8Array | undefined;
  try {
    if (typeof value === "string") bytes = fromBase64(value);
    else if (
      Array.isArray(value) &&
      value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)
    ) {
      bytes = Uint8Array.from(value);
    }
  } catch {
    // Reported below.
  }
  if (bytes?.length === 0) return FCEUX_FILL;
  if (bytes?.every((byte) => byte === 0) === true) return "zero";
  const fill = bytes === undefined ? undefined : parseRamFill(`pattern:${toHex(bytes.subarray(0, 0x800))}`);
  if (fill !== undefined) return fill;
  warnings.push("InitialWRamStatePattern in SyncSettings.json holds no bytes and was ignored");
  return FCEUX_FILL;
}

function regionOf(value: unknown): RegionName | undefined {
  const names: Readonly<Record<string, RegionName>> = {
    1: "ntsc",
    2: "pal",
    3: "dendy",
    NTSC: "ntsc",
    PAL: "pal",
    Dendy: "dendy",
  };
  return names[String(value)];
}

function nes(controls: Record<string, unknown>, warnings: string[]): DeviceSetup | undefined {
  const port = (key: string): PortDeviceName | undefined => {
    const name = controls[key];
    if (name === undefined || name === "FourScore") return undefined;
    const known = typeof name === "string" && Object.hasOwn(PORTS, name) ? PORTS[name] : undefined;
    if (known === undefined)
      warnings.push(`${key} in SyncSettings.json: ${printable(String(name), 40)} is not known`);
    return known;
  };
  const [port1, port2] = [port("NesLeftPort"), port("NesRightPort")];
  if (port1 === undefined && port2 === undefined) return undefined;
  return { ...(port1 === undefined ? {} : { port1 }), ...(port2 === undefined ? {} : { port2 }) };
}

function famicom(controls: Record<string, unknown>, warnings: string[]): DeviceSetup {
  const name = controls.FamicomExpPort ?? "UnpluggedFam";
  const expansion =
    typeof name === "string" && Object.hasOwn(EXPANSIONS, name) ? EXPANSIONS[name] : undefined;
  if (expansion === undefined) {
    warnings.push(`FamicomExpPort in SyncSettings.json: ${printable(String(name), 40)} is not known`);
  }
  return { microphone: true, ...(expansion === undefined ? {} : { expansion }) };
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** BizHawk's name of a port device; undefined if it has none. */
export function bizHawkPort(device: PortDeviceName): string | undefined {
  return Object.entries(PORTS).find(([, name]) => name === device)?.[0];
}

/** BizHawk's name of an expansion device; undefined if it has none. */
export function bizHawkExpansion(device: NonNullable<DeviceSetup["expansion"]>): string | undefined {
  return Object.entries(EXPANSIONS).find(([, name]) => name === device)?.[0];
}
