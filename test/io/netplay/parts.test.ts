import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DelayChoice, delayFor } from "../../../src/io/netplay/delay-choice.ts";
import { MalformedMessage, MessageReader, MessageWriter } from "../../../src/io/netplay/message-bytes.ts";
import { PacketKey } from "../../../src/io/netplay/packet-key.ts";
import { RateLimit } from "../../../src/io/netplay/rate-limit.ts";
import { ReplayWindow } from "../../../src/io/netplay/replay-window.ts";
import { StateReceiver, StateSender, sha256Of } from "../../../src/io/netplay/state-transfer.ts";
import { Prng } from "../../support/prng.ts";

test("a replay window agrees with a set of numbers", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1200 }), { maxLength: 300 }), (numbers) => {
      const window = new ReplayWindow();
      const seen = new Set<number>();
      let newest = -1;
      for (const number of numbers) {
        const isExpected = !seen.has(number) && number > newest - 256;
        expect(window.accept(number)).toBe(isExpected);
        seen.add(number);
        newest = Math.max(newest, number);
        expect(window.newest).toBe(newest);
      }
    }),
    { numRuns: 200 },
  );
});

test("a message of any length is read as it was written", () => {
  const writer = new MessageWriter();
  for (let index = 0; index < 1000; index++)
    writer
      .u8(index & 255)
      .u32(index)
      .i32(5 - index)
      .u16(index);
  writer.bytes(new Uint8Array(5000).fill(3)).padTo(20_000);
  const reader = new MessageReader(writer.finish());
  for (let index = 0; index < 1000; index++)
    expect([reader.u8(), reader.u32(), reader.i32(), reader.u16()]).toEqual([
      index & 255,
      index,
      5 - index,
      index,
    ]);
  expect(reader.bytes(5000).every((byte) => byte === 3)).toBe(true);
  expect(reader.rest()).toHaveLength(4000);
  reader.end();
  expect(() => reader.u8()).toThrow(MalformedMessage);
});

describe("a key", () => {
  const key = PacketKey.ofToken("some token");
  const packet = new Uint8Array([1, 2, 3]);

  test("opens what it has sealed, and nothing else", () => {
    const sealed = key.seal(packet);
    expect(key.open(sealed)).toEqual(packet);
    for (let at = 0; at < sealed.length; at++) {
      const damaged = sealed.slice();
      damaged[at] ^= 1;
      expect(key.open(damaged)).toBeUndefined();
    }
    expect(PacketKey.ofToken("some tokem").open(sealed)).toBeUndefined();
    expect(key.open(sealed.subarray(1))).toBeUndefined();
    expect(key.open(new Uint8Array(5))).toBeUndefined();
  });

  test("keeps the parts of what it codes apart", () => {
    const [a, b, ab] = ["a", "b", "ab"].map((text) => new TextEncoder().encode(text));
    expect(key.code(16, a, b)).not.toEqual(key.code(16, ab));
    expect(key.derive("x", a).code(16)).not.toEqual(key.derive("x", b).code(16));
  });

  test("has the code of RFC 2104", () => {
    // openssl dgst -sha256 -hmac secret, over 03000000 010203
    const hmac = new Bun.CryptoHasher("sha256", "secret").update(new Uint8Array([3, 0, 0, 0, 1, 2, 3]));
    const code = new PacketKey(new TextEncoder().encode("secret")).code(16, packet);
    expect(Buffer.from(code).toString("hex")).toBe(hmac.digest("hex").slice(0, 32));
  });
});

test("a rate limit allows its rate, and a burst of twice that", () => {
  const limit = new RateLimit(100);
  const allowed = (nowMs: number, tries: number) =>
    Array.from({ length: tries }, () => limit.allows(nowMs)).filter(Boolean).length;
  expect(allowed(1000, 500)).toBe(200);
  expect(allowed(1000, 10)).toBe(0);
  expect(allowed(1500, 500)).toBe(50);
  expect(allowed(100_000, 500)).toBe(200);
});

describe("the delay", () => {
  test.each([
    [0, 0, 0],
    [20, 5, 0],
    [50, 10, 2],
    [100, 10, 5],
    [400, 50, 6],
  ])("for %d ms and %d ms of jitter is %d frames", (wayMs, jitterMs, frames) => {
    expect(delayFor(wayMs, jitterMs, 16.64)).toBe(frames);
  });

  test("changes by one frame, after the need has lasted for three seconds", () => {
    const choice = new DelayChoice();
    expect(choice.next(20, 0, 16.64, 0)).toBe(0);
    const at = (wayMs: number, nowMs: number) => choice.next(wayMs, 0, 16.64, nowMs);
    expect([at(100, 1000), at(100, 3000), at(20, 3500), at(100, 3600), at(100, 6500)]).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect([at(100, 6600), at(100, 9000), at(100, 9600)]).toEqual([1, 1, 2]);
  });
});

describe("a state in chunks", () => {
  test.each([1, 1024, 1025, 50_000])("of %d bytes arrives whole over a link that loses half", (bytes) => {
    const random = new Prng(bytes);
    const state = random.bytes(bytes);
    const sender = new StateSender(state);
    const receiver = new StateReceiver({ bytes, sha256: sha256Of(state), players: 2, player: 1 });
    let nowMs = 0;
    for (; receiver.whole === undefined && nowMs < 60_000; nowMs += 30) {
      sender.answer(receiver.want, nowMs, (index, chunk) => {
        if (random.below(2) === 0) receiver.take(index, chunk);
      });
    }
    expect(receiver.whole).toEqual(state);
  });

  test("that is damaged is rejected, and one that is too large is not begun", () => {
    const offer = { bytes: 4, sha256: sha256Of(new Uint8Array(4)), players: 2, player: 1 };
    const receiver = new StateReceiver(offer);
    receiver.take(0, new Uint8Array(5));
    receiver.take(9, new Uint8Array(4));
    expect(receiver.whole).toBeUndefined();
    receiver.take(0, new Uint8Array([1, 2, 3, 4]));
    expect(() => receiver.whole).toThrow("the state from the host is damaged");
    expect(() => new StateReceiver({ ...offer, bytes: 2 ** 31 })).toThrow("offers a state of");
  });
});
