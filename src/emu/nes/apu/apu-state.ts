import { type StatePart, statePart } from "../state-part.ts";
import { DMC_FIELDS, type Dmc } from "./dmc.ts";
import { ENVELOPE_FIELDS } from "./envelope.ts";
import { FRAME_COUNTER_FIELDS, type FrameCounter } from "./frame-counter.ts";
import { LENGTH_FIELDS } from "./length-counter.ts";
import { MIXER_FIELDS, type Mixer } from "./mixer.ts";
import { NOISE_FIELDS, type Noise } from "./noise.ts";
import { PULSE_FIELDS, type Pulse } from "./pulse.ts";
import { type LevelResampler, SOUND_FIELDS } from "./resampler.ts";
import { TRIANGLE_FIELDS, type Triangle } from "./triangle.ts";

/** The units of an APU with fields in a state. */
export interface ApuUnits {
  readonly mixer: Mixer;
  readonly sound: LevelResampler;
  readonly frameCounter: FrameCounter;
  readonly pulse1: Pulse;
  readonly pulse2: Pulse;
  readonly triangle: Triangle;
  readonly noise: Noise;
  readonly dmc: Dmc;
}

/** All whole-number fields of an APU's units, in slot order. */
export function statePartsOf(units: ApuUnits): readonly StatePart[] {
  const { pulse1, pulse2, triangle, noise } = units;
  return [
    statePart("apu.mixer", units.mixer, MIXER_FIELDS),
    statePart("apu.sound", units.sound, SOUND_FIELDS),
    statePart("apu.frameCounter", units.frameCounter, FRAME_COUNTER_FIELDS),
    statePart("apu.pulse1", pulse1, PULSE_FIELDS),
    statePart("apu.pulse2", pulse2, PULSE_FIELDS),
    statePart("apu.triangle", triangle, TRIANGLE_FIELDS),
    statePart("apu.noise", noise, NOISE_FIELDS),
    statePart("apu.dmc", units.dmc, DMC_FIELDS),
    statePart("apu.pulse1.envelope", pulse1.envelope, ENVELOPE_FIELDS),
    statePart("apu.pulse2.envelope", pulse2.envelope, ENVELOPE_FIELDS),
    statePart("apu.noise.envelope", noise.envelope, ENVELOPE_FIELDS),
    statePart("apu.pulse1.length", pulse1.length, LENGTH_FIELDS),
    statePart("apu.pulse2.length", pulse2.length, LENGTH_FIELDS),
    statePart("apu.triangle.length", triangle.length, LENGTH_FIELDS),
    statePart("apu.noise.length", noise.length, LENGTH_FIELDS),
  ];
}
