import { InputError } from "../../emu/input-error.ts";
import { printable } from "../files/text.ts";
import type { CoreDevice } from "./environment.ts";
import {
  DEVICE_ANALOG,
  DEVICE_JOYPAD,
  DEVICE_LIGHTGUN,
  DEVICE_MOUSE,
  DEVICE_NONE,
  DEVICE_POINTER,
} from "./libretro.ts";

/** Devices by the names that all cores share. */
const COMMON_DEVICES: Readonly<Record<string, number>> = {
  none: DEVICE_NONE,
  joypad: DEVICE_JOYPAD,
  mouse: DEVICE_MOUSE,
  lightgun: DEVICE_LIGHTGUN,
  analog: DEVICE_ANALOG,
  pointer: DEVICE_POINTER,
};
/** The low byte of an id is the kind that the core reads; the rest distinguishes variants. */
const KIND_MASK = 0xff;
const POINTED_KINDS: readonly number[] = [DEVICE_MOUSE, DEVICE_LIGHTGUN, DEVICE_POINTER];

/**
 * The id of a device that a port is to have: by the name that the core gives it, or by the name of its kind.
 * Throws `InputError` ("usage") with all names if the core does not accept it there.
 */
export function deviceId(devices: readonly CoreDevice[], port: number, wanted: string): number {
  const here = devices.filter((device) => device.port === port);
  const name = wanted.toLowerCase();
  const named = here.find((device) => device.name.toLowerCase() === name);
  if (named !== undefined) return named.id;
  const kind = COMMON_DEVICES[name];
  const known = here.length === 0 ? kind : here.find(({ id }) => (id & KIND_MASK) === kind)?.id;
  if (kind !== undefined && known !== undefined) return known;
  const names = here.length === 0 ? Object.keys(COMMON_DEVICES) : here.map((device) => device.name);
  throw new InputError(
    "usage",
    `there is no ${printable(wanted)} for port ${port + 1}`,
    "--core-device",
    `one of: ${names.join(", ")}`,
  );
}

/** Returns true if the mouse operates a device of this kind. */
export function isPointed(id: number): boolean {
  return POINTED_KINDS.includes(id & KIND_MASK);
}
