/** A steady tone that emu plays to a null sink, and what is heard of it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildRom } from "../test/support/rom-builder.ts";
import type { NullSink } from "./null-sink.ts";

const RECORDER_MS = 5;
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

/** emu, playing the tone in a pseudo terminal. */
export interface TonePlayer {
  type(keys: string): void;
  /** Everything that emu has written to the terminal. */
  readonly output: string;
  end(): Promise<void>;
}

/** Starts the emu of a source tree with files of its own. */
export function startTone({ folder, env: server }: NullSink, tree: string, system: string): TonePlayer {
  const rom = join(folder, "tone.nes");
  writeFileSync(rom, toneRom());
  let output = "";
  const terminal = new Bun.Terminal({
    cols: 60,
    rows: 20,
    data: (own, data) => {
      const text = Buffer.from(data).toString("latin1");
      output += text;
      if (text.includes("\x1b[c")) own.write("\x1b[?62;22c");
    },
  });
  const main = join(tree, "src/cli/main.ts");
  const argv = ["run", rom, "--sound", system, "--render", "half-block", "--volume", "100"];
  const home = { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder };
  const env = { ...process.env, ...server, ...home, COLORTERM: "truecolor" };
  const emu = Bun.spawn(["setsid", "-c", "bun", main, ...argv], { terminal, env });
  return {
    type: (keys) => terminal.write(keys),
    get output() {
      return output;
    },
    async end() {
      terminal.write("\x11");
      await emu.exited;
      terminal.close();
    },
  };
}

/** All samples heard on a sink, and the time of each as the recorder delivered it. */
export class Recording {
  readonly #recorder: Bun.Subprocess;
  readonly #samples: number[] = [];
  readonly #chunks: { readonly atMs: number; readonly end: number }[] = [];
  readonly #listening: Promise<void>;

  private constructor(recorder: Bun.Subprocess) {
    this.#recorder = recorder;
    this.#listening = this.#listen(recorder.stdout as ReadableStream<Uint8Array>);
  }

  static async start(sink: NullSink, device: string): Promise<Recording> {
    return new Recording(await sink.record(RECORDER_MS, "pipe", device));
  }

  async end(): Promise<void> {
    this.#recorder.kill();
    await this.#listening;
  }

  /** The samples delivered between two times. */
  between(fromMs: number, toMs: number): readonly number[] {
    return this.#samples.slice(this.#indexAt(fromMs), this.#indexAt(toMs));
  }

  async #listen(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of stream) {
      for (const sample of new Int16Array(chunk.slice().buffer, 0, chunk.length >> 1))
        this.#samples.push(sample);
      this.#chunks.push({ atMs: performance.now(), end: this.#samples.length });
    }
  }

  #indexAt(ms: number): number {
    return this.#chunks.findLast(({ atMs }) => atMs <= ms)?.end ?? 0;
  }
}
