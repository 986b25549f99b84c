/**
 * Looks for clicks at what players do: `emu run` plays a steady tone in a pseudo terminal to the null sink of
 * a separate PulseAudio server, and keys act every two seconds. `bun bench/clicks.ts [--rounds 3]` prints for
 * each action the largest jump between two samples near it, as a multiple of that of the tone before or after
 * it, whichever is steeper: fast-forward raises the pitch. The median of the rounds counts: a busy machine
 * makes gaps at random times, and a click is small where it happens to meet the tone's middle. More than 1.5
 * is a click; the exit code is then 1. Needs pulseaudio and parec.
 *
 * `--tree FOLDER` plays with the emu of another checkout, for example one in which a ramp has been removed:
 * the actions that depend on the ramp must then click.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildRom } from "../test/support/rom-builder.ts";
import { NullSink } from "./null-sink.ts";

const RECORDER_MS = 5;
const BETWEEN_MS = 2000;
/** A key's effect is heard at most this long after it: the queues of emu, the server and the recorder. */
const BEFORE_MS = 150;
const AFTER_MS = 450;
const START_MS = 6000;
/** The tone is measured in windows of this length, in the time around an action that its effect leaves. */
const WINDOW_MS = 100;
const STEADY_MS = [
  [-900, -BEFORE_MS],
  [900, 1700],
] as const;
const CLICK = 1.5;
/** A tone with smaller jumps than this is silence. */
const AUDIBLE = 4;

/** Volume keys at once: one step alone is too small to tell a jump from the tone's own. */
const VOLUME_STEPS = 16;

/** Each action, in the order of the test; every second one ends what the one before began. */
const ACTIONS: readonly (readonly [name: string, keys: string])[] = [
  ["nothing", ""],
  ["pause", "p"],
  ["resume", "p"],
  ["quieter", "-".repeat(VOLUME_STEPS)],
  ["louder", "=".repeat(VOLUME_STEPS)],
  ["save state", "\x1b[15~"],
  ["load state", "\x1b[18~"],
  ["slow begin", "g"],
  ["slow end", "g"],
  ["fast-forward begin", "\x06"],
  ["fast-forward end", "\x06"],
  ["rewind begin and end", "r"],
  ["mute", "m"],
  ["sound on", "m"],
];

/** Samples of a period of the tone in the ROM, and where they are in it. */
const PERIOD_SAMPLES = 256;
const TABLE = 0x100;
/** The DAC's middle, and how far the tone goes from it. */
const MIDDLE = 64;
const AMPLITUDE = 48;

/**
 * Plays a sine of about 88 Hz for ever, by writing the DAC every 79 CPU cycles: its steps are a quarter of
 * those of the triangle channel. A frame has 1.47 periods, so neighbouring frames do not fit together.
 */
function toneRom(): Uint8Array {
  const rom = buildRom();
  // biome-ignore format: one instruction group for each line
  const program = [
    0x78, 0xa2, 0xff, 0x9a, // SEI; LDX #$FF; TXS
    0xbd, 0x00, 0xc1, 0x8d, 0x11, 0x40, 0xe8, // $C004: LDA $C100,X; STA $4011; INX
    0xa0, 0x0d, 0x88, 0xd0, 0xfd, // LDY #13; DEY; BNE: 66 cycles
    0x4c, 0x04, 0xc0, // JMP $C004
  ];
  const sine = Array.from({ length: PERIOD_SAMPLES }, (_, at) =>
    Math.round(MIDDLE + AMPLITUDE * Math.sin((2 * Math.PI * at) / PERIOD_SAMPLES)),
  );
  rom.set(program, 16);
  rom.set(sine, 16 + TABLE);
  rom.set([0x00, 0xc0, 0x00, 0xc0, 0x00, 0xc0], 16 + 0x3ffa);
  return rom;
}

/** All samples heard, and the time of each as the recorder delivered it. */
class Recording {
  readonly #samples: number[] = [];
  readonly #chunks: { readonly atMs: number; readonly end: number }[] = [];

  async listen(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of stream) {
      for (const sample of new Int16Array(chunk.slice().buffer, 0, chunk.length >> 1))
        this.#samples.push(sample);
      this.#chunks.push({ atMs: performance.now(), end: this.#samples.length });
    }
  }

  /** The samples delivered between two times. */
  between(fromMs: number, toMs: number): readonly number[] {
    return this.#samples.slice(this.#indexAt(fromMs), this.#indexAt(toMs));
  }

  #indexAt(ms: number): number {
    return this.#chunks.findLast(({ atMs }) => atMs <= ms)?.end ?? 0;
  }
}

/** The largest difference between neighbouring samples. */
function largestJump(samples: readonly number[]): number {
  let jump = 0;
  for (let at = 1; at < samples.length; at++)
    jump = Math.max(jump, Math.abs(samples[at]! - samples[at - 1]!));
  return jump;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    system: { type: "string", default: "pulse" },
    tree: { type: "string", default: join(import.meta.dir, "..") },
  },
});

/** Plays once. Returns the largest jump near each action as a multiple of the tone's. */
async function play(sink: NullSink): Promise<number[]> {
  const rom = join(sink.folder, "tone.nes");
  writeFileSync(rom, toneRom());
  const recording = new Recording();
  const recorder = await sink.record(RECORDER_MS, "pipe");
  const listening = recording.listen(recorder.stdout as ReadableStream<Uint8Array>);
  const terminal = new Bun.Terminal({
    cols: 60,
    rows: 20,
    data: (own, data) => {
      const text = Buffer.from(data).toString("latin1");
      if (text.includes("\x1b[c")) own.write("\x1b[?62;22c");
    },
  });
  const main = join(values.tree, "src/cli/main.ts");
  const argv = ["run", rom, "--sound", values.system, "--render", "half-block", "--volume", "100"];
  const { folder } = sink;
  const home = { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder };
  const env = { ...process.env, ...sink.env, ...home, COLORTERM: "truecolor" };
  const emu = Bun.spawn(["setsid", "-c", "bun", main, ...argv], { terminal, env });
  await Bun.sleep(START_MS);
  const times: number[] = [];
  for (const [, keys] of ACTIONS) {
    times.push(performance.now());
    if (keys !== "") terminal.write(keys);
    await Bun.sleep(BETWEEN_MS);
  }
  terminal.write("\x11");
  await emu.exited;
  terminal.close();
  recorder.kill();
  await listening;
  return times.map((at) => {
    const tones = STEADY_MS.map(([from, to]) => steadyJump(recording, at + from, at + to));
    const jump = largestJump(recording.between(at - BEFORE_MS, at + AFTER_MS));
    return jump / Math.max(AUDIBLE, ...tones);
  });
}

/** The median over short windows of their largest jumps: a gap in one of them does not count. */
function steadyJump(recording: Recording, fromMs: number, toMs: number): number {
  const jumps: number[] = [];
  for (let at = fromMs; at < toMs; at += WINDOW_MS)
    jumps.push(largestJump(recording.between(at, at + WINDOW_MS)));
  return jumps.sort((a, b) => a - b)[jumps.length >> 1]!;
}

await using sink = await NullSink.start();
const rounds: (readonly number[])[] = [];
for (let round = 0; round < Number(values.rounds); round++) rounds.push(await play(sink));
let clicks = 0;
for (const [at, [name]] of ACTIONS.entries()) {
  const ratios = rounds.map((ratios) => Math.round(ratios[at]! * 100) / 100);
  const median = ratios.toSorted((one, other) => one - other)[ratios.length >> 1]!;
  if (median > CLICK) clicks++;
  console.log(
    `${name.padEnd(22)} ${median.toFixed(2)}${median > CLICK ? " CLICK" : ""}   (${ratios.join(", ")})`,
  );
}
process.exitCode = clicks === 0 ? 0 : 1;
