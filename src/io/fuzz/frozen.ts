import type { Nes, NesOptions } from "../../emu/nes/nes.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import type { Hold } from "../library/fuzz/shrink.ts";
import { type Button, buttonMask } from "../library/pads.ts";
import { PlainMachine } from "./plain-machine.ts";

const TAP_FRAMES = 6;
/** Some menus ask to hold a button for a second or more. */
const HOLD_FRAMES = 90;
/** Frames without buttons after each press. */
const REST_FRAMES = 18;
/** Frames after which a program has forgotten buttons that were released. */
const SETTLE_FRAMES = 6;
const SINGLE: readonly (readonly Button[])[] = [
  ["start"],
  ["a"],
  ["b"],
  ["select"],
  ["up"],
  ["down"],
  ["left"],
  ["right"],
];
/** Combinations that games ask for. */
const COMBINED: readonly (readonly Button[])[] = [
  ["a", "b"],
  ["start", "select"],
  ["a", "start"],
  ["up", "a"],
  ["down", "select"],
];
/**
 * What is pressed and for how long, again and again. The first pad also presses alone: if each player can end
 * a pause, Start on two pads at once ends and begins it.
 */
const PRESSES: readonly Hold[] = [
  ...[...SINGLE, ...COMBINED].map((buttons) => ({ mask: onAllPads(buttons), frames: TAP_FRAMES })),
  ...SINGLE.map((buttons) => ({ mask: buttonMask(buttons), frames: TAP_FRAMES })),
  ...SINGLE.map((buttons) => ({ mask: onAllPads(buttons), frames: HOLD_FRAMES })),
];
/**
 * Frames in which a game that only blinks shows all its pictures. A game that shows other pictures later is
 * not frozen.
 */
const BLINK_FRAMES = 128;
const STACK_PAGE = 0x100;
const MAX_REMEMBERED = 256;

/** Returns true if only controllers can change a game. Others also wait for a coin, a disk or a light gun. */
function hasOnlyPads({ devices, disk, coins }: Nes): boolean {
  const { port1 = "standard", port2 = "standard", expansion = "none" } = devices;
  const arePads = [port1, port2, expansion].every((name) => ["standard", "none", "pads"].includes(name));
  return arePads && disk === undefined && coins === undefined;
}

/**
 * Distinguishes a frozen game from one that waits for input. Of two machines with the same state, one gets
 * every button in turn and the other none. The game is frozen if both always show the same picture, have the
 * same memory when the buttons are released again, read the controllers, and show nothing new after the first
 * frames. So these are not frozen: a game whose reaction lasts, even if it is invisible, and a scene that
 * goes on by itself.
 */
export class FrozenCheck {
  readonly #quiet: PlainMachine;
  readonly #pressed: PlainMachine;
  readonly #onFrame: () => void;
  /** Results by the hash of the state: inputs that are shrunk lead to the same states. */
  readonly #known = new Map<string, boolean>();
  /** Hashes of the pictures that the check has seen, and the number of its frames. */
  readonly #pictures = new Set<number | bigint>();
  #frames = 0;

  constructor(rom: LoadedRom, machine: NesOptions, onFrame: () => void) {
    this.#quiet = new PlainMachine(rom, machine);
    this.#pressed = new PlainMachine(rom, machine);
    this.#onFrame = onFrame;
  }

  /** Checks for `frames` frames, and at least until each button was held. */
  isFrozen(state: Uint8Array, frames: number): boolean {
    if (!hasOnlyPads(this.#quiet.nes)) return false;
    const key = `${frames} ${Bun.hash(state)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const result = this.#run(state, frames);
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(key, result);
    return result;
  }

  #run(state: Uint8Array, frames: number): boolean {
    const [a, b] = [this.#quiet, this.#pressed];
    this.#pictures.clear();
    this.#frames = 0;
    for (const side of [a, b]) {
      side.load(state);
      side.readFrames = 0;
    }
    for (let left = frames; left > 0; ) {
      for (const press of PRESSES) {
        if (!this.#stays(press)) return false;
        left -= press.frames + REST_FRAMES;
      }
    }
    return a.readFrames > 0;
  }

  /** Presses and releases buttons of one machine. Returns true if that makes no difference. */
  #stays({ mask, frames }: Hold): boolean {
    const [a, b] = [this.#quiet, this.#pressed];
    for (let frame = 0; frame < frames + REST_FRAMES; frame++) {
      a.run(0, false);
      b.run(frame < frames ? mask : 0, false);
      this.#onFrame();
      if (b.nes.cpu.jammed === 1 || Buffer.compare(a.pictureBytes, b.pictureBytes) !== 0) return false;
      if (!this.#isKnownPicture(a.pictureBytes)) return false;
      if (frame < frames + SETTLE_FRAMES) continue;
      if (a.readFrames !== b.readFrames || !haveEqualMemory(a, b)) return false;
    }
    return true;
  }

  /** Returns true if the first frames have shown this picture, or if it is one of them. */
  #isKnownPicture(picture: Uint8Array): boolean {
    const hash = Bun.hash(picture);
    if (this.#frames++ < BLINK_FRAMES) this.#pictures.add(hash);
    return this.#pictures.has(hash);
  }
}

function onAllPads(buttons: readonly Button[]): number {
  return Math.imul(buttonMask(buttons), 0x01010101) >>> 0;
}

/** Compares all RAM except the free part of the stack page, which has what interrupts have left there. */
function haveEqualMemory(a: PlainMachine, b: PlainMachine): boolean {
  const { s } = a.nes.cpu;
  if (s !== b.nes.cpu.s) return false;
  const stackEnd = STACK_PAGE + s + 1;
  if (Buffer.compare(a.ram.subarray(0, STACK_PAGE), b.ram.subarray(0, STACK_PAGE)) !== 0) return false;
  if (Buffer.compare(a.ram.subarray(stackEnd), b.ram.subarray(stackEnd)) !== 0) return false;
  const { ciram, prgRam, chrRam, extraRam } = a.nes.memory;
  return [ciram, prgRam, chrRam, extraRam].every(({ offset, bytes }) => {
    const [one, other] = [a, b].map(({ nes }) => nes.memory.bytes.subarray(offset, offset + bytes));
    return Buffer.compare(one!, other!) === 0;
  });
}
