import { InputError } from "../../emu/input-error.ts";
import type { DipSwitch } from "../../emu/machine.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import { vsHardware } from "../../emu/nes/cartridge/vs-hardware.ts";

const ALL_SWITCHES = /^[01]{8}$/;

/**
 * Reads DIP switches of an arcade game: "lives=5" for single switches, or eight digits for all of them,
 * switch 1 first. Throws `InputError` ("usage") with the valid names and values.
 */
export function readDips(image: CartridgeImage, texts: readonly string[]): number {
  const hardware = vsHardware(image);
  if (hardware === undefined)
    throw new InputError("usage", "the game is not for an arcade machine: it has no DIP switches", "--dip");
  let dips = hardware.defaultDips;
  for (const text of texts) {
    if (ALL_SWITCHES.test(text)) dips = Number.parseInt([...text].reverse().join(""), 2);
    else dips = withSwitch(dips, text, hardware.dips);
  }
  return dips;
}

function withSwitch(dips: number, text: string, switches: readonly DipSwitch[]): number {
  const [name = "", label = ""] = text.split("=", 2).map((part) => part.trim().toLowerCase());
  const found = switches.find((each) => each.name === name);
  if (found === undefined) {
    const names = switches.map((each) => each.name).join(", ");
    const remedy =
      names === ""
        ? "the switches of this game have no names: give eight digits, as in --dip 10000000"
        : `its switches are ${names}`;
    throw new InputError("usage", `the game has no DIP switch ${JSON.stringify(name)}`, "--dip", remedy);
  }
  const choice = found.choices.find((each) => each.label.toLowerCase() === label.replaceAll("_", " "));
  if (choice === undefined) {
    const remedy = `choose ${found.choices.map((each) => each.label).join(", ")}`;
    throw new InputError("usage", `${name} cannot be ${JSON.stringify(label)}`, "--dip", remedy);
  }
  return (dips & ~found.mask) | choice.value;
}

/**
 * Describes each switch and its choices in one line. The choice that `dips` selects comes first, in brackets.
 */
export function dipTexts(switches: readonly DipSwitch[], dips: number): string[] {
  return switches.map(({ name, mask, choices }) => {
    const labels = choices.map(({ label, value }) => (value === (dips & mask) ? `[${label}]` : label));
    return `${name}: ${labels.join(", ")}`;
  });
}
