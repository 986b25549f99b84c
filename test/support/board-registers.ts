import { CASES } from "../emu/nes/cartridge/boards/data/index.ts";

/** Addresses at which the table of boards writes to a mapper's registers, or those of most boards. */
export function boardRegisters(mapper: number): number[] {
  const cases = CASES.filter(({ cartridge }) => cartridge.mapper === mapper);
  const steps = cases.flatMap((one) => one.steps);
  const found = steps.flatMap((step) => ("0" in step ? [step[0]] : (step.rmw ?? []).map(([at]) => at)));
  return found.length > 0 ? found : [0x8000, 0xa000, 0xc000, 0xe000];
}
