import { expect, test } from "bun:test";
import { createShared, DEFAULT_SIZES } from "../../../src/io/shared/layout.ts";
import { PresenterInbox, PresenterOrders, WANT_HOLD } from "../../../src/io/thread/presenter-orders.ts";

const WINDOW = { columns: 80, rows: 24, cellWidthPixels: 0, cellHeightPixels: 0 };

const SIZES = { machineBytes: 64, stateBytes: 64, batteryBytes: 0, widthPixels: 8, heightPixels: 8 };

/** The answer to a hold and the time until it. `act` is what the presenter does at each moment. */
async function answerTo(act: (inbox: PresenterInbox, nowMs: number) => void, hasEnded = false) {
  const { blocks } = createShared({ ...DEFAULT_SIZES, ...SIZES });
  const orders = new PresenterOrders(blocks);
  const inbox = new PresenterInbox(blocks.stats);
  orders.give(WANT_HOLD, WINDOW);
  let nowMs = 0;
  act(inbox, nowMs);
  const sleep = async (milliseconds: number) => {
    nowMs += milliseconds;
    act(inbox, nowMs);
  };
  const isObeyed = await orders.obeyed(() => hasEnded, { nowMs: () => nowMs, sleep });
  return { isObeyed, nowMs };
}

const obeyAfter = (milliseconds: number) => (inbox: PresenterInbox, nowMs: number) => {
  if (nowMs >= milliseconds) inbox.obeyed(inbox.order);
};

test("a presenter without a processor is waited for: it is not stuck", async () => {
  expect(await answerTo(obeyAfter(3000))).toEqual({ isObeyed: true, nowMs: 3000 });
});

test("a write that does not end is stuck", async () => {
  const { isObeyed, nowMs } = await answerTo((inbox) => inbox.setWriting(true));
  expect(isObeyed).toBe(false);
  expect(nowMs).toBeWithin(400, 450);
});

test("several writes in a row are not stuck", async () => {
  const answer = await answerTo((inbox, nowMs) => {
    inbox.setWriting(Math.floor(nowMs / 300) % 2 === 0);
    obeyAfter(2000)(inbox, nowMs);
  });
  expect(answer).toEqual({ isObeyed: true, nowMs: 2000 });
});

test("a presenter that hangs is given up; one that has ended writes nothing more", async () => {
  expect((await answerTo(() => {})).isObeyed).toBe(false);
  expect(await answerTo((inbox) => inbox.setWriting(true), true)).toEqual({ isObeyed: true, nowMs: 0 });
});
