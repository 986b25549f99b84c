/** The devices of emu's own movies, what they do, and what is done to the console. */
import { DEVICE_PORTS } from "../../emu/nes/input/device-controls.ts";
import {
  DEVICE_DATA_BYTES,
  type DeviceSetup,
  EXPANSION_DEVICES,
  PORT_DEVICES,
} from "../../emu/nes/input/devices.ts";
import { fromHex, toHex } from "../files/binary-text.ts";
import type { JsonText } from "../files/documents/parse-json.ts";
import type { DeviceWords } from "../input/device-words.ts";
import { type DeviceEntry, type DeviceScript, deviceScriptOf } from "./device-script.ts";
import { bad, integer, isObject, type Path } from "./json-values.ts";
import { MAX_MOVIE_FRAMES } from "./movie.ts";
import { MAX_COIN_SLOTS, type MovieEvent } from "./movie-events.ts";

const MAX_SETTING_CHARACTERS = 100;
const EVENT_FORMS =
  '[frame, "eject"], [frame, "insert", side], [frame, "coin", slot], [frame, "service"] or [frame, "dip", "lives=5"] was expected';

/** Reads the object with the connected devices. */
export function readDevices(json: JsonText, value: unknown): DeviceSetup | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value))
    throw bad(json, ["devices"], "an object with port1, port2, expansion or microphone was expected");
  const choices = {
    port1: PORT_DEVICES,
    port2: PORT_DEVICES,
    expansion: EXPANSION_DEVICES,
    microphone: [true, false],
  };
  for (const [key, device] of Object.entries(value)) {
    const known: readonly unknown[] | undefined = Object.hasOwn(choices, key)
      ? choices[key as "port1"]
      : undefined;
    if (known === undefined)
      throw bad(json, ["devices", key], `one of ${Object.keys(choices).join(", ")} was expected`);
    if (!known.includes(device)) throw bad(json, ["devices", key], `one of ${known.join(", ")} was expected`);
  }
  return value;
}

/**
 * Reads `[[frame, {"port2": "x=1 y=2 trigger"}], …]`, or hex bytes of all devices instead of words, in which
 * zero bytes at the end may be omitted. `setup` has the devices of the movie.
 */
export function readDeviceData(json: JsonText, value: unknown, setup: DeviceSetup): DeviceScript | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw bad(json, ["deviceData"], "[[frame, input], …] was expected");
  let before = -1;
  const entries = value.map((entry: unknown, index): DeviceEntry => {
    const [at, input] = Array.isArray(entry) && entry.length === 2 ? entry : [];
    if (isObject(input)) checkPorts(json, input, ["deviceData", index, 1]);
    const data = deviceInput(input);
    if (data === undefined) {
      const what = `a pair of a frame and {"port2": "…"} or up to ${DEVICE_DATA_BYTES} hex bytes was expected`;
      throw bad(json, ["deviceData", index], what);
    }
    const frame = integer(json, at, ["deviceData", index, 0], MAX_MOVIE_FRAMES);
    if (frame <= before)
      throw bad(json, ["deviceData", index, 0], `a frame after ${before} was expected: frames must ascend`);
    before = frame;
    return [frame, data];
  });
  return deviceScriptOf(entries, setup, (index) => json.place("deviceData", index, 1));
}

/** Names a key that is no port, which is the usual mistake. */
function checkPorts(json: JsonText, input: Record<string, unknown>, path: Path): void {
  const ports: readonly string[] = DEVICE_PORTS;
  const wrong = Object.keys(input).find((key) => !ports.includes(key));
  if (wrong !== undefined) throw bad(json, [...path, wrong], `one of ${ports.join(", ")} was expected`);
}

function deviceInput(input: unknown): DeviceWords | Uint8Array | undefined {
  if (typeof input === "string") {
    const isHex = /^([0-9a-f]{2})*$/.test(input) && input.length <= 2 * DEVICE_DATA_BYTES;
    return isHex ? fromHex(input) : undefined;
  }
  return isDeviceWords(input) ? input : undefined;
}

/** Returns true for an object of texts; `checkPorts` has checked its keys. */
function isDeviceWords(input: unknown): input is DeviceWords {
  if (!isObject(input)) return false;
  return Object.values(input).every((words) => typeof words === "string");
}

/** Reads an entry of "events". */
export function readEvent(json: JsonText, entry: unknown, path: Path): MovieEvent {
  const [at, kind, value] = Array.isArray(entry) ? entry : [];
  const frame = integer(json, at, [...path, 0], MAX_MOVIE_FRAMES);
  if (kind === "eject" || kind === "disk-toggle" || kind === "disk-select" || kind === "service")
    return { frame, kind };
  if (kind === "insert") return { frame, kind, side: integer(json, value, [...path, 2], 15) };
  if (kind === "coin") return { frame, kind, slot: integer(json, value, [...path, 2], MAX_COIN_SLOTS, 1) };
  if (kind === "dip" && typeof value === "string" && value.length <= MAX_SETTING_CHARACTERS)
    return { frame, kind, setting: value };
  throw bad(json, path, EVENT_FORMS);
}

/** An event as an entry of "events". */
export function eventEntry(event: MovieEvent): unknown[] {
  const { frame, kind } = event;
  if (kind === "insert") return [frame, kind, event.side];
  if (kind === "dip") return [frame, kind, event.setting];
  return kind === "coin" ? [frame, kind, event.slot] : [frame, kind];
}

/** A script as the value of "deviceData". */
export function deviceEntries(script: DeviceScript): [number, string][] {
  return Array.from({ length: script.length }, (_, index) => [
    script.frameOf(index),
    toHex(script.entry(index)).replace(/(00)+$/, ""),
  ]);
}
