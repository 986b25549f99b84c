/** The sound of a Study Box's tape, from its file. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { TAPE_SOUND_CAUTION } from "../../../src/emu/nes/cartridge/studybox-image.ts";
import { withTapeSound } from "../../../src/io/capture/tape-sound-file.ts";
import { loadRom } from "../../../src/io/files/roms/rom-file.ts";
import { buildTape, placedPage, tapeChunk, tapePage, tapeSound } from "../../support/tape-builder.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder("tape-sound");
const SAMPLES = [0, 16_384, -16_384, 32_767, -32_767];

/** A tape that is loaded from its file, with its sound. */
async function load(file: Uint8Array, name = "tape.studybox") {
  const path = join(folder, name);
  await Bun.write(path, file);
  return await withTapeSound(await loadRom(path, { describeOnly: true }));
}

test("the samples, their rate, and where each page's data begin", async () => {
  const { image, cautions } = await load(
    buildTape(placedPage(1234, 0), placedPage(99_999, 1), tapeSound(SAMPLES, 22_050)),
  );
  expect(image.tape!.map(({ soundStart }) => soundStart)).toEqual([1234, 99_999]);
  expect(image.tapeSound!.rateHz).toBe(22_050);
  for (const [i, sample] of SAMPLES.entries())
    expect(Math.abs(image.tapeSound!.samples[i]! - sample)).toBeLessThanOrEqual(1);
  expect(cautions).toEqual([]);
});

test.each<[string, Uint8Array]>([
  ["another kind of file", tapeSound(SAMPLES, 44_100, 1)],
  ["no WAV", tapeChunk("AUDI", new Uint8Array(100))],
  ["nothing", tapeChunk("AUDI", new Uint8Array(0), 1_000_000)],
  ["more than a tape holds", tapeChunk("AUDI", new Uint8Array(60), 0xffff_ffff)],
  ["a header that is cut off", tapeSound(SAMPLES).subarray(0, 30)],
])("a sound that is %s is left out, with a caution", async (_, sound) => {
  const { image, cautions } = await load(buildTape(tapePage(0), sound));
  expect(image.tapeSound).toBeUndefined();
  expect(cautions).toContain(TAPE_SOUND_CAUTION);
});

test("a tape without sound has none, and no caution", async () => {
  expect(await load(buildTape(tapePage(0)))).toMatchObject({ cautions: [] });
});

test("in an archive the sound is left out", async () => {
  const file = Bun.gzipSync(new Uint8Array(buildTape(tapePage(0), tapeSound(SAMPLES))));
  const { image, cautions } = await load(file, "tape.studybox.gz");
  expect([image.tapeSound, cautions]).toEqual([undefined, [TAPE_SOUND_CAUTION]]);
});
