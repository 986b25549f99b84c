import { expect, test } from "bun:test";
import { join } from "node:path";
import { load, loadMovie } from "../../../src/io/library/index.ts";
import { soakSize } from "../../support/soak.ts";

const FIXTURES = join(import.meta.dir, "../../fixtures/movies");
const SWINGBY = join(import.meta.dir, "../../../roms/swingby.nes");
/** Swingby stores its mode, lag, comet, score, comets, streak and planets here, for tests. */
const STATUS = 0x300;
const STATUS_BYTES = 17;

/**
 * FCEUX 2.6.5 (new PPU) recorded this movie, driven by a Lua script (joypad.set, movie.record) that stored
 * the game's status every 50 frames (emu.framecount).
 */
test("a movie recorded by FCEUX plays the same game here", async () => {
  const movie = await loadMovie(join(FIXTURES, "fceux-swingby.fm2"));
  expect(movie).toMatchObject({ format: "fm2", frames: 898, region: "ntsc", fourScore: false });
  const statuses: Record<string, string> = await Bun.file(join(FIXTURES, "fceux-swingby.json")).json();
  const nes = await load(SWINGBY);
  expect(movie.rom.md5).toBe(
    new Bun.CryptoHasher("md5").update(nes.rom.image.prgRom).update(nes.rom.image.chrRom).digest("hex"),
  );
  nes.play(movie);
  const seen: string[] = [];
  for (const [frames, status] of Object.entries(statuses)) {
    if (Number(frames) > soakSize(500, 900)) break;
    nes.frames(Number(frames) - nes.frame);
    expect(Buffer.from(nes.bytes(STATUS, STATUS_BYTES)).toString("hex")).toBe(status);
    seen.push(status);
  }
  expect(new Set(seen).size).toBeGreaterThan(5);
});
