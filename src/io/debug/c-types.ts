/** The type of a C variable. */
export interface CType {
  readonly text: string;
  /** Size of the value in bytes; of an array, that of one element. */
  readonly bytes: number;
  readonly isSigned: boolean;
  /** Number of elements; 0 if it is not an array, −1 if the number is not a literal. */
  readonly count: number;
}

const POINTER_BYTES = 2;
/** Sizes of cc65's types. `char` is unsigned there. https://cc65.github.io/doc/cc65.html#s4 */
const SIZES: readonly (readonly [pattern: RegExp, bytes: number, isSigned: boolean])[] = [
  [/\b(?:uint32_t)\b|\bunsigned\s+long\b/, 4, false],
  [/\b(?:int32_t|long)\b/, 4, true],
  [/\bint8_t\b|\bsigned\s+char\b/, 1, true],
  [/\b(?:uint8_t|char|byte|u8|bool)\b/, 1, false],
  [/\b(?:uint16_t|size_t|word|u16)\b|\bunsigned(?:\s+(?:int|short))?\b/, 2, false],
  [/\b(?:int16_t|int|short|signed|enum)\b/, 2, true],
];
/** Longer statements are tables of data. */
const MAX_STATEMENT = 1000;
const NAME = /^[A-Za-z_]\w*$/;

/**
 * Finds the declaration of a variable in C source, because cc65's debug information has no types. Returns
 * undefined if there is none, or if its type is a struct, a union or an unknown name.
 */
export function findCType(source: string, name: string): CType | undefined {
  if (!NAME.test(name)) return undefined;
  // The type, other variables of the same declaration, then the name with its stars and brackets.
  const pattern = new RegExp(
    `(?:^|[(,])\\s*((?:[A-Za-z_]\\w*\\s+){0,4}[A-Za-z_]\\w*)[\\s*]+(?:[\\w\\s*[\\]=,]*,\\s*)?(\\**)\\s*\\b${name}\\b\\s*((?:\\[[^\\]]*\\])*)\\s*(?:[,=)]|$)`,
    "g",
  );
  for (const statement of withoutComments(source).split(/[;{}]/)) {
    if (statement.length > MAX_STATEMENT || !statement.includes(name)) continue;
    for (const [whole, base = "", , brackets = ""] of statement.trim().matchAll(pattern)) {
      if (/\b(?:return|goto|else|case)\b/.test(base)) continue;
      const before = whole.slice(0, whole.search(new RegExp(`\\b${name}\\b`)));
      const type = typeOf(base, /\*\s*$/.test(before), brackets);
      if (type !== undefined) return type;
    }
  }
  return undefined;
}

function typeOf(base: string, isPointer: boolean, brackets: string): CType | undefined {
  const count = brackets === "" ? 0 : arrayCount(brackets);
  const text = `${base.replace(/\s+/g, " ").replace(/\b(?:static|extern|register|auto) /g, "")}${isPointer ? "*" : ""}${brackets}`;
  if (isPointer) return { text, bytes: POINTER_BYTES, isSigned: false, count };
  if (/\b(?:struct|union)\b/.test(base)) return undefined;
  const size = SIZES.find(([pattern]) => pattern.test(base));
  return size === undefined ? undefined : { text, bytes: size[1], isSigned: size[2], count };
}

/** The product of `[4][8]`; −1 if a size is not a number. */
function arrayCount(brackets: string): number {
  let count = 1;
  for (const [, size = ""] of brackets.matchAll(/\[([^\]]*)\]/g)) {
    const value = /^\s*(?:0x[0-9a-f]+|\d+)\s*$/i.test(size) ? Number(size) : Number.NaN;
    count *= value;
  }
  return Number.isNaN(count) ? -1 : count;
}

/** Comments become spaces, so that they cannot be taken for declarations. */
function withoutComments(source: string): string {
  return source.replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, (comment) => comment.replace(/[^\n]/g, " "));
}
