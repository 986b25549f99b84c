/** Plays a fake machine in the terminal, as a program of its own: `bun play-fixture.ts '{"throwAtFrame":30}'` */
import type { SoundSystem } from "../../src/io/audio/sink.ts";
import { Bindings } from "../../src/io/input/bindings.ts";
import { play } from "../../src/io/play/play.ts";
import { decodePalette } from "../../src/io/render/palette.ts";
import { fakeSource } from "./fake-emu-worker.ts";
import type { FakeOptions } from "./fake-machine.ts";

export interface PlayFixtureOptions extends FakeOptions {
  /** An error in the presenter's thread. */
  readonly breakPresenter?: boolean;
  /** An error on main that nobody catches, so many milliseconds after the start. */
  readonly throwOnMainMs?: number;
  /** Main never comes back, so many milliseconds after the start. */
  readonly hangMainMs?: number;
  readonly frames?: number;
  /** "half-block" unless said. */
  readonly renderer?: "auto";
  readonly sound?: SoundSystem;
}

if (import.meta.main) {
  const options = JSON.parse(process.argv[2] ?? "{}") as PlayFixtureOptions;
  const { throwOnMainMs, hangMainMs } = options;
  if (throwOnMainMs !== undefined)
    setTimeout(() => {
      throw new Error("main threw");
    }, throwOnMainMs);
  if (hangMainMs !== undefined)
    setTimeout(() => {
      console.log("main hangs");
      for (;;);
    }, hangMainMs);
  const latencies: number[] = [];
  const { end, stats, sink } = await play({
    client: { machine: fakeSource(options), realtime: false },
    bindings: new Bindings(),
    palette: options.breakPresenter ? (undefined as unknown as Uint32Array) : decodePalette(),
    scale: "fit",
    renderer: options.renderer ?? "half-block",
    colors: "auto",
    sound: options.sound ?? "none",
    volumePercent: 100,
    onLatency: (microseconds) => latencies.push(microseconds),
    ...(options.frames === undefined ? {} : { frames: options.frames }),
  });
  const { frames, presented, dropped, missed, bytes, audioUnderruns } = stats;
  latencies.sort((a, b) => a - b);
  const medianLatencyMicroseconds = latencies[latencies.length >> 1] ?? 0;
  console.log(
    `ended: ${end.kind} ${JSON.stringify({ frames, presented, dropped, missed, bytes, medianLatencyMicroseconds, audioUnderruns, sink })}`,
  );
  process.exit(0);
}
