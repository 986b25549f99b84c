#!/usr/bin/env bun
/**
 * Plays Swingby from what it keeps in RAM and writes the buttons to `swingby-input.json`; then writes
 * `golden.json`, the hashes of the pictures that both ROMs show, and the pictures themselves to a folder,
 * where somebody looks at them before the hashes are committed. Run it after a ROM changed. Needs ca65.
 *
 *   bun test/roms/record.ts PICTURES
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildRom, ROMS } from "../../roms/build.ts";
import { encodePng } from "../../src/io/capture/png.ts";
import { decodePalette } from "../../src/io/render/colors/palette.ts";
import { frameHash } from "../support/machines.ts";
import { BUTTON_A, BuiltInRom, MODE_OVER, MODE_PLAY, SWINGBY } from "./built-in.ts";
import { SWINGBY_FRAMES, showSwingby, showTestCard } from "./scenes.ts";

const START_FRAME = 150;
/** From this frame on the pilot steers badly, so that the game ends. */
const CARELESS_FROM_FRAME = 1500;
const ORBIT = 0;

function symbols(): Map<string, number> {
  const folder = mkdtempSync(join(tmpdir(), "emu-symbols-"));
  buildRom(ROMS.find((rom) => rom.name === "swingby")!, folder);
  const text = readFileSync(join(folder, "swingby.labels"), "utf8");
  rmSync(folder, { recursive: true });
  const entries = text.trim().split("\n");
  return new Map(
    entries.map((line) => [line.split(" ")[2].slice(1), Number.parseInt(line.split(" ")[1], 16)]),
  );
}

/**
 * Returns true if the comet, released now, would fly at the nearest planet above. `tolerance` is in 1/256
 * turns.
 */
function aimed(game: BuiltInRom, at: Map<string, number>, tolerance: number): boolean {
  const byte = (name: string, index = 0) => game.byte(at.get(name)! + index);
  const homeY = byte("planet_y", byte("home"));
  let target = -1;
  for (let i = 0; i < 6; i++) {
    const y = byte("planet_y", i);
    if (byte("planet_type", i) > 2 || byte("planet_y_high", i) !== 0 || y >= homeY || y < 34) continue;
    if (target < 0 || y > byte("planet_y", target)) target = i;
  }
  if (target < 0) return false;
  const dx = byte("planet_x", target) - byte("comet_x", 1);
  const dy = byte("planet_y", target) - byte("comet_y", 1);
  const flight = byte("angle", 1) + (byte("spin") === 0 ? 64 : 192);
  const off = (flight - (Math.atan2(dy, dx) * 128) / Math.PI) & 0xff;
  return Math.min(off, 256 - off) <= tolerance;
}

/** The buttons of a game that is played well, then badly, lost, and started again. */
function playSwingby(): [number, number][] {
  const at = symbols();
  const game = new BuiltInRom("swingby");
  const script: [number, number][] = [];
  let held = 0;
  let release = 0;
  for (let frame = 0; frame < SWINGBY_FRAMES; frame++) {
    const mode = game.byte(SWINGBY.mode);
    const free = frame > release + 6;
    const orbiting = mode === MODE_PLAY && game.byte(SWINGBY.comet) === ORBIT;
    const canLeap = orbiting && game.byte(at.get("emerging")!) === 0;
    const leap = canLeap && (frame < CARELESS_FROM_FRAME ? aimed(game, at, 7) : frame % 64 === 0);
    const again = mode === MODE_OVER && frame % 200 === 0;
    if (free && (frame === START_FRAME || leap || again)) release = frame + 4;
    const buttons = frame < release ? BUTTON_A : 0;
    if (buttons !== held) script.push([frame, buttons]);
    held = buttons;
    game.run(1, buttons);
  }
  return script;
}

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: bun test/roms/record.ts PICTURES");
mkdirSync(folder, { recursive: true });
const script = playSwingby();
writeFileSync(join(import.meta.dir, "swingby-input.json"), `${JSON.stringify(script)}\n`);
const golden: Record<string, string> = {};
const palette = decodePalette();
const record = (name: string, pixels: Uint16Array) => {
  golden[name] = frameHash(pixels);
  writeFileSync(join(folder, `${name}.png`), encodePng(pixels, { width: 256, height: 240 }, palette));
};
showSwingby(script, record);
showTestCard(record);
writeFileSync(join(import.meta.dir, "golden.json"), `${JSON.stringify(golden, null, 2)}\n`);
