import { defineFields, type WithFields } from "../../state-fields.ts";
import type { Apu } from "./apu.ts";
import { DMC_FIELDS } from "./dmc.ts";
import { ENVELOPE_FIELDS } from "./envelope.ts";
import { FRAME_COUNTER_FIELDS } from "./frame-counter.ts";
import { LENGTH_FIELDS } from "./length-counter.ts";
import { MIXER_FIELDS } from "./mixer.ts";
import { NOISE_FIELDS } from "./noise.ts";
import { PULSE_FIELDS } from "./pulse.ts";
import { TRIANGLE_FIELDS } from "./triangle.ts";

const APU_FIELDS = defineFields<Apu, "nextEventCycle" | "mutedChannels">()("cycle", "disableCycle");

/** An object with the fields of it that a state holds. */
export interface StatePart {
  readonly holder: WithFields<string>;
  readonly fields: readonly string[];
}

function part<F extends string>(holder: WithFields<F>, fields: readonly F[]): StatePart {
  return { holder: holder as WithFields<string>, fields };
}

/** Every whole-number field of an APU, in the order of its slots. */
export function statePartsOf(apu: Apu): readonly StatePart[] {
  const { pulse1, pulse2, triangle, noise } = apu;
  return [
    part(apu, APU_FIELDS),
    part(apu.mixer, MIXER_FIELDS),
    part(apu.frameCounter, FRAME_COUNTER_FIELDS),
    part(pulse1, PULSE_FIELDS),
    part(pulse2, PULSE_FIELDS),
    part(triangle, TRIANGLE_FIELDS),
    part(noise, NOISE_FIELDS),
    part(apu.dmc, DMC_FIELDS),
    ...[pulse1, pulse2, noise].map((channel) => part(channel.envelope, ENVELOPE_FIELDS)),
    ...[pulse1, pulse2, triangle, noise].map((channel) => part(channel.length, LENGTH_FIELDS)),
  ];
}
