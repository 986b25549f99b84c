import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CommandConsumer, CommandProducer } from "../../../src/io/shared/command-ring.ts";
import {
  COMMAND_HEAD,
  COMMAND_SLOT_WORDS,
  COMMAND_SLOTS,
  COMMAND_TAIL,
} from "../../../src/io/shared/layout-words.ts";
import { runThread } from "../../support/test-thread.ts";
import type { ProducerOrder } from "./threads/command-producer.ts";

/** An empty ring whose counts start at `start`, so that a test can be near their wrap. */
function ringWords(slots: number, start = 0): Int32Array<SharedArrayBuffer> {
  const words = new Int32Array(new SharedArrayBuffer((COMMAND_SLOTS + slots * COMMAND_SLOT_WORDS) * 4));
  words[COMMAND_TAIL] = start;
  words[COMMAND_HEAD] = start;
  for (let i = 0; i < slots; i++)
    words[COMMAND_SLOTS + ((start + i) & (slots - 1)) * COMMAND_SLOT_WORDS] = start + i;
  return words;
}

describe("command ring", () => {
  test("behaves as a bounded queue, even when its counts wrap", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 0x7fff_fff0, -8, 0x7fff_ffff),
        fc.array(fc.option(fc.nat()), { maxLength: 100 }),
        (start, steps) => {
          const words = ringWords(8, start | 0);
          const producer = new CommandProducer(words);
          const consumer = new CommandConsumer(words);
          const model: { value: number; ticket: number }[] = [];
          for (const value of steps) {
            if (value !== null) {
              const ticket = producer.push(5, value, -value, 3, 4, 5);
              expect(ticket >= 0).toBe(model.length < 8);
              if (ticket >= 0) model.push({ value, ticket });
              continue;
            }
            expect(consumer.take()).toBe(model.length === 0 ? 0 : 5);
            const expected = model.shift();
            if (expected === undefined) continue;
            expect([0, 1, 2, 3, 4].map((i) => consumer.argument(i))).toEqual([
              expected.value,
              -expected.value | 0,
              3,
              4,
              5,
            ]);
            expect(consumer.ticket).toBe(expected.ticket);
            expect(producer.isDone(expected.ticket)).toBe(false);
            consumer.done();
            expect(producer.isDone(expected.ticket)).toBe(true);
          }
        },
      ),
    );
  });

  test("a full ring rejects the producer's command, and loses nothing", () => {
    const words = ringWords(4);
    const producer = new CommandProducer(words);
    expect([1, 2, 3, 4, 5].map((value) => producer.push(value))).toEqual([0, 1, 2, 3, -1]);
    const consumer = new CommandConsumer(words);
    expect(consumer.take()).toBe(1);
    consumer.done();
    expect(producer.push(6)).toBe(4);
  });

  test("failed commands are counted before they are done", () => {
    const words = ringWords(4);
    const producer = new CommandProducer(words);
    const consumer = new CommandConsumer(words);
    for (const fails of [true, false, true]) {
      const ticket = producer.push(1);
      const before = producer.failures;
      consumer.take();
      if (fails) consumer.fail();
      expect(producer.isDone(ticket)).toBe(false);
      consumer.done();
      expect(producer.failures - before).toBe(fails ? 1 : 0);
    }
  });

  test(
    "four producers: no command is lost or doubled, each producer's order is kept, a full ring is reported",
    async () => {
      const commands = 250_000;
      const words = ringWords(64);
      const consumer = new CommandConsumer(words);
      const module = new URL("./threads/command-producer.ts", import.meta.url);
      const producers = [0, 1, 2, 3].map((producer) =>
        runThread<ProducerOrder, number>(module, { words, producer, commands }),
      );
      const next = [0, 0, 0, 0];
      let wrong = 0;
      for (let taken = 0; taken < 4 * commands; ) {
        if (consumer.take() === 0) {
          consumer.wait(5_000);
          continue;
        }
        const producer = consumer.argument(0);
        const value = consumer.argument(1);
        if (value !== next[producer] || consumer.argument(2) !== ~value) wrong++;
        next[producer] = value + 1;
        consumer.done();
        taken++;
      }
      expect(wrong).toBe(0);
      expect(next).toEqual([commands, commands, commands, commands]);
      expect(consumer.take()).toBe(0);
      const full = await Promise.all(producers);
      expect(Math.max(...full)).toBeGreaterThan(0);
    },
    { timeout: 120_000 },
  );
});
