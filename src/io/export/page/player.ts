import type { EmbeddedNes } from "../../core/index.ts";
import { withoutOpposites } from "./buttons.ts";
import { FrameClock } from "./frame-clock.ts";
import { readPads } from "./gamepads.ts";
import type { Keyboard } from "./keyboard.ts";
import type { Picture } from "./picture.ts";
import { Sound } from "./sound.ts";
import type { Storage } from "./storage.ts";
import type { TouchPad } from "./touch-pad.ts";

/** Time between two checks for changed battery-backed memory. */
const BATTERY_INTERVAL_MS = 1000;

/** If no frame runs for this long, the browser or a busy computer has delayed the page. */
const STALL_MS = 50;

/** Constructor arguments of a player. */
export interface PlayerParts {
  readonly nes: EmbeddedNes;
  readonly picture: Picture;
  readonly keyboard: Keyboard;
  readonly touchPad: TouchPad;
  /** Undefined if the browser cannot store anything. */
  readonly storage: Storage | undefined;
}

/** Runs the game in real time: `window.emuPlayer` of an exported page. */
export class Player {
  readonly nes: EmbeddedNes;
  readonly picture: Picture;
  /** Undefined before the first `play`, and if the browser has no sound. */
  sound: Sound | undefined;
  /** How often the page ran no frame for longer than 50 ms: the sound may then have run out. */
  stallCount = 0;
  /** Called when the game starts to run or stops. */
  onChange: () => void = () => {};
  /** Called with messages for the player, for example that a save failed. */
  onNote: (text: string) => void = () => {};
  readonly #parts: PlayerParts;
  readonly #clock: FrameClock;
  #isRunning = false;
  #volume = 1;
  #request = 0;
  #opening: Promise<void> | undefined;
  #battery: Uint8Array;
  #batteryLookMs = 0;
  #stepMs = Number.NaN;

  constructor(parts: PlayerParts) {
    this.#parts = parts;
    this.nes = parts.nes;
    this.picture = parts.picture;
    this.#clock = new FrameClock(parts.nes.geometry.frameRateHz);
    this.#battery = parts.nes.batteryRam.slice();
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get volume(): number {
    return this.#volume;
  }

  /** Sets the volume, 0 to 1. */
  set volume(volume: number) {
    this.#volume = volume;
    // Perceived loudness is logarithmic; the square is close to that.
    if (this.sound !== undefined) this.sound.volume = volume * volume;
  }

  /**
   * Starts or continues the game. The sound starts if the user has clicked, touched or pressed a key before.
   */
  play(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#clock.restart();
    this.#stepMs = Number.NaN;
    this.wakeSound();
    this.#request = requestAnimationFrame(this.#tick);
    this.onChange();
  }

  pause(): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    cancelAnimationFrame(this.#request);
    void this.sound?.suspend();
    this.#parts.keyboard.release();
    this.#parts.touchPad.release();
    this.keepBattery();
    this.onChange();
  }

  /** Browsers allow sound only after a click, a key or a touch, so call it from a handler of one. */
  wakeSound(): void {
    this.#opening ??= this.#openSound();
    if (this.#isRunning) void this.sound?.resume();
  }

  /** Runs one frame with the held buttons, without showing it. */
  step(): void {
    const nowMs = performance.now();
    if (nowMs - this.#stepMs > STALL_MS) this.stallCount++;
    this.#stepMs = nowMs;
    const { nes, keyboard, touchPad } = this.#parts;
    const [first, second] = readPads();
    nes.setButtons(0, withoutOpposites(keyboard.latch.take() | touchPad.latch.take() | first));
    nes.setButtons(1, withoutOpposites(second));
    nes.runFrame();
    this.sound?.push(nes.samples);
  }

  /** Shows the picture of the last frame. */
  show(): void {
    this.nes.rgba(this.picture.nextPixels);
    this.picture.update();
  }

  /** Saves the state in slot 1 to 4. Rejects if the browser cannot store it. */
  async save(slot: number): Promise<void> {
    const { nes } = this;
    const record = { state: nes.saveState(), picture: nes.rgba(), savedAtMs: Date.now() };
    if (this.#parts.storage === undefined) throw new Error("this browser keeps no saves for this page");
    await this.#parts.storage.storeSlot(slot, record);
  }

  /** Loads the state of a slot; resolves to false if it is empty. Rejects if the state is damaged. */
  async load(slot: number): Promise<boolean> {
    const record = await this.#parts.storage?.slot(slot);
    if (record === undefined) return false;
    this.nes.loadState(record.state);
    this.nes.pixels.fill(0);
    this.picture.pixels.set(record.picture);
    this.picture.draw();
    return true;
  }

  /** Saves battery-backed memory if it has changed. */
  keepBattery(): void {
    const { batteryRam } = this.nes;
    const { storage } = this.#parts;
    if (storage === undefined || isEqual(batteryRam, this.#battery)) return;
    this.#battery = batteryRam.slice();
    storage.storeBattery(this.#battery).catch((error) => {
      // The next check tries again.
      this.#battery = new Uint8Array();
      this.onNote(`The game's save could not be kept: ${error instanceof Error ? error.message : error}`);
    });
  }

  readonly #tick = (nowMs: number): void => {
    if (!this.#isRunning) return;
    this.#request = requestAnimationFrame(this.#tick);
    const due = this.#clock.display(nowMs);
    for (let i = 0; i < due; i++) this.step();
    if (due > 0) this.show();
    if (nowMs - this.#batteryLookMs < BATTERY_INTERVAL_MS) return;
    this.#batteryLookMs = nowMs;
    this.keepBattery();
  };

  async #openSound(): Promise<void> {
    const sound = await Sound.open({ machineRateHz: this.nes.geometry.sampleRateHz, channels: 1 }).catch(
      () => undefined,
    );
    if (sound === undefined) return;
    this.sound = sound;
    this.volume = this.#volume;
    // A late display must not leave the sound without samples.
    sound.onReport = () => {
      if (!this.#isRunning) return;
      for (let due = this.#clock.between(performance.now()); due > 0; due--) this.step();
    };
    if (this.#isRunning) await sound.resume();
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
