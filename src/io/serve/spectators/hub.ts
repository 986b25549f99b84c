import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { utf8 } from "../../render/ansi.ts";
import type { AsyncLoop } from "../../runtime/async-loop.ts";
import type { StreamSocket } from "../../runtime/sockets/types.ts";
import { clip } from "../json-rpc.ts";
import type { LineBuffer } from "../line-buffer.ts";
import type { LineContext, LineSession } from "../line-session.ts";
import type { WatchedGame } from "../machine/watched-game.ts";
import { MemoryBudget } from "../memory-budget.ts";
import { CLEAR_AROUND, createGroup, type EncodingGroup, groupKey, isCellsKey } from "./encoding-group.ts";
import { Viewer } from "./viewer.ts";
import {
  parseWatchLine,
  SPECTATOR_STALL_SECONDS,
  type WatchHello,
  type WatchWish,
  watchShape,
} from "./watch-line.ts";

const USUAL_KEY = groupKey(parseWatchLine("watch"), false);
/** Limit on the unsent pictures of all spectators together. */
const BUDGET_BYTES = 64 * MIB;
/** How often a spectator that has ended its half of the connection is probed. */
const PROBE_NS = 1e9;
const PROBE = utf8("\x1b[0m");
/** The longest line of a player is "buttons 65535". */
const PLAYER_LINE_BYTES = 32;

/** What all spectators of a server share. */
export interface HubContext extends LineContext {
  readonly host: WatchedGame;
}

export interface HubLimits {
  /** Number of ports, from the first, that spectators may use. */
  readonly players: number;
  /** Number of settings of character pictures, besides the default. */
  readonly cellGroups: number;
  /** Time after which a spectator that reads nothing is disconnected. Default: `SPECTATOR_STALL_SECONDS`. */
  readonly stallSeconds?: number | undefined;
}

/** All spectators, in groups that share encodings. */
export class SpectatorHub {
  readonly #loop: AsyncLoop;
  readonly #context: HubContext;
  readonly #groups = new Map<string, EncodingGroup>();
  /** Memory of pictures that viewers have not read yet. */
  readonly #budget = new MemoryBudget(BUDGET_BYTES);
  /** The viewer that plays on each port. Spectators cannot use higher ports. */
  readonly #players: (Viewer | undefined)[];
  readonly #cellGroups: number;
  readonly #stallSeconds: number;
  #unwatch: (() => void) | undefined;

  constructor(loop: AsyncLoop, context: HubContext, limits: HubLimits) {
    const { players, cellGroups, stallSeconds = SPECTATOR_STALL_SECONDS } = limits;
    this.#cellGroups = cellGroups;
    this.#stallSeconds = stallSeconds;
    this.#loop = loop;
    this.#context = context;
    this.#players = new Array<Viewer | undefined>(players).fill(undefined);
  }

  /**
   * Shows the game to the peer that sent `line`, until it disconnects. Throws `InputError` if the line is
   * invalid or asks for something that is not available.
   */
  async watch(socket: StreamSocket, line: string, lines: LineBuffer, session: LineSession): Promise<void> {
    const wish = parseWatchLine(line);
    const verdict = session.isAuthorized ? "right" : session.authorize(wish.token);
    if (verdict === "wait")
      throw new InputError("unavailable", "too many wrong tokens: try again in 10 s", "watch");
    if (verdict === "wrong")
      throw new InputError("usage", "the token is wrong or missing", "watch", "add token=TOKEN");
    const { isRgb } = this.#context.host;
    const key = groupKey(wish, isRgb);
    this.#checkRoomFor(wish, key);
    const viewer = this.#viewerOf(socket);
    const port = wish.play ? this.#takePort(viewer) : undefined;
    const { counters, log } = this.#context;
    counters.spectators++;
    const { format, columns, rows, fps } = wish;
    log.info({ peer: socket.remote, format, columns, rows, fps, port }, "spectator joined");
    let group: EncodingGroup | undefined;
    try {
      viewer.send(this.#greeting(wish, port));
      group = this.#join(wish, key, viewer);
      await this.#listen(socket, lines, viewer, port);
      // A peer that has ended its half of the connection may still watch, as in `echo watch | nc`.
      if (wish.format === "cells") await this.#untilGone(viewer);
    } finally {
      counters.spectators--;
      log.info({ peer: socket.remote, spectators: counters.spectators }, "spectator left");
      if (group !== undefined) this.#leave(key, group, viewer);
      if (port !== undefined) this.#players[port] = undefined;
      this.#context.host.release(viewer);
      viewer.close();
    }
  }

  #viewerOf(socket: StreamSocket): Viewer {
    const { counters, log } = this.#context;
    const peer = socket.remote;
    const onStall = () => {
      counters.ended++;
      log.warn({ peer, seconds: this.#stallSeconds }, "spectator disconnected: it reads nothing");
    };
    return new Viewer(this.#loop, socket, {
      budget: this.#budget,
      stallSeconds: this.#stallSeconds,
      onStall,
    });
  }

  #greeting(wish: WatchWish, port: number | undefined): Uint8Array {
    const { host } = this.#context;
    const shape = host.feed.latest()?.shape ?? host.geometry;
    const hello: WatchHello = { ...watchShape(shape, host), port: port ?? null };
    const text = wish.format === "packed" ? `${JSON.stringify(hello)}\n` : CLEAR_AROUND[wish.colors];
    return new TextEncoder().encode(text);
  }

  #takePort(viewer: Viewer): number {
    const port = this.#players.indexOf(undefined);
    if (port < 0) {
      const what =
        this.#players.length === 0 ? "spectators cannot play on this server" : "all ports are in use";
      throw new InputError("unavailable", what, "watch", "watch without playing");
    }
    this.#players[port] = viewer;
    return port;
  }

  #join(wish: WatchWish, key: string, viewer: Viewer): EncodingGroup {
    const { counters, host } = this.#context;
    const group = this.#groups.get(key) ?? createGroup(counters, wish, host);
    this.#groups.set(key, group);
    group.add(viewer);
    const newest = host.feed.latest();
    if (newest !== undefined) group.greet(viewer, newest);
    this.#unwatch ??= host.feed.subscribe((picture, isStill) => {
      const nowMs = performance.now();
      for (const each of this.#groups.values()) {
        if (isStill) each.settle(picture);
        else each.show(picture, nowMs);
      }
    });
    return group;
  }

  /**
   * Limits the number of groups. Packed pictures cost almost nothing, and the default settings are always
   * allowed.
   */
  #checkRoomFor(wish: WatchWish, key: string): void {
    if (wish.format === "packed" || key === USUAL_KEY || this.#groups.has(key)) return;
    let kinds = 0;
    for (const each of this.#groups.keys()) if (isCellsKey(each) && each !== USUAL_KEY) kinds++;
    if (kinds < this.#cellGroups) return;
    const what = `${this.#cellGroups} other picture settings are already in use`;
    throw new InputError("unavailable", what, "watch", 'send "watch" alone: 80 columns, 24 rows');
  }

  #leave(key: string, group: EncodingGroup, viewer: Viewer): void {
    group.remove(viewer);
    if (group.size === 0 && this.#groups.get(key) === group) this.#groups.delete(key);
    if (this.#groups.size > 0) return;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  /**
   * Reads a player's buttons until the spectator ends its half of the connection. Ignores everything else.
   */
  async #listen(
    socket: StreamSocket,
    lines: LineBuffer,
    viewer: Viewer,
    port: number | undefined,
  ): Promise<void> {
    lines.mostBytes = PLAYER_LINE_BYTES;
    if (port === undefined) lines.close();
    for (;;) {
      for (let line = lines.next(); line !== undefined; line = lines.next()) this.#press(line, viewer, port);
      const block = await this.#loop.recv(socket);
      if (block === undefined) return;
      try {
        if (port !== undefined) lines.append(block.content);
      } finally {
        block.release();
      }
    }
  }

  /**
   * Probes the viewer with bytes that change nothing, since a paused machine sends nothing that could fail.
   */
  async #untilGone(viewer: Viewer): Promise<void> {
    const gone = new AbortController();
    void viewer.gone.then(() => gone.abort());
    while (!viewer.isOver) {
      // The signal frees the timer. Otherwise many short connections would use up all timers.
      await this.#loop.sleep(PROBE_NS, gone.signal).catch(() => undefined);
      if (viewer.isReady) viewer.send(PROBE);
    }
  }

  #press(line: string, viewer: Viewer, port: number | undefined): void {
    if (port === undefined || line === "") return;
    const { host } = this.#context;
    const most = 2 ** host.portBits - 1;
    const buttons = Number(/^buttons (\d{1,5})$/.exec(line)?.[1] ?? most + 1);
    if (buttons > most)
      throw new InputError("usage", `a player sends "buttons 0" to "buttons ${most}", not "${clip(line)}"`);
    host.press(viewer, port, buttons);
  }
}
