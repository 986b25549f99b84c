import { InputError } from "../../emu/input-error.ts";
import { MAX_NET_PLAYERS, NetplayBlock } from "../shared/netplay-block.ts";
import { GameSide } from "./game-side.ts";
import { type GameState, unpackGame } from "./game-state.ts";
import {
  BYE,
  byeMessage,
  CHUNK,
  OFFER,
  type Offer,
  PLAY,
  readBye,
  readChunk,
  readOffer,
  type StateDesync,
  wantMessage,
} from "./messages.ts";
import { PacketKey } from "./packet-key.ts";
import {
  CHALLENGE,
  FROM_HOST,
  helloPacket,
  kindOf,
  NONCE_BYTES,
  PacketLink,
  REFUSAL,
  readChallenge,
  readMessage,
  readRefusal,
  SPECTATOR,
} from "./packets.ts";
import { PeerStream } from "./peer-stream.ts";
import { RateLimit } from "./rate-limit.ts";
import {
  ABSENT_MS,
  type GameTerms,
  KEEP_ALIVE_MS,
  type SessionEnd,
  type SessionStatus,
  type SessionWorld,
  SILENT_MS,
} from "./session.ts";
import { StateReceiver } from "./state-transfer.ts";

const HELLO_EVERY_MS = 200;
const WANT_EVERY_MS = 30;
/** Chunks after which more are asked for at once. */
const WANT_AFTER_CHUNKS = 8;
/** Time after which an attempt to join fails. */
const JOIN_MS = 15_000;
const PACKETS_PER_SECOND = 3000;
const BYES = 3;
/** Speed per frame that we are ahead, and its limit, in millionths: the sound must not change audibly. */
const RATE_PPM_PER_FRAME = 8000;
const MAX_RATE_PPM = 30_000;
/** A spectator stays this far behind what it knows, so that a late packet does not stop its picture. */
const SPECTATOR_RESERVE_FRAMES = 4;
/** Its speed for each frame too many or too few, and the limit of that. */
const SPECTATOR_PPM_PER_FRAME = 4000;
const MAX_SPECTATOR_PPM = 100_000;

/** What a player brings to a game. */
export interface JoinTerms extends GameTerms {
  /** The wanted player number, from 1; 0 for any, `SPECTATOR` to watch only. */
  readonly wantedPlayer: number;
}

/** A game that can begin: what its machine starts from. */
export interface JoinedGame {
  readonly block: NetplayBlock;
  readonly state: Uint8Array;
}

/**
 * A player's side of a game: joins the host, gets a state, then exchanges inputs with the host and keeps its
 * clock with the host's. It does nothing by itself: the owner calls `receive` and `tick`.
 */
export class JoinSession {
  side: GameSide | undefined;
  end: SessionEnd | undefined;
  readonly #terms: JoinTerms;
  readonly #world: SessionWorld;
  readonly #host: string;
  readonly #key: PacketKey;
  readonly #rate = new RateLimit(PACKETS_PER_SECOND);
  readonly #beganMs: number;
  #nonce: Uint8Array;
  #cookie = new Uint8Array(NONCE_BYTES);
  #link: PacketLink | undefined;
  #offer: Offer | undefined;
  #receiver: StateReceiver | undefined;
  #stream: PeerStream | undefined;
  #refusal = "";
  #isStarted = false;
  #newChunks = 0;
  #heardMs = Number.NEGATIVE_INFINITY;
  #sentMs = Number.NEGATIVE_INFINITY;
  #sentFrame = -1;

  /** `host` is the host's address, as datagrams from it have it. */
  constructor(terms: JoinTerms, world: SessionWorld, host: string) {
    this.#terms = terms;
    this.#world = world;
    this.#host = host;
    this.#key = PacketKey.ofToken(terms.token);
    this.#nonce = world.randomBytes(NONCE_BYTES);
    this.#beganMs = world.nowMs();
  }

  get status(): SessionStatus {
    const clock = this.#stream?.clock;
    return {
      player: this.side === undefined ? 0 : this.side.block.localPlayer + 1,
      roundTripMs: clock?.roundTripMs ?? 0,
      jitterMs: clock?.jitterMs ?? 0,
      delayFrames: this.side?.block.delayFrames ?? 0,
      notice: this.#notice(this.#world.nowMs()),
    };
  }

  /**
   * What the machine starts from, once everything has come. Call `started` when it runs. Throws `InputError`
   * ("data") if the host has sent something else.
   */
  joined(): JoinedGame | undefined {
    const packed = this.#receiver?.whole;
    if (packed === undefined || this.#offer === undefined) return undefined;
    const { players, player } = this.#offer;
    const game = unpackGame(packed, players);
    const block = blockOf(game, players, player === SPECTATOR ? -1 : player);
    this.side = new GameSide(block, this.#terms.periodMs, this.#terms.delayFrames);
    this.side.record.addScript(game.script, game.frame);
    this.#stream = new PeerStream(Array.from({ length: players }, (_, index) => block.end(index)));
    return { block, state: game.state };
  }

  /** The machine runs: tells the host. */
  started(): void {
    this.#isStarted = true;
  }

  /** Handles a datagram from `address`. */
  receive(packet: Uint8Array, address: string): void {
    const nowMs = this.#world.nowMs();
    const kind = kindOf(packet);
    if (kind === 0 || address !== this.#host || !this.#rate.allows(nowMs)) return;
    if (kind === FROM_HOST) this.#receiveMessage(packet, nowMs);
    else if (kind === CHALLENGE && this.#link === undefined) {
      const cookie = readChallenge(packet, this.#nonce, this.#key);
      if (cookie === undefined) return;
      this.#cookie = new Uint8Array(cookie);
      this.#link = new PacketLink(this.#key, this.#nonce, cookie, false);
      this.#sendHello(nowMs);
    } else if (kind === REFUSAL && this.#offer === undefined) {
      const reason = readRefusal(packet, this.#nonce, this.#key);
      if (reason !== undefined) this.#refuse(reason);
    }
  }

  /** Sends what is due. Call it at every frame time, and at least every 20 ms. */
  tick(): void {
    const nowMs = this.#world.nowMs();
    if (this.#offer === undefined) {
      if (nowMs - this.#beganMs > JOIN_MS) this.#giveUp();
      else if (nowMs - this.#sentMs >= HELLO_EVERY_MS) this.#sendHello(nowMs);
      return;
    }
    if (nowMs - this.#heardMs > ABSENT_MS) this.#fail("the host has not answered for a minute");
    const { side } = this;
    if (side === undefined || !this.#isStarted) {
      if (nowMs - this.#sentMs >= WANT_EVERY_MS || this.#newChunks >= WANT_AFTER_CHUNKS)
        this.#askForChunks(nowMs);
      return;
    }
    side.update();
    const { desync } = side.ledger;
    if (desync !== undefined) {
      side.block.isHeld = true;
      this.end ??= { kind: "desync", desync };
    }
    this.#keepTime(side, nowMs);
    const { block } = side;
    const isNewFrame = block.frame !== this.#sentFrame;
    if (!isNewFrame && nowMs - this.#sentMs < KEEP_ALIVE_MS / 2) return;
    this.#sentFrame = block.frame;
    const facts = side.facts(nowMs, 0);
    const own = block.localPlayer < 0 ? [] : [block.localPlayer];
    this.#send(this.#stream!.write(block, own, facts, nowMs, side.periodMs), nowMs);
  }

  /** Tells the host that we leave. */
  close(): void {
    for (let time = 0; time < BYES && this.#offer !== undefined; time++)
      this.#send(byeMessage(this.side?.ledger.desync), this.#world.nowMs());
  }

  #receiveMessage(packet: Uint8Array, nowMs: number): void {
    const opened = this.#link?.open(packet);
    if (opened === undefined) return;
    this.#heardMs = nowMs;
    readMessage(() => this.#take(opened.message, opened.isNewest, nowMs));
  }

  #take(message: Uint8Array, isNewest: boolean, nowMs: number): void {
    const { side } = this;
    if (message[0] === BYE) this.#takeBye(readBye(message));
    else if (message[0] === OFFER && this.#offer === undefined) this.#takeOffer(readOffer(message));
    else if (message[0] === CHUNK && this.#receiver !== undefined) {
      const { index, bytes } = readChunk(message);
      this.#receiver.take(index, bytes);
      this.#newChunks++;
    } else if (message[0] === PLAY && side !== undefined && this.#isStarted) {
      side.update();
      const { block } = side;
      const isOther = (player: number) => player !== block.localPlayer;
      const position = side.position(nowMs);
      const hash = this.#stream!.read(message, isNewest, block, isOther, nowMs, position);
      if (hash !== undefined) side.ledger.take(0, hash);
    }
  }

  #takeBye(desync: StateDesync | undefined): void {
    if (desync === undefined || this.side === undefined) this.#fail(this.#byeText);
    else this.side.ledger.desync ??= desync;
  }

  get #byeText(): string {
    const isSpectator = this.#terms.wantedPlayer === SPECTATOR;
    return `the host has ended the game${isSpectator ? ", or this spectator has fallen behind" : ""}`;
  }

  #takeOffer(offer: Offer): void {
    const isSpectator = this.#terms.wantedPlayer === SPECTATOR;
    const isPlayer = offer.player > 0 && offer.player < offer.players;
    const isWanted = isSpectator ? offer.player === SPECTATOR : isPlayer;
    const isValid = offer.players >= 2 && offer.players <= MAX_NET_PLAYERS && isWanted;
    if (!isValid) return;
    this.#offer = { ...offer, sha256: offer.sha256.slice() };
    try {
      this.#receiver = new StateReceiver(this.#offer);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.end = { kind: "failed", error };
    }
  }

  #askForChunks(nowMs: number): void {
    this.#newChunks = 0;
    if (this.#receiver !== undefined) this.#send(wantMessage(this.#receiver.want), nowMs);
  }

  /** Follows the host's clock: runs a little faster or slower than the console. */
  #keepTime(side: GameSide, nowMs: number): void {
    const { clock, relayMs, isPaused } = this.#stream!;
    if (!side.isRunning(nowMs) || isPaused) {
      clock.forgetLead();
      side.block.ratePpm = 0;
      return;
    }
    if (side.block.localPlayer < 0) {
      const spare = side.block.confirmedEnd - side.block.frame - SPECTATOR_RESERVE_FRAMES;
      const ppm = SPECTATOR_PPM_PER_FRAME * spare;
      side.block.ratePpm = Math.max(-MAX_SPECTATOR_PPM, Math.min(MAX_SPECTATOR_PPM, ppm));
      return;
    }
    const ppm = Math.round(-RATE_PPM_PER_FRAME * clock.ahead);
    side.block.ratePpm = Math.max(-MAX_RATE_PPM, Math.min(MAX_RATE_PPM, ppm));
    if (clock.isMeasured) side.chooseDelay(clock.roundTripMs / 2 + relayMs, clock.jitterMs, nowMs);
  }

  #sendHello(nowMs: number): void {
    this.#sentMs = nowMs;
    const { romSha1: rom, machineSha256: machine, wantedPlayer } = this.#terms;
    const hello = { nonce: this.#nonce, cookie: this.#cookie, rom, machine, wantedPlayer };
    this.#world.send(helloPacket(hello, this.#key), this.#host);
  }

  /** A full game may soon have room: a player who comes back is faster than the host's notice of the loss. */
  #refuse(reason: string): void {
    this.#refusal = reason;
    if (reason !== "the game is full") this.#giveUp();
  }

  #giveUp(): void {
    if (this.#refusal !== "") {
      const error = new InputError("unavailable", this.#refusal, this.#where);
      this.end ??= { kind: "failed", error };
    } else this.#fail("no answer", "check the address and the token, and that emu host runs there");
  }

  #fail(message: string, remedy = ""): void {
    this.end ??= { kind: "failed", error: new InputError("unavailable", message, this.#where, remedy) };
  }

  /** The host's address, for people. */
  get #where(): string {
    return this.#host.replace(/^(.*:.*) /, "[$1]:").replace(" ", ":");
  }

  #notice(nowMs: number): string {
    if (nowMs - this.#heardMs > SILENT_MS) return "the host does not answer";
    if (this.#stream?.isPaused === true) return "the host has paused the game";
    const { side } = this;
    const isWaiting = side !== undefined && this.#isStarted && !side.isRunning(nowMs) && !side.isPaused;
    return isWaiting ? "waiting for the other players" : "";
  }

  #send(message: Uint8Array, nowMs: number): void {
    this.#sentMs = nowMs;
    this.#world.send(this.#link!.seal(message), this.#host);
  }
}

/** The shared memory of a game that begins at a state. */
function blockOf({ frame, inputs }: GameState, players: number, localPlayer: number): NetplayBlock {
  const ends = inputs.map((buttons) => frame + buttons.length);
  const block = new NetplayBlock({ players, localPlayer, frame, ends, delayFrames: 0 });
  for (const [player, buttons] of inputs.entries())
    for (const [index, each] of buttons.entries()) block.setInput(player, frame + index, each);
  return block;
}
