/** Samples of a channel's waveform in a reading. */
export const WAVE_SAMPLES = 32;
/** Maximum number of channels of a machine: one for each bit of the mask that mutes them. */
export const MAX_SOUND_CHANNELS = 31;

/**
 * How each sound channel of a machine sounds at the end of a frame, for displays: derived from the channels'
 * registers, without effect on them. The arrays are views of memory that may be shared.
 */
export class ChannelReadings {
  /** Pitch in thousandths of a hertz; 0 for noise, samples and silence. */
  readonly milliHertz: Int32Array;
  /** 0 for silence, 255 for the loudest that the channel can be. */
  readonly volumes: Uint8Array;
  /**
   * `WAVE_SAMPLES` bytes for each channel: the shape of one period from 0 to 255, whatever the volume. For
   * noise it is a piece of it.
   */
  readonly waves: Uint8Array;

  /** `memory` has `bytesFor(channels)` bytes, aligned to 4. */
  constructor(memory: Uint8Array, channels: number) {
    const { buffer, byteOffset } = memory;
    this.milliHertz = new Int32Array(buffer, byteOffset, channels);
    this.volumes = memory.subarray(4 * channels, 5 * channels);
    this.waves = memory.subarray(5 * channels, (5 + WAVE_SAMPLES) * channels);
  }

  /** Bytes that readings of this many channels take: a multiple of 4. */
  static bytesFor(channels: number): number {
    return Math.ceil(((5 + WAVE_SAMPLES) * channels) / 4) * 4;
  }

  /** Readings in memory of their own. */
  static create(channels: number): ChannelReadings {
    return new ChannelReadings(new Uint8Array(ChannelReadings.bytesFor(channels)), channels);
  }

  /** Sets pitch and volume; a silent channel has no pitch. `volume` is from 0 to 1. */
  set(channel: number, hertz: number, volume: number): void {
    const loudness = Math.max(0, Math.min(255, Math.round(volume * 255)));
    this.volumes[channel] = loudness;
    this.milliHertz[channel] = loudness === 0 ? 0 : Math.min(0x7fffffff, Math.round(hertz * 1000));
  }

  /** Sets a sample of the waveform, from 0 to 1. */
  setWave(channel: number, sample: number, value: number): void {
    this.waves[channel * WAVE_SAMPLES + sample] = value * 255;
  }

  /** Sets a flat waveform. */
  flatten(channel: number, value = 0.5): void {
    const from = channel * WAVE_SAMPLES;
    this.waves.fill(value * 255, from, from + WAVE_SAMPLES);
  }
}

/** A part of a machine that makes sound: the channels that it adds to the others. */
export interface SoundChip {
  /** Names of the channels. */
  readonly channels: readonly string[];
  /** Bits of the channels that are not heard, the first in bit 0. It changes nothing else. */
  muted: number;
  /**
   * Writes how the channels sound now to `into`, the first as channel `first`. `clockHz` is the clock that
   * drives the chip.
   */
  readChannels(into: ChannelReadings, first: number, clockHz: number): void;
}
