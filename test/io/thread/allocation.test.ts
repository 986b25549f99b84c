import { describe, expect, test } from "bun:test";
import { leastThreadCollections } from "../../support/collections.ts";
import { SHARED, SOAK, sharedFile } from "../../support/shared.ts";
import { soakSize } from "../../support/soak.ts";

const GAMES = ["games/BladeBuster.nes", "games/lj65.nes", "games/croom.nes"];

/**
 * 64 KiB in 4,000 frames is 16 bytes per frame, less than any object, so a leak causes collections in every
 * stretch.
 */
const MIN_FRAMES = 4_000;

describe("a running machine thread allocates nothing", () => {
  test("one small object per frame is noticed in every stretch", async () => {
    const least = await leastThreadCollections({
      machine: "leaky",
      speedPercent: 0,
      warmUpFrames: 1_000,
      stretchFrames: MIN_FRAMES,
      stretches: 5,
    });
    expect(least).toBeGreaterThan(0);
  }, 600_000);

  test("uncapped: frames collect nothing", async () => {
    const least = await leastThreadCollections({
      machine: "fake",
      speedPercent: 0,
      warmUpFrames: 20_000,
      stretchFrames: 20_000,
      stretches: 4,
    });
    expect(least).toBe(0);
  }, 600_000);

  test("paced, with its sleeps: frames collect nothing", async () => {
    const least = await leastThreadCollections({
      machine: "fake",
      speedPercent: 2_000,
      warmUpFrames: soakSize(1_000, 20_000),
      stretchFrames: soakSize(1_200, 20_000),
      stretches: 3,
    });
    expect(least).toBe(0);
  }, 600_000);

  test.skipIf(SHARED === undefined)(
    "the NES with a full rewind buffer and one frame of run-ahead",
    async () => {
      const least = await leastThreadCollections({
        machine: sharedFile(`roms/${GAMES[0]}`),
        speedPercent: 0,
        warmUpFrames: soakSize(6_000, 12_000),
        stretchFrames: soakSize(MIN_FRAMES, 12_000),
        stretches: 5,
        comforts: true,
      });
      expect(least).toBe(0);
    },
    600_000,
  );

  // Counts frames that are run again, too: one of five is new. A small object for each rollback is noticed.
  test("in a game with others, with a rollback of four frames in every frame", async () => {
    const least = await leastThreadCollections({
      machine: "fake",
      speedPercent: 0,
      warmUpFrames: 40_000,
      stretchFrames: 40_000,
      stretches: 4,
      netplay: true,
    });
    expect(least).toBe(0);
  }, 600_000);

  // Half a minute of rollbacks: in the soak only.
  test.skipIf(SHARED === undefined).each(SOAK ? GAMES.slice(1, 2) : [])(
    "the NES with %s in a game with others",
    async (rom) => {
      const least = await leastThreadCollections({
        machine: sharedFile(`roms/${rom}`),
        speedPercent: 0,
        warmUpFrames: 24_000,
        stretchFrames: 24_000,
        stretches: 5,
        netplay: true,
      });
      expect(least).toBe(0);
    },
    3_600_000,
  );

  test.skipIf(SHARED === undefined).each(SOAK ? GAMES : GAMES.slice(0, 1))(
    "the NES with %s",
    async (rom) => {
      const least = await leastThreadCollections({
        machine: sharedFile(`roms/${rom}`),
        speedPercent: 0,
        warmUpFrames: soakSize(5_000, 12_000),
        stretchFrames: soakSize(MIN_FRAMES, 12_000),
        stretches: 5,
      });
      expect(least).toBe(0);
    },
    3_600_000,
  );
});
