import type { ServerCounters } from "./counters.ts";
import { notificationText } from "./json-rpc.ts";
import type { SessionPeer } from "./line-session.ts";
import type { HostedMachine } from "./machine/hosted-machine.ts";
import type { MachineHost } from "./machine/machine-host.ts";
import type { ServedPicture, ServedShape } from "./machine/served-picture.ts";
import { describePicture, type PictureFormat } from "./methods.ts";
import { SHARED_MACHINE } from "./peer-machines.ts";

/** Which pictures a peer wants, and in which form. */
export interface SubscriptionWish {
  readonly machine: number;
  readonly host: MachineHost;
  /** 1 for every picture, 2 for every second one, and so on. */
  readonly every: number;
  readonly format: PictureFormat | "packed";
  /** With packed pictures: also send the sound up to each of them. */
  readonly hasSound: boolean;
}

/** Sends a peer the pictures of a machine as they are published, until `end`. */
export class Subscription {
  readonly #wish: SubscriptionWish;
  readonly #peer: SessionPeer;
  readonly #counters: ServerCounters;
  readonly #unsubscribe: () => void;
  /** The machine of the last picture. `load` replaces it. */
  #machine: HostedMachine | undefined;
  /** The shape that the peer knows of; undefined if it does not know this machine's game yet. */
  #knownShape: ServedShape | undefined;
  /** Number of the group of `every` frames whose picture was sent last. */
  #lastGroup = Number.NaN;
  /** Number of the last new picture, sent or not, and the frames since the last that was sent. */
  #lastFrame = -1;
  #unsentFrames = 0;
  /** True if the peer has the newest picture. */
  #isShown: boolean;

  constructor(wish: SubscriptionWish, peer: SessionPeer, counters: ServerCounters) {
    this.#wish = wish;
    this.#peer = peer;
    this.#counters = counters;
    const { feed } = wish.host;
    const newest = feed.latest();
    // A page that is opened while the machine is paused shows the current picture.
    this.#isShown = wish.format !== "packed" || newest === undefined || this.#show(newest);
    this.#unsubscribe = feed.subscribe((picture, isStill) => this.#take(picture, isStill));
  }

  end(): void {
    this.#unsubscribe();
  }

  #take(picture: ServedPicture, isStill: boolean): void {
    const { host, every, format, hasSound } = this.#wish;
    this.#noticeGame();
    if (!isStill) this.#countTo(picture.frame);
    const group = Math.floor(picture.frame / every);
    const isNext = group !== this.#lastGroup || this.#unsentFrames >= every;
    const isDue = isStill ? !this.#isShown && format === "packed" : isNext;
    if (!isDue) return;
    this.#lastGroup = group;
    this.#unsentFrames = 0;
    this.#isShown = this.#show(picture);
    // A peer that is too slow for pictures gets no sound either.
    const sound = hasSound && this.#isShown && !isStill ? host.sound.upTo(picture) : undefined;
    if (sound !== undefined) this.#peer.sendPacked!(sound);
  }

  /** A reset or the load of a state may set the number back, so that groups alone do not count frames. */
  #countTo(frame: number): void {
    this.#unsentFrames += Math.max(1, frame - this.#lastFrame);
    this.#lastFrame = frame;
  }

  /** Another game's picture may have the number and the shape of the last one. */
  #noticeGame(): void {
    const { machine } = this.#wish.host;
    if (machine === this.#machine) return;
    this.#machine = machine;
    this.#knownShape = undefined;
    this.#lastGroup = Number.NaN;
  }

  /** Sends a picture. Returns true if the peer had room for it. */
  #show(picture: ServedPicture): boolean {
    this.#noticeGame();
    const { format } = this.#wish;
    if (format === "packed" && !this.#describeGame(picture.shape)) return false;
    const [isSent, bytes] = format === "packed" ? this.#sendPacked(picture) : this.#notify(picture, format);
    const counters = this.#counters;
    if (isSent) {
      counters.picturesSent++;
      counters.pictureBytes += bytes;
    } else counters.picturesDropped++;
    return isSent;
  }

  /** Describes the game, unless the peer knows what it needs for pictures of this shape. */
  #describeGame(shape: ServedShape): boolean {
    if (shape === this.#knownShape) return true;
    const isSent = this.#peer.notify(notificationText("game", this.#wish.host.factsFor(shape)));
    if (isSent) this.#knownShape = shape;
    return isSent;
  }

  #sendPacked(picture: ServedPicture): [isSent: boolean, bytes: number] {
    const packed = picture.packed();
    return [this.#peer.sendPacked!(packed), packed.length];
  }

  #notify(picture: ServedPicture, format: PictureFormat): [isSent: boolean, bytes: number] {
    const { machine, host } = this.#wish;
    const which = machine === SHARED_MACHINE ? {} : { machine };
    const text = notificationText("frame", { ...which, ...describePicture(picture, format, host) });
    return [this.#peer.notify(text), text.length];
  }
}
