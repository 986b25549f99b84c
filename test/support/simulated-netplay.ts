/** Netplay sessions in one process: machines, a clock and links that are simulated, all from one seed. */
import { Arena } from "../../src/emu/arena.ts";
import type { Machine } from "../../src/emu/machine.ts";
import { HostSession } from "../../src/io/netplay/host-session.ts";
import { JoinSession, type JoinTerms } from "../../src/io/netplay/join-session.ts";
import { InputLatch, InputWriter } from "../../src/io/shared/input-words.ts";
import { INPUT_DEVICES } from "../../src/io/shared/layout-words.ts";
import { NetplayBlock } from "../../src/io/shared/netplay-block.ts";
import { Rollback } from "../../src/io/thread/rollback.ts";
import type { LinkFaults } from "./datagram-proxy.ts";
import { FakeMachine } from "./fake-machine.ts";
import { Prng } from "./prng.ts";

export const PERIOD_MS = 1000 / 60.0988;
const TICK_MS = 10;
export const TOKEN = "a token for all tests";

/** A fake machine that draws nothing: nobody looks at the pictures, and they take most of the time. */
function quickMachine(): Machine {
  const machine = new FakeMachine(new Arena(new SharedArrayBuffer(FakeMachine.ARENA_BYTES)));
  const runFrame = machine.runFrame.bind(machine);
  machine.runFrame = () => runFrame();
  return machine;
}

interface Event {
  readonly atMs: number;
  readonly run: () => void;
}

/** A simulated time and the events in it. */
export class SimulatedWorld {
  nowMs = 1000;
  readonly random: Prng;
  /** Makes the machines of all sides. */
  readonly createMachine: () => Machine;
  faults: LinkFaults;
  /** Called with every datagram that is sent. Returns false to drop it. */
  onSend: (packet: Uint8Array, from: string, to: string) => boolean = () => true;
  readonly #events: Event[] = [];
  readonly #receivers = new Map<string, (packet: Uint8Array, from: string) => void>();

  constructor(seed: number, faults: LinkFaults, createMachine: () => Machine = quickMachine) {
    this.createMachine = createMachine;
    this.random = new Prng(seed);
    this.faults = faults;
  }

  /** Calls `run` after `delayMs`. */
  after(delayMs: number, run: () => void): void {
    const event = { atMs: this.nowMs + delayMs, run };
    let at = this.#events.length;
    while (at > 0 && this.#events[at - 1].atMs <= event.atMs) at--;
    this.#events.splice(at, 0, event);
  }

  /** Runs everything in the next `milliseconds`, or until `isOver`. */
  run(milliseconds: number, isOver: () => boolean = () => false): void {
    const end = this.nowMs + milliseconds;
    while (!isOver() && (this.#events.at(-1)?.atMs ?? end) < end) {
      const event = this.#events.pop()!;
      this.nowMs = event.atMs;
      event.run();
    }
    if (!isOver()) this.nowMs = end;
  }

  listen(address: string, receive: (packet: Uint8Array, from: string) => void): void {
    this.#receivers.set(address, receive);
  }

  send(packet: Uint8Array, from: string, to: string): void {
    if (!this.onSend(packet, from, to)) return;
    const { roundTripMs, jitterMs = 0, lossPercent = 0, doublePercent = 0 } = this.faults;
    if (this.#chance(lossPercent)) return;
    for (let copy = this.#chance(doublePercent) ? 2 : 1; copy > 0; copy--) {
      const delayMs = roundTripMs / 2 + (jitterMs * this.random.below(1000)) / 1000;
      this.after(delayMs, () => this.#receivers.get(to)?.(packet.slice(), from));
    }
  }

  #chance(percent: number): boolean {
    return this.random.below(10_000) < percent * 100;
  }
}

/** One computer: a machine that plays in real time, and its session. */
export class SimulatedSide {
  readonly world: SimulatedWorld;
  readonly address: string;
  readonly machine: Machine;
  readonly latch: InputLatch;
  readonly keys: InputWriter;
  readonly session: HostSession | JoinSession;
  block: NetplayBlock | undefined;
  rollback: Rollback | undefined;
  /** Frames that ran, without those that ran again. */
  frames = 0;
  isPaused = false;
  /** How much longer frames take than the console's, in millionths: no two clocks are equal. */
  clockPpm = 0;
  #isGone = false;

  constructor(
    world: SimulatedWorld,
    address: string,
    players: number | undefined,
    terms: Partial<JoinTerms> = {},
  ) {
    this.world = world;
    this.address = address;
    this.machine = world.createMachine();
    const words = new Int32Array(new SharedArrayBuffer(4 * (INPUT_DEVICES + 16)));
    this.latch = new InputLatch(words);
    this.keys = new InputWriter(words, "keyboard");
    const common = {
      token: TOKEN,
      romSha1: new Uint8Array(20).fill(1),
      machineSha256: new Uint8Array(32).fill(2),
      periodMs: PERIOD_MS,
      delayFrames: undefined,
      wantedPlayer: 0,
      ...terms,
    };
    const sessionWorld = {
      nowMs: () => world.nowMs,
      randomBytes: (count: number) => world.random.bytes(count),
      send: (packet: Uint8Array, to: string) => world.send(packet, address, to),
    };
    if (players === undefined) this.session = new JoinSession(common, sessionWorld, "host");
    else {
      const start = { players, localPlayer: 0, frame: 0, ends: Array(players).fill(0), delayFrames: 0 };
      const block = new NetplayBlock(start);
      const host = new HostSession(block, common, {
        ...sessionWorld,
        takeState: () => this.world.after(3, () => this.#offerState(host)),
      });
      this.session = host;
      this.#start(block);
    }
    world.listen(address, (packet, from) => {
      if (!this.#isGone) this.session.receive(packet, from);
    });
    this.#tick();
  }

  /** The state's hash, and the frame that follows it. */
  settled(): { frame: number; hash: number } {
    const state = new Uint8Array(this.machine.stateBytes);
    const frame = this.rollback!.saveSettled(state);
    this.session.side!.update();
    return { frame, hash: Bun.hash.crc32(state) };
  }

  /** The computer loses its network or its power. */
  vanish(): void {
    this.#isGone = true;
  }

  #start(block: NetplayBlock, state?: Uint8Array): void {
    if (state !== undefined) this.machine.load(state);
    this.machine.setInput(this.latch);
    this.block = block;
    this.rollback = new Rollback(this.machine, block.buffer, this.latch, {
      nowMs: () => this.world.nowMs,
      onFrameTime: () => this.session.tick(),
    });
    this.#runFrames(new Uint16Array(256 * 240));
  }

  #runFrames(pixels: Uint16Array): void {
    if (this.#isGone) return;
    const { random } = this.world;
    // Buttons change every quarter of a second.
    if (random.below(15) === 0) this.keys.setButtons(random.byte());
    if (!this.isPaused && this.rollback!.run(pixels)) this.frames++;
    const { side } = this.session;
    if (side !== undefined) side.isPaused = this.isPaused;
    const ppm = this.clockPpm - this.rollback!.ratePpm;
    this.world.after(PERIOD_MS * (1 + ppm / 1e6), () => this.#runFrames(pixels));
  }

  #tick(): void {
    if (this.#isGone) return;
    this.session.tick();
    if (this.session instanceof JoinSession && this.block === undefined) {
      const joined = this.session.joined();
      if (joined !== undefined) {
        this.block = joined.block;
        // A real machine needs a moment to start.
        this.world.after(200, () => {
          this.#start(joined.block, joined.state);
          (this.session as JoinSession).started();
        });
      }
    }
    this.world.after(TICK_MS, () => this.#tick());
  }

  #offerState(host: HostSession): void {
    const state = new Uint8Array(this.machine.stateBytes);
    const frame = this.rollback!.saveSettled(state);
    host.offer(state, frame);
  }
}

/** A host with `players` − 1 others who join. */
export function simulatedGame(
  seed: number,
  faults: LinkFaults,
  players = 2,
  createMachine?: () => Machine,
): SimulatedSide[] {
  const world = new SimulatedWorld(seed, faults, createMachine);
  const sides = [new SimulatedSide(world, "host", players)];
  for (let player = 1; player < players; player++)
    sides.push(new SimulatedSide(world, `player ${player + 1}`, undefined));
  sides.forEach((side, index) => {
    side.clockPpm = index % 2 === 0 ? 60 : -60;
  });
  return sides;
}
