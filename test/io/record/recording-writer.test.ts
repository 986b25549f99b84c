import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MachineGeometry } from "../../../src/emu/machine.ts";
import { openRecording } from "../../../src/io/record/open-recording.ts";
import { FRAMES_APART, type RecordingFormat } from "../../../src/io/record/recording-writer.ts";
import { decodePalette } from "../../../src/io/render/colors/palette.ts";

// ffmpeg encodes, joins and decodes, which takes seconds on a busy machine.
setDefaultTimeout(60_000);

const HAS_FFMPEG = Bun.which("ffmpeg") !== null && Bun.which("ffprobe") !== null;
if (!HAS_FFMPEG)
  console.log("skipped: what other programs see in recordings (ffmpeg and ffprobe are not on the PATH)");

const RATE_HZ = 48_000;
const FRAME_RATE_HZ = 60.0988;
const FRAMES = 120;
/** The frame of the flash and the start of the beep. */
const FLASH = 60;
const GEOMETRY: MachineGeometry = {
  width: 256,
  height: 240,
  pixelAspect: 8 / 7,
  frameRateHz: FRAME_RATE_HZ,
  sampleRateHz: RATE_HZ,
  maxSamplesPerFrame: 800,
  soundChannels: [],
};
/** White, a red, a green and a blue, in the corners; black elsewhere. */
const CORNERS = [0x30, 0x16, 0x2a, 0x12] as const;
const WHITE = 0x30;
const BLACK = 0x0f;

function picture(frame: number): Uint16Array {
  const pixels = new Uint16Array(GEOMETRY.width * GEOMETRY.height).fill(frame === FLASH ? WHITE : BLACK);
  CORNERS.forEach((color, corner) => {
    const [left, top] = [(corner & 1) * 192, (corner >> 1) * 176];
    for (let y = top; y < top + 64; y++)
      pixels.fill(color, y * GEOMETRY.width + left, y * GEOMETRY.width + left + 64);
  });
  return pixels;
}

async function record(kind: RecordingFormat, path: string): Promise<void> {
  const every = FRAMES_APART[kind];
  const format = { geometry: GEOMETRY, palette: decodePalette(), every, count: FRAMES };
  const writer = openRecording(kind, path, format);
  let written = 0;
  for (let frame = 0; frame < FRAMES; frame++) {
    const end = Math.round(((frame + 1) * RATE_HZ) / FRAME_RATE_HZ);
    const samples = Int16Array.from({ length: end - written }, (_, i) =>
      frame < FLASH ? 0 : 12_000 * Math.sin((2 * Math.PI * 1000 * (written + i)) / RATE_HZ),
    );
    written = end;
    if (frame % every === 0) writer.write(frame, picture(frame), samples);
    await writer.settle();
  }
  await writer.commit();
}

/** A file decoded by ffmpeg to raw bytes. */
async function decoded(path: string, ...options: string[]): Promise<Uint8Array> {
  const ffmpeg = Bun.spawn(["ffmpeg", "-v", "error", "-i", path, ...options, "-"], { stdout: "pipe" });
  return new Uint8Array(await new Response(ffmpeg.stdout).arrayBuffer());
}

/** A pixel of 24-bit frames. */
function pixelAt(bytes: Uint8Array, width: number, height: number, frame: number, x: number, y: number) {
  const at = 3 * ((frame * height + y) * width + x);
  return [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!];
}

function components(color: number): number[] {
  const value = decodePalette()[color]!;
  return [(value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}

describe.skipIf(!HAS_FFMPEG)("recordings as other programs read them", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "emu-record-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  test("MP4: the console's frame rate, its pixels' shape, its colours, and sound that is in time", async () => {
    const path = join(folder, "game.mp4");
    await record("mp4", path);
    expect(await readdir(folder)).toEqual(["game.mp4"]);
    const probe = Bun.spawnSync(["ffprobe", "-v", "error", "-show_streams", "-of", "json", path]);
    const { streams } = JSON.parse(probe.stdout.toString()) as { streams: Record<string, string>[] };
    const [video, audio] = streams;
    expect(video).toMatchObject({
      codec_name: "h264",
      width: 768,
      height: 720,
      sample_aspect_ratio: "8:7",
      color_space: "bt709",
      nb_frames: `${FRAMES}`,
    });
    const [numerator = 0, denominator = 1] = video!.r_frame_rate!.split("/").map(Number);
    expect(numerator / denominator).toBeCloseTo(FRAME_RATE_HZ, 3);
    expect(Number(video!.duration)).toBeCloseTo(FRAMES / FRAME_RATE_HZ, 2);
    expect(Number(audio!.duration)).toBeCloseTo(FRAMES / FRAME_RATE_HZ, 1);

    const raw = await decoded(path, "-map", "0:v", "-pix_fmt", "rgb24", "-f", "rawvideo");
    expect(raw.length).toBe(FRAMES * 768 * 720 * 3);
    CORNERS.forEach((color, corner) => {
      const seen = pixelAt(raw, 768, 720, 30, (corner & 1) * 576 + 96, (corner >> 1) * 528 + 96);
      for (const [i, component] of components(color).entries())
        expect(Math.abs(seen[i]! - component)).toBeLessThanOrEqual(6);
    });
    const isBright = (frame: number) => pixelAt(raw, 768, 720, frame, 384, 360)[0]! > 128;
    expect(Array.from({ length: FRAMES }, (_, frame) => frame).filter(isBright)).toEqual([FLASH]);
    const sound = await decoded(path, "-map", "0:a", "-f", "s16le", "-ar", `${RATE_HZ}`);
    const beep = new Int16Array(sound.buffer).findIndex((sample) => Math.abs(sample) > 3000);
    // A frame is 17 ms; AAC blurs the start of a sound by a few milliseconds.
    expect(Math.abs(beep / RATE_HZ - FLASH / FRAME_RATE_HZ)).toBeLessThan(0.008);
  });

  test("MP4 of a machine with stereo sound has both sides", async () => {
    const path = join(folder, "stereo.mp4");
    const geometry = { ...GEOMETRY, audioChannels: 2 } as const;
    const writer = openRecording("mp4", path, { geometry, palette: decodePalette(), every: 1, count: 30 });
    for (let frame = 0; frame < 30; frame++) {
      const samples = Int16Array.from({ length: 1600 }, (_, at) =>
        at % 2 === 0 ? 12_000 * Math.sin((2 * Math.PI * 1000 * (frame * 800 + at / 2)) / RATE_HZ) : 0,
      );
      writer.write(frame, picture(frame), samples);
      await writer.settle();
    }
    await writer.commit();
    const sound = await decoded(path, "-map", "0:a", "-f", "s16le", "-ar", `${RATE_HZ}`);
    const pairs = new Int16Array(sound.buffer);
    expect(pairs.length / 2 / RATE_HZ).toBeCloseTo(0.5, 1);
    const loudest = (side: number) =>
      pairs.reduce((most, value, at) => (at % 2 === side ? Math.max(most, Math.abs(value)) : most), 0);
    expect(loudest(0)).toBeGreaterThan(9000);
    expect(loudest(1)).toBeLessThan(500);
  });

  test("GIF: every other frame for two hundredths of a second, with the console's colours", async () => {
    const path = join(folder, "game.gif");
    await record("gif", path);
    const raw = await decoded(path, "-pix_fmt", "rgb24", "-f", "rawvideo", "-vsync", "passthrough");
    const frameBytes = 256 * 240 * 3;
    expect(raw.length % frameBytes).toBe(0);
    CORNERS.forEach((color, corner) => {
      expect(pixelAt(raw, 256, 240, 3, (corner & 1) * 192 + 32, (corner >> 1) * 176 + 32)).toEqual(
        components(color),
      );
    });
    const probe = Bun.spawnSync(["ffprobe", "-v", "error", "-show_streams", "-of", "json", path]);
    const [video] = JSON.parse(probe.stdout.toString()).streams;
    expect(Number(video.duration)).toBeCloseTo(FRAMES / FRAME_RATE_HZ, 1);
  });

  test("PNG: one file per frame, with the console's colours", async () => {
    const path = join(folder, "frames");
    await record("png", path);
    expect((await readdir(path)).length).toBe(FRAMES);
    const raw = await decoded(join(path, "frame-000030.png"), "-pix_fmt", "rgb24", "-f", "rawvideo");
    CORNERS.forEach((color, corner) => {
      expect(pixelAt(raw, 256, 240, 0, (corner & 1) * 192 + 32, (corner >> 1) * 176 + 32)).toEqual(
        components(color),
      );
    });
  });
});
