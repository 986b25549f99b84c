import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CDeclarations, findCType } from "../../../src/io/debug/c-types.ts";
import { runCommand } from "../../../src/io/debug/commands.ts";
import type { DebugSession } from "../../../src/io/debug/session.ts";
import { wholeText } from "../../../src/io/debug/value-text.ts";
import { buildExample, canBuildExamples, exampleSession } from "../../support/debug.ts";

const SOURCE = `
#define COUNT 3
#define BITS (0x02)
typedef unsigned char u8_t;
typedef struct { int x, y; } Point; /* struct { long no; } */
typedef Point* PointPointer;
enum kind { SLOW, FAST };
struct enemy {
    Point at, *target;
    u8_t lives, names[COUNT][BITS];
    enum kind kind;
    union { unsigned long all; u8_t bytes[4]; } word;
};
struct enemy boss, enemies[COUNT];
static const PointPointer here = 0;
struct broken { unknown_t what; unsigned char after; } bad;
struct bits { unsigned a : 3; } flags;
struct again { struct again* next; } loop;
Point points[NOWHERE];
`;

describe("types of structs", () => {
  const shape = (name: string) => {
    const type = findCType(SOURCE, name);
    return type && { text: type.text, bytes: type.bytes, count: type.count };
  };

  test.each([
    ["boss", { text: "struct enemy", bytes: 4 + 2 + 1 + 6 + 2 + 4, count: 0 }],
    ["enemies", { text: "struct enemy[COUNT]", bytes: 19, count: 3 }],
    ["here", { text: "const PointPointer", bytes: 2, count: 0 }],
    ["loop", { text: "struct again", bytes: 2, count: 0 }],
    ["points", { text: "Point[NOWHERE]", bytes: 4, count: -1 }],
    ["bad", undefined],
    ["flags", undefined],
  ])("%s", (name, wanted) => {
    expect(shape(name)).toEqual(wanted as ReturnType<typeof shape>);
  });

  test("members have offsets without gaps, and unions share theirs", () => {
    const { members = [] } = findCType(SOURCE, "boss")!;
    expect(members.map(({ name, offset, type }) => [name, offset, type.text, type.count])).toEqual([
      ["at", 0, "Point", 0],
      ["target", 4, "Point*", 0],
      ["lives", 6, "u8_t", 0],
      ["names", 7, "u8_t[COUNT][BITS]", 6],
      ["kind", 13, "enum kind", 0],
      ["word", 15, "union {…}", 0],
    ]);
    expect(members[5]!.type.members!.map(({ offset }) => offset)).toEqual([0, 0]);
    expect(findCType(SOURCE, "here")?.pointsTo?.members?.map(({ name }) => name)).toEqual(["x", "y"]);
  });

  test("a type that contains itself has an end", () => {
    const declarations = new CDeclarations(["typedef a b; typedef b a; struct s { struct s inside; };"]);
    expect(declarations.typeOf("a", false, "")).toBeUndefined();
    expect(declarations.typeOf("struct s", false, "")).toBeUndefined();
  });
});

describe.skipIf(!canBuildExamples)("structs of a built game", () => {
  let game: ReturnType<typeof buildExample>;
  let session: DebugSession;
  beforeAll(async () => {
    game = buildExample("cc65-game");
    const path = join(game.folder, "src/main.c");
    const declared = `${SOURCE.replace(/^struct (?:broken|bits).*$/gm, "").replace("Point points[NOWHERE];", "")}
static Point* pointer;
static void change(struct enemy* who, unsigned char by) { who->at.y = 300; who->lives += by; pointer = &who->at; }
`;
    const source = readFileSync(path, "utf8")
      .replace("static void show", `${declared}\nstatic void show`)
      .replace(
        "    new_game();",
        "    enemies[2].lives = 40; change(&enemies[2], 2); boss.word.all = 0x12345678;\n    new_game();",
      );
    writeFileSync(path, source);
    const { exitCode, stderr } = Bun.spawnSync(["make"], { cwd: game.folder, stdin: "ignore" });
    if (exitCode !== 0) throw new Error(String(stderr));
    session = await exampleSession(game.rom);
    await runCommand(session, "break change");
    await session.move({ kind: "continue" });
  });
  afterAll(() => game.remove());

  test("members are read and changed, by value, index and pointer", async () => {
    expect(session.evaluate("who->lives")).toBe(40);
    expect(session.evaluate("who->lives = 41")).toBe(41);
    await runCommand(session, "delete all");
    await runCommand(session, "break new_game");
    await session.move({ kind: "continue" });
    expect(session.evaluate("enemies[2].lives")).toBe(43);
    expect(session.evaluate("enemies[2].at.y + 1")).toBe(301);
    expect(session.evaluate("pointer->y")).toBe(300);
    expect(session.evaluate("pointer[0].y")).toBe(300);
    expect(session.evaluate("&enemies[2].at.y - &enemies")).toBe(2 * 19 + 2);
    expect(session.evaluate("boss.word.bytes[3]")).toBe(0x12);
    const place = session.place("enemies[2].at")!;
    expect(wholeText(session.scope(), place)).toBe("{x = 0 ($0000), y = 300 ($012C)}");
  });

  test.each([
    ["enemies[2].size", "struct enemy has no member size (it has at, target, lives, names, kind, word)"],
    ["boss", "struct enemy is a struct: choose a member (such as .at)"],
    ["boss.lives.x", "u8_t is not a struct"],
    ["secret->x", "unsigned char is not a struct"],
    ["boss.", "column 1: unknown name boss."],
    ["boss->", "a value was expected at the end"],
  ])("%s is rejected", (text, error) => {
    let found = "";
    try {
      session.evaluate(text);
    } catch (caught) {
      const { message, remedy, where } = caught as { message: string; remedy: string; where: string };
      found = `${where}: ${message}${remedy === "" ? "" : ` (${remedy})`}`;
    }
    expect(found).toContain(error);
  });
});
