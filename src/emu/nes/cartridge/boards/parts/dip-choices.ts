import type { DipSwitch } from "../../../../machine.ts";

/** The choices of a DIP switch from `text`: "label=value", separated by spaces. */
export function dipChoices(text: string): DipSwitch["choices"] {
  return text.split(" ").map((choice) => {
    const [label, value] = choice.split("=") as [string, string];
    return { label, value: Number(value) };
  });
}
