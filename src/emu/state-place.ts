/** What names elements of a state in errors. */
interface NamedSlots {
  readonly name: string;
  readonly count: number;
}

/** Returns the name of an element of `slots`. `emuterm/core`, which has no names, counts bytes. */
export function placeName({ name, count }: NamedSlots, index: number): string {
  return count === 1 ? name : `${name}[${index}]`;
}
