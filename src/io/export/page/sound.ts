import { SoundBuffer } from "./sound-buffer.ts";
import type { SoundOptions, SoundOrder, SoundReport } from "./worklet.ts";

const FALLBACK_BLOCK_SAMPLES = 1024;

/** The page's sound. Browsers allow it only after a click, a key or a touch; then call `resume`. */
export class Sound {
  /** The last report of the audio thread. */
  report: SoundReport = { level: 0, lowest: Number.POSITIVE_INFINITY, emptyCount: 0 };
  /** The lowest level since the sound started, in samples. */
  lowest = Number.POSITIVE_INFINITY;
  /** Called about a hundred times a second while there is sound. */
  onReport: () => void = () => {};
  /** How many channels the samples of `push` have. */
  readonly channels: number;
  readonly #context: AudioContext;
  readonly #gain: GainNode;
  #send: (order: SoundOrder) => void = () => {};

  private constructor(context: AudioContext, channels: number) {
    this.channels = channels;
    this.#context = context;
    this.#gain = new GainNode(context);
    this.#gain.connect(context.destination);
  }

  /** Resolves to undefined if the browser has no sound. `options` describe the samples of `push`. */
  static async open(options: SoundOptions): Promise<Sound | undefined> {
    if (typeof AudioContext === "undefined") return undefined;
    const sound = new Sound(new AudioContext({ latencyHint: "interactive" }), options.channels);
    try {
      await sound.#openWorklet(options);
    } catch {
      // Pages over plain HTTP have no worklets, and a Content-Security-Policy may forbid blob: scripts.
      sound.#openProcessor(options);
    }
    return sound;
  }

  get isRunning(): boolean {
    return this.#context.state === "running";
  }

  get sampleRateHz(): number {
    return this.#context.sampleRate;
  }

  set volume(volume: number) {
    this.#gain.gain.value = volume;
  }

  push(samples: Int16Array): void {
    if (this.isRunning) this.#send(samples);
  }

  async resume(): Promise<void> {
    // `resume` stays pending until the user has done something.
    if (this.#context.state !== "running") await this.#context.resume().catch(() => {});
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    await this.#context.close().catch(() => {});
  }

  async suspend(): Promise<void> {
    this.#send("hold");
    await this.#context.suspend().catch(() => {});
  }

  async #openWorklet(options: SoundOptions): Promise<void> {
    const url = URL.createObjectURL(new Blob([WORKLET_SOURCE], { type: "text/javascript" }));
    try {
      await this.#context.audioWorklet.addModule(url);
    } finally {
      URL.revokeObjectURL(url);
    }
    const node = new AudioWorkletNode(this.#context, "game-sound", {
      numberOfInputs: 0,
      outputChannelCount: [options.channels],
      processorOptions: options,
    });
    node.port.onmessage = ({ data }: MessageEvent<SoundReport>) => this.#take(data);
    node.connect(this.#gain);
    this.#send = (order) => {
      if (order === "hold") return node.port.postMessage(order);
      const copy = order.slice();
      node.port.postMessage(copy, [copy.buffer]);
    };
  }

  #openProcessor({ machineRateHz, channels }: SoundOptions): void {
    const buffer = new SoundBuffer(machineRateHz, this.#context.sampleRate, channels);
    const node = this.#context.createScriptProcessor(FALLBACK_BLOCK_SAMPLES, 0, channels);
    node.onaudioprocess = ({ outputBuffer }) => {
      buffer.pull(Array.from({ length: channels }, (_, channel) => outputBuffer.getChannelData(channel)));
      this.#take({ level: buffer.level, lowest: buffer.takeLowest(), emptyCount: buffer.emptyCount });
    };
    node.connect(this.#gain);
    this.#send = (order) => (order === "hold" ? buffer.hold() : buffer.push(order));
  }

  #take(report: SoundReport): void {
    this.report = report;
    this.lowest = Math.min(this.lowest, report.lowest);
    this.onReport();
  }
}
