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
    this.#nes.runFrame(this.begin(isSeen), this.#isHeard);
  }

  /**
   * The caller is about to run a frame. Returns the array to draw it in; undefined if it is not drawn.
   */
  begin(isSeen: boolean): Uint16Array | undefined {
    this.#isUnseen = !isSeen;
    if (isSeen) return this.#pixels;
    this.#before ??= new Uint8Array(this.#nes.stateBytes);
    this.#nes.save(this.#before);
    return undefined;
  }

  /**
   * The picture of the last frame, or of the frame under way up to now. The machine's state does not change.
   */
  look(): Uint16Array {
    if (!this.#isUnseen || this.#before === undefined) return this.#pixels;
    this.#isUnseen = false;
    const nes = this.#nes;
    this.#now ??= new Uint8Array(nes.stateBytes);
    this.#after ??= new Uint8Array(nes.stateBytes);
    const { sampleCount, totalCycles, midFrame } = nes;
    const { holdsInterrupts } = nes.cpu;
    nes.save(this.#now);
    nes.restore(this.#before);
    this.#isReplaying = true;
    nes.cpu.holdsInterrupts = 0; // the frame was run without
    if (midFrame) while (nes.totalCycles < totalCycles && !nes.stepInstruction(this.#pixels));
    else nes.runFrame(this.#pixels, this.#isHeard);
    nes.cpu.holdsInterrupts = holdsInterrupts;
    this.#isReplaying = false;
    nes.save(this.#after);
    // Memory may have been written since the frame. Loading a state clears the samples, which the repeated
    // frame has produced again.
    if (Buffer.compare(this.#now, this.#after) !== 0) {
      nes.restore(this.#now, midFrame);
      nes.apu.sound.sampleCount = sampleCount;
    }
    return this.#pixels;
  }
}
