import { expect, test } from "bun:test";
import { DeviceSearch } from "../../../src/io/audio/device-search.ts";
import { SOUND_SYSTEMS } from "../../../src/io/audio/sink.ts";

const MINUTE_MS = 60_000;

test("without any device, all systems are searched more and more rarely, and without end", () => {
  const search = new DeviceSearch("auto");
  const pauses = Array.from({ length: 8 }, () => {
    expect(search.systems).toEqual(SOUND_SYSTEMS);
    return search.failed();
  });
  expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test("a system that was lost is searched alone at first, then all", () => {
  const search = new DeviceSearch("auto");
  let silentMs = search.lost("pulse", MINUTE_MS);
  const tried = Array.from({ length: 4 }, () => {
    const now = [silentMs, search.systems] as const;
    silentMs += search.failed();
    return now;
  });
  expect(tried).toEqual([
    [500, ["pulse"]],
    [1500, ["pulse"]],
    [3500, ["pulse"]],
    [7500, SOUND_SYSTEMS],
  ]);
});

test("the system of the settings is the only one that is searched", () => {
  const search = new DeviceSearch("alsa");
  search.lost("alsa", MINUTE_MS);
  for (let searches = 0; searches < 10; searches++) {
    expect(search.systems).toEqual(["alsa"]);
    search.failed();
  }
});

test("a device that is lost again and again is opened more and more rarely, until it plays for long", () => {
  const search = new DeviceSearch("pipe");
  expect([1, 2, 3].map(() => search.lost("pipe", 200))).toEqual([500, 1000, 2000]);
  expect(search.lost("pipe", MINUTE_MS)).toBe(500);
});
