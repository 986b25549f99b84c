import { randomBytes } from "node:crypto";
import { InputError } from "../../emu/input-error.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { sharedNowMs } from "../ffi/clock.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { listenError } from "../serve/host-port.ts";
import type { SpectatorServer } from "../serve/spectators/server.ts";
import { COMMAND_SETTLED_STATE } from "../shared/commands.ts";
import { MACHINE_PAUSED, STAT_STATE } from "../shared/layout-words.ts";
import { type Log, type LogRoot, NO_LOG_ROOT } from "../shared/log.ts";
import { NetplayBlock, type RollbackStats } from "../shared/netplay-block.ts";
import { readSnapshot, type Snapshot } from "../shared/snapshot-cell.ts";
import { getStat } from "../shared/stats.ts";
import type { EmuClient } from "../thread/emu-client.ts";
import type { NetplayDescription } from "../thread/messages.ts";
import { keepDesync } from "./desync-files.ts";
import { HostSession } from "./host-session.ts";
import { JoinSession } from "./join-session.ts";
import type { StateDesync } from "./messages.ts";
import { hostAddress, Network } from "./network.ts";
import type { GameTerms, SessionEnd, SessionStatus, SessionWorld } from "./session.ts";
import { openToSpectators, type SpectatorAddress, watchedGame } from "./spectators.ts";
import { sha256Of } from "./state-transfer.ts";

/** The interval between two checks for the state of a joined game, or for a machine. */
const JOIN_POLL_MS = 5;

/** A game that is played with others, on this computer. */
export interface LiveGameOptions {
  readonly rom: LoadedRom;
  readonly token: string;
  /** The input delay in frames; undefined to choose by the latency. */
  readonly delayFrames: number | undefined;
  /** Options of the machine besides its devices. They must be the same for all players. */
  readonly nes: NesOptions;
  /** emu's version, which must be the same too. */
  readonly version: string;
  /** The time of a frame. */
  readonly periodMs: number;
  /** Where evidence of a desync is written. */
  readonly evidenceFolder: string;
  readonly log?: LogRoot;
}

export interface HostGameOptions extends LiveGameOptions {
  /** A numeric address, and a port or 0. */
  readonly host: string;
  readonly port: number;
  readonly players: number;
  /** Where spectators can connect; undefined if they cannot. */
  readonly spectators?: SpectatorAddress;
}

export interface JoinGameOptions extends LiveGameOptions {
  readonly host: string;
  readonly port: number;
  /** The wanted player number, from 1; 0 for any, `SPECTATOR` to watch only. */
  readonly wantedPlayer: number;
  /** Ends the attempt to join. */
  readonly signal?: AbortSignal;
}

/** A game with others: its connection, and what the machine thread needs of it. */
export class LiveGame {
  /** Resolves when the game ends by itself, with the reason. */
  readonly ended: Promise<InputError>;
  /** The UDP port. */
  readonly port: number;
  /** Machine options with the controllers that the game needs. */
  readonly nes: NesOptions;
  /** What the machine starts from; undefined for power-on. */
  readonly state: Uint8Array | undefined;
  readonly netplay: NetplayDescription;
  readonly #block: NetplayBlock;
  readonly #session: HostSession | JoinSession;
  readonly #network: Network;
  readonly #options: LiveGameOptions;
  readonly #log: Log;
  readonly #over = Promise.withResolvers<InputError>();
  #client: EmuClient | undefined;
  #isEnding = false;
  #notice = "";
  #spectators: SpectatorServer | undefined;
  /** What the host tells the players who are missing. */
  invitation = "";

  private constructor(
    network: Network,
    session: HostSession | JoinSession,
    block: NetplayBlock,
    options: LiveGameOptions,
    state?: Uint8Array,
  ) {
    this.#network = network;
    this.#session = session;
    this.#block = block;
    this.#options = options;
    this.#log = (options.log ?? NO_LOG_ROOT).child({ scope: "netplay" });
    this.ended = this.#over.promise;
    this.port = network.port;
    this.state = state;
    this.nes = { ...options.nes, devices: block.players > 2 ? { fourScore: true } : {} };
    this.netplay = { block: block.buffer, poster: network.poster };
    // If the game ends before its machine runs, no caller waits for the reason.
    this.ended.catch(() => undefined);
  }

  /** Opens a game that others can join. Rejects with `InputError` if the port is not available. */
  static async host(options: HostGameOptions): Promise<LiveGame> {
    const { host, port, players, spectators, token, log = NO_LOG_ROOT } = options;
    const network = await Network.open(host, port, log).catch((error: unknown) => {
      throw listenError(error, host, port, "--bind");
    });
    const ends = new Array<number>(players).fill(0);
    const block = new NetplayBlock({ players, localPlayer: 0, frame: 0, ends, delayFrames: 0 });
    const world = worldOn(network);
    let game: LiveGame | undefined;
    const takeState = () => void game?.offerState();
    const session = new HostSession(block, termsOf(options), { ...world, takeState });
    game = new LiveGame(network, session, block, options);
    game.#listen();
    const onError = (error: unknown) => game.#over.reject(error);
    try {
      if (spectators !== undefined)
        game.#spectators = await openToSpectators(spectators, game.port, { token, log, onError });
    } catch (error) {
      await game.close();
      throw error;
    }
    return game;
  }

  /**
   * Joins a game. Rejects with `InputError` if the host does not answer or refuses, or its state cannot be
   * loaded; with the signal's reason if that fires.
   */
  static async join(options: JoinGameOptions): Promise<LiveGame> {
    const { host, port, wantedPlayer, log, signal } = options;
    const { host: numeric, address } = await hostAddress(host, port);
    const network = await Network.open(numeric.includes(":") ? "::" : "0.0.0.0", 0, log);
    const session = new JoinSession({ ...termsOf(options), wantedPlayer }, worldOn(network), address);
    let game: LiveGame | undefined;
    const listener = {
      received: (packet: Uint8Array, from: string) => session.receive(packet, from),
      ticked: () => (game === undefined ? session.tick() : game.#tick()),
    };
    const running = network.run(listener);
    running.catch(() => undefined);
    try {
      for (;;) {
        signal?.throwIfAborted();
        if (session.end?.kind === "failed") throw session.end.error;
        const joined = session.joined();
        if (joined !== undefined) {
          const live = new LiveGame(network, session, joined.block, options, joined.state);
          game = live;
          const { players, localPlayer, frame } = joined.block;
          live.#log.info({ players, player: localPlayer + 1, frame }, "joined");
          running.catch((error) => live.#over.reject(error));
          return live;
        }
        await Promise.race([Bun.sleep(JOIN_POLL_MS), running]);
      }
    } catch (error) {
      session.close();
      await network.close();
      throw error;
    }
  }

  /** Where spectators can connect, HOST:PORT; undefined if they cannot. */
  get spectatorAddress(): string | undefined {
    return this.#spectators?.address;
  }

  /** Number of players. */
  get players(): number {
    return this.#block.players;
  }

  /** What rollbacks have cost. */
  get rollbackStats(): RollbackStats {
    return this.#block.stats;
  }

  get sessionStatus(): SessionStatus {
    return this.#session.status;
  }

  /** What the game waits for; empty while it runs. */
  get notice(): string {
    const { notice } = this.#session.status;
    return notice.startsWith("waiting for player") && this.invitation !== ""
      ? `${notice}: ${this.invitation}`
      : notice;
  }

  /** The last frame before which all machines were equal, −1 before the first comparison, and their hash. */
  get agreement(): { readonly lastEqualFrame: number; readonly lastEqualHash: string } {
    const { lastEqualFrame = -1, lastEqualHash = 0 } = this.#session.side?.ledger ?? {};
    return { lastEqualFrame, lastEqualHash: lastEqualHash.toString(16).padStart(8, "0") };
  }

  /** A few words for the status line; empty before the others are there. */
  get status(): string {
    const { player, roundTripMs, delayFrames, notice } = this.#session.status;
    if (notice !== "" && roundTripMs === 0) return "";
    if (player === 0) return `watching  ${Math.round(roundTripMs)} ms`;
    return `player ${player}  ${Math.round(roundTripMs)} ms  delay ${delayFrames}`;
  }

  /** The machine runs. */
  begin(client: EmuClient): void {
    this.#client = client;
    if (this.#session instanceof JoinSession) this.#session.started();
    this.#spectators?.begin(watchedGame(client));
  }

  /** Tells the others that this player leaves, and closes the connection. */
  async close(): Promise<void> {
    this.#isEnding = true;
    this.#session.close();
    await this.#spectators?.close();
    await this.#network.close();
  }

  /** Sends the machine's state to a player who joins. */
  private async offerState(): Promise<void> {
    try {
      while (this.#client === undefined && !this.#isEnding) await Bun.sleep(JOIN_POLL_MS);
      const state = await this.#settledState();
      if (this.#session instanceof HostSession && !this.#isEnding)
        this.#session.offer(state.bytes, state.tag);
    } catch (error) {
      // The machine has ended; so has the game.
      if (!(error instanceof InputError)) this.#over.reject(error);
    }
  }

  #listen(): void {
    this.#network
      .run({
        received: (packet, from) => this.#session.receive(packet, from),
        ticked: () => this.#tick(),
      })
      .catch((error) => this.#over.reject(error));
  }

  #tick(): void {
    const { side } = this.#session;
    const client = this.#client;
    if (side !== undefined && client !== undefined)
      side.isPaused = getStat(client.blocks.stats, STAT_STATE) === MACHINE_PAUSED;
    this.#session.tick();
    const { notice } = this.#session.status;
    if (notice !== this.#notice && !/\d s /.test(notice))
      this.#log.info({ notice }, "the game waits, or goes on");
    this.#notice = notice;
    const { end } = this.#session;
    if (end !== undefined && !this.#isEnding) {
      this.#isEnding = true;
      this.#finish(end).then(this.#over.resolve, this.#over.reject);
    }
  }

  async #finish(end: SessionEnd): Promise<InputError> {
    return end.kind === "failed" ? end.error : await this.#desyncError(end.desync);
  }

  async #desyncError({ frame, lastEqualFrame }: StateDesync): Promise<InputError> {
    const when =
      lastEqualFrame < 0 ? `before frame ${frame}` : `between frames ${lastEqualFrame} and ${frame}`;
    this.#log.error({ frame, lastEqualFrame }, "the machines differ");
    const { evidenceFolder, rom } = this.#options;
    const side = this.#session.side!;
    const { player } = this.#session.status;
    const { bytes: state, tag } = await this.#settledState();
    side.update();
    const { record } = side;
    const evidence = { record, state, frame: tag, player };
    const paths = await keepDesync(evidenceFolder, evidence, rom, this.nes);
    const remedy = `this side's inputs are in ${paths.movie}, its state in ${paths.state}; compare with the other side's by emu bisect`;
    return new InputError("data", `the players' machines differ: it began ${when}`, "", remedy);
  }

  /** The last state that depends on no prediction. No frame runs from here on until the session lets one. */
  async #settledState(): Promise<Snapshot> {
    const client = this.#client;
    if (client === undefined) throw new InputError("unavailable", "the machine does not run");
    this.#block.isHeld = true;
    await client.command(COMMAND_SETTLED_STATE);
    return readSnapshot(client.blocks.lastGood)!;
  }
}

function worldOn(network: Network): SessionWorld {
  return {
    nowMs: sharedNowMs,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    send: (packet, address) => network.send(packet, address),
  };
}

function termsOf({ rom, token, delayFrames, nes, version, periodMs }: LiveGameOptions): GameTerms {
  // A file of another format can hold the same game. All else of an image decides how the machine runs.
  const { format, sha1, ...image } = rom.image;
  const machine = JSON.stringify([version, inOrder(nes), inOrder(image)]);
  return {
    token,
    romSha1: new Uint8Array(Buffer.from(sha1, "hex")),
    machineSha256: sha256Of(new TextEncoder().encode(machine)),
    periodMs,
    delayFrames,
  };
}

/** The entries of options or of an image by name: equal ones have equal texts. Bytes become hashes. */
function inOrder(values: object): [name: string, value: unknown][] {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, comparable(value)]);
}

function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...sha256Of(value)];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? inOrder(value) : value;
}
