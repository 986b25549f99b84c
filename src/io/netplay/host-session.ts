import type { NetplayBlock } from "../shared/netplay-block.ts";
import { GameSide } from "./game-side.ts";
import { type GameState, inputsFrom, packGame } from "./game-state.ts";
import { HostPeer } from "./host-peer.ts";
import { PacketKey } from "./packet-key.ts";
import {
  challengePacket,
  FROM_PLAYER,
  HELLO,
  type Hello,
  isSame,
  kindOf,
  NONCE_BYTES,
  PacketLink,
  readHello,
  refusalPacket,
  SPECTATOR,
  sessionOf,
} from "./packets.ts";
import { RateLimit } from "./rate-limit.ts";
import {
  ABSENT_MS,
  type GameTerms,
  type SessionEnd,
  type SessionStatus,
  type SessionWorld,
  SILENT_MS,
} from "./session.ts";

/** Limits on packets whose sender is not known: all strangers together, per second. */
const STRANGERS_PER_SECOND = 200;
/** Time for which a cookie is valid, at least; at most twice that. */
const COOKIE_MS = 20_000;
/** Maximum number of spectators, and of frames of inputs that one may lack. The rings keep a little more. */
const MAX_SPECTATORS = 8;
const MAX_SPECTATOR_LAG_FRAMES = 200;
/** Nonces that are remembered, so that a HELLO works once; more players do not join within `COOKIE_MS`. */
const MAX_NONCES = 256;

/** What the host does for its session. */
export interface HostWorld extends SessionWorld {
  /** Asks for the settled state of the machine, which is held. The answer is `offer`. */
  takeState(): void;
}

/** A place in the game for one of the other players. */
interface Seat {
  readonly player: number;
  peer: HostPeer | undefined;
  /** When the last peer left; undefined if none has been here. */
  leftMs: number | undefined;
  /** True once the game continues without the player. */
  isEmpty: boolean;
}

/**
 * The host's side of a game: lets players in, relays the inputs of each to all others, and waits for players
 * who are missing. It does nothing by itself: the owner calls `receive` and `tick`.
 */
export class HostSession {
  readonly side: GameSide;
  end: SessionEnd | undefined;
  readonly #world: HostWorld;
  readonly #terms: GameTerms;
  readonly #key: PacketKey;
  readonly #cookieKey: PacketKey;
  readonly #seats: readonly Seat[];
  readonly #spectators = new Set<HostPeer>();
  readonly #bySession = new Map<number, HostPeer>();
  readonly #nonces = new Map<string, number>();
  readonly #strangers = new RateLimit(STRANGERS_PER_SECOND);
  #isTakingState = false;

  constructor(block: NetplayBlock, terms: GameTerms, world: HostWorld) {
    this.#world = world;
    this.#terms = terms;
    this.side = new GameSide(block, terms.periodMs, terms.delayFrames);
    this.#key = PacketKey.ofToken(terms.token);
    this.#cookieKey = new PacketKey(world.randomBytes(32));
    this.#seats = Array.from({ length: block.players - 1 }, (_, index) => ({
      player: index + 1,
      peer: undefined,
      leftMs: undefined,
      isEmpty: false,
    }));
    block.isHeld = true;
  }

  /** Figures of the slowest connection. */
  get status(): SessionStatus {
    const clocks = this.#peers.map((peer) => peer.stream.clock);
    return {
      player: 1,
      roundTripMs: Math.max(0, ...clocks.map((clock) => clock.roundTripMs)),
      jitterMs: Math.max(0, ...clocks.map((clock) => clock.jitterMs)),
      delayFrames: this.side.block.delayFrames,
      notice: this.#notice(this.#world.nowMs()),
    };
  }

  /** Number of sessions that take memory. */
  get sessions(): number {
    return this.#bySession.size;
  }

  /** Handles a datagram from `address`. */
  receive(packet: Uint8Array, address: string): void {
    const nowMs = this.#world.nowMs();
    const kind = kindOf(packet);
    if (kind === FROM_PLAYER) {
      const peer = this.#bySession.get(sessionOf(packet));
      // Packets of a known session from elsewhere are strangers' until their code has been checked.
      if (peer === undefined || (peer.address !== address && !this.#strangers.allows(nowMs))) return;
      this.side.update();
      peer.receive(packet, address, nowMs);
      if (peer.hasLeft) this.#leave(peer, nowMs);
    } else if (kind === HELLO && this.#strangers.allows(nowMs)) {
      const hello = readHello(packet, this.#key);
      if (hello !== undefined) this.#greet(hello, address, nowMs);
    }
  }

  /** Sends what is due. Call it at every frame time, and at least every 20 ms. */
  tick(): void {
    const nowMs = this.#world.nowMs();
    const { side } = this;
    side.update();
    for (const seat of this.#seats) this.#checkSeat(seat, nowMs);
    this.#adaptDelay(nowMs);
    for (const spectator of this.#spectators) this.#checkSpectator(spectator, nowMs);
    for (const peer of this.#everybody) peer.tick(nowMs, this.#relayMs(peer));
    const { desync } = side.ledger;
    if (desync !== undefined) this.end ??= { kind: "desync", desync };
    const isWaiting = this.#seats.some(({ peer, isEmpty }) => !isEmpty && peer?.isPlaying !== true);
    const isHeld = isWaiting || desync !== undefined || this.#isTakingState;
    if (side.block.isHeld && !isHeld) for (const peer of this.#peers) peer.stream.clock.forgetLead();
    side.block.isHeld = isHeld;
  }

  /** Answers `takeState`: `frame` runs next in `state`. */
  offer(state: Uint8Array, frame: number): void {
    this.#isTakingState = false;
    const { block, record } = this.side;
    this.side.update();
    const joining = this.#everybody.filter((peer) => !peer.hasOffer);
    const game: GameState = {
      frame,
      state,
      inputs: inputsFrom(block, frame),
      script: record.script(frame),
    };
    const packed = packGame(game);
    for (const peer of joining) peer.offer(packed);
  }

  /** Tells all players that the game is over. */
  close(): void {
    for (const peer of this.#everybody) peer.close();
  }

  /** Players and spectators. */
  get #everybody(): HostPeer[] {
    return [...this.#peers, ...this.#spectators];
  }

  get #peers(): HostPeer[] {
    return this.#seats.flatMap(({ peer }) => (peer === undefined ? [] : [peer]));
  }

  /** Answers a stranger who knows the token. Nothing is stored until its cookie has come back. */
  #greet(hello: Hello, address: string, nowMs: number): void {
    const world = this.#world;
    const period = Math.floor(nowMs / COOKIE_MS);
    const cookies = [period, period - 1].map((number) => this.#cookie(hello.nonce, address, number));
    if (!cookies.some((cookie) => isSame(cookie, hello.cookie))) {
      world.send(challengePacket(hello.nonce, cookies[0]!, this.#key), address);
      return;
    }
    const nonce = Buffer.from(hello.nonce).toString("hex");
    if (this.#nonces.has(nonce)) return;
    const isSpectator = hello.wantedPlayer === SPECTATOR;
    const seat = isSpectator ? undefined : this.#seatFor(hello, nowMs);
    const hasRoom = isSpectator ? this.#spectators.size < MAX_SPECTATORS : seat !== undefined;
    const refusal = this.#reasonAgainst(hello) ?? (hasRoom ? undefined : "the game is full");
    if (refusal !== undefined) {
      world.send(refusalPacket(hello.nonce, refusal, this.#key), address);
      return;
    }
    this.#remember(nonce, nowMs);
    const link = new PacketLink(this.#key, hello.nonce, hello.cookie, true);
    const peer = new HostPeer(link, seat?.player ?? -1, address, this.side, world);
    this.#bySession.set(link.session, peer);
    if (seat === undefined) this.#spectators.add(peer);
    else this.#seat(peer, seat);
  }

  #seat(peer: HostPeer, seat: Seat): void {
    if (seat.peer !== undefined) this.#bySession.delete(seat.peer.link.session);
    seat.peer = peer;
    seat.isEmpty = false;
    this.side.block.isHeld = true;
  }

  #cookie(nonce: Uint8Array, address: string, period: number): Uint8Array {
    const text = new TextEncoder().encode(`${address} ${period}`);
    return this.#cookieKey.code(NONCE_BYTES, nonce, text);
  }

  #reasonAgainst({ rom, machine }: Hello): string | undefined {
    if (!isSame(rom, this.#terms.romSha1)) return "the host plays another ROM";
    if (!isSame(machine, this.#terms.machineSha256))
      return "the host has another version of emu, other machine options, or another BIOS or header of the ROM";
    return undefined;
  }

  #seatFor({ wantedPlayer }: Hello, nowMs: number): Seat | undefined {
    return this.#seats.find(({ player, peer }) => {
      const isWanted = wantedPlayer === 0 || wantedPlayer === player + 1;
      return isWanted && (peer === undefined || peer.silentMs(nowMs) > SILENT_MS);
    });
  }

  #remember(nonce: string, nowMs: number): void {
    for (const [old, sinceMs] of this.#nonces)
      if (nowMs - sinceMs > 2 * COOKIE_MS || this.#nonces.size >= MAX_NONCES) this.#nonces.delete(old);
    this.#nonces.set(nonce, nowMs);
  }

  #checkSeat(seat: Seat, nowMs: number): void {
    const { block } = this.side;
    const { peer } = seat;
    if (peer !== undefined && peer.silentMs(nowMs) > ABSENT_MS) this.#leave(peer, nowMs, ABSENT_MS);
    if (peer !== undefined) this.#provideState(peer);
    if (seat.peer !== undefined || seat.leftMs === undefined) return;
    if (nowMs - seat.leftMs >= ABSENT_MS) seat.isEmpty = true;
    // A player who is gone presses nothing.
    const end = block.frame + block.delayFrames + 1;
    while (seat.isEmpty && block.end(seat.player) < end) block.addInput(seat.player, 0);
  }

  /** A spectator who is silent or too slow is dropped: the game does not wait for spectators. */
  #checkSpectator(peer: HostPeer, nowMs: number): void {
    this.#provideState(peer);
    const { block } = this.side;
    const lag = Math.max(...peer.stream.acked.map((acked, player) => block.end(player) - acked));
    if (peer.silentMs(nowMs) <= 2 * SILENT_MS && (!peer.hasOffer || lag <= MAX_SPECTATOR_LAG_FRAMES)) return;
    peer.close();
    this.#leave(peer, nowMs);
  }

  /** Takes a state for a peer that needs one. No frame runs meanwhile. */
  #provideState(peer: HostPeer): void {
    if (peer.hasOffer || this.#isTakingState) return;
    this.#isTakingState = true;
    this.side.block.isHeld = true;
    this.#world.takeState();
  }

  #leave(peer: HostPeer, nowMs: number, sinceMs = 0): void {
    const seat = this.#seats.find((candidate) => candidate.peer === peer);
    this.#bySession.delete(peer.link.session);
    this.#spectators.delete(peer);
    if (seat === undefined) return;
    seat.peer = undefined;
    seat.leftMs = nowMs - sinceMs;
  }

  #adaptDelay(nowMs: number): void {
    const clocks = this.#peers.map((peer) => peer.stream.clock).filter((clock) => clock.isMeasured);
    if (clocks.length === 0) return;
    const wayMs = Math.max(...clocks.map((clock) => clock.roundTripMs / 2));
    this.side.chooseDelay(wayMs, Math.max(...clocks.map((clock) => clock.jitterMs)), nowMs);
  }

  /** How long inputs of the players other than `peer` take to the host. */
  #relayMs(peer: HostPeer): number {
    const others = this.#peers.filter((other) => other !== peer);
    return Math.max(0, ...others.map(({ stream }) => stream.clock.roundTripMs / 2));
  }

  #notice(nowMs: number): string {
    const missing = this.#seats.filter(({ peer, isEmpty }) => peer === undefined && !isEmpty);
    const gone = missing.find(({ leftMs }) => leftMs !== undefined);
    if (gone !== undefined) {
      const seconds = Math.ceil((ABSENT_MS - (nowMs - gone.leftMs!)) / 1000);
      return `player ${gone.player + 1} has left; the game waits ${seconds} s for it to come back`;
    }
    if (missing.length > 0) return `waiting for ${playersText(missing.map(({ player }) => player + 1))}`;
    const silent = this.#peers.find((peer) => peer.silentMs(nowMs) > SILENT_MS);
    if (silent !== undefined) return `player ${silent.player + 1} does not answer`;
    const joining = this.#peers.find((peer) => !peer.isPlaying);
    if (joining !== undefined) return `player ${joining.player + 1} is joining`;
    const pausing = this.#peers.find(({ stream }) => stream.isPaused);
    return pausing === undefined ? "" : `player ${pausing.player + 1} has paused the game`;
  }
}

function playersText(players: readonly number[]): string {
  return players.length === 1 ? `player ${players[0]}` : `players ${players.join(", ")}`;
}
