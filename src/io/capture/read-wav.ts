import { InputError } from "../../emu/input-error.ts";
import { KIB } from "../../emu/units.ts";

/** A sound of one channel. */
export interface MonoSound {
  readonly rateHz: number;
  /** Number of samples. */
  readonly length: number;
  /** All samples, −1 to 1, in order. A block is only valid until the next one is taken. */
  blocks(): Iterable<Float32Array>;
}

const PCM = 1;
const FLOAT = 3;
/** The format is at the start of 16 bytes that follow. */
const EXTENSIBLE = 0xfffe;
const EXTENSIBLE_AT = 24;
const CHUNK_BYTES = 8;
const FORMAT_BYTES = 16;
const MAX_RATE_HZ = 768_000;
const BLOCK_SAMPLES = 16 * KIB;

interface Format {
  readonly code: number;
  readonly channels: number;
  readonly rateHz: number;
  readonly bits: number;
}

/**
 * Reads a WAV file: PCM of 8, 16, 24 or 32 bits, or floating point of 32. Several channels are added up. A
 * file that ends too early counts up to its end. Samples are converted as they are taken. Throws
 * `InputError` ("data") with a byte offset. http://soundfile.sapp.org/doc/WaveFormat/
 */
export function readWav(bytes: Uint8Array): MonoSound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12 || tagAt(view, 0) !== "RIFF" || tagAt(view, 8) !== "WAVE")
    throw new InputError("data", "not a WAV file", "byte 0", "convert the sound to WAV");
  let format: Format | undefined;
  for (let at = 12; at + CHUNK_BYTES <= bytes.length; ) {
    const tag = tagAt(view, at);
    const length = view.getUint32(at + 4, true);
    const start = at + CHUNK_BYTES;
    if (tag === "fmt ") format = readFormat(view, start, length);
    if (tag === "data") {
      if (format === undefined)
        throw new InputError("data", "the samples come before their format", `byte ${at}`);
      return soundIn(view, start, length, format);
    }
    at = start + length + (length & 1);
  }
  throw new InputError("data", "the WAV file has no samples", `byte ${bytes.length}`);
}

function readFormat(view: DataView, start: number, length: number): Format {
  if (length < FORMAT_BYTES || start + FORMAT_BYTES > view.byteLength)
    throw new InputError("data", "the WAV file's format is cut off", `byte ${start}`);
  const named = view.getUint16(start, true);
  const isExtensible = named === EXTENSIBLE && length >= EXTENSIBLE_AT + 2;
  const hasCode = isExtensible && start + EXTENSIBLE_AT + 2 <= view.byteLength;
  const code = hasCode ? view.getUint16(start + EXTENSIBLE_AT, true) : named;
  const channels = view.getUint16(start + 2, true);
  const rateHz = view.getUint32(start + 4, true);
  const bits = view.getUint16(start + 14, true);
  const isKnown = (code === PCM && [8, 16, 24, 32].includes(bits)) || (code === FLOAT && bits === 32);
  if (!isKnown || channels === 0 || channels > 8 || rateHz === 0 || rateHz > MAX_RATE_HZ) {
    const what = `a WAV of ${channels} channels, ${bits} bits, ${rateHz} Hz, format ${code} cannot be read`;
    throw new InputError("data", what, `byte ${start}`, "convert it to PCM of 16 bits");
  }
  return { code, channels, rateHz, bits };
}

function soundIn(view: DataView, start: number, bytes: number, format: Format): MonoSound {
  const end = Math.min(view.byteLength, start + bytes);
  const length = Math.floor((8 * (end - start)) / (format.bits * format.channels));
  return { rateHz: format.rateHz, length, blocks: () => blocksOf(view, start, length, format) };
}

function* blocksOf(view: DataView, start: number, length: number, format: Format): Generator<Float32Array> {
  const frameBytes = (format.bits / 8) * format.channels;
  const block = new Float32Array(BLOCK_SAMPLES);
  for (let first = 0; first < length; first += BLOCK_SAMPLES) {
    const samples = block.subarray(0, Math.min(BLOCK_SAMPLES, length - first));
    readBlock(view, start + first * frameBytes, format, samples);
    yield samples;
  }
}

function readBlock(view: DataView, start: number, format: Format, into: Float32Array): void {
  const { channels, bits } = format;
  let at = start;
  for (let i = 0; i < into.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += sampleAt(view, at, format) / channels;
      at += bits / 8;
    }
    into[i] = sum;
  }
}

function sampleAt(view: DataView, at: number, { code, bits }: Format): number {
  if (code === FLOAT) {
    const value = view.getFloat32(at, true);
    return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0;
  }
  if (bits === 8) return (view.getUint8(at) - 0x80) / 0x80;
  if (bits === 16) return view.getInt16(at, true) / 0x8000;
  if (bits === 24) return ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 0x80_0000;
  return view.getInt32(at, true) / 0x8000_0000;
}

function tagAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}
