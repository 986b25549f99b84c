import type { InputSource } from "../../emu/machine.ts";
import type { Nes } from "../../emu/nes/nes.ts";

const MAX_DEVICE_BYTES = 64;

/**
 * Runs frames without drawing, which is faster, and draws the last one on request: it goes back to the state
 * before that frame and runs it again. The machine reads its input through this class, which stores the
 * buttons, so the repeated frame gets the same ones and `source` is read only once per frame.
 */
export class LazyPicture implements InputSource {
  readonly #nes: Nes;
  readonly #pixels: Uint16Array;
  readonly #source: InputSource;
  /** The state before the last frame that was not drawn, and states while that frame is run again. */
  #before: Uint8Array | undefined;
  #now: Uint8Array | undefined;
  #after: Uint8Array | undefined;
  readonly #devices = new Uint8Array(MAX_DEVICE_BYTES);
  #buttons = 0;
  readonly #isHeard: boolean;
  #isUnseen = false;
  #isReplaying = false;

  /** Pictures go to `pixels`; buttons come from `source`. Frames have samples only if `isHeard`. */
  constructor(nes: Nes, pixels: Uint16Array, source: InputSource, isHeard = true) {
    this.#nes = nes;
    this.#pixels = pixels;
    this.#source = source;
    this.#isHeard = isHeard;
    nes.setInput(this);
  }

  latchButtons(): number {
    if (!this.#isReplaying) this.#buttons = this.#source.latchButtons();
    return this.#buttons;
  }

  latchDevices(data: Uint8Array): void {
    if (this.#isReplaying) {
      data.set(this.#devices.subarray(0, data.length));
      return;
    }
    this.#source.latchDevices?.(data);
    this.#devices.set(data);
  }

  /** Runs a frame. It is drawn at once if `isSeen`: the caller knows that the picture will be read. */
  runFrame(isSeen: boolean): void {
    this.#isUnseen = !isSeen;
    if (isSeen) {
      this.#nes.runFrame(this.#pixels, this.#isHeard);
      return;
    }
    this.#before ??= new Uint8Array(this.#nes.stateBytes);
    this.#nes.save(this.#before);
    this.#nes.runFrame(undefined, this.#isHeard);
  }

  /** The picture of the last frame. The machine's state does not change. */
  look(): Uint16Array {
    if (!this.#isUnseen || this.#before === undefined) return this.#pixels;
    this.#isUnseen = false;
    const nes = this.#nes;
    this.#now ??= new Uint8Array(nes.stateBytes);
    this.#after ??= new Uint8Array(nes.stateBytes);
    const { sampleCount } = nes;
    nes.save(this.#now);
    nes.restore(this.#before);
    this.#isReplaying = true;
    nes.runFrame(this.#pixels, this.#isHeard);
    this.#isReplaying = false;
    nes.save(this.#after);
    // Memory may have been written since the frame. Loading a state clears the samples, which the repeated
    // frame has produced again.
    if (Buffer.compare(this.#now, this.#after) !== 0) {
      nes.restore(this.#now);
      nes.apu.sound.sampleCount = sampleCount;
    }
    return this.#pixels;
  }
}
