import { screenRgb } from "../pictures.ts";
import { condense, screenText } from "../screen.ts";
import type { Subject, TileText } from "../types.ts";
import { comparePicture, type Mismatch } from "./compare-picture.ts";
import type { MemoryRule, NumberRule, RegisterRule, Rules } from "./types.ts";

/** The first rule that does not hold now; undefined if all hold. */
export async function firstMismatch(
  subject: Subject,
  rules: Rules,
  tiles: TileText | undefined,
): Promise<Mismatch | undefined> {
  for (const rule of rules.memory) {
    const what = await memoryMismatch(subject, rule);
    if (what !== undefined) return { what };
  }
  if (rules.registers.length > 0) {
    const what = registerMismatch(await subject.registers(), rules.registers);
    if (what !== undefined) return { what };
  }
  const what = await textMismatch(subject, rules, tiles);
  if (what !== undefined) return { what };
  return (await hashMismatch(subject, rules)) ?? (await pictureMismatch(subject, rules));
}

function holds({ min, max, mask, negate }: NumberRule, value: number): boolean {
  const masked = value & mask;
  return (masked >= min && masked <= max) !== negate;
}

async function memoryMismatch(subject: Subject, rule: MemoryRule): Promise<string | undefined> {
  const bytes = await subject.peek(rule.space, rule.address, rule.bytes.length);
  const wrong = rule.bytes.findIndex((byte, i) => !holds(byte, bytes[i]!));
  if (wrong < 0) return undefined;
  if (rule.bytes.length === 1)
    return `${rule.label} is ${hex(bytes[0]!)}, expected ${describe(rule.bytes[0]!)}`;
  const [got, wanted] = [Array.from(bytes, hex).join(" "), rule.bytes.map(describe).join(" ")];
  return `${rule.label} is ${got}, expected ${wanted}`;
}

function registerMismatch(
  values: Readonly<Record<string, number>>,
  rules: readonly RegisterRule[],
): string | undefined {
  for (const { register, label, rule } of rules) {
    const value = values[register];
    if (value === undefined) return `${label} is not known of this emulator`;
    if (!holds(rule, value)) return `${label} is ${hex(value)}, expected ${describe(rule)}`;
  }
  return undefined;
}

async function textMismatch(
  subject: Subject,
  { text, noText }: Rules,
  tiles: TileText | undefined,
): Promise<string | undefined> {
  if (text.length === 0 && noText.length === 0) return undefined;
  const screen = await screenText(subject, tiles);
  const flat = screen.replace(/\s+/g, " ");
  const stands = (wanted: string): boolean =>
    screen.includes(wanted) || flat.includes(wanted.replace(/\s+/g, " "));
  const missing = text.find((wanted) => !stands(wanted));
  if (missing !== undefined) {
    const shown = condense(screen);
    return `${JSON.stringify(missing)} is not on the screen, which says ${shown === "" ? "nothing" : shown}`;
  }
  const unwanted = noText.find(stands);
  return unwanted === undefined
    ? undefined
    : `${JSON.stringify(unwanted)} is on the screen: ${condense(screen)}`;
}

async function hashMismatch(subject: Subject, rules: Rules): Promise<Mismatch | undefined> {
  if (rules.frameHash !== undefined) {
    const got = await subject.frameHash();
    if (got !== rules.frameHash) return { what: `the frame's hash is ${got}, expected ${rules.frameHash}` };
  }
  if (rules.audioHash === undefined) return undefined;
  const got = await subject.audioHash();
  return got === rules.audioHash
    ? undefined
    : { what: `the sound's hash is ${got}, expected ${rules.audioHash}` };
}

async function pictureMismatch(subject: Subject, { picture }: Rules): Promise<Mismatch | undefined> {
  return picture === undefined ? undefined : comparePicture(screenRgb(await subject.screen()), picture);
}

function hex(value: number): string {
  return `$${value.toString(16).toUpperCase().padStart(2, "0")}`;
}

function describe({ min, max, mask, negate }: NumberRule): string {
  const range = min === max ? hex(min) : `${hex(min)} to ${hex(max)}`;
  const masked = mask === 0xff || mask === ALL_BITS ? range : `${range} in bits ${hex(mask)}`;
  return negate ? `anything but ${masked}` : masked;
}

/** The mask of a rule that compares the whole number. */
export const ALL_BITS = 0x7fff_ffff;
