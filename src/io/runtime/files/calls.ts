import { ptr } from "bun:ffi";
import { closeSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { errno, type LinuxIo, linuxIo } from "../../ffi/libc.ts";
import type { Intents } from "./intents.ts";
import { CURRENT_POSITION, NOT_SUPPORTED } from "./operations.ts";

export const DEFAULT_MODE = 0o666;
export const O_CLOEXEC = 0x80000;
export const SOCK_NONBLOCK_CLOEXEC = 0x80800;
const EINTR = 4;

/** The system calls on files and sockets, for one intent each: a result ≥ 0 or a negative error number. */
export interface FileCalls {
  open(intents: Intents, ticket: number): number;
  read(intents: Intents, ticket: number, descriptor: number): number;
  write(intents: Intents, ticket: number, descriptor: number): number;
  fsync(descriptor: number): number;
  close(descriptor: number): number;
  accept(descriptor: number): number;
  connect(intents: Intents, ticket: number, descriptor: number): number;
}

/** Error numbers used on every platform. Any other error becomes EIO. */
const ERROR_NUMBERS: Readonly<Record<string, number>> = {
  EPERM: -1,
  ENOENT: -2,
  EIO: -5,
  EBADF: -9,
  EAGAIN: -11,
  ENOMEM: -12,
  EACCES: -13,
  EEXIST: -17,
  ENOTDIR: -20,
  EISDIR: -21,
  EINVAL: -22,
  ENFILE: -23,
  EMFILE: -24,
  EFBIG: -27,
  ENOSPC: -28,
  EROFS: -30,
  EPIPE: -32,
  ENAMETOOLONG: -36,
  ELOOP: -40,
};

function errorNumber(error: unknown): number {
  const { code } = error as { code?: string };
  return (code === undefined ? undefined : ERROR_NUMBERS[code]) ?? -5;
}

/** The calls of `node:fs`, on every platform. They do not support sockets. */
class NodeCalls implements FileCalls {
  #memory: SharedArrayBuffer | undefined;
  #arena: Uint8Array = new Uint8Array();

  open(intents: Intents, ticket: number): number {
    const path = intents.pathAt(intents.start(ticket));
    return this.#try(() => openSync(path, intents.flags(ticket), DEFAULT_MODE));
  }

  read(intents: Intents, ticket: number, descriptor: number): number {
    const arena = this.#arenaOf(intents);
    const start = intents.start(ticket);
    const length = intents.length(ticket);
    return this.#try(() => readSync(descriptor, arena, start, length, positionOf(intents, ticket)));
  }

  write(intents: Intents, ticket: number, descriptor: number): number {
    const arena = this.#arenaOf(intents);
    const start = intents.start(ticket);
    const length = intents.length(ticket);
    return this.#try(() => writeSync(descriptor, arena, start, length, positionOf(intents, ticket)));
  }

  fsync(descriptor: number): number {
    return this.#try(() => {
      fsyncSync(descriptor);
      return 0;
    });
  }

  close(descriptor: number): number {
    return this.#try(() => {
      closeSync(descriptor);
      return 0;
    });
  }

  accept(): number {
    return NOT_SUPPORTED;
  }

  connect(): number {
    return NOT_SUPPORTED;
  }

  #try(call: () => number): number {
    try {
      return call();
    } catch (error) {
      return errorNumber(error);
    }
  }

  #arenaOf({ memory }: Intents): Uint8Array {
    if (this.#memory !== memory.arena) {
      this.#memory = memory.arena;
      this.#arena = new Uint8Array(memory.arena);
    }
    return this.#arena;
  }
}

function positionOf(intents: Intents, ticket: number): number | null {
  const offset = intents.offset[ticket]!;
  return offset === CURRENT_POSITION ? null : offset;
}

/** Linux system calls: no path is decoded, no error is thrown. */
class LinuxCalls implements FileCalls {
  readonly #io: LinuxIo;
  #arena: SharedArrayBuffer | undefined;
  #arenaAddress = 0;
  #paths: SharedArrayBuffer | undefined;
  #pathAddress = 0;

  constructor(io: LinuxIo) {
    this.#io = io;
  }

  open(intents: Intents, ticket: number): number {
    const path = this.#pathOf(intents, ticket);
    return this.#result(this.#io.open(path, intents.flags(ticket) | O_CLOEXEC, DEFAULT_MODE));
  }

  read(intents: Intents, ticket: number, descriptor: number): number {
    return this.#transfer(intents, ticket, descriptor, this.#io.read, this.#io.pread);
  }

  write(intents: Intents, ticket: number, descriptor: number): number {
    return this.#transfer(intents, ticket, descriptor, this.#io.write, this.#io.pwrite);
  }

  fsync(descriptor: number): number {
    return this.#result(this.#io.fsync(descriptor));
  }

  close(descriptor: number): number {
    return this.#result(this.#io.close(descriptor));
  }

  accept(descriptor: number): number {
    for (;;) {
      const result = this.#result(this.#io.accept4(descriptor, null, null, SOCK_NONBLOCK_CLOEXEC));
      if (result !== -EINTR) return result;
    }
  }

  connect(intents: Intents, ticket: number, descriptor: number): number {
    const address = this.#pathOf(intents, ticket);
    return this.#result(this.#io.connect(descriptor, address, intents.length(ticket)));
  }

  /** Reads or writes, at the descriptor's position or at the intent's, until no signal interrupts it. */
  #transfer(
    intents: Intents,
    ticket: number,
    descriptor: number,
    transfer: LinuxIo["read"],
    transferAt: LinuxIo["pread"],
  ): number {
    const address = this.#address(intents, ticket);
    const length = intents.length(ticket);
    const offset = intents.offset[ticket]!;
    for (;;) {
      const result = this.#result(
        offset === CURRENT_POSITION
          ? transfer(descriptor, address, length)
          : transferAt(descriptor, address, length, offset),
      );
      if (result !== -EINTR) return result;
    }
  }

  /** Where a path or a socket's address is stored. */
  #pathOf(intents: Intents, ticket: number): never {
    const { paths } = intents.memory;
    if (this.#paths !== paths) {
      this.#paths = paths;
      this.#pathAddress = ptr(new Uint8Array(paths));
    }
    return (this.#pathAddress + intents.start(ticket)) as never;
  }

  #address(intents: Intents, ticket: number): never {
    const { arena } = intents.memory;
    if (this.#arena !== arena) {
      this.#arena = arena;
      this.#arenaAddress = arena.byteLength === 0 ? 0 : ptr(new Uint8Array(arena));
    }
    return (this.#arenaAddress + intents.start(ticket)) as never;
  }

  #result(result: number): number {
    return result < 0 ? -errno() : result;
  }
}

/** The fastest calls of this platform. */
export function openCalls(): FileCalls {
  const io = linuxIo();
  return io === undefined ? new NodeCalls() : new LinuxCalls(io);
}
