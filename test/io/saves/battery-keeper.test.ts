import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DeviceStorage } from "../../../src/emu/nes/input/devices.ts";
import { SaveFile } from "../../../src/io/files/save-file.ts";
import { BatteryKeeper } from "../../../src/io/saves/battery-keeper.ts";
import type { EmuClient } from "../../../src/io/thread/emu-client.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const CARTRIDGE_BYTES = 2;
const DEVICE: DeviceStorage = { device: "battle-box", bytes: 4 };

/** A machine that only has a battery. */
function machineWith(bytes: Uint8Array): EmuClient {
  return { battery: () => ({ bytes, version: 1 }), isRunning: false } as unknown as EmuClient;
}

test("a save that is rescued to another file can be loaded, with what other devices have stored", async () => {
  const folder = temporaryFolder("rescue");
  const path = join(folder, "game.sav");
  const tape: DeviceStorage = { device: "data-recorder", bytes: 3 };
  await new SaveFile(path, CARTRIDGE_BYTES + tape.bytes, tape).store(new Uint8Array([0, 0, 7, 8, 9]));
  const save = new SaveFile(path, CARTRIDGE_BYTES + DEVICE.bytes, DEVICE);
  await save.load();
  // The file cannot be replaced: a folder has its name.
  const blocked = join(folder, "blocked.sav");
  mkdirSync(join(blocked, "full"), { recursive: true });
  Object.defineProperty(save, "path", { value: blocked });
  const memory = new Uint8Array([1, 2, 3, 4, 5, 6]);
  const keeper = new BatteryKeeper(save, undefined);
  keeper.start(machineWith(memory), 1_000_000, { onTrouble() {}, onRecovered() {} });
  const { remedy } = await inputErrorFrom(keeper.close());
  const other = remedy.replace("the save is in ", "");
  expect(readFileSync(other).length).toBeGreaterThan(memory.length);
  expect(await new SaveFile(other, memory.length, DEVICE).load()).toEqual(memory);
  expect(await new SaveFile(other, CARTRIDGE_BYTES + tape.bytes, tape).load()).toEqual(
    new Uint8Array([1, 2, 7, 8, 9]),
  );
  rmSync(other);
});
