import { ptr } from "bun:ffi";
import { InputError, type InputErrorKind } from "../../emu/input-error.ts";
import { errno, posixPipe } from "../ffi/libc.ts";
import * as memory from "./core-memory.ts";

/**
 * A core counts as hung if it has not finished a frame after this time. Time in which emu itself did not run
 * is not counted.
 */
const CORE_HANGS_AFTER_MS = 5000;
/** Length of one wait. A longer gap means that emu itself was stopped. */
const SLICE_MS = 100;
const MAX_SLICE_GAP_MS = 250;
const POLLIN = 1;
const EINTR = 4;

/** The core's process has ended or hangs, or the core has ended the game. */
export class CoreLost extends InputError {
  readonly reason: "ended" | "hangs" | "shut down";

  constructor(reason: CoreLost["reason"]) {
    const what = {
      ended: "the core's process has ended",
      hangs: `the core hangs: no answer for ${CORE_HANGS_AFTER_MS / 1000} s`,
      "shut down": "the core has ended the game",
    }[reason];
    super("unavailable", what);
    this.reason = reason;
  }
}

/** emu's end of the connection to a core's process, for one thread at a time. Its calls block. */
export class CoreLink {
  readonly memory: memory.CoreMemory;
  readonly #socket: number;
  readonly #pipe = posixPipe()!;
  readonly #byte = new Uint8Array(new SharedArrayBuffer(1));
  readonly #pollFd = new Int32Array(new SharedArrayBuffer(8));
  readonly #byteAddress = ptr(this.#byte);
  readonly #pollAddress = ptr(this.#pollFd);
  #isLost = false;

  /** The descriptors are those of the shared memory and of the socket in this process. */
  constructor(memoryDescriptor: number, socket: number) {
    this.memory = new memory.CoreMemory(memoryDescriptor);
    this.#socket = socket;
  }

  /**
   * Sends a request and waits for the reply. Throws `CoreLost`, or an `InputError` if the core's process
   * rejects the request.
   */
  call(request: number, argument = 0): void {
    const { words } = this.memory;
    if (this.#isLost) throw new CoreLost("ended");
    words[memory.WORD_REQUEST] = request;
    words[memory.WORD_ARGUMENT] = argument;
    if (this.#pipe.write(this.#socket, this.#byteAddress, 1) !== 1) this.#lose("ended");
    this.#await();
    const status = words[memory.WORD_STATUS];
    if (status === memory.STATUS_REFUSED) throw this.refusal();
    if (status === memory.STATUS_SHUTDOWN) throw new CoreLost("shut down");
  }

  /**
   * Takes a reply without waiting. Returns false if there is none yet; throws `CoreLost` if there will be
   * none.
   */
  poll(): boolean {
    if (!this.#isReadable(0)) return false;
    if (this.#pipe.read(this.#socket, this.#byteAddress, 1) !== 1) this.#lose("ended");
    return true;
  }

  /** The error that the core's process has written into the shared text. */
  refusal(): InputError {
    const { kind, message, where, remedy } = JSON.parse(this.memory.text) as {
      kind: InputErrorKind;
      message: string;
      where: string;
      remedy: string;
    };
    return new InputError(kind, message, where, remedy);
  }

  #await(): void {
    let leftMs = CORE_HANGS_AFTER_MS;
    let lastMs = 0;
    while (!this.#isReadable(SLICE_MS)) {
      const nowMs = performance.now();
      const gapMs = lastMs === 0 ? SLICE_MS : nowMs - lastMs;
      lastMs = nowMs;
      leftMs -= gapMs > MAX_SLICE_GAP_MS ? 0 : gapMs;
      if (leftMs <= 0) this.#lose("hangs");
    }
    if (this.#pipe.read(this.#socket, this.#byteAddress, 1) !== 1) this.#lose("ended");
  }

  #isReadable(timeoutMs: number): boolean {
    this.#pollFd[0] = this.#socket;
    this.#pollFd[1] = POLLIN;
    const ready = this.#pipe.poll(this.#pollAddress, 1, timeoutMs);
    if (ready < 0 && errno() !== EINTR) this.#lose("ended");
    return ready > 0;
  }

  #lose(reason: CoreLost["reason"]): never {
    this.#isLost = true;
    throw new CoreLost(reason);
  }
}
