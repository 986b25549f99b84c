/**
 * The part of the sound that runs on the browser's audio thread. It is bundled separately, and the page
 * contains it as text.
 */
import { SoundBuffer } from "./sound-buffer.ts";

/** Samples between two reports: about 10 ms. */
const REPORT_SAMPLES = 512;

/** How the page opens the sound. */
export interface SoundOptions {
  readonly machineRateHz: number;
  readonly channels: number;
}

/** Messages from the page: a frame's samples, those of two channels in turn, or "hold" for a pause. */
export type SoundOrder = Int16Array | "hold";

/** Messages from the audio thread to the page. */
export interface SoundReport {
  /** Number of waiting samples. */
  readonly level: number;
  /** The lowest level since the last report; infinite before the sound starts. */
  readonly lowest: number;
  readonly emptyCount: number;
}

class GameSound extends AudioWorkletProcessor {
  readonly #buffer: SoundBuffer;
  #sinceReport = 0;

  constructor({ processorOptions: { machineRateHz, channels } }: { processorOptions: SoundOptions }) {
    super();
    this.#buffer = new SoundBuffer(machineRateHz, sampleRate, channels);
    this.port.onmessage = ({ data }: MessageEvent<SoundOrder>) => {
      if (data === "hold") this.#buffer.hold();
      else this.#buffer.push(data);
    };
  }

  override process(_inputs: unknown, outputs: Float32Array[][]): boolean {
    this.#buffer.pull(outputs[0]!);
    this.#sinceReport += outputs[0]![0]!.length;
    if (this.#sinceReport >= REPORT_SAMPLES) {
      this.#sinceReport = 0;
      const { level, emptyCount } = this.#buffer;
      const report: SoundReport = { level, lowest: this.#buffer.takeLowest(), emptyCount };
      this.port.postMessage(report);
    }
    return true;
  }
}

registerProcessor("game-sound", GameSound);
