import { InputError } from "../../emu/input-error.ts";
import type { CoinSlots, DipSwitch } from "../../emu/machine.ts";
import { arcadeSwitches } from "../../emu/nes/arcade-switches.ts";
import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";

const ALL_SWITCHES = /^[01]+$/;

/**
 * Reads DIP switches of an arcade game: "lives=5" for single switches, or a digit for each of them, switch 1
 * first: eight, or sixteen for a DualSystem or a PlayChoice-10. Throws `InputError` ("usage") with the valid
 * names and values.
 */
export function readDips(image: CartridgeImage, texts: readonly string[]): number {
  const arcade = arcadeSwitches(image);
  if (arcade === undefined)
    throw new InputError("usage", "the game is not for an arcade machine: it has no DIP switches", "--dip");
  return texts.reduce((dips, text) => changeDips(dips, text, arcade), arcade.defaultDips);
}

/**
 * Returns DIP switches after the change that `text` describes, as above. The game has `switchCount` switches,
 * and `switches` say what they mean. Throws like `readDips`, with `where` as the place.
 */
export function changeDips(
  dips: number,
  text: string,
  { switches, switchCount }: Pick<CoinSlots, "switches" | "switchCount">,
  where = "--dip",
): number {
  if (ALL_SWITCHES.test(text) && text.length === switchCount)
    return Number.parseInt([...text].reverse().join(""), 2);
  const inDigits = `${switchCount} digits, as in ${"10".padEnd(switchCount, "0")}`;
  const [name = "", label = ""] = text.split("=", 2).map((part) => part.trim().toLowerCase());
  const found = switches.find((each) => each.name === name);
  if (found === undefined) {
    const names = switches.map((each) => each.name).join(", ");
    const remedy =
      names === ""
        ? `the switches of this game have no names: give ${inDigits}`
        : `its switches are ${names}; or give ${inDigits}`;
    throw new InputError(
      "usage",
      `the game has no DIP switch ${JSON.stringify(name.slice(0, 40))}`,
      where,
      remedy,
    );
  }
  const choice = found.choices.find((each) => each.label.toLowerCase() === label.replaceAll("_", " "));
  if (choice === undefined) {
    const remedy = `choose ${found.pattern ?? found.choices.map((each) => each.label).join(", ")}`;
    throw new InputError("usage", `${name} cannot be ${JSON.stringify(label.slice(0, 40))}`, where, remedy);
  }
  return (dips & ~found.mask) | choice.value;
}

/**
 * Describes each switch and its choices in one line. The choice that `dips` selects is in brackets; it stands
 * before the pattern of a switch that has one.
 */
export function dipTexts(switches: readonly DipSwitch[], dips: number): string[] {
  return switches.map(({ name, mask, choices, pattern }) => {
    if (pattern !== undefined) {
      const chosen = choices.find(({ value }) => value === (dips & mask));
      return `${name}: [${chosen?.label ?? ""}], ${pattern}`;
    }
    const labels = choices.map(({ label, value }) => (value === (dips & mask) ? `[${label}]` : label));
    return `${name}: ${labels.join(", ")}`;
  });
}

/** All switches as digits, switch 1 first: what `changeDips` reads. */
export function dipDigits(dips: number, { switchCount }: Pick<CoinSlots, "switchCount">): string {
  return Array.from({ length: switchCount }, (_, bit) => (dips >> bit) & 1).join("");
}
