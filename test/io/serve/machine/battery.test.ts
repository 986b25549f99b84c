import { expect, spyOn, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmuClient } from "../../../../src/io/thread/emu-client.ts";
import { startServer } from "../../../support/serve.ts";

/** Swingby stores its highest score in battery-backed RAM of 8 KiB. */
const SAVE_BYTES = 8192;

test("a machine with a save starts once, with the save's contents", async () => {
  const folder = mkdtempSync(join(tmpdir(), "emu-battery-"));
  using start = spyOn(EmuClient, "start");
  try {
    const path = join(folder, "swingby.sav");
    writeFileSync(path, new Uint8Array(SAVE_BYTES).fill(0x5a));
    const save = { path, everyMs: 60_000, onTrouble: () => {}, onRecovered: () => {} };
    const server = await startServer({ machine: { save } });
    try {
      expect(start).toHaveBeenCalledTimes(1);
      expect(await server.host.peek("cpu", 0x6000 + SAVE_BYTES - 1, 1)).toEqual(Uint8Array.of(0x5a));
    } finally {
      await server.close();
    }
    expect(readFileSync(path)[SAVE_BYTES - 1]).toBe(0x5a);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
