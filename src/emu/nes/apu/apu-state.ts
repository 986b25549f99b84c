import { defineFields, type FieldList, range, type WithFields } from "../../state-fields.ts";
import { NEVER } from "../interrupts.ts";
import { MOST_CYCLES } from "../region.ts";
import type { Apu } from "./apu.ts";
import { DMC_FIELDS } from "./dmc.ts";
import { ENVELOPE_FIELDS } from "./envelope.ts";
import { FRAME_COUNTER_FIELDS } from "./frame-counter.ts";
import { LENGTH_FIELDS } from "./length-counter.ts";
import { MIXER_FIELDS } from "./mixer.ts";
import { NOISE_FIELDS } from "./noise.ts";
import { PULSE_FIELDS } from "./pulse.ts";
import { TRIANGLE_FIELDS } from "./triangle.ts";

const APU_FIELDS = defineFields<Apu, "nextEventCycle" | "mutedChannels">()({
  cycle: range(-1, MOST_CYCLES),
  disableCycle: range(0, MOST_CYCLES, NEVER),
});

/** An object with the fields of it that a state holds. */
export interface StatePart {
  /** For error messages: "apu.pulse1". */
  readonly name: string;
  readonly holder: WithFields<string>;
  readonly fields: FieldList<string>;
}

function part<F extends string>(name: string, holder: WithFields<F>, fields: FieldList<F>): StatePart {
  return { name: `apu.${name}`, holder: holder as WithFields<string>, fields };
}

/** Every whole-number field of an APU, in the order of its slots. */
export function statePartsOf(apu: Apu): readonly StatePart[] {
  const { pulse1, pulse2, triangle, noise } = apu;
  return [
    { name: "apu", holder: apu as unknown as WithFields<string>, fields: APU_FIELDS },
    part("mixer", apu.mixer, MIXER_FIELDS),
    part("frameCounter", apu.frameCounter, FRAME_COUNTER_FIELDS),
    part("pulse1", pulse1, PULSE_FIELDS),
    part("pulse2", pulse2, PULSE_FIELDS),
    part("triangle", triangle, TRIANGLE_FIELDS),
    part("noise", noise, NOISE_FIELDS),
    part("dmc", apu.dmc, DMC_FIELDS),
    part("pulse1.envelope", pulse1.envelope, ENVELOPE_FIELDS),
    part("pulse2.envelope", pulse2.envelope, ENVELOPE_FIELDS),
    part("noise.envelope", noise.envelope, ENVELOPE_FIELDS),
    part("pulse1.length", pulse1.length, LENGTH_FIELDS),
    part("pulse2.length", pulse2.length, LENGTH_FIELDS),
    part("triangle.length", triangle.length, LENGTH_FIELDS),
    part("noise.length", noise.length, LENGTH_FIELDS),
  ];
}
