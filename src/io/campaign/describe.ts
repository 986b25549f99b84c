import { printablePath } from "../files/text.ts";
import { describeScript } from "../library/fuzz/input.ts";
import { describeAddress } from "../library/place-map.ts";
import type { Symbols } from "../symbols/symbols.ts";
import type { CampaignFailure, FailureFiles } from "./types.ts";

/** The lines that describe a failure: what, where, the input, who found it, and its files. */
export function describeFailure(failure: CampaignFailure, symbols: Symbols): string[] {
  const { finding, proof, seeds, seedCount, files, isUnshrunk } = failure;
  const { key, what, script } = finding;
  const isPressed = script.some(({ mask }) => mask !== 0);
  const others = seedCount > 1 ? ` and ${seedCount - 1} more` : "";
  return [
    `${key}: ${what}`,
    `  at ${placeAndFrame(failure, symbols)}`,
    isPressed
      ? `  pressed from frame ${proof?.startFrame ?? 0} on: ${describeScript(script)}${isUnshrunk === true ? " (not shrunk)" : ""}`
      : "  it needs no button",
    ...(seeds.length === 0 ? [] : [`  found by seed ${seeds[0]}${others}`]),
    ...(files === undefined ? [] : [`  ${namesOf(files).join(", ")}`]),
  ];
}

function namesOf({ movie, picture, trace }: FailureFiles): string[] {
  return [movie, picture, ...(trace === undefined ? [] : [trace])].map((path) => printablePath(path));
}

/** Where the game fails, and in which frame after power-on. */
export function placeAndFrame(failure: CampaignFailure, symbols: Symbols): string {
  return `${placeOfFailure(failure, symbols)}, frame ${frameOfFailure(failure)}`;
}

/** The number of the frame that fails, from power-on. */
export function frameOfFailure({ finding, proof }: CampaignFailure): number {
  return (proof?.startFrame ?? 0) + Math.max(0, finding.frames - 1);
}

/** Where the game fails. */
export function placeOfFailure({ finding }: CampaignFailure, symbols: Symbols): string {
  return describeAddress(symbols, finding.pc, finding.prgOffset);
}
