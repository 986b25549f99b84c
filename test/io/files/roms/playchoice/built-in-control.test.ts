/** The whole picture of the control side with emu's own program: circuit, tiles, colours and program. */
import { expect, test } from "bun:test";
import { frameHash } from "../../../../../src/io/capture/hash.ts";
import { builtInControlRoms } from "../../../../../src/io/files/roms/playchoice/built-in-control.ts";
import { readRom } from "../../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../../src/io/shared/headless.ts";
import { playChoiceFile } from "../../../../support/playchoice-rom.ts";

test("shows the picture that was compared with its texts by eye", () => {
  const { image } = readRom(playChoiceFile(), "game.nes");
  const nes = createHeadless({ ...image, controlRoms: builtInControlRoms() }, { screens: "one" });
  const pixels = new Uint16Array(256 * 240);
  const hashes = [6, 4].map((frames) => {
    for (let frame = 0; frame < frames; frame++) nes.runFrame(pixels);
    nes.coins!.insertCoin(0);
    return frameHash(pixels);
  });
  for (let frame = 0; frame < 20; frame++) nes.runFrame(pixels);
  hashes.push(frameHash(pixels));
  expect(hashes).toEqual(["915d62da", "5b32a446", "38acf12d"]);
  expect(Bun.hash.crc32(nes.geometry.colors!.subarray(512)).toString(16)).toBe("ee124727");
});
