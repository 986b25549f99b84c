import { KIB } from "../../../emu/units.ts";
import type { RingOptions } from "../linux/ring.ts";
import { BlockingEngine } from "./blocking-engine.ts";
import { MeasuredChoice } from "./choice.ts";
import type { FileEngine } from "./engine.ts";
import type { Intents } from "./intents.ts";
import { Submissions } from "./submissions.ts";
import { UringLane } from "./uring-lane.ts";

/** Maximum number of files open at once in the chains of one ring: as many as the assistant works on. */
const PLACES = 64;
/**
 * Chains submitted to the kernel together while files are in memory: their structures then stay in its
 * caches.
 */
const OWN_CHAINS = 16;
/** Chains per chunk for the assistant. It gets the next chunk when this many are left, so it never waits. */
const ASSIST_CHAINS = 32;
/** A chain that takes longer than this waits for a device; then as many chains as possible wait together. */
const WARM_CHAIN_MS = 0.05;
/**
 * Intents of a level that the assistant works on at a time, and intents done here between two checks of it.
 */
const ASSIST_CHUNK = 64;
const OWN_CHUNK = 32;
/** Idle time after which the assistant's kernel thread sleeps; until then it spins. */
const ASSIST_IDLE_MS = 1;
/** Batches or levels with at most this many intents use plain calls where those measure faster. */
const MAX_MEASURED = 24;
/** How often to check whether the assistant is done before the thread sleeps: about 50 µs. */
const ASSIST_LOOKS = 2000;

export interface UringOptions {
  /** Number of submissions passed to the kernel in one call. Between 64 and 256 measured best. */
  readonly entries?: number;
  /**
   * Levels with fewer intents than this use plain calls: for few of them, submission and completion cost more
   * than the calls that a ring saves. By default this is measured for each number of intents.
   */
  readonly leastForRing?: number;
  /**
   * Levels with at least this many intents are shared with a second ring as long as that measures faster. Its
   * kernel thread carries its part out on another core. Infinity disables it. Default 128 if there are two
   * cores.
   */
  readonly leastForAssist?: number;
  /** Register the arena, so that large reads need not pin it each time. Needs RLIMIT_MEMLOCK. */
  readonly registerArena?: boolean;
  /** Reads of at least this length use the registered arena; shorter ones gain nothing. */
  readonly leastForRegistered?: number;
  readonly ring?: Partial<RingOptions>;
}

/**
 * Linux's io_uring. If a batch opens, uses and closes a file, these intents form a chain, which the kernel
 * carries out by itself. All other intents run level by level, those of one level together. Small levels use
 * plain calls where those measure faster.
 */
export class UringEngine implements FileEngine {
  readonly name = "io_uring";
  /**
   * Number of operations submitted by a ring, and how many of them were submitted together with at least
   * three others.
   */
  submitted = 0;
  submittedTogether = 0;
  /** True if the kernel permitted us to register the arena. */
  isArenaRegistered = false;
  readonly #own: UringLane;
  readonly #submissions = new Submissions();
  readonly #plain = new BlockingEngine();
  /** 1 if the engine chooses plain calls or the ring by their measured cost. */
  readonly #leastForRing: number;
  /**
   * The choice between plain calls and the ring, by the number of intents of a batch, or of a level of a
   * larger batch.
   */
  readonly #batchChoices: MeasuredChoice[] = [];
  readonly #levelChoices: MeasuredChoice[] = [];
  readonly #leastForRegistered: number;
  readonly #wantsRegistered: boolean;
  readonly #leastForAssist: number;
  #assistant: UringLane | undefined;
  /** The choice with or without the assistant, per batch: a busy computer has no free core. */
  readonly #choice = new MeasuredChoice();
  /** Tickets of the current level, or of the intents that begin chains. */
  #tickets = new Int32Array(0);

  /** Throws `InputError` ("unavailable") if the kernel has no io_uring or forbids it. */
  constructor(options: UringOptions = {}) {
    const entries = options.entries ?? 256;
    this.#own = new UringLane({ entries, singleIssuer: true, ...options.ring }, PLACES);
    this.#leastForRing = options.leastForRing ?? 1;
    for (let count = 0; options.leastForRing === undefined && count <= MAX_MEASURED; count++) {
      this.#batchChoices.push(new MeasuredChoice());
      this.#levelChoices.push(new MeasuredChoice());
    }
    this.#leastForRegistered = options.leastForRegistered ?? 64 * KIB;
    this.#wantsRegistered = options.registerArena ?? false;
    this.#leastForAssist =
      options.leastForAssist ?? (navigator.hardwareConcurrency > 1 ? 128 : Number.POSITIVE_INFINITY);
  }

  run(intents: Intents): void {
    if (this.#submissions.attach(intents) && this.#wantsRegistered)
      this.isArenaRegistered = this.#submissions.registerArena(this.#own.ring, this.#leastForRegistered);
    const choice = intents.hasWaits ? undefined : this.#batchChoices[intents.count];
    if (choice === undefined) {
      this.#runOnRings(intents);
      return;
    }
    const way = choice.next();
    const start = performance.now();
    if (way === 0) this.#plain.run(intents);
    else this.#runOnRings(intents);
    choice.note(way, performance.now() - start);
  }

  #runOnRings(intents: Intents): void {
    const isLarge = intents.count >= this.#leastForAssist;
    const way = isLarge ? this.#choice.next() : 0;
    const start = performance.now();
    const chained = this.#runChains(intents, way === 1);
    if (chained < intents.count) this.#runLevels(intents, chained > 0, way === 1);
    if (isLarge) this.#choice.note(way, (performance.now() - start) / intents.count);
  }

  async runAsync(intents: Intents): Promise<void> {
    this.run(intents);
  }

  close(): void {
    this.#submissions.unregisterArena();
    this.#own.close();
    this.#assistant?.close();
  }

  /** Carries out all chains if there are enough of them; returns their number of intents. */
  #runChains(intents: Intents, isAssisted: boolean): number {
    if (!this.#own.hasPlaces) return 0;
    const { count } = intents;
    const tickets = this.#ticketsFor(intents);
    let chains = 0;
    let chained = 0;
    for (let ticket = 0; ticket < count; ticket++) {
      const length = intents.chain(ticket);
      if (length >= 0) continue;
      tickets[chains++] = ticket;
      chained -= length;
    }
    if (chains < this.#leastForRing) return 0;
    if (isAssisted) this.#runAssistedChains(intents, chains);
    else this.#runOwnChains(intents, chains);
    return chained;
  }

  /**
   * Runs chains on this thread's ring: few at a time while files are in memory, as many as fit once files
   * come from a device.
   */
  #runOwnChains(intents: Intents, count: number): void {
    const own = this.#own;
    let most = OWN_CHAINS;
    for (let at = 0; at < count || own.inFlight > 0; ) {
      const start = performance.now();
      const end = this.#queueChains(own, intents, at, Math.min(count, at + most));
      const least = end < count && most > OWN_CHAINS ? own.inFlight >> 1 : own.inFlight;
      own.ring.enter(Math.max(0, least - own.ring.available));
      own.reap(intents);
      if (performance.now() - start > WARM_CHAIN_MS * (end - at)) most = PLACES;
      else if (own.inFlight === 0) most = OWN_CHAINS;
      at = end;
    }
  }

  /** Runs chains on both rings: the assistant gets more chains before it runs out of work. */
  #runAssistedChains(intents: Intents, count: number): void {
    const assistant = this.#openAssistant();
    const own = this.#own;
    for (let at = 0; at < count || own.inFlight > 0; ) {
      assistant.reap(intents);
      if (assistant.chains <= ASSIST_CHAINS) {
        at = this.#queueChains(assistant, intents, at, Math.min(count, at + ASSIST_CHAINS));
        assistant.ring.enter(0);
      }
      at = this.#queueChains(own, intents, at, Math.min(count, at + OWN_CHAINS));
      own.ring.enter(own.inFlight);
      own.reap(intents);
    }
    this.#awaitAssistant(assistant, intents);
  }

  /** Queues chains starting at `from` while there is room; returns the first that is not queued. */
  #queueChains(lane: UringLane, intents: Intents, from: number, to: number): number {
    const before = lane.inFlight;
    let at = from;
    while (at < to && lane.queueChain(this.#submissions, intents, this.#tickets[at]!)) at++;
    this.#count(lane.inFlight - before);
    return at;
  }

  #runLevels(intents: Intents, withoutChains: boolean, isAssisted: boolean): void {
    const { levels } = intents;
    for (let level = 0; level < levels; level++) {
      const count = this.#collectLevel(intents, level, withoutChains);
      if (count < this.#leastForRing && !intents.hasWaits) this.#runPlainly(intents, count);
      else if (count < intents.count && this.#levelChoices[count] !== undefined && !intents.hasWaits)
        this.#runSmallLevel(intents, count, this.#levelChoices[count]);
      else if (isAssisted && !intents.hasWaits && count >= this.#leastForAssist)
        this.#runAssistedLevel(intents, count);
      else this.#runOnRing(intents, 0, count);
    }
  }

  /** Runs a small level of a larger batch in the way that has been faster. */
  #runSmallLevel(intents: Intents, count: number, choice: MeasuredChoice): void {
    if (count === 0) return;
    const way = choice.next();
    const start = performance.now();
    if (way === 0) this.#runPlainly(intents, count);
    else this.#runOnRing(intents, 0, count);
    choice.note(way, performance.now() - start);
  }

  /** Collects the tickets of a level; returns how many there are. */
  #collectLevel(intents: Intents, level: number, withoutChains: boolean): number {
    const tickets = this.#ticketsFor(intents);
    let count = 0;
    for (let ticket = 0; ticket < intents.count; ticket++)
      if (intents.level(ticket) === level && !(withoutChains && intents.isChained(ticket)))
        tickets[count++] = ticket;
    return count;
  }

  /** Carries out tickets `from` to `to` of the level, as many together as the ring holds. */
  #runOnRing(intents: Intents, from: number, to: number): void {
    const own = this.#own;
    for (let at = from; at < to || own.inFlight > 0; ) {
      const before = own.inFlight;
      while (at < to && own.ring.room > 0) own.queue(this.#submissions, intents, this.#tickets[at++]!);
      this.#count(own.inFlight - before);
      // If more intents follow, waiting for half of them is enough. An intent that waits may depend on a
      // later one, so then nothing is awaited.
      const enough = intents.hasWaits ? 0 : own.inFlight >> 1;
      const least = at < to ? enough : own.inFlight;
      own.ring.enter(Math.max(0, least - own.ring.available));
      own.reap(intents);
    }
  }

  /** Shares a level with the assistant: it gets a chunk whenever it is idle. */
  #runAssistedLevel(intents: Intents, count: number): void {
    const assistant = this.#openAssistant();
    for (let at = 0; at < count; ) {
      assistant.reap(intents);
      if (assistant.inFlight === 0) {
        const end = Math.min(count, at + ASSIST_CHUNK);
        while (at < end) assistant.queue(this.#submissions, intents, this.#tickets[at++]!);
        this.#count(assistant.inFlight);
        assistant.ring.enter(0);
      }
      const end = Math.min(count, at + OWN_CHUNK);
      this.#runOnRing(intents, at, end);
      at = end;
    }
    this.#awaitAssistant(assistant, intents);
  }

  #openAssistant(): UringLane {
    this.#assistant ??= new UringLane({ entries: 256, sqPollIdleMs: ASSIST_IDLE_MS }, PLACES);
    return this.#assistant;
  }

  /** Waits for the assistant. At first it spins for a short time, because that is faster than sleeping. */
  #awaitAssistant(assistant: UringLane, intents: Intents): void {
    for (let looks = 0; looks < ASSIST_LOOKS && assistant.inFlight > 0; looks++) assistant.reap(intents);
    while (assistant.inFlight > 0) {
      assistant.ring.enter(assistant.inFlight);
      assistant.reap(intents);
    }
  }

  #runPlainly(intents: Intents, count: number): void {
    for (let at = 0; at < count; at++) {
      const ticket = this.#tickets[at]!;
      this.#plain.carryOut(intents, ticket);
    }
  }

  #ticketsFor(intents: Intents): Int32Array {
    if (this.#tickets.length < intents.count) this.#tickets = new Int32Array(intents.memory.sizes.intents);
    return this.#tickets;
  }

  #count(together: number): void {
    this.submitted += together;
    if (together >= 4) this.submittedTogether += together;
  }
}
