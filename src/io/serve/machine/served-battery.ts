import { SaveFile } from "../../files/save-file.ts";
import { BatteryKeeper, type SaveListener } from "../../saves/battery-keeper.ts";
import { SaveLock } from "../../saves/save-lock.ts";
import type { Log } from "../../shared/log.ts";
import type { HostedMachine } from "./hosted-machine.ts";

/** Where and how battery RAM is saved. */
export interface SaveOptions extends SaveListener {
  readonly path: string;
  readonly everyMs: number;
  /** Take over the save from another emu that uses it. */
  readonly takeOver?: boolean;
}

/**
 * Locks and reads a save; does nothing for a cartridge without battery-backed memory. Throws like
 * `SaveLock.take` and `load`.
 */
export async function openBattery(
  { batteryBytes: bytes, storage }: HostedMachine,
  save: SaveOptions | undefined,
  log: Log,
): Promise<{ readonly battery?: BatteryKeeper; readonly kept?: Uint8Array | undefined }> {
  if (save === undefined || bytes === 0) return {};
  const file = new SaveFile(save.path, bytes, storage);
  const battery = new BatteryKeeper(file, await SaveLock.take(save.path, save.takeOver), log);
  try {
    return { battery, kept: await file.load() };
  } catch (error) {
    battery.abandon();
    throw error;
  }
}
