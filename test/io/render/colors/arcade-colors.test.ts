/** Pictures of an arcade game have the colours of its PPU, wherever they are made. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grade } from "../../../../src/io/conform/grade.ts";
import { load } from "../../../../src/io/library/index.ts";
import { decodePicture, screenPicture } from "../../../../src/io/library/picture-file.ts";
import { changesPicture, palettePicture } from "../../../../src/io/mcp/ppu-pictures.ts";
import { arcadeRomFile } from "../../../support/arcade-rom.ts";
import { TestProgram } from "../../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-arcade-colors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An RP2C04-0001, in which $02 is red. https://www.nesdev.org/wiki/PPU_palettes#RP2C04-0001 */
const ROM = arcadeRomFile(
  new TestProgram()
    .waitFrames(2)
    .store(0x2006, 0x3f)
    .store(0x2006, 0x00)
    .store(0x2007, 0x02)
    .store(0x2006, 0x00)
    .store(0x2006, 0x00)
    .forever(),
  { vs: 2 },
);
const FRAMES = 10;

const firstPixel = ({ rgb }: { readonly rgb: Uint8Array }) => [...rgb.subarray(0, 3)];

test("of the library, of emu conform and of emu mcp", async () => {
  const game = await load(ROM);
  game.frames(FRAMES);
  const color = game.machine.geometry.colors![0x02]!;
  const expected = [color >> 16, (color >> 8) & 0xff, color & 0xff];
  expect(firstPixel(screenPicture(game.screen))).toEqual(expected);
  expect(firstPixel(decodePicture(game.screen.png(), "screen"))).toEqual(expected);
  expect(firstPixel(palettePicture(game.machine))).toEqual(expected);
  const before = new Uint16Array(game.screen.pixels.length);
  expect(firstPixel(changesPicture(game.screen.copy(), before, game.screen.palette))).toEqual(expected);

  const romFile = join(folder, "arcade.nes");
  writeFileSync(romFile, ROM);
  const spec = { rom: "arcade.nes", name: "arcade", romFile, maxFrames: FRAMES } as const;
  const { screen } = await grade({ ...spec, protocol: "screen-text", pass: "none" }, { pictures: true });
  expect(firstPixel(decodePicture(screen!, "conform"))).toEqual(expected);
});
