import type { Scope, ValuePlace } from "../symbols/expressions/scope.ts";

const MAX_MEMBERS = 16;
const MAX_ELEMENTS = 16;
const MAX_DEPTH = 3;

/** A value of any kind as one line: `31 ($1F)`, `[3] $01 $02 $03`, `{x = 1 ($01), y = 2 ($02)}`. */
export function wholeText(scope: Scope, place: ValuePlace, isHex = false, depth = 0): string {
  const { members, count = 0 } = place;
  if (depth > MAX_DEPTH) return "…";
  if (count > 0) {
    const shown = Array.from({ length: Math.min(count, MAX_ELEMENTS) }, (_, index) =>
      wholeText(scope, scope.element(place, index), true, depth + 1),
    );
    return `[${count}] ${shown.join(" ")}${count > MAX_ELEMENTS ? " …" : ""}`;
  }
  if (members === undefined) return valueText(place, isHex);
  const shown = members
    .slice(0, MAX_MEMBERS)
    .map(({ name }) => `${name} = ${wholeText(scope, scope.member(place, name), isHex, depth + 1)}`);
  return `{${shown.join(", ")}${members.length > MAX_MEMBERS ? ", …" : ""}}`;
}

/** `31 ($1F)`; registers in hexadecimal first, or only in decimal. */
export function valueText(place: ValuePlace, isHex = false): string {
  const value = place.get();
  if (place.type === "decimal" && !isHex) return String(value);
  const digits = Math.max(2, 2 * (place.bytes ?? 1));
  const bits = value < 0 ? value + 2 ** (8 * (place.bytes ?? 4)) : value;
  const inHex = `$${bits.toString(16).toUpperCase().padStart(digits, "0")}`;
  if (isHex || place.type === "code") return inHex;
  return place.type?.endsWith(" bit") === true ? `${inHex} (${value})` : `${value} (${inHex})`;
}
