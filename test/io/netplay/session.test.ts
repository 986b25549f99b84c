import { describe, expect, test } from "bun:test";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import type { HostSession } from "../../../src/io/netplay/host-session.ts";
import { JoinSession } from "../../../src/io/netplay/join-session.ts";
import { SPECTATOR } from "../../../src/io/netplay/packets.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import type { LinkFaults } from "../../support/datagram-proxy.ts";
import { PERIOD_MS, SimulatedSide, SimulatedWorld, simulatedGame } from "../../support/simulated-netplay.ts";
import { soakSize } from "../../support/soak.ts";
import { twoPlayerRom } from "../../support/two-player-rom.ts";

const SECOND_MS = 1000;

/** Runs until every side has run `frames` frames. */
function play(sides: readonly SimulatedSide[], frames: number): void {
  const limitMs = 10 * SECOND_MS + 2 * frames * PERIOD_MS;
  const isOver = () => sides.every((side) => side.frames >= frames || side.session.end !== undefined);
  sides[0].world.run(limitMs, isOver);
}

/**
 * Checks that all machines were equal and that they did what the recorded inputs say: a machine that runs
 * them alone, without any rollback, comes to the same states.
 */
function expectAgreement(sides: readonly SimulatedSide[], frames: number): void {
  for (const side of sides) {
    expect(side.session.end).toBeUndefined();
    expect(side.frames).toBeGreaterThanOrEqual(frames);
    const { ledger, record } = side.session.side!;
    expect(ledger.lastEqualFrame).toBeGreaterThan(frames - 180);
    const { frame, hash } = side.settled();
    const script = record.script();
    const alone = side.world.createMachine();
    alone.setInput({ latchButtons: () => script.maskAt(alone.frame) });
    while (alone.frame < frame) alone.runFrame();
    const state = new Uint8Array(alone.stateBytes);
    alone.save(state);
    expect(Bun.hash.crc32(state)).toBe(hash);
    // Somebody pressed something: an empty game would agree too.
    expect(script.length).toBeGreaterThan(frames / 60);
  }
}

const LINKS: readonly (readonly [string, LinkFaults])[] = [
  ["a perfect link", { roundTripMs: 0 }],
  ["20 ms", { roundTripMs: 20, jitterMs: 5 }],
  [
    "100 ms, jitter, 5 % lost, some doubled",
    { roundTripMs: 100, jitterMs: 30, lossPercent: 5, doublePercent: 2 },
  ],
  ["200 ms, 10 % lost", { roundTripMs: 200, jitterMs: 40, lossPercent: 10 }],
  ["half a second: it stalls, but agrees", { roundTripMs: 500, jitterMs: 100, lossPercent: 10 }],
];

describe("two players agree over", () => {
  test.each(LINKS)("%s", (_, faults) => {
    const frames = soakSize(1500, 36_000);
    const sides = simulatedGame(7, faults);
    play(sides, frames);
    expectAgreement(sides, frames);
    for (const { block } of sides) {
      const { rollbacks, replayedFrames, deepest } = block!.stats;
      expect(deepest).toBeLessThanOrEqual(8);
      if (faults.roundTripMs <= 100) expect(replayedFrames).toBeLessThanOrEqual(4 * rollbacks);
    }
  });

  test("100 ms, with a real console", () => {
    const frames = soakSize(400, 36_000);
    const { image } = readRom(twoPlayerRom(), "two-players.nes");
    const faults = { roundTripMs: 100, jitterMs: 30, lossPercent: 5 };
    const sides = simulatedGame(13, faults, 2, () => createHeadless(image));
    play(sides, frames);
    expectAgreement(sides, frames);
    // Both players' buttons count.
    const { masks } = sides[0].session.side!.record.script().entries;
    const used = [...masks].reduce((all, mask) => all | mask, 0);
    expect([used & 0xff, (used >> 8) & 0xff, used >>> 16]).toEqual([0xff, 0xff, 0]);
  });

  test("100 ms, with different seeds", () => {
    for (let seed = 1; seed <= soakSize(4, 100); seed++) {
      const sides = simulatedGame(seed, { roundTripMs: 100, jitterMs: 60, lossPercent: 20 });
      play(sides, 600);
      expectAgreement(sides, 600);
    }
  });
});

describe("more than two", () => {
  test.each([3, 4])("%d players agree", (players) => {
    const sides = simulatedGame(11, { roundTripMs: 60, jitterMs: 20, lossPercent: 3 }, players);
    play(sides, 1200);
    expectAgreement(sides, 1200);
    expect(sides.map(({ session }) => session.status.player).sort()).toEqual(
      Array.from({ length: players }, (_, index) => index + 1),
    );
  });
});

describe("a spectator", () => {
  const faults = { roundTripMs: 80, jitterMs: 30, lossPercent: 5 };
  const watching = (host: SimulatedSide, name = "spectator") =>
    new SimulatedSide(host.world, name, undefined, { wantedPlayer: SPECTATOR });

  test("who comes in the middle sees the same game a little later, and never runs a frame again", () => {
    const sides = simulatedGame(61, faults);
    const [host] = sides;
    play(sides, 300);
    const spectator = watching(host);
    play(sides, 1500);
    expectAgreement(sides, 1500);
    expectAgreement([spectator], 1100);
    expect(spectator.session.status.player).toBe(0);
    expect(spectator.block!.stats.rollbacks).toBe(0);
    expect(host.block!.frame - spectator.block!.frame).toBeLessThan(25);
    // It is behind by its reserve, so late packets hardly stop it.
    const { stalls } = spectator.block!.stats;
    play(sides, 2100);
    expect(spectator.block!.stats.stalls - stalls).toBeLessThan(10);
  });

  test("who is gone, or whose link is, stops nobody", () => {
    const sides = simulatedGame(62, faults);
    const [host] = sides;
    play(sides, 200);
    const spectator = watching(host);
    play(sides, 500);
    expect((host.session as HostSession).sessions).toBe(2);
    spectator.vanish();
    const { stalls } = host.block!.stats;
    play(sides, 1200);
    expect((host.session as HostSession).sessions).toBe(1);
    expect(host.block!.stats.stalls).toBeLessThanOrEqual(stalls + 2);
    expectAgreement(sides, 1200);
  });

  test("whose machine differs ends alone", () => {
    const sides = simulatedGame(63, faults);
    const [host] = sides;
    play(sides, 200);
    const spectator = watching(host);
    play(sides, 500);
    spectator.machine.poke("cpu", 4, spectator.machine.peek("cpu", 4) ^ 1);
    play(sides, 900);
    expect(spectator.session.end?.kind).toBe("desync");
    spectator.session.close();
    play(sides, 1200);
    expectAgreement(sides, 1200);
  });

  test("finds no room beside eight others", () => {
    const sides = simulatedGame(64, { roundTripMs: 10 });
    const [host] = sides;
    play(sides, 60);
    const spectators = Array.from({ length: 9 }, (_, index) => watching(host, `spectator ${index}`));
    const ends = () => spectators.flatMap(({ session }) => (session.end === undefined ? [] : [session.end]));
    host.world.run(20 * SECOND_MS, () => ends().length > 0);
    expect(ends()).toMatchObject([{ kind: "failed", error: { message: "the game is full" } }]);
    expect((host.session as HostSession).sessions).toBe(9);
  });
});

describe("clocks", () => {
  test("a clock that is 0.5 % slower is followed without stalls", () => {
    const sides = simulatedGame(3, { roundTripMs: 80, jitterMs: 10 });
    sides[0].clockPpm = 5000;
    play(sides, 1200);
    const stallsBefore = sides.map(({ block }) => block!.stats.stalls);
    play(sides, 3600);
    expectAgreement(sides, 3600);
    expect(sides.map(({ block }) => block!.stats.stalls)).toEqual(stallsBefore);
  });

  test("both sides run equally many frames again", () => {
    const sides = simulatedGame(4, { roundTripMs: 120, jitterMs: 20, lossPercent: 2 });
    play(sides, 3000);
    const [host, other] = sides.map(({ block }) => block!.stats.replayedFrames);
    expect(Math.abs(host - other) / Math.max(host, other)).toBeLessThan(0.25);
  });

  test.each([
    [0, 0],
    [60, 1],
    [150, 4],
  ])("with %d ms the delay becomes %d frames", (roundTripMs, delay) => {
    const sides = simulatedGame(5, { roundTripMs, jitterMs: 4 });
    play(sides, 900);
    for (const { session } of sides)
      expect(Math.abs(session.status.delayFrames - delay)).toBeLessThanOrEqual(1);
  });

  test("a delay that the player chose stays", () => {
    const world = new SimulatedWorld(1, { roundTripMs: 120 });
    const sides = [
      new SimulatedSide(world, "host", 2, { delayFrames: 0 }),
      new SimulatedSide(world, "player 2", undefined, { delayFrames: 9 }),
    ];
    play(sides, 600);
    expectAgreement(sides, 600);
    expect(sides.map(({ session }) => session.status.delayFrames)).toEqual([0, 9]);
  });
});

describe("a player who leaves", () => {
  const faults = { roundTripMs: 40, jitterMs: 10, lossPercent: 2 };

  test.each(["says so", "just vanishes"])("%s, and comes back by a state", (how) => {
    const sides = simulatedGame(21, faults);
    const [host, other] = sides;
    play(sides, 600);
    if (how === "says so") other.session.close();
    other.vanish();
    host.world.run(5 * SECOND_MS);
    const stopped = host.frames;
    host.world.run(5 * SECOND_MS);
    expect(host.frames).toBe(stopped);
    expect(host.session.status.notice).toMatch(
      how === "says so" ? /^player 2 has left; the game waits 5\d s/ : /^player 2 does not answer/,
    );
    const again = new SimulatedSide(host.world, "player 2 again", undefined);
    const target = host.frames + 600;
    host.world.run(30 * SECOND_MS, () => host.frames >= target);
    expectAgreement([host], target);
    // The one who came back has all inputs since power-on, so its record gives the same state.
    expect(again.session.side!.record.frames).toBeGreaterThan(target - 20);
    expectAgreement([again], 500);
    expect(host.session.status.notice).toBe("");
  });

  test("the game goes on without one who does not come back, who can still come later", () => {
    const sides = simulatedGame(22, faults, 3);
    const [host, , third] = sides;
    play(sides, 300);
    third.vanish();
    host.world.run(66 * SECOND_MS);
    const before = host.frames;
    host.world.run(5 * SECOND_MS);
    expect(host.frames - before).toBeGreaterThan(200);
    const again = new SimulatedSide(host.world, "player 3 again", undefined, {
      wantedPlayer: third.session.status.player,
    });
    const target = host.frames + 300;
    host.world.run(30 * SECOND_MS, () => host.frames >= target);
    expectAgreement([host, sides[1]], 1000);
    expectAgreement([again], 250);
    expect(again.session.status.player).toBe(third.session.status.player);
  });

  test("a player behind a router that changes its port plays on", () => {
    const sides = simulatedGame(25, faults);
    const [host, other] = sides;
    const { world } = host;
    play(sides, 300);
    let isForwarding = false;
    world.onSend = (packet, from, to) => {
      if (from === other.address) world.send(packet, "elsewhere", to);
      // The router no longer knows the old port.
      return from !== other.address && (from !== "host" || to !== other.address || isForwarding);
    };
    world.listen("elsewhere", (packet) => {
      isForwarding = true;
      world.send(packet, "host", other.address);
      isForwarding = false;
    });
    play(sides, 900);
    expectAgreement(sides, 900);
    expect(host.session.status.notice).toBe("");
  });

  test("an outage of 20 seconds needs no state: the game just continues", () => {
    const sides = simulatedGame(23, faults);
    const [host] = sides;
    play(sides, 300);
    host.world.faults = { roundTripMs: 40, lossPercent: 100 };
    host.world.run(20 * SECOND_MS);
    expect(sides[1].session.status.notice).toBe("the host does not answer");
    host.world.faults = faults;
    play(sides, 900);
    expectAgreement(sides, 900);
  });

  test("a host that ends the game ends it for all", () => {
    const sides = simulatedGame(24, faults);
    const [host, other] = sides;
    play(sides, 200);
    host.session.close();
    host.vanish();
    host.world.run(SECOND_MS);
    expect(other.session.end).toMatchObject({
      kind: "failed",
      error: { message: "the host has ended the game" },
    });
  });

  test("a host that vanishes is given up after a minute", () => {
    const sides = simulatedGame(25, faults);
    play(sides, 200);
    sides[0].vanish();
    sides[1].world.run(59 * SECOND_MS);
    expect(sides[1].session.end).toBeUndefined();
    sides[1].world.run(2 * SECOND_MS);
    expect(sides[1].session.end).toMatchObject({ kind: "failed" });
  });
});

test("a pause of one player stops all, and the others are told", () => {
  const sides = simulatedGame(31, { roundTripMs: 30 });
  const [host, other] = sides;
  play(sides, 300);
  other.isPaused = true;
  host.world.run(10 * SECOND_MS);
  expect(host.frames).toBeLessThan(330);
  expect(host.session.status.notice).toBe("player 2 has paused the game");
  other.isPaused = false;
  play(sides, 900);
  expectAgreement(sides, 900);
});

describe("machines that differ", () => {
  test.each([0, 1])("are noticed within a second by both, when that of side %d changes", (changed) => {
    const sides = simulatedGame(41, { roundTripMs: 60, jitterMs: 10, lossPercent: 5 });
    play(sides, 400);
    // The phase of the sound: nothing else depends on it.
    sides[changed].machine.poke("cpu", 4, sides[changed].machine.peek("cpu", 4) ^ 1);
    const { frame } = sides[changed].block!;
    sides[0].world.run(5 * SECOND_MS);
    for (const { session } of sides) {
      expect(session.end?.kind).toBe("desync");
      if (session.end?.kind !== "desync") continue;
      expect(session.end.desync.frame).toBeGreaterThanOrEqual(frame);
      expect(session.end.desync.frame).toBeLessThanOrEqual(frame + 70);
      expect(session.end.desync.lastEqualFrame).toBe(session.end.desync.frame - 60);
    }
  });
});

describe("is not let in", () => {
  const join = (terms: object) => {
    const world = new SimulatedWorld(51, { roundTripMs: 20 });
    const host = new SimulatedSide(world, "host", 2);
    const other = new SimulatedSide(world, "other", undefined, terms);
    world.run(20 * SECOND_MS, () => other.session.end !== undefined);
    return { host: host.session as HostSession, end: other.session.end, world };
  };

  test.each([
    ["who has another token", { token: "another token, longer" }, "no answer"],
    ["who has another ROM", { romSha1: new Uint8Array(20) }, "the host plays another ROM"],
    [
      "who has other options",
      { machineSha256: new Uint8Array(32) },
      "the host has another version of emu, other machine options, or another BIOS or header of the ROM",
    ],
    ["who wants to be player 4 of 2", { wantedPlayer: 4 }, "the game is full"],
  ])("one %s", (_, terms, message) => {
    const { host, end } = join(terms);
    expect(end).toMatchObject({ kind: "failed", error: { kind: "unavailable", message } });
    expect(host.sessions).toBe(0);
  });

  test("a third player of a game for two", () => {
    const sides = simulatedGame(52, { roundTripMs: 20 });
    const [host] = sides;
    play(sides, 100);
    const third = new SimulatedSide(host.world, "third", undefined);
    host.world.run(20 * SECOND_MS, () => third.session.end !== undefined);
    expect(third.session.end).toMatchObject({ kind: "failed", error: { message: "the game is full" } });
    expect(third.session).toBeInstanceOf(JoinSession);
    play(sides, 600);
    expectAgreement(sides, 600);
  });
});
