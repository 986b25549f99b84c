/** The sound's part on the browser's audio thread. It is bundled by itself, and the page holds it as a text. */
import { SoundBuffer } from "./sound-buffer.ts";

/** Samples between two reports: some 10 ms. */
const REPORT_SAMPLES = 512;

/** What the page sends: a frame's samples, or that the machine pauses. */
export type SoundOrder = Int16Array | "hold";

/** What the audio thread tells the page. */
export interface SoundReport {
  /** Samples that wait. */
  readonly level: number;
  /** The lowest level since the last report; infinite before the sound begins. */
  readonly lowest: number;
  readonly emptyCount: number;
}

class GameSound extends AudioWorkletProcessor {
  readonly #buffer: SoundBuffer;
  #sinceReport = 0;

  constructor(options: { processorOptions: { machineRateHz: number } }) {
    super();
    this.#buffer = new SoundBuffer(options.processorOptions.machineRateHz, sampleRate);
    this.port.onmessage = ({ data }: MessageEvent<SoundOrder>) => {
      if (data === "hold") this.#buffer.hold();
      else this.#buffer.push(data);
    };
  }

  override process(_inputs: unknown, outputs: Float32Array[][]): boolean {
    const [channel, ...others] = outputs[0]!;
    this.#buffer.pull(channel!);
    for (const other of others) other.set(channel!);
    this.#sinceReport += channel!.length;
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
