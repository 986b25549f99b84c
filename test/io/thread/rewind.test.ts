import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Arena } from "../../../src/emu/arena.ts";
import { loadBuiltInGame } from "../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { readHeartbeat } from "../../../src/io/shared/stats.ts";
import { EmuClient, type EmuClientOptions } from "../../../src/io/thread/emu-client.ts";
import { nesSource } from "../../../src/io/thread/nes-source.ts";
import { RewindBuffer } from "../../../src/io/thread/rewind.ts";
import { FakeMachine } from "../../support/fake-machine.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";
import { soakSize } from "../../support/soak.ts";

/** A machine whose state the test sets. */
class StateHolder extends FakeMachine {
  state = new Uint8Array(0);

  constructor() {
    super(new Arena(new SharedArrayBuffer(FakeMachine.ARENA_BYTES)));
  }

  override save(into: Uint8Array): void {
    into.set(this.state);
  }

  override restore(from: Uint8Array): void {
    this.state = from.slice();
  }
}

describe("RewindBuffer", () => {
  test("returns every state that it still holds, newest first", () => {
    const change = fc.array(fc.tuple(fc.nat(402), fc.nat(255)), { maxLength: 40 });
    const moves = fc.array(fc.oneof({ weight: 4, arbitrary: change }, fc.constant("pop" as const)), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(moves, fc.integer({ min: 400, max: 1200 }), (list, words) => {
        const machine = new StateHolder();
        machine.state = new Uint8Array(403);
        const buffer = new RewindBuffer(new Int32Array(words), machine.state.length);
        const model: { state: Uint8Array; buttons: number }[] = [];
        let buttons = 0;
        for (const move of list) {
          if (move === "pop") {
            const before = buffer.depth;
            const popped = buffer.pop();
            if (before === 0) expect(popped).toBe(-1);
            else expect(popped).toBe(model.pop()!.buttons);
            expect(buffer.depth).toBe(Math.max(0, before - 1));
          } else {
            for (const [at, value] of move) machine.state[at] = value;
            buttons = (buttons * 31 + 7) >>> 0;
            buffer.push(machine, buttons);
            model.push({ state: machine.state.slice(), buttons });
          }
          if (model.length > 0) {
            buffer.restore(machine);
            expect(Buffer.from(machine.state).equals(model.at(-1)!.state)).toBe(true);
          }
          expect(buffer.depth).toBeLessThan(Math.max(1, model.length));
          expect(buffer.usedBytes).toBeLessThanOrEqual(words * 4);
          expect(buffer.position).toBeGreaterThanOrEqual(buffer.depth);
        }
      }),
      { numRuns: soakSize(60, 1000) },
    );
  });

  test("returns states in which more words change, or stay, than a run's header can count", () => {
    const states = [0, 0xff, 0x55].map((value) => new Uint8Array(400_000).fill(value));
    states.push(states[2]!.with(399_999, 1));
    const machine = new StateHolder();
    const buffer = new RewindBuffer(new Int32Array(2 * RewindBuffer.leastWords(400_000)), 400_000);
    for (const [frame, state] of states.entries()) {
      machine.state = state;
      buffer.push(machine, frame);
    }
    for (const state of states.toReversed()) {
      buffer.restore(machine);
      expect(Buffer.from(machine.state).equals(state)).toBe(true);
      buffer.pop();
    }
  });

  test("holds a minute of a game in a fraction of 32 MiB, extrapolated from some seconds", async () => {
    const { image } = await loadBuiltInGame();
    const machine = createHeadless(image);
    const frames = soakSize(600, 3600);
    let held = 0;
    machine.setInput({ latchButtons: () => held });
    const buffer = new RewindBuffer(new Int32Array((32 * 1024 * 1024) / 4), machine.stateBytes);
    const pixels = new Uint16Array(256 * 240);
    for (let frame = 0; frame <= frames; frame++) {
      held = frame % 90 < 6 ? 0x08 : 1 << (Math.floor(frame / 20) % 8);
      buffer.push(machine, held);
      machine.runFrame(pixels);
    }
    expect(buffer.depth).toBe(frames);
    expect(buffer.position).toBe(frames);
    expect((buffer.usedBytes / frames) * 3600).toBeLessThan(8 * 1024 * 1024);
    for (let frame = 0; frame < frames; frame++) buffer.pop();
    buffer.restore(machine);
    expect(machine.frame).toBe(0);
    expect(buffer.position).toBe(0);
  });
});

const clients: EmuClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.stop()));
});

async function startGame(options: Partial<EmuClientOptions> = {}): Promise<EmuClient> {
  const { image } = await loadBuiltInGame();
  const client = await EmuClient.start({
    machine: nesSource(image),
    startPaused: true,
    warmUpFrames: 0,
    realtime: false,
    rewindBytes: 8 * 1024 * 1024,
    ...options,
  });
  clients.push(client);
  return client;
}

describe("machine thread", () => {
  test("goes back frame by frame, and resumes from there", async () => {
    const client = await startGame();
    await client.step(30);
    const { bytes: state } = await client.saveState();
    await client.step(40);
    const before = client.stats().frames;
    await client.setRewinding(true);
    while (((client.stats().frames - before) | 0) < 20) await Bun.sleep(1);
    await client.setRewinding(false);
    const { frame } = await frameAndState(client);
    expect(frame).toBeLessThan(51);
    expect(frame).toBeGreaterThanOrEqual(0);
    // Running forward to a saved frame gives the same bits, if it has not been passed.
    const other = await startGame();
    await other.step(frame);
    expect(await frameAndState(client)).toEqual(await frameAndState(other));
    await client.loadState(state);
    expect((await frameAndState(client)).frame).toBe(30);
  });

  test("stops at the oldest state", async () => {
    const client = await startGame();
    await client.step(5);
    await client.setRewinding(true);
    while (client.stats().rewindFrames > 0) await Bun.sleep(1);
    const beat = readHeartbeat(client.blocks.stats);
    while (readHeartbeat(client.blocks.stats) - beat < 5) await Bun.sleep(1);
    await client.setRewinding(false);
    expect((await frameAndState(client)).frame).toBe(0);
    await client.step(3);
    expect((await frameAndState(client)).frame).toBe(3);
  });

  test.each([0, 4096])("rejects rewinding with only %p bytes of memory", async (rewindBytes) => {
    const client = await startGame({ rewindBytes });
    expect((await inputErrorFrom(client.setRewinding(true))).message).toContain("not enough memory");
  });

  test.each([1, 3])(
    "shows the picture of %p frames ahead, and does not change anything else",
    async (ahead) => {
      const client = await startGame();
      const plain = await startGame();
      await client.setRunAhead(ahead);
      for (const [buttons, frames] of [
        [0, 40],
        [8, 4],
        [0x81, 17],
      ] as const) {
        client.setButtons("keyboard", buttons);
        plain.setButtons("keyboard", buttons);
        await client.step(frames);
        await plain.step(frames);
      }
      expect(await frameAndState(client)).toEqual(await frameAndState(plain));
      const picture = await client.picture();
      await plain.step(ahead);
      expect(picture).toEqual(await plain.picture());
    },
  );
});

async function frameAndState(client: EmuClient): Promise<{ frame: number; state: string }> {
  const { bytes, tag } = await client.saveState();
  return { frame: tag, state: Bun.hash(bytes).toString(16) };
}
