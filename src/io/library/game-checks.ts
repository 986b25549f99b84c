import { InputError } from "../../emu/input-error.ts";
import type { CoinSlots, DiskDrive, ResetKind } from "../../emu/machine.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { devicesOfMovie, type Movie } from "../movies/movie.ts";

/** The coin slots of a game. Throws `InputError` ("usage") if it has none, or no such slot, from 1. */
export function coinsOf({ coins }: Nes, slot = 1): CoinSlots {
  if (coins === undefined) throw new InputError("usage", "this game has no coin slots");
  if (Number.isInteger(slot) && slot >= 1 && slot <= coins.slotCount) return coins;
  throw new InputError("usage", `there is no coin slot ${slot}`, "", `1 to ${coins.slotCount}`);
}

/** Throws `InputError` ("usage") after the first frame. `method` is the one that was called too late. */
export function checkPowerOn({ frame }: Nes, method: string): void {
  if (frame === 0) return;
  throw new InputError("usage", `a movie starts at power-on: call ${method} before the first frame`);
}

/** The disk drive of a game. Throws `InputError` ("usage") if it has none, or no such side, from 1. */
export function diskOf({ disk }: Nes, side = 1): DiskDrive {
  if (disk === undefined) throw new InputError("usage", "this game has no disk");
  if (Number.isInteger(side) && side >= 1 && side <= disk.sideCount) return disk;
  throw new InputError("usage", `the disk has ${disk.sideCount} sides, there is no side ${side}`);
}

/** Throws `InputError` ("usage") if the movie was made with other devices than the connected ones. */
export function checkDevices(movie: Movie, plugged: DeviceSetup): void {
  const wanted = devicesOfMovie(movie);
  if (wanted === undefined) return;
  const differs = (["port1", "port2"] as const).some(
    (port) => (wanted[port] ?? "standard") !== (plugged[port] ?? "standard"),
  );
  const isSame =
    !differs &&
    (wanted.expansion ?? "none") === (plugged.expansion ?? "none") &&
    (wanted.fourScore === true) === (plugged.fourScore === true) &&
    (wanted.microphone === true) === (plugged.microphone === true);
  if (isSame) return;
  const remedy = `load(rom, { devices: ${JSON.stringify(wanted)} })`;
  throw new InputError("usage", "the movie was made with other devices than the connected ones", "", remedy);
}

/** The source of a condition without the arrow, for failures. */
export function sourceOf(condition: () => unknown): string {
  return condition
    .toString()
    .replace(/^\(\)\s*=>\s*/, "")
    .replace(/\s+/g, " ")
    .slice(0, 200);
}

/**
 * Returns `count`. A test that runs NaN frames would check nothing new and could pass. Throws `InputError`
 * ("usage") unless it is a whole number from 0.
 */
export function countOf(count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new InputError("usage", `${String(count).slice(0, 40)} is not a number of frames`, "", "0, 1, 2, …");
}

/** Returns `value`, which is for `what`. Throws `InputError` ("usage") unless it fits in a byte. */
export function byteOf(value: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0xff) return value;
  throw new InputError("usage", `${what}: ${String(value).slice(0, 40)} is not a byte`, "", "0 to 255");
}

/** Throws `InputError` ("usage") if there is no such reset. */
export function checkReset(kind: ResetKind): void {
  if (kind === "reset" || kind === "power") return;
  throw new InputError("usage", `there is no reset ${String(kind).slice(0, 40)}`, "", "reset or power");
}
