import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { InputScript } from "../../../src/io/movies/input-script.ts";
import { packGame, unpackGame } from "../../../src/io/netplay/game-state.ts";
import { HostSession } from "../../../src/io/netplay/host-session.ts";
import { MalformedMessage } from "../../../src/io/netplay/message-bytes.ts";
import * as messages from "../../../src/io/netplay/messages.ts";
import { PacketKey } from "../../../src/io/netplay/packet-key.ts";
import {
  CHALLENGE,
  FROM_PLAYER,
  helloPacket,
  kindOf,
  MAX_PACKET_BYTES,
  PacketLink,
  readChallenge,
} from "../../../src/io/netplay/packets.ts";
import {
  PERIOD_MS,
  SimulatedSide,
  SimulatedWorld,
  simulatedGame,
  TOKEN,
} from "../../support/simulated-netplay.ts";
import { soakSize } from "../../support/soak.ts";

const KEY = PacketKey.ofToken(TOKEN);
const HELLO = {
  nonce: new Uint8Array(16).fill(9),
  cookie: new Uint8Array(16),
  rom: new Uint8Array(20).fill(1),
  machine: new Uint8Array(32).fill(2),
  wantedPlayer: 0,
};

/** A game of two that has run for a while, and every packet that was sent in it. */
function recordedGame(seed: number): {
  sides: SimulatedSide[];
  sent: { packet: Uint8Array; from: string; to: string }[];
} {
  const sides = simulatedGame(seed, { roundTripMs: 30 });
  const { world } = sides[0];
  const sent: { packet: Uint8Array; from: string; to: string }[] = [];
  world.onSend = (packet, from, to) => sent.push({ packet: packet.slice(), from, to }) > 0;
  world.run(10_000, () => sides.every(({ frames }) => frames >= 200));
  // All of them arrive.
  world.onSend = () => true;
  world.run(100);
  return { sides, sent };
}

/** What an attack must not change. */
function facts(sides: readonly SimulatedSide[]): unknown {
  return sides.map(({ session, block }) => ({
    frame: block!.frame,
    ends: [block!.end(0), block!.end(1)],
    roundTripMs: session.status.roundTripMs,
    notice: session.status.notice,
    end: session.end,
    sessions: session instanceof HostSession ? session.sessions : 1,
  }));
}

/** The game goes on as if nothing had been. */
function expectUnharmed(sides: readonly SimulatedSide[]): void {
  const target = Math.max(...sides.map(({ frames }) => frames)) + 300;
  sides[0].world.run(20_000, () => sides.every(({ frames }) => frames >= target));
  for (const { session, frames } of sides) {
    expect(session.end).toBeUndefined();
    expect(frames).toBeGreaterThanOrEqual(target);
    expect(session.side!.ledger.lastEqualFrame).toBeGreaterThan(target - 150);
  }
}

describe("from strangers", () => {
  test("100,000 packets of noise change nothing, and none is answered", () => {
    const { sides, sent } = recordedGame(1);
    const { world } = sides[0];
    const samples = sent.map(({ packet }) => packet);
    let answers = 0;
    world.onSend = () => {
      answers++;
      return true;
    };
    const before = facts(sides);
    const packets = soakSize(20_000, 100_000);
    for (let number = 0; number < packets; number++) {
      const noise = world.random.bytes(world.random.below(MAX_PACKET_BYTES + 100));
      // Half of it has the beginning of a real packet, or is one with some bits changed.
      const sample = samples[world.random.below(samples.length)];
      if (number % 4 === 1) noise.set(sample.subarray(0, Math.min(noise.length, 4 + world.random.below(12))));
      const damaged = sample.slice();
      damaged[world.random.below(damaged.length)] ^= 1 << world.random.below(8);
      const packet = number % 4 === 3 ? damaged : noise;
      for (const { session } of sides)
        session.receive(packet, number % 3 === 0 ? "player 2" : `stranger ${number}`);
    }
    expect(facts(sides)).toEqual(before);
    expect(answers).toBe(0);
    expectUnharmed(sides);
  });

  test("every packet of the game once more changes nothing, from wherever it comes", () => {
    const { sides, sent } = recordedGame(2);
    const [host, other] = sides;
    const before = facts(sides);
    for (const address of ["player 2", "host", "elsewhere"]) {
      for (const { packet, to } of sent) (to === "host" ? host : other).session.receive(packet, address);
    }
    expect(facts(sides)).toEqual(before);
    expectUnharmed(sides);
  });

  test("a packet of one side does not pass for one of the other", () => {
    const { sides, sent } = recordedGame(3);
    const [host, other] = sides;
    const before = facts(sides);
    for (const { packet, to } of sent)
      (to === "host" ? other : host).session.receive(packet, to === "host" ? "host" : "player 2");
    expect(facts(sides)).toEqual(before);
  });

  test("greetings with the right token take no memory until their cookie comes back", () => {
    const world = new SimulatedWorld(4, { roundTripMs: 10 });
    const host = new SimulatedSide(world, "host", 2);
    const session = host.session as HostSession;
    const answers: Uint8Array[] = [];
    world.onSend = (packet) => answers.push(packet) > 0;
    const hello = helloPacket(HELLO, KEY);
    for (let number = 0; number < 5000; number++) session.receive(hello, `address ${number}`);
    expect(session.sessions).toBe(0);
    // They are few, and none is longer than what it answers: nobody can use the host to flood others.
    expect(answers.length).toBeLessThanOrEqual(400);
    expect(Math.max(...answers.map(({ length }) => length))).toBeLessThan(hello.length);
    expect(answers.every((packet) => kindOf(packet) === CHALLENGE)).toBe(true);
  });

  test("a cookie is of use at its own address only, and once", () => {
    const world = new SimulatedWorld(5, { roundTripMs: 10 });
    const host = new SimulatedSide(world, "host", 2);
    const session = host.session as HostSession;
    let answer = new Uint8Array();
    world.onSend = (packet) => {
      answer = packet.slice();
      return true;
    };
    session.receive(helloPacket(HELLO, KEY), "player");
    const cookie = readChallenge(answer, HELLO.nonce, KEY)!;
    const accepted = helloPacket({ ...HELLO, cookie }, KEY);
    session.receive(accepted, "elsewhere");
    expect(session.sessions).toBe(0);
    session.receive(accepted, "player");
    expect(session.sessions).toBe(1);
    // The player is gone after a minute of silence. Its packets, replayed, bring nobody back.
    world.run(70_000);
    expect(session.sessions).toBe(0);
    session.receive(accepted, "player");
    expect(session.sessions).toBe(0);
  });
});

describe("from a player with the token", () => {
  /** A host with one player who runs, and one whose messages the test makes. */
  function intruded(seed: number): { sides: SimulatedSide[]; say: (message: Uint8Array) => void } {
    const world = new SimulatedWorld(seed, { roundTripMs: 10 });
    const host = new SimulatedSide(world, "host", 2);
    let answer = new Uint8Array();
    world.onSend = (packet) => {
      if (kindOf(packet) === CHALLENGE) answer = packet.slice();
      return true;
    };
    host.session.receive(helloPacket(HELLO, KEY), "intruder");
    const cookie = readChallenge(answer, HELLO.nonce, KEY)!;
    host.session.receive(helloPacket({ ...HELLO, cookie }, KEY), "intruder");
    const link = new PacketLink(KEY, HELLO.nonce, cookie, false);
    world.run(100);
    return { sides: [host], say: (message) => host.session.receive(link.seal(message), "intruder") };
  }

  const play = (facts: Partial<messages.Play>): Uint8Array =>
    messages.playMessage({
      time: { stamp: 1, echo: 0, holdStamps: 0xffff, position: 0, lead: 0, isRunning: true },
      isReady: true,
      isPaused: false,
      relayMs: 0,
      ends: [0, 0],
      hash: undefined,
      runs: [],
      ...facts,
    });

  test("inputs for other players, from the past or from far ahead are not taken", () => {
    const { sides, say } = intruded(6);
    const { block } = sides[0];
    const run = (player: number, first: number, count: number) => ({
      player,
      first,
      buttons: new Uint8Array(count).fill(255),
    });
    const before = [block!.end(0), block!.end(1)];
    say(play({ runs: [run(0, before[0], 20)] }));
    say(play({ runs: [run(1, before[1] + 1, 5)] }));
    expect([block!.end(0), block!.end(1)]).toEqual(before);
    for (let first = before[1]; first < 2000; first += 200) say(play({ runs: [run(1, first, 200)] }));
    // The ring keeps what is not confirmed yet.
    expect(block!.end(1)).toBeLessThanOrEqual(block!.frame + 128);
    // What is known does not change.
    const known = block!.input(1, 0);
    say(play({ runs: [{ player: 1, first: 0, buttons: new Uint8Array(10) }] }));
    expect(block!.input(1, 0)).toBe(known);
  });

  test("no message, however malformed, does more than be ignored", () => {
    const { sides, say } = intruded(7);
    const [host] = sides;
    const { random } = host.world;
    for (let number = 0; number < soakSize(3000, 100_000); number++) {
      const message = random.below(2) === 0 ? play({}) : messages.wantMessage({ base: 0, bits: 0 });
      const changed = random.below(3) === 0 ? random.bytes(random.below(300)) : message;
      if (changed.length > 0) changed[random.below(changed.length)] = random.byte();
      // A BYE would end the session, as it should.
      if (changed[0] === messages.BYE) continue;
      host.world.nowMs += 3;
      say(changed);
    }
    host.session.tick();
    expect((host.session as HostSession).sessions).toBe(1);
    expect(Number.isFinite(host.session.status.roundTripMs)).toBe(true);
    expect(host.block!.delayFrames).toBeLessThanOrEqual(15);
  });

  test("more packets than a player sends are not read", () => {
    const { sides, say } = intruded(8);
    const { block } = sides[0];
    const end = block!.end(1);
    for (let number = 0; number < 2000; number++)
      say(play({ runs: number < 1500 ? [] : [{ player: 1, first: end, buttons: new Uint8Array(1) }] }));
    expect(block!.end(1)).toBe(end);
  });
});

describe("decoders", () => {
  const readers: readonly (readonly [string, (bytes: Uint8Array) => unknown])[] = [
    ["PLAY", (bytes) => messages.readPlay(bytes, 2)],
    ["OFFER", messages.readOffer],
    ["CHUNK", messages.readChunk],
    ["WANT", messages.readWant],
    ["BYE", messages.readBye],
  ];

  test.each(readers)("%s reads or rejects any bytes", (_, read) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      }),
      { numRuns: soakSize(300, 20_000) },
    );
  });

  test("PLAY comes back as it was written", () => {
    const run = fc.record({
      player: fc.integer({ min: 0, max: 3 }),
      first: fc.nat(2 ** 31),
      buttons: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    });
    fc.assert(
      fc.property(
        fc.array(run, { maxLength: 4 }),
        fc.array(fc.nat(2 ** 31), { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        (runs, ends, flag) => {
          const play: messages.Play = {
            time: {
              stamp: 7,
              echo: 0xffffffff,
              holdStamps: 12,
              position: 100.25,
              lead: -2.5,
              isRunning: flag,
            },
            isReady: !flag,
            isPaused: flag,
            relayMs: 40,
            ends,
            hash: flag ? { frame: 60, hash: 0xdeadbeef } : undefined,
            runs,
          };
          expect(messages.readPlay(messages.playMessage(play), 4)).toEqual(play);
        },
      ),
      { numRuns: 100 },
    );
  });

  const game = {
    frame: 500,
    state: new Uint8Array(5000).map((_, index) => index * 7),
    inputs: [new Uint8Array([1, 2, 3]), new Uint8Array(9)],
    script: new InputScript(new Float64Array([3, 90]), new Uint32Array([0x80000001, 0])),
  };

  test("a state comes back as it was packed", () => {
    const { script, ...others } = unpackGame(packGame(game), 2);
    expect(others).toEqual({ frame: game.frame, state: game.state, inputs: game.inputs });
    expect(script.entries).toEqual(game.script.entries);
  });

  test("a damaged state is rejected by its reason", () => {
    const packed = packGame(game);
    fc.assert(
      fc.property(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = packed.slice();
        damaged[at] ^= change;
        try {
          unpackGame(damaged, 2);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: soakSize(200, 5000) },
    );
    expect(() => unpackGame(packed, 3)).toThrow("another number of players");
    expect(() => unpackGame(packed.subarray(0, 50), 2)).toThrow(InputError);
  });
});

test("a packet of the game fits into the network's frames, also after an outage", () => {
  const { sides } = recordedGame(9);
  const { world } = sides[0];
  let longest = 0;
  world.onSend = (packet) => {
    if (kindOf(packet) === FROM_PLAYER) longest = Math.max(longest, packet.length);
    return false;
  };
  world.run(200 * PERIOD_MS);
  expect(longest).toBeGreaterThan(50);
  expect(longest).toBeLessThanOrEqual(MAX_PACKET_BYTES);
});
