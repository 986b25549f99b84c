import type { FieldList, WithFields } from "../state-fields.ts";

/** An object, and its fields in a state. */
export interface StatePart {
  /** For error messages: "apu.pulse1". */
  readonly name: string;
  readonly holder: WithFields<string>;
  readonly fields: FieldList<string>;
}

export function statePart<F extends string>(
  name: string,
  holder: WithFields<F>,
  fields: FieldList<F>,
): StatePart {
  return { name, holder: holder as WithFields<string>, fields };
}
