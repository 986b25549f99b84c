/** The sound of cores: rates, stereo, and its way into files and to the sound device. */
import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CoreClient } from "../../../src/io/cores/core-client.ts";
import type { CoreMachine } from "../../../src/io/cores/core-machine.ts";
import { CoreSound } from "../../../src/io/cores/core-sound.ts";
import { coreSource } from "../../../src/io/cores/core-source.ts";
import { AudioReader } from "../../../src/io/shared/audio-ring.ts";
import { EmuClient } from "../../../src/io/thread/emu-client.ts";
import { emu } from "../../support/cli.ts";
import {
  hasCompiler,
  type ScriptedMachine,
  scriptedCore,
  scriptedGame,
  startScripted,
} from "../../support/scripted-core.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const clients: CoreClient[] = [];
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
});

async function start(script: string): Promise<ScriptedMachine> {
  const started = await startScripted(script);
  clients.push(started.client);
  return started;
}

/** Checks that every right sample is half of the left one, as the scripted core plays them. */
function expectHalves(samples: ArrayLike<number>): void {
  let loudest = 0;
  let worst = 0;
  for (let at = 0; at < samples.length; at += 2) {
    loudest = Math.max(loudest, samples[at]!);
    worst = Math.max(worst, Math.abs(samples[at]! - 2 * samples[at + 1]!));
  }
  expect(loudest).toBeGreaterThan(12_000);
  // Both sides are rounded.
  expect(worst).toBeLessThanOrEqual(4);
}

describe("CoreSound", () => {
  test("a silent side stays silent, and each side sounds as if it were alone", () => {
    const pairs = Int16Array.from({ length: 2000 }, (_, at) =>
      (at & 1) === 0 ? Math.round(9000 * Math.sin(at / 20)) : 0,
    );
    const swapped = Int16Array.from({ length: 2000 }, (_, at) => pairs[at ^ 1]!);
    const [one, other] = [new Int16Array(4000), new Int16Array(4000)];
    const count = new CoreSound(32_040, 48_000).process(pairs, 1000, one);
    expect(new CoreSound(32_040, 48_000).process(swapped, 1000, other)).toBe(count);
    expect(count / 2).toBeWithin(1497, 1500);
    for (let at = 0; at < count; at++) expect(other[at]).toBe(one[at ^ 1]!);
    expect(one.some((sample, at) => (at & 1) === 1 && sample !== 0)).toBe(false);
    expect(Math.max(...one)).toBeGreaterThan(8500);
  });

  test("a state continues the sound of both sides", () => {
    const pairs = Int16Array.from({ length: 400 }, (_, at) => ((at * 7919) % 20_000) - 10_000);
    const sound = new CoreSound(44_100, 48_000);
    const state = new DataView(new ArrayBuffer(CoreSound.stateBytes));
    sound.process(pairs, 100, new Int16Array(400));
    sound.save(state);
    const [onward, again] = [new Int16Array(400), new Int16Array(400)];
    const count = sound.process(pairs.subarray(200), 100, onward);
    const other = new CoreSound(44_100, 48_000);
    other.load(state);
    expect(other.process(pairs.subarray(200), 100, again)).toBe(count);
    expect(again).toEqual(onward);
  });

  test("writes whole pairs if there is too little room", () => {
    const pairs = new Int16Array(200).fill(5000);
    expect(new CoreSound(48_000, 48_000).process(pairs, 100, new Int16Array(31))).toBe(30);
  });
});

describe.skipIf(!hasCompiler)("the sound of a scripted core (cc)", () => {
  for (const rate of [8000, 22_050, 31_400.5, 44_100, 48_000, 96_000])
    test(`sound of ${rate} Hz becomes 48 kHz and keeps its pitch`, async () => {
      const { machine } = await start(`rate=${rate}${rate === 44_100 ? " single=1" : ""}`);
      const heard = soundOf(machine, 60);
      expect(heard.perSecond).toBeWithin(47_500, 48_500);
      expect(heard.pitchHz).toBeWithin(980, 1020);
    });

  test("a core that changes its frame rate and sample rate", async () => {
    const { machine } = await start("retime=5");
    soundOf(machine, 10);
    expect(machine.geometry.frameRateHz).toBe(50);
    expect(machine.geometry.sampleRateHz).toBe(48_000);
    const heard = soundOf(machine, 50);
    expect(heard.perSecond).toBeWithin(47_500, 48_500);
    expect(heard.pitchHz).toBeWithin(980, 1020);
  });

  test("left and right stay apart in frames that are seen and in those that are not", async () => {
    const { machine } = await start("rate=32000");
    expect(machine.geometry).toMatchObject({ audioChannels: 2, sampleRateHz: 48_000 });
    const heard: number[] = [];
    const canvas = new Uint32Array(64 * 64);
    for (let frame = 0; frame < 20; frame++) {
      machine.runFrame(frame % 2 === 0 ? canvas : undefined);
      heard.push(...machine.samples.subarray(0, machine.sampleCount));
    }
    expectHalves(heard);
  });

  test("a WAV has both sides: exactly the core's samples at 48 kHz, resampled", async () => {
    const out = join(temporaryFolder("core-wav"), "sound.wav");
    const game = scriptedGame("rate=44100", "wav.scripted");
    const argv = ["dump", game, "--core", scriptedCore(), "--frames", "60", "--format", "wav", "--out", out];
    const { exitCode, stderr } = emu(argv);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const wav = readFileSync(out);
    expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24)]).toEqual([1, 2, 48_000]);
    expect([wav.readUInt32LE(28), wav.readUInt16LE(32), wav.readUInt16LE(34)]).toEqual([192_000, 4, 16]);
    const written = Array.from({ length: wav.readUInt32LE(40) / 2 }, (_, at) => wav.readInt16LE(44 + 2 * at));
    expect(written).toEqual(resampledTone(44_100, 60));
    expectHalves(written);
  });

  test("in real time and backwards, left and right keep their sides", async () => {
    const { client } = await start("");
    const emulator = await EmuClient.start({
      machine: coreSource(client),
      speedPercent: 0,
      startPaused: true,
      warmUpFrames: 0,
      realtime: false,
      rewindBytes: 1024 * 1024,
    });
    try {
      const reader = new AudioReader(emulator.blocks.audio);
      const into = new Int16Array(2 * 16_384);
      const heard = (): Int16Array => into.subarray(0, 2 * reader.pop(into, 16_384));
      await emulator.step(12);
      expectHalves(heard());
      // It goes back by itself, to the oldest frame.
      await emulator.setRewinding(true);
      for (let turn = 0; turn < 10_000 && reader.available < 8 * 780; turn++) await Bun.sleep(1);
      const backwards = heard();
      expect(backwards.length).toBeGreaterThanOrEqual(2 * 8 * 780);
      expectHalves(backwards);
    } finally {
      await emulator.stop();
    }
  });
});

/** What the scripted core plays at this rate in `frames` frames, at 48 kHz: the same steps as its C code. */
function resampledTone(rateHz: number, frames: number): number[] {
  const sound = new CoreSound(rateHz, 48_000);
  const perFrame = Math.trunc(rateHz / 60);
  const pairs = new Int16Array(2 * perFrame);
  const out = new Int16Array(4096);
  const all: number[] = [];
  let phase = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let at = 0; at < perFrame; at++) {
      phase += 1000 / rateHz;
      phase -= Math.trunc(phase);
      const level =
        phase < 0.5
          ? Math.trunc(phase * 4 * 16_000) - 16_000
          : 16_000 - Math.trunc((phase - 0.5) * 4 * 16_000);
      pairs[2 * at] = level;
      pairs[2 * at + 1] = Math.trunc(level / 2);
    }
    all.push(...out.subarray(0, sound.process(pairs, perFrame, out)));
  }
  return all;
}

/** The left side's sound of the next frames: samples per second, and the pitch of the tone. */
function soundOf(machine: CoreMachine, frames: number): { perSecond: number; pitchHz: number } {
  let samples = 0;
  let rises = 0;
  let last = 0;
  for (let frame = 0; frame < frames; frame++) {
    machine.runFrame();
    for (let at = 0; at < machine.sampleCount; at += 2) {
      if (last < 0 && machine.samples[at]! >= 0) rises++;
      last = machine.samples[at]!;
    }
    samples += machine.sampleCount / 2;
  }
  const seconds = frames / machine.geometry.frameRateHz;
  return { perSecond: samples / seconds, pitchHz: rises / (samples / machine.geometry.sampleRateHz) };
}
