import { expect, test } from "bun:test";
import { MessageRate } from "../../../src/io/serve/message-rate.ts";

test("a peer's message rate is limited, however it spreads them", () => {
  for (const pauseMs of [0, 0.01, 0.5, 3, 20]) {
    const rate = new MessageRate(1000);
    let nowMs = 5;
    let messages = 0;
    while (nowMs < 10_005) {
      nowMs += rate.take(nowMs) + pauseMs;
      messages++;
    }
    expect(messages).toBeLessThanOrEqual(10_000 + 50);
    // A peer below the limit never waits.
    if (pauseMs >= 3) expect(messages).toBe(Math.ceil(10_000 / pauseMs));
  }
});
