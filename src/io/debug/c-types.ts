import type { CMember, CType } from "../symbols/c-type.ts";

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
/** Structs inside structs, and typedefs of typedefs, nest at most this deeply. */
const MAX_NESTING = 16;
const BODY = /\b(struct|union|enum)\b\s*([A-Za-z_]\w*)?\s*\{([^{}]*)\}/g;
const DECLARATOR = /^\s*(\**)\s*([A-Za-z_]\w*)\s*((?:\[[^\]]*\]\s*)*)$/;
const STORAGE = /\b(?:static|extern|register|auto)\b\s*/g;
const QUALIFIERS = /\b(?:const|volatile)\b\s*/g;
/** Structs in real sources have shorter bodies. */
const MAX_BODY = 10_000;

/** The structs, typedefs and constants that C sources declare. cc65's debug information has none of them. */
export class CDeclarations {
  readonly #bodies = new Map<string, { readonly isUnion: boolean; readonly body: string }>();
  readonly #typedefs = new Map<string, { readonly base: string; readonly declarator: string }>();
  readonly #constants = new Map<string, number>();

  constructor(sources: readonly string[]) {
    for (const source of sources) {
      const text = this.#readDefines(withoutComments(source));
      for (const statement of this.withoutBodies(text).split(/[;{}]/)) this.#readTypedef(statement.trim());
    }
  }

  /** Replaces the bodies of structs, unions and enums by their names, and remembers them. */
  withoutBodies(text: string): string {
    let before = text;
    for (let depth = 0; depth < MAX_NESTING; depth++) {
      const after = before.replace(BODY, (_, kind: string, tag: string | undefined, body: string) => {
        const name = tag ?? `__unnamed${this.#bodies.size}`;
        if (kind !== "enum") this.#bodies.set(`${kind} ${name}`, { isUnion: kind === "union", body });
        return `${kind} ${name} `;
      });
      if (after === before) return after;
      before = after;
    }
    return before;
  }

  /** The type of `base`, with the stars and brackets of a declarator; undefined if it is unknown. */
  typeOf(base: string, isPointer: boolean, brackets: string, depth = 0): CType | undefined {
    if (depth > MAX_NESTING) return undefined;
    const count = brackets === "" ? 0 : this.#arrayCount(brackets);
    const plain = base.replace(/\s+/g, " ").replace(STORAGE, "").trim();
    const text = `${plain.replace(/__unnamed\d+/, "{…}")}${isPointer ? "*" : ""}${brackets}`;
    const value = this.#valueType(plain.replace(QUALIFIERS, "").trim(), depth);
    if (isPointer) {
      const pointsTo = value === undefined ? {} : { pointsTo: value };
      return { text, bytes: POINTER_BYTES, isSigned: false, count, ...pointsTo };
    }
    return value === undefined ? undefined : { ...value, text, count: count === 0 ? value.count : count };
  }

  #valueType(base: string, depth: number): CType | undefined {
    if (/^(?:struct|union)\b/.test(base)) return this.#structType(base, depth);
    const typedef = this.#typedefs.get(base);
    if (typedef !== undefined) {
      const [, stars = "", , brackets = ""] = DECLARATOR.exec(typedef.declarator) ?? [];
      return this.typeOf(typedef.base, stars !== "", brackets.trim(), depth + 1);
    }
    const size = SIZES.find(([pattern]) => pattern.test(base));
    return size === undefined ? undefined : { text: base, bytes: size[1], isSigned: size[2], count: 0 };
  }

  #structType(name: string, depth: number): CType | undefined {
    const found = this.#bodies.get(name);
    if (found === undefined || found.body.length > MAX_BODY) return undefined;
    const members: CMember[] = [];
    let end = 0;
    for (const declaration of found.body.split(";")) {
      if (declaration.trim() === "") continue;
      const declared = this.#membersOf(declaration, depth);
      // The offsets of what follows would be wrong.
      if (declared === undefined) return undefined;
      for (const [member, type] of declared) {
        const offset = found.isUnion ? 0 : end;
        members.push({ name: member, offset, type });
        end = Math.max(end, offset + type.bytes * Math.max(1, type.count));
        if (type.count < 0) return undefined;
      }
    }
    return { text: name, bytes: end, isSigned: false, count: 0, members };
  }

  /** The names and types of `unsigned char a, *b, c[2]`; undefined if they are unknown, as of bit-fields. */
  #membersOf(declaration: string, depth: number): readonly (readonly [string, CType])[] | undefined {
    const [, base = "", list = ""] =
      /^\s*((?:[A-Za-z_]\w*\s+)*?[A-Za-z_]\w*)\s*((?:\*|\b[A-Za-z_]\w*\s*(?:,|\[|$)).*)$/s.exec(
        declaration,
      ) ?? [];
    const members: (readonly [string, CType])[] = [];
    for (const part of list.split(",")) {
      const match = DECLARATOR.exec(part);
      const type =
        match === null ? undefined : this.typeOf(base, match[1] !== "", (match[3] ?? "").trim(), depth + 1);
      if (type === undefined) return undefined;
      members.push([match![2]!, type]);
    }
    return members;
  }

  /** The product of `[4][8]`; −1 if a size is not a known number. */
  #arrayCount(brackets: string): number {
    let count = 1;
    for (const [, size = ""] of brackets.matchAll(/\[([^\]]*)\]/g)) {
      const text = size.trim();
      const isNumber = /^(?:0x[0-9a-f]+|\d+)$/i.test(text);
      count *= isNumber ? Number(text) : (this.#constants.get(text) ?? Number.NaN);
    }
    return Number.isNaN(count) ? -1 : count;
  }

  #readTypedef(statement: string): void {
    const match = /^typedef\s+(.+?)(\s*\**\s*[A-Za-z_]\w*\s*(?:\[[^\]]*\]\s*)*)$/s.exec(statement);
    const declared = match === null ? null : DECLARATOR.exec(match[2]!);
    if (match === null || declared === null) return;
    const base = match[1]!.replace(/\s+/g, " ").replace(STORAGE, "").replace(QUALIFIERS, "").trim();
    this.#typedefs.set(declared[2]!, { base, declarator: match[2]! });
  }

  /** Removes the lines of the preprocessor, and remembers the numbers that `#define` names. */
  #readDefines(text: string): string {
    return text.replace(/^[ \t]*#[^\n]*/gm, (line) => {
      const match = /^\s*#\s*define\s+([A-Za-z_]\w*)\s+\(?\s*(0x[0-9a-f]+|\d+)[uUlL]*\s*\)?\s*$/i.exec(line);
      if (match !== null) this.#constants.set(match[1]!, Number(match[2]));
      return "";
    });
  }
}

/**
 * Finds the declaration of a variable in C source. Returns undefined if there is none, or if its type is
 * unknown. `declarations` has the structs and typedefs of the whole program.
 */
export function findCType(
  source: string,
  name: string,
  declarations: CDeclarations = new CDeclarations([source]),
): CType | undefined {
  if (!NAME.test(name)) return undefined;
  // The type, other variables of the same declaration, then the name with its stars and brackets.
  const pattern = new RegExp(
    `(?:^|[(,])\\s*((?:[A-Za-z_]\\w*\\s+){0,4}[A-Za-z_]\\w*)[\\s*]+(?:[\\w\\s*[\\]=,]*,\\s*)?(\\**)\\s*\\b${name}\\b\\s*((?:\\[[^\\]]*\\])*)\\s*(?:[,=)]|$)`,
    "g",
  );
  const text = declarations.withoutBodies(withoutComments(source));
  for (const statement of text.split(/[;{}]/)) {
    if (statement.length > MAX_STATEMENT || !statement.includes(name)) continue;
    const trimmed = statement.replace(/^[ \t]*#[^\n]*/gm, "").trim();
    for (const [whole, base = "", , brackets = ""] of trimmed.matchAll(pattern)) {
      if (/\b(?:return|goto|else|case|typedef)\b/.test(base)) continue;
      const before = whole.slice(0, whole.search(new RegExp(`\\b${name}\\b`)));
      const type = declarations.typeOf(base, /\*\s*$/.test(before), brackets);
      if (type !== undefined) return type;
    }
  }
  return undefined;
}

/** Comments become spaces, so that they cannot be taken for declarations. */
function withoutComments(source: string): string {
  return source.replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, (comment) => comment.replace(/[^\n]/g, " "));
}
