import { InputError } from "../../emu/input-error.ts";
import type { FramePixels, MachineGeometry } from "../../emu/machine.ts";
import type { Sink } from "../files/sink.ts";
import type { FrameFormat, FrameWriter } from "./frame-writer.ts";

const HEADER_BYTES = 44;
const SAMPLE_BYTES = 2;
/** The format's length fields have 32 bits. */
const MAX_DATA_BYTES = 0xffff_ffff - HEADER_BYTES;

/**
 * Writes 16-bit PCM with the machine's channels. The header contains the length, so the samples stay in
 * memory until the end.
 */
export class WavWriter implements FrameWriter {
  readonly #sink: Sink;
  readonly #geometry: MachineGeometry;
  readonly #chunks: Int16Array[] = [];
  #bytes = 0;

  constructor(sink: Sink, format: FrameFormat) {
    this.#sink = sink;
    this.#geometry = format.geometry;
  }

  write(_frame: number, _pixels: FramePixels, samples: Int16Array): void {
    this.#bytes += samples.length * SAMPLE_BYTES;
    if (this.#bytes > MAX_DATA_BYTES) throw new InputError("data", "a WAV file holds at most 4 GiB");
    this.#chunks.push(samples.slice());
  }

  commit(): void {
    this.#sink.write(wavHeader(this.#bytes, this.#geometry));
    for (const chunk of this.#chunks) this.#sink.write(new Uint8Array(chunk.buffer));
    this.#sink.commit();
  }

  abort(): void {
    this.#sink.abort();
  }
}

/** A WAV file of one channel. */
export function wavFile(samples: Int16Array, sampleRateHz: number): Uint8Array {
  const data = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return Buffer.concat([wavHeader(data.length, { sampleRateHz }), data]);
}

/** http://soundfile.sapp.org/doc/WaveFormat/ */
function wavHeader(
  dataBytes: number,
  { sampleRateHz, audioChannels = 1 }: Pick<MachineGeometry, "sampleRateHz" | "audioChannels">,
): Uint8Array {
  const blockBytes = audioChannels * SAMPLE_BYTES;
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const tag = (offset: number, text: string): void => {
    for (let i = 0; i < 4; i++) view.setUint8(offset + i, text.charCodeAt(i));
  };
  tag(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true);
  tag(8, "WAVE");
  tag(12, "fmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, audioChannels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * blockBytes, true);
  view.setUint16(32, blockBytes, true);
  view.setUint16(34, 8 * SAMPLE_BYTES, true);
  tag(36, "data");
  view.setUint32(40, dataBytes, true);
  return new Uint8Array(view.buffer);
}
