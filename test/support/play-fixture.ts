/**
 * Plays a fake machine in the terminal, as a separate program: `bun play-fixture.ts '{"throwAtFrame":30}'`
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SoundSystem } from "../../src/io/audio/sink.ts";
import { CheatList } from "../../src/io/play/cheat-list.ts";
import { play } from "../../src/io/play/play.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../src/io/play/settings.ts";
import { fakeSource } from "./fake-emu-worker.ts";
import type { FakeOptions } from "./fake-machine.ts";

export interface PlayFixtureOptions extends FakeOptions {
  /** An error in the presenter's thread. */
  readonly breakPresenter?: boolean;
  /** Milliseconds after the start at which main throws an uncaught error. */
  readonly throwOnMainMs?: number;
  /** Milliseconds after the start at which main hangs. */
  readonly hangMainMs?: number;
  readonly frames?: number;
  /** "half-block" by default. */
  readonly renderer?: "auto";
  readonly sound?: SoundSystem;
  /** Raise the machine's thread, as in ordinary play. */
  readonly realtime?: boolean;
  /** Other settings than the defaults. */
  readonly settings?: Partial<Settings>;
  /** Folder for states, captures and cheats. */
  readonly folder?: string;
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
  const folder = options.folder ?? tmpdir();
  const { end, stats, sink } = await play({
    client: { machine: fakeSource(options), ...(options.realtime ? {} : { realtime: false }) },
    settings: {
      ...DEFAULT_SETTINGS,
      renderer: options.renderer ?? "half-block",
      sound: options.sound ?? "none",
      volumePercent: 100,
      statsLine: true,
      advises: false,
      ...(options.breakPresenter ? { renderer: "broken" as unknown as "sixel" } : {}),
      ...options.settings,
    },
    files: {
      name: "fake",
      statesFolder: join(folder, "states"),
      capturesFolder: join(folder, "captures"),
      cheats: new CheatList(join(folder, "cheats.txt")),
    },
    gamesFolder: folder,
    onLatency: (microseconds) => latencies.push(microseconds),
    ...(options.frames === undefined ? {} : { frames: options.frames }),
  });
  const { frames, presented, dropped, missed, bytes, audioUnderruns, audioConcealed, latenessMicroseconds } =
    stats;
  latencies.sort((a, b) => a - b);
  const medianLatencyMicroseconds = latencies[latencies.length >> 1] ?? 0;
  console.log(
    `ended: ${end.kind} ${JSON.stringify({ frames, presented, dropped, missed, bytes, medianLatencyMicroseconds, audioUnderruns, audioConcealed, latenessMicroseconds, sink })}`,
  );
  process.exit(0);
}
