import { sleepMs } from "../../ffi/clock.ts";
import { linuxIo } from "../../ffi/libc.ts";
import { KernelMemory, pollMask, readinessOf } from "../linux/calls.ts";
import { type FileCalls, openCalls } from "./calls.ts";
import type { FileEngine } from "./engine.ts";
import type { Intents } from "./intents.ts";
import {
  BAD_FILE,
  CANCELLED,
  FILE_ACCEPT,
  FILE_CANCEL,
  FILE_CLOSE,
  FILE_CONNECT,
  FILE_FSYNC,
  FILE_OPEN,
  FILE_POLL,
  FILE_READ,
  FILE_TIMEOUT,
  FILE_WRITE,
  NOT_SUPPORTED,
  NOT_THERE,
  PHASES_PER_LEVEL,
  phaseOf,
  TIMED_OUT,
} from "./operations.ts";

const NS_PER_MS = 1e6;

/**
 * Plain calls, one after the other: the engine that always works, and the fastest for a few operations. They
 * run in the order of queueing, unless some wait for others: then they run level by level, and those that
 * wait come last in their level.
 */
export class BlockingEngine implements FileEngine {
  readonly name = "blocking";
  readonly #calls: FileCalls = openCalls();
  #pollEntry: KernelMemory | undefined;

  run(intents: Intents): void {
    const { count, result } = intents;
    if (intents.hasWaits) {
      this.#runLevels(intents);
      return;
    }
    if (intents.isSampled) for (let ticket = 0; ticket < count; ticket++) this.carryOut(intents, ticket);
    else for (let ticket = 0; ticket < count; ticket++) result[ticket] = this.perform(intents, ticket);
  }

  async runAsync(intents: Intents): Promise<void> {
    this.run(intents);
  }

  close(): void {}

  #runLevels(intents: Intents): void {
    const { count, levels } = intents;
    for (let phase = 0; phase < PHASES_PER_LEVEL * levels; phase++)
      for (let ticket = 0; ticket < count; ticket++)
        if (isInPhase(intents, ticket, phase)) this.carryOut(intents, ticket);
  }

  /** As `perform`, and stores the result. In a sampled batch it also stores how long the call took. */
  carryOut(intents: Intents, ticket: number): void {
    const start = intents.isSampled ? performance.now() : 0;
    intents.result[ticket] = this.perform(intents, ticket);
    if (!intents.isSampled) return;
    intents.latency[ticket] = (performance.now() - start) * 1000;
    intents.depth[ticket] = 1;
  }

  /** Carries out one intent and returns its result. The intents that it depends on must be done. */
  perform(intents: Intents, ticket: number): number {
    const operation = intents.operation(ticket);
    if (operation === FILE_OPEN) return this.#calls.open(intents, ticket);
    if (operation === FILE_TIMEOUT) return this.#sleep(intents, ticket);
    if (operation === FILE_CANCEL) return wasCancelled(intents, ticket) ? 0 : NOT_THERE;
    const descriptor = intents.descriptor(ticket);
    if (descriptor < 0) return intents.file(ticket) < -1 ? CANCELLED : BAD_FILE;
    switch (operation) {
      case FILE_READ:
        return this.#calls.read(intents, ticket, descriptor);
      case FILE_WRITE:
        return this.#calls.write(intents, ticket, descriptor);
      case FILE_FSYNC:
        return this.#calls.fsync(descriptor);
      case FILE_CLOSE:
        return this.#calls.close(descriptor);
      case FILE_POLL:
        return isCancelled(intents, ticket) ? CANCELLED : this.#poll(descriptor, intents.flags(ticket));
      case FILE_ACCEPT:
        return isCancelled(intents, ticket) ? CANCELLED : this.#calls.accept(descriptor);
      case FILE_CONNECT:
        return this.#calls.connect(intents, ticket, descriptor);
      default:
        return NOT_SUPPORTED;
    }
  }

  #sleep(intents: Intents, ticket: number): number {
    if (isCancelled(intents, ticket)) return CANCELLED;
    sleepMs(intents.offset[ticket]! / NS_PER_MS);
    return TIMED_OUT;
  }

  #poll(descriptor: number, wanted: number): number {
    const io = linuxIo();
    if (io === undefined) return NOT_SUPPORTED;
    this.#pollEntry ??= new KernelMemory(8);
    const { words, address } = this.#pollEntry;
    words[0] = descriptor;
    words[1] = pollMask(wanted);
    io.poll(address, 1, -1);
    return readinessOf(words[1] >>> 16);
  }
}

/** Returns true if an intent belongs to this phase; a level has `PHASES_PER_LEVEL` of them. */
export function isInPhase(intents: Intents, ticket: number, phase: number): boolean {
  return intents.level(ticket) * PHASES_PER_LEVEL + phaseOf(intents.operation(ticket)) === phase;
}

/** The ticket of the intent that a cancel names. */
function target(intents: Intents, ticket: number): number {
  return intents.length(ticket);
}

/** Returns true if a later intent of the batch cancels this one: then it is not started. */
function isCancelled(intents: Intents, ticket: number): boolean {
  for (let later = ticket + 1; later < intents.count; later++)
    if (intents.operation(later) === FILE_CANCEL && target(intents, later) === ticket) return true;
  return false;
}

function wasCancelled(intents: Intents, ticket: number): boolean {
  return intents.result[target(intents, ticket)] === CANCELLED;
}
