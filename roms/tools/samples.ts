/**
 * Computes the DMC's samples: a kick drum, a snare, and the sound of a planet swallowing a comet. It uses
 * only integers, so that every computer computes the same bits.
 */

/** 1-bit deltas as the DMC plays them: each bit moves the 7-bit output up or down by 2, lowest bit first. */
interface Sample {
  readonly name: string;
  /** Low 4 bits of DMC_FREQ. */
  readonly rate: number;
  readonly bytes: Uint8Array;
}

/** CPU cycles per output bit, NTSC (nesdev: APU DMC). */
const PERIODS = [428, 380, 340, 320, 286, 254, 226, 214, 190, 160, 142, 128, 106, 84, 72, 54];
const CPU_HZ = 1_789_773;
const ONE = 1 << 14;

/** A fixed-point sine: phase 0..65535 is a turn, the result -16384..16384 (a parabola, corrected once). */
function sine(phase: number): number {
  const x = ((phase & 0xffff) << 16) >> 16;
  const parabola = (x * (32768 - Math.abs(x))) >> 14;
  return Math.trunc((parabola * (ONE - ((ONE - Math.abs(parabola)) * 7) / 32)) / ONE);
}

/** Encodes a wave with one bit per sample: up when the wave is above the output. Ends at the middle level. */
function deltas(length: number, wave: (i: number) => number): Uint8Array {
  const bytes = new Uint8Array(length);
  let level = 64;
  for (let i = 0; i < length * 8; i++) {
    const up = 64 + wave(i) > level;
    if (up) bytes[i >> 3]! |= 1 << (i & 7);
    level = Math.max(0, Math.min(127, level + (up ? 2 : -2)));
  }
  return bytes;
}

/** Returns the size in bytes of a DMC sample of about this duration: 16 n + 1. */
function lengthFor(rate: number, milliseconds: number): number {
  return 16 * Math.round((milliseconds * CPU_HZ) / 1000 / PERIODS[rate]! / 128) + 1;
}

interface Voice {
  readonly milliseconds: number;
  readonly rate: number;
  /** Hz at a point of the sample, which runs from 0 to 1. */
  readonly pitch: (at: number) => number;
  /** Amplitude in DAC steps, 0..63. */
  readonly loudness: (at: number) => number;
  /** Share of noise, 0..1. */
  readonly noise?: number;
}

function render(name: string, voice: Voice): Sample {
  const length = lengthFor(voice.rate, voice.milliseconds);
  const total = length * 8;
  const bitHz = CPU_HZ / PERIODS[voice.rate]!;
  let phase = 0;
  let random = 0x1d;
  const noiseShare = voice.noise ?? 0;
  const bytes = deltas(length, (i) => {
    const at = i / total;
    phase += Math.trunc((voice.pitch(at) * 65536) / bitHz);
    random = (random >> 1) ^ (random & 1 ? 0x6000 : 0);
    const hiss = (random & 0x3f) - 32;
    const tone = (sine(phase) * Math.trunc(voice.loudness(at) * (1 - noiseShare))) / ONE;
    return Math.trunc(tone + (hiss * voice.loudness(at) * noiseShare) / 32);
  });
  return { name, rate: voice.rate, bytes };
}

const VOICES: Record<string, Voice> = {
  kick: {
    milliseconds: 110,
    rate: 14,
    pitch: (t) => 48 + 190 * (1 - t) * (1 - t) * (1 - t) * (1 - t),
    loudness: (t) => 60 * (1 - t),
  },
  snare: {
    milliseconds: 90,
    rate: 15,
    pitch: (t) => 190 - 60 * t,
    loudness: (t) => 44 * (1 - t) * (1 - t),
    noise: 0.55,
  },
  gulp: {
    milliseconds: 300,
    rate: 13,
    // two falls: into the mouth, down the throat
    pitch: (t) => (t < 0.4 ? 330 - 500 * t : 130 + 420 * (t - 0.4) * (t - 0.4) * 4),
    loudness: (t) => (t > 0.36 && t < 0.44 ? 8 : 56 * (1 - t * t)),
  },
};

/** Assembly text with the named samples, each at an address that the DMC can start from. */
export function buildSamples(names: readonly string[]): string {
  let text = '.segment "DMC"\n';
  for (const name of names) {
    const voice = VOICES[name];
    if (voice === undefined) throw new Error(`no sample called '${name}'`);
    const { bytes, rate } = render(name, voice);
    text += `.align 64\n.export sample_${name}\nsample_${name}:\n`;
    for (let i = 0; i < bytes.length; i += 16) text += `    .byte ${bytes.slice(i, i + 16).join(", ")}\n`;
    text += `.export sample_${name}_LENGTH : absolute = ${(bytes.length - 1) / 16}\n`;
    text += `.export sample_${name}_RATE : absolute = ${rate}\n`;
  }
  return text;
}
