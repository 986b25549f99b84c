import type { InputSource } from "../../emu/machine.ts";
import type { Nes } from "../../emu/nes/nes.ts";

const MAX_DEVICE_BYTES = 64;

/**
 * Runs frames unseen, which is faster, and makes the picture of the last one when somebody asks for it: by going
 * back to the state before that frame and running it again. The machine's input comes through here, so that the
 * frame gets the same buttons again without its source being asked twice.
 */
export class LazyPicture implements InputSource {
  readonly #nes: Nes;
  readonly #pixels: Uint16Array;
  readonly #source: InputSource;
  /** The states before the last frame, and now while that frame is run again. */
  readonly #before: Uint8Array;
  readonly #now: Uint8Array;
  readonly #after: Uint8Array;
  readonly #devices = new Uint8Array(MAX_DEVICE_BYTES);
  #buttons = 0;
  #isUnseen = false;
  #isReplaying = false;

  /** Pictures go to `pixels`; buttons come from `source`. */
  constructor(nes: Nes, pixels: Uint16Array, source: InputSource) {
    this.#nes = nes;
    this.#pixels = pixels;
    this.#source = source;
    this.#before = new Uint8Array(nes.stateBytes);
    this.#now = new Uint8Array(nes.stateBytes);
    this.#after = new Uint8Array(nes.stateBytes);
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

  /** Runs a frame, whose picture is made at once if it is known that somebody will look. */
  runFrame(isSeen: boolean): void {
    this.#isUnseen = !isSeen;
    if (isSeen) {
      this.#nes.runFrame(this.#pixels);
      return;
    }
    this.#nes.save(this.#before);
    this.#nes.runFrame();
  }

  /** The picture of the last frame; the machine stays as it is. */
  look(): Uint16Array {
    if (!this.#isUnseen) return this.#pixels;
    this.#isUnseen = false;
    const nes = this.#nes;
    const { sampleCount } = nes;
    nes.save(this.#now);
    nes.restore(this.#before);
    this.#isReplaying = true;
    nes.runFrame(this.#pixels);
    this.#isReplaying = false;
    nes.save(this.#after);
    // Memory may have been written since. Loading empties the list of samples, which the frame has made again.
    if (Buffer.compare(this.#now, this.#after) !== 0) {
      nes.restore(this.#now);
      nes.apu.sound.sampleCount = sampleCount;
    }
    return this.#pixels;
  }
}
