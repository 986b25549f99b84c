import { type ChannelReadings, WAVE_SAMPLES } from "../../sound-channels.ts";
import type { Dmc } from "./dmc.ts";
import type { Noise } from "./noise.ts";
import { DUTY_HIGH, type Pulse } from "./pulse.ts";
import type { Triangle } from "./triangle.ts";

/** Volumes of pulse and noise go up to this. */
const LOUDEST = 15;
const DUTY_STEPS = 8;
const TRIANGLE_STEPS = 32;
/** Shifts after which the noise repeats in short mode. */
const SHORT_NOISE_SHIFTS = 93;

/** Writes how a pulse channel sounds, as channel `at` of `into`. */
export function readPulse(pulse: Pulse, into: ChannelReadings, at: number, clockHz: number): void {
  const isOn = pulse.length.count > 0 && !pulse.outOfRange;
  const volume = isOn ? pulse.envelope.output / LOUDEST : 0;
  into.set(at, clockHz / (2 * DUTY_STEPS * (pulse.period + 1)), volume);
  // The position counts down.
  for (let i = 0; i < WAVE_SAMPLES; i++) {
    const position = DUTY_STEPS - 1 - Math.floor((i * DUTY_STEPS) / WAVE_SAMPLES);
    into.setWave(at, i, DUTY_HIGH[(pulse.duty << 3) | position]);
  }
}

/** Writes how the triangle sounds. A stopped triangle is silent, whatever level it holds. */
export function readTriangle(triangle: Triangle, into: ChannelReadings, at: number, clockHz: number): void {
  const isHeard = triangle.running === 1 && triangle.ultrasonic === 0;
  into.set(at, clockHz / (TRIANGLE_STEPS * (triangle.period + 1)), isHeard ? 1 : 0);
  for (let i = 0; i < WAVE_SAMPLES; i++) {
    const step = (i * TRIANGLE_STEPS) / WAVE_SAMPLES;
    into.setWave(at, i, (step < 16 ? 15 - step : step - 16) / 15);
  }
}

/** Writes how the noise sounds. Only in short mode it has a pitch. */
export function readNoise(noise: Noise, into: ChannelReadings, at: number, clockHz: number): void {
  const volume = noise.length.count > 0 ? noise.envelope.output / LOUDEST : 0;
  const isTonal = noise.shortMode === 1;
  into.set(at, isTonal ? clockHz / (SHORT_NOISE_SHIFTS * noise.periods[noise.rate]) : 0, volume);
  const tap = isTonal ? 6 : 1;
  let register = noise.shiftRegister;
  for (let i = 0; i < WAVE_SAMPLES; i++) {
    into.setWave(at, i, 1 - (register & 1));
    register = (register >> 1) | (((register ^ (register >> tap)) & 1) << 14);
  }
}

/** Writes the DMC's level and the way that it takes with the bits that are left of the byte that plays. */
export function readDmc(dmc: Dmc, into: ChannelReadings, at: number): void {
  const isPlaying = dmc.silent === 0 || dmc.full === 1;
  into.set(at, 0, isPlaying ? 1 : 0);
  let level = dmc.level;
  const bits = isPlaying ? 8 - dmc.bitsDone : 0;
  for (let i = 0; i < WAVE_SAMPLES; i++) {
    const bit = (i * 8) / WAVE_SAMPLES;
    if (Number.isInteger(bit) && bit < bits) {
      const next = level + (((dmc.shiftRegister >> bit) & 1) === 1 ? 2 : -2);
      if (next >= 0 && next <= 127) level = next;
    }
    into.setWave(at, i, level / 127);
  }
}
