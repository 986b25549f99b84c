import { Arena } from "../../emu/arena.ts";
import { InputError } from "../../emu/input-error.ts";
import { KIB } from "../../emu/units.ts";
import { sharedNowMs } from "../ffi/clock.ts";
import { NES_PORT_BITS } from "../input/held-keys.ts";
import { PALETTE_ENTRIES } from "../render/colors/palette.ts";
import { AsyncLoop, type WaitOptions } from "../runtime/async-loop.ts";
import { BlockPool } from "../runtime/block-pool.ts";
import { endpointText } from "../runtime/linux/address.ts";
import { Runtime } from "../runtime/runtime.ts";
import type { Endpoint, StreamSocket, TlsOptions } from "../runtime/sockets/types.ts";
import {
  parseColorsText,
  type WatchHello,
  type WatchWish,
  watchLine,
} from "../serve/spectators/watch-line.ts";
import { createShared, DEFAULT_SIZES, type SharedBlocks, type SharedDescription } from "../shared/layout.ts";
import { type LogRoot, NO_LOG_ROOT } from "../shared/log.ts";
import { TripleBufferWriter } from "../shared/triple-buffer.ts";
import { PictureReader, type PictureSink } from "./picture-reader.ts";
import { explainTls } from "./tls-error.ts";

const BLOCKS = 2;
const BLOCK_BYTES = 128 * KIB;
const CONNECT_NS = 10e9;
/** Minimum time between two changes of the pictures' shape: each costs memory and another presenter. */
const SHAPE_MS = 250;
/** Relative difference between two aspect ratios that is not visible. */
const SAME_ASPECT = 1e-3;
/** Smallest sizes for the shared memory: there is no machine here. */
const NO_BYTES = 64;

/** Where to connect, and what to ask for. */
export interface WatchLinkOptions {
  readonly endpoint: Endpoint;
  /** Encrypts the connection. */
  readonly tls?: TlsOptions;
  readonly wish: Partial<WatchWish>;
  readonly log?: LogRoot;
}

/**
 * A spectator's connection to a server. Received pictures go into a triple buffer, as a machine's do, so that
 * a presenter can show them.
 */
export class WatchLink {
  /** Called when another game with pictures of another shape begins. They are in new `blocks`. */
  onShape: () => void = () => undefined;
  /** Resolves with the error that ended the connection; with undefined if the server or `close` ended it. */
  readonly ended: Promise<unknown>;
  readonly #loop: AsyncLoop;
  readonly #socket: StreamSocket;
  #memory: PictureMemory;
  #hello: WatchHello;
  #shapedMs = Number.NEGATIVE_INFINITY;

  private constructor(loop: AsyncLoop, socket: StreamSocket, reader: PictureReader, hello: WatchHello) {
    this.#loop = loop;
    this.#socket = socket;
    this.#hello = hello;
    this.#memory = memoryFor(hello);
    this.ended = this.#receive(reader).then(
      () => undefined,
      (error) => error,
    );
  }

  /**
   * Connects and waits for the server's first line. Rejects with `InputError` if the server cannot be reached
   * or refuses.
   */
  static async open({ endpoint, tls, wish, log: logs = NO_LOG_ROOT }: WatchLinkOptions): Promise<WatchLink> {
    const log = logs.child({ scope: "watch" });
    const arena = new Arena(new SharedArrayBuffer(BLOCKS * BLOCK_BYTES));
    const loop = new AsyncLoop(
      new Runtime({ log: logs.child({ scope: "runtime" }) }),
      new BlockPool(arena, "watch", BLOCKS, BLOCK_BYTES),
    );
    // An operation must always be pending, or the loop would end between two waits.
    const alive = new AbortController();
    const living = loop.completion(0, { signal: alive.signal }).catch(() => undefined);
    void loop.run();
    try {
      const socket = await loop.connect(endpoint, { timeoutNs: CONNECT_NS }, tls);
      await loop.send(socket, new TextEncoder().encode(`${watchLine({ ...wish, format: "packed" })}\n`));
      const reader = new PictureReader();
      const untilMs = performance.now() + CONNECT_NS / 1e6;
      while (reader.hello === undefined) {
        const leftNs = Math.max(1, (untilMs - performance.now()) * 1e6);
        await receive(loop, socket, reader, () => undefined, { timeoutNs: leftNs });
      }
      log.info({ endpoint, ...reader.hello }, "connected");
      return new WatchLink(loop, socket, reader, reader.hello);
    } catch (error) {
      log.warn({ endpoint, error: String(error) }, "not connected");
      alive.abort();
      await living;
      loop.stop();
      loop.runtime.close();
      throw explainTls(error, tls, endpointText(endpoint));
    }
  }

  /** The server's description of its pictures, and the port that it assigned. */
  get hello(): WatchHello {
    return this.#hello;
  }

  /** The memory of the pictures, with its description for a presenter. */
  get blocks(): SharedBlocks {
    return this.#memory.blocks;
  }

  get description(): SharedDescription {
    return this.#memory.description;
  }

  /** Sets the buttons held from now on, for the port that the server assigned. */
  setButtons(buttons: number): void {
    if (this.hello.port === null) return;
    const mask = 2 ** (this.hello.portBits ?? NES_PORT_BITS) - 1;
    const line = new TextEncoder().encode(`buttons ${buttons & mask}\n`);
    // A few bytes always fit, unless the connection is about to end anyway.
    this.#loop.send(this.#socket, line).catch(() => undefined);
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    this.#loop.close(this.#socket);
    await this.ended;
    this.#loop.stop();
    await new Promise(setImmediate);
    this.#loop.runtime.close();
  }

  async #receive(reader: PictureReader): Promise<void> {
    let show: (() => void) | undefined;
    const keep: PictureSink = (frame, planes, width, height) => {
      show = () => this.#publish(frame, planes, width, height);
    };
    while (await receive(this.#loop, this.#socket, reader, keep)) {
      if (show === undefined) continue;
      await this.#takeShape(reader.hello!);
      show();
      show = undefined;
    }
  }

  /** Prepares for pictures of another shape. */
  async #takeShape(hello: WatchHello): Promise<void> {
    const before = this.#hello;
    this.#hello = hello;
    if (isSameShape(before, hello)) return;
    const waitMs = this.#shapedMs + SHAPE_MS - performance.now();
    // Nothing is received during this wait, so a server cannot cause these changes more often.
    if (waitMs > 0) await Bun.sleep(waitMs);
    this.#shapedMs = performance.now();
    this.#memory = memoryFor(hello);
    this.onShape();
  }

  #publish(frame: number, planes: Uint8Array, width: number, height: number): void {
    const { entries, frames } = this.#memory;
    const { pixels } = frames;
    const count = width * height;
    if (this.hello.rgb !== undefined) {
      for (let i = 0; i < count; i++)
        pixels[i] = (planes[i]! << 16) | (planes[count + i]! << 8) | planes[2 * count + i]!;
      frames.publish(frame, sharedNowMs(), width, height);
      return;
    }
    // The palette has no more entries, whatever a server sends.
    for (let i = 0; i < count; i++) pixels[i] = (planes[i]! | (planes[count + i]! << 8)) % entries;
    frames.publish(frame, sharedNowMs());
  }
}

/** The triple buffer that received pictures go through. */
interface PictureMemory {
  readonly blocks: SharedBlocks;
  readonly description: SharedDescription;
  readonly frames: TripleBufferWriter;
  /** Entries of the palette that pictures index. */
  readonly entries: number;
}

function memoryFor(hello: WatchHello): PictureMemory {
  const { blocks, description } = createShared({
    ...DEFAULT_SIZES,
    machineBytes: NO_BYTES,
    stateBytes: NO_BYTES,
    batteryBytes: NO_BYTES,
    ...(hello.rgb === undefined
      ? { widthPixels: hello.width, heightPixels: hello.height }
      : { widthPixels: hello.rgb.mostPixels, heightPixels: 1, isRgb: true }),
  });
  const entries = parseColorsText(hello.colors)?.length ?? PALETTE_ENTRIES;
  return { blocks, description, frames: new TripleBufferWriter(blocks.frames), entries };
}

/** Pictures of colours have individual sizes. These do not matter if the aspect ratio stays the same. */
function isSameShape(a: WatchHello, b: WatchHello): boolean {
  if (a.rgb?.mostPixels !== b.rgb?.mostPixels || a.colors !== b.colors) return false;
  if (a.rgb !== undefined) return Math.abs(aspectOf(a) / aspectOf(b) - 1) < SAME_ASPECT;
  return a.width === b.width && a.height === b.height && a.pixelAspect === b.pixelAspect;
}

/** Width of the whole picture divided by its height, as shown. */
function aspectOf({ width, height, pixelAspect }: WatchHello): number {
  return (pixelAspect * width) / height;
}

/** Receives the next bytes. Returns false at the end of the stream. */
async function receive(
  loop: AsyncLoop,
  socket: StreamSocket,
  reader: PictureReader,
  show: PictureSink,
  limit: WaitOptions = {},
): Promise<boolean> {
  const block = await loop.recv(socket, limit);
  if (block === undefined) {
    if (reader.hello === undefined)
      throw new InputError(
        "unavailable",
        "the server has closed the connection",
        "",
        "if it was started with --tls-cert, use tls://HOST:PORT",
      );
    return false;
  }
  try {
    reader.feed(block.content, show);
  } finally {
    block.release();
  }
  return true;
}
