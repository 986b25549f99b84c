import { describe, expect, test } from "bun:test";
import { countCollections } from "../../support/collections.ts";
import { SHARED, SOAK, sharedFile } from "../../support/shared.ts";
import { soakSize } from "../../support/soak.ts";

const GAMES = ["games/BladeBuster.nes", "games/lj65.nes", "games/croom.nes"];

/**
 * A game that comes to a new screen has code compiled, and inline caches filled, which counts as allocation. One
 * collection in 4,000 frames is 16 bytes a frame, less than any object.
 */
const COMPILER_COLLECTIONS = 1;

describe("a running machine thread allocates nothing", () => {
  test("or else it is noticed: one small object a frame is enough", () => {
    const { short, long } = countCollections({
      machine: "leaky",
      speedPercent: 0,
      warmUpFrames: 1_000,
      shortFrames: 2_000,
      longFrames: 20_000,
    });
    expect(long).toBeGreaterThan(short + 3);
  }, 600_000);

  test("uncapped: 60,000 frames collect no more than 6,000", () => {
    const { short, long } = countCollections({
      machine: "fake",
      speedPercent: 0,
      warmUpFrames: 20_000,
      shortFrames: 6_000,
      longFrames: 60_000,
    });
    expect(long).toBeLessThanOrEqual(short);
  }, 600_000);

  test("paced, with its sleeps: ten times the frames collect no more", () => {
    const { short, long } = countCollections({
      machine: "fake",
      speedPercent: 2_000,
      warmUpFrames: soakSize(1_000, 20_000),
      shortFrames: soakSize(300, 6_000),
      longFrames: soakSize(3_000, 60_000),
    });
    expect(long).toBeLessThanOrEqual(short);
  }, 600_000);

  test.skipIf(SHARED === undefined)(
    "the NES with a rewind buffer that is full, and a frame run ahead",
    () => {
      // Frames here count twice: each has another ahead of it.
      const { short, long } = countCollections({
        machine: sharedFile(`roms/${GAMES[0]}`),
        speedPercent: 0,
        warmUpFrames: soakSize(6_000, 12_000),
        shortFrames: soakSize(400, 6_000),
        longFrames: soakSize(4_000, 60_000),
        comforts: true,
      });
      // One collection in so many frames is 16 bytes a frame, less than any object.
      expect(long).toBeLessThanOrEqual(short + 1);
    },
    600_000,
  );

  test.skipIf(SHARED === undefined).each(SOAK ? GAMES : GAMES.slice(0, 1))(
    "the NES with %s",
    (rom) => {
      const { short, long } = countCollections({
        machine: sharedFile(`roms/${rom}`),
        speedPercent: 0,
        warmUpFrames: soakSize(5_000, 12_000),
        shortFrames: soakSize(400, 6_000),
        longFrames: soakSize(4_000, 60_000),
      });
      expect(long).toBeLessThanOrEqual(short + COMPILER_COLLECTIONS);
    },
    3_600_000,
  );
});
