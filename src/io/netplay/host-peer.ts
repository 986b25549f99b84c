import type { GameSide } from "./game-side.ts";
import { BYE, byeMessage, chunkMessage, offerMessage, PLAY, readBye, readWant, WANT } from "./messages.ts";
import { type PacketLink, readMessage, SPECTATOR } from "./packets.ts";
import { PeerStream } from "./peer-stream.ts";
import { RateLimit } from "./rate-limit.ts";
import { KEEP_ALIVE_MS, type SessionWorld } from "./session.ts";
import { StateSender, sha256Of } from "./state-transfer.ts";

/** Packets that a peer may send per second; one sends about 80. */
const PACKETS_PER_SECOND = 500;
const OFFER_EVERY_MS = 100;
const BYES = 3;

/** One player of the others, or a spectator, as the host sees it. */
export class HostPeer {
  readonly link: PacketLink;
  /** From 0; −1 for a spectator. */
  readonly player: number;
  readonly stream: PeerStream;
  /** Where its last packet came from. */
  address: string;
  /** True once the peer has said that it leaves. */
  hasLeft = false;
  readonly #side: GameSide;
  readonly #world: SessionWorld;
  readonly #rate = new RateLimit(PACKETS_PER_SECOND);
  #sender: StateSender | undefined;
  #offer: Uint8Array | undefined;
  #hasWant = false;
  #heardMs: number;
  #sentMs = Number.NEGATIVE_INFINITY;
  #sentFrame = -1;

  constructor(link: PacketLink, player: number, address: string, side: GameSide, world: SessionWorld) {
    this.link = link;
    this.player = player;
    this.address = address;
    this.#side = side;
    this.#world = world;
    this.#heardMs = world.nowMs();
    const { block } = side;
    this.stream = new PeerStream(Array.from({ length: block.players }, (_, index) => block.end(index)));
  }

  /** True once it has been offered a state. */
  get hasOffer(): boolean {
    return this.#offer !== undefined;
  }

  /** True once its machine is ready. */
  get isPlaying(): boolean {
    return this.stream.isReady;
  }

  /** Milliseconds since its last packet. */
  silentMs(nowMs: number): number {
    return nowMs - this.#heardMs;
  }

  /** Offers it a packed state. From here on it gets the inputs that are not in there. */
  offer(packed: Uint8Array): void {
    const { block } = this.#side;
    for (let player = 0; player < block.players; player++) this.stream.acked[player] = block.end(player);
    this.#sender = new StateSender(packed);
    this.#offer = offerMessage({
      bytes: packed.length,
      sha256: sha256Of(packed),
      players: block.players,
      player: this.player < 0 ? SPECTATOR : this.player,
    });
  }

  /** Handles a packet that claims to be of this session. */
  receive(packet: Uint8Array, address: string, nowMs: number): void {
    if (!this.#rate.allows(nowMs)) return;
    const opened = this.link.open(packet);
    if (opened === undefined) return;
    this.#heardMs = nowMs;
    const { message, isNewest } = opened;
    // A player's address may change: another network, another port of a router.
    if (isNewest) this.address = address;
    readMessage(() => this.#take(message, isNewest, nowMs));
  }

  /** Sends what is due. */
  tick(nowMs: number, relayMs: number): void {
    if (this.#offer === undefined) return;
    if (!this.isPlaying) {
      // Until it asks for chunks it does not know of the offer.
      if (nowMs - this.#sentMs < (this.#hasWant ? KEEP_ALIVE_MS : OFFER_EVERY_MS)) return;
      if (!this.#hasWant) this.#send(this.#offer, nowMs);
    }
    const { block, periodMs } = this.#side;
    const isNewFrame = block.frame !== this.#sentFrame;
    if (!this.#hasWant || (!isNewFrame && nowMs - this.#sentMs < KEEP_ALIVE_MS / 2)) return;
    this.#sentFrame = block.frame;
    const others = Array.from({ length: block.players }, (_, player) => player).filter(
      (player) => player !== this.player,
    );
    const facts = this.#side.facts(nowMs, relayMs);
    this.#send(this.stream.write(block, others, facts, nowMs, periodMs), nowMs);
  }

  close(): void {
    for (let time = 0; time < BYES; time++)
      this.#send(byeMessage(this.#side.ledger.desync), this.#world.nowMs());
  }

  #take(message: Uint8Array, isNewest: boolean, nowMs: number): void {
    const { block, ledger } = this.#side;
    if (message[0] === BYE) {
      const desync = readBye(message);
      // A spectator's report of a desync must not end the game.
      if (this.player >= 0) ledger.desync ??= desync;
      this.hasLeft = true;
    } else if (message[0] === WANT) {
      this.#hasWant = true;
      this.#sender?.answer(readWant(message), nowMs, (index, bytes) =>
        this.#send(chunkMessage(index, bytes), nowMs),
      );
    } else if (message[0] === PLAY && this.#offer !== undefined) {
      const isOwn = (player: number) => player === this.player;
      const position = this.#side.position(nowMs);
      const hash = this.stream.read(message, isNewest, block, isOwn, nowMs, position);
      if (hash !== undefined && this.player >= 0) ledger.take(this.player, hash);
    }
  }

  #send(message: Uint8Array, nowMs: number): void {
    this.#sentMs = nowMs;
    this.#world.send(this.link.seal(message), this.address);
  }
}
