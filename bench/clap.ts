/**
 * A clap test: a game that turns the screen white and clicks in the same frame, once a second, played by `emu
 * run` in a pseudo terminal. `bun bench/clap.ts [--seconds 30] [--system pulse]` prints how long after the
 * white picture's bytes the click comes out of the null sink of a separate PulseAudio server, in
 * milliseconds. The recorder's own latency is included. Needs pulseaudio and parec.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildRom } from "../test/support/rom-builder.ts";
import { NullSink, RATE_HZ } from "./null-sink.ts";

const RECORDER_MS = 5;
const QUIET = 600;
const WHITE = /[34]8;2;(?:2[3-5]\d);(?:2[3-5]\d);(?:2[3-5]\d)/;
const FURTHEST_MS = 400;

/** Waits for each vertical blank; white and loud in one frame of 64, and black and low four frames later. */
function clapRom(): Uint8Array {
  const rom = buildRom();
  // biome-ignore format: one instruction group for each line
  const program = [
    0x78, 0xa2, 0xff, 0x9a, 0xa9, 0x00, 0x8d, 0x00, 0x20, 0x8d, 0x01, 0x20, 0x85, 0x10, // SEI; stack; PPU off
    0x2c, 0x02, 0x20, 0x10, 0xfb, // wait: BIT $2002; BPL wait
    0xe6, 0x10, 0xa5, 0x10, 0x29, 0x3f, // INC $10; LDA $10; AND #$3F
    0xf0, 0x07, 0xc9, 0x04, 0xf0, 0x08, 0x4c, 0x0e, 0xc0, // BEQ loud; CMP #4; BEQ low; JMP wait
    0xea, // NOP
    0xa0, 0x30, 0xa9, 0x7f, 0xd0, 0x04, // loud: LDY #$30; LDA #$7F; BNE set
    0xa0, 0x0f, 0xa9, 0x00, // low: LDY #$0F; LDA #0
    0x8d, 0x11, 0x40, // set: STA $4011
    0xa9, 0x3f, 0x8d, 0x06, 0x20, 0xa9, 0x00, 0x8d, 0x06, 0x20, 0x8c, 0x07, 0x20, // $3F00 = Y
    0xa9, 0x3f, 0x8d, 0x06, 0x20, 0xa9, 0x00, 0x8d, 0x06, 0x20, // the backdrop is shown
    0x4c, 0x0e, 0xc0, // JMP wait
  ];
  rom.set(program, 16);
  rom.set([0x00, 0xc0, 0x00, 0xc0, 0x00, 0xc0], 16 + 0x3ffa);
  return rom;
}

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "30" }, system: { type: "string", default: "pulse" } },
});
await using sink = await NullSink.start();
const rom = join(sink.folder, "clap.nes");
writeFileSync(rom, clapRom());
const clicks: number[] = [];
const whites: number[] = [];
const recorder = await sink.record(RECORDER_MS, "pipe");
const listening = (async () => {
  let before = 0;
  let sinceClick = RATE_HZ;
  for await (const chunk of recorder.stdout as ReadableStream<Uint8Array>) {
    const now = performance.now();
    const samples = new Int16Array(chunk.slice().buffer, 0, chunk.length >> 1);
    samples.forEach((sample, at) => {
      sinceClick++;
      if (sample - before > QUIET && sinceClick > RATE_HZ / 4) {
        sinceClick = 0;
        clicks.push(now - ((samples.length - at) * 1000) / RATE_HZ);
      }
      before = sample;
    });
  }
})();
const terminal = new Bun.Terminal({
  cols: 40,
  rows: 15,
  data: (own, data) => {
    const text = Buffer.from(data).toString("latin1");
    if (text.includes("\x1b[c")) own.write("\x1b[?62;22c");
    const now = performance.now();
    if (WHITE.test(text) && now - (whites.at(-1) ?? 0) > FURTHEST_MS) whites.push(now);
  },
});
const main = join(import.meta.dir, "../src/cli/main.ts");
const frames = String(Number(values.seconds) * 60);
const argv = ["run", rom, "--sound", values.system, "--frames", frames, "--render", "half-block"];
const env = { ...process.env, ...sink.env, COLORTERM: "truecolor", XDG_CONFIG_HOME: sink.folder };
await Bun.spawn(["setsid", "-c", "bun", main, ...argv], { terminal, env }).exited;
// An open terminal keeps the program running.
terminal.close();
recorder.kill();
await listening;
const behind = whites
  .map((white) => clicks.map((click) => click - white).sort((a, b) => Math.abs(a) - Math.abs(b))[0])
  .filter((ms) => ms !== undefined && Math.abs(ms) < FURTHEST_MS)
  .sort((a, b) => a! - b!) as number[];
const at = (share: number): number => Math.round(behind[Math.floor(share * (behind.length - 1))]! * 10) / 10;
console.log(
  JSON.stringify(
    {
      whites: whites.length,
      clicks: clicks.length,
      behindMs: { p10: at(0.1), median: at(0.5), p90: at(0.9) },
    },
    null,
    2,
  ),
);
