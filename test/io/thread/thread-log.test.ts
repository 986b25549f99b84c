import { describe, expect, test } from "bun:test";
import { createShared, DEFAULT_SIZES } from "../../../src/io/shared/layout.ts";
import { STAT_HEARTBEAT, STAT_MISSED } from "../../../src/io/shared/layout-words.ts";
import { NO_LOG } from "../../../src/io/shared/log.ts";
import { addStat, setStat } from "../../../src/io/shared/stats.ts";
import { ThreadLog } from "../../../src/io/thread/thread-log.ts";

const SIZES = { ...DEFAULT_SIZES, machineBytes: 64, stateBytes: 64, batteryBytes: 64 };

/** A log that is polled every 50 ms for a given time, for a thread with or without a heartbeat. */
function watched() {
  const { stats } = createShared({ ...SIZES, widthPixels: 8, heightPixels: 8 }).blocks;
  const said: [string, object][] = [];
  const take = (fields: object, message: string): void => {
    said.push([message, fields]);
  };
  const log = new ThreadLog({ ...NO_LOG, debug: take, info: take, warn: take }, stats, 0, 1000);
  let nowMs = 0;
  const run = (milliseconds: number, beats: boolean): void => {
    for (const end = nowMs + milliseconds; nowMs < end; ) {
      nowMs += 50;
      if (beats) addStat(stats, STAT_HEARTBEAT, 1);
      log.poll(nowMs);
    }
  };
  const sleep = (milliseconds: number): void => {
    nowMs += milliseconds;
  };
  return { stats, said, run, sleep };
}

describe("the log of a machine thread", () => {
  test("logs nothing for a thread that is on time", () => {
    const { run, said } = watched();
    run(10_000, true);
    expect(said).toEqual([]);
  });

  test("counts missed frames once a second, however many there are", () => {
    const { run, said, stats } = watched();
    for (let missed = 1; missed <= 40; missed++) {
      setStat(stats, STAT_MISSED, missed);
      run(50, true);
    }
    expect(said.map(([message]) => message)).toEqual(Array(2).fill("late frames in the last second"));
    expect(said.map(([, fields]) => fields)).toMatchObject([{ missed: 20 }, { missed: 20 }]);
  });

  test("logs once that the heartbeat is missing, and that it is back", () => {
    const { run, said } = watched();
    run(100, true);
    run(900, false);
    run(100, true);
    expect(said).toEqual([
      ["no heartbeat from the machine thread", { quietMs: 500 }],
      ["heartbeat is back", { quietMs: 950 }],
    ]);
  });

  test("blames the main thread for a gap of its own", () => {
    const { run, said, sleep } = watched();
    run(100, true);
    sleep(3000);
    run(50, false);
    expect(said).toEqual([["the main thread did not run", { gapMs: 3050 }]]);
  });
});
