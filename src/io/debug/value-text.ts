import type { ValuePlace } from "./expressions/evaluate.ts";

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

/** `[8] 31 ($1F), …` */
export function arrayText(array: ValuePlace, isHex = false): string {
  const first = valueText(array, isHex);
  return `[${array.count}] ${first}, …`;
}
