import type { FieldList, WithFields } from "../../state-fields.ts";
import { DMC_FIELDS, type Dmc } from "./dmc.ts";
import { ENVELOPE_FIELDS } from "./envelope.ts";
import { FRAME_COUNTER_FIELDS, type FrameCounter } from "./frame-counter.ts";
import { LENGTH_FIELDS } from "./length-counter.ts";
import { MIXER_FIELDS, type Mixer } from "./mixer.ts";
import { NOISE_FIELDS, type Noise } from "./noise.ts";
import { PULSE_FIELDS, type Pulse } from "./pulse.ts";
import { TRIANGLE_FIELDS, type Triangle } from "./triangle.ts";

/** An object, and its fields in a state. */
export interface StatePart {
  /** For error messages: "apu.pulse1". */
  readonly name: string;
  readonly holder: WithFields<string>;
  readonly fields: FieldList<string>;
}

function part<F extends string>(name: string, holder: WithFields<F>, fields: FieldList<F>): StatePart {
  return { name: `apu.${name}`, holder: holder as WithFields<string>, fields };
}

/** The units of an APU with fields in a state. */
export interface ApuUnits {
  readonly mixer: Mixer;
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
    part("mixer", units.mixer, MIXER_FIELDS),
    part("frameCounter", units.frameCounter, FRAME_COUNTER_FIELDS),
    part("pulse1", pulse1, PULSE_FIELDS),
    part("pulse2", pulse2, PULSE_FIELDS),
    part("triangle", triangle, TRIANGLE_FIELDS),
    part("noise", noise, NOISE_FIELDS),
    part("dmc", units.dmc, DMC_FIELDS),
    part("pulse1.envelope", pulse1.envelope, ENVELOPE_FIELDS),
    part("pulse2.envelope", pulse2.envelope, ENVELOPE_FIELDS),
    part("noise.envelope", noise.envelope, ENVELOPE_FIELDS),
    part("pulse1.length", pulse1.length, LENGTH_FIELDS),
    part("pulse2.length", pulse2.length, LENGTH_FIELDS),
    part("triangle.length", triangle.length, LENGTH_FIELDS),
    part("noise.length", noise.length, LENGTH_FIELDS),
  ];
}
