/** Makes sound fade out evenly: from the start of a frame on, over a number of frames, then silence. */
export class Fade {
  readonly #start: number;
  readonly #frames: number;
  #faded = new Int16Array(0);

  constructor(start: number, frames: number) {
    this.#start = start;
    this.#frames = frames;
  }

  /** Returns the samples of a frame at their volume; the array is valid until the next call. */
  apply(frame: number, samples: Int16Array): Int16Array {
    if (frame < this.#start) return samples;
    if (this.#faded.length < samples.length) this.#faded = new Int16Array(samples.length);
    for (let at = 0; at < samples.length; at++) {
      const passed = frame - this.#start + at / samples.length;
      const gain = passed < this.#frames ? 1 - passed / this.#frames : 0;
      this.#faded[at] = samples[at]! * gain;
    }
    return this.#faded.subarray(0, samples.length);
  }
}
