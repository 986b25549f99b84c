import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { findCType } from "../../../src/io/debug/c-types.ts";
import { compileTemplate } from "../../../src/io/symbols/expressions/template.ts";
import { librarySession, playFrames } from "../../support/debug.ts";
import { LABELS } from "../../support/library-game.ts";

const session = librarySession();
playFrames(session, 20);
session.edit(() => {
  session.nes.cpu.a = 0x81;
  session.nes.poke("cpu", 0x300, 0x34);
  session.nes.poke("cpu", 0x301, 0x12);
});

/** The error of `action` as "column N: what (remedy)". */
function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) {
      return `${error.where}: ${error.message}${error.remedy === "" ? "" : ` (${error.remedy})`}`;
    }
    throw error;
  }
  return "no error";
}

describe("expressions", () => {
  test.each<[text: string, value: number]>([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["$1F", 31],
    ["0x1f", 31],
    ["%101", 5],
    ["10 % 4", 2],
    ["(10)%10", 0],
    ["'A'", 65],
    ["a", 0x81],
    ["A", 0x81],
    ["-a", -0x81],
    ["~0 & $FF", 0xff],
    ["!a", 0],
    ["a & $80 ? 10 : 20", 10],
    ["a == $81 && x < 256", 1],
    ["1 << 4 | 1", 17],
    ["7 / 2", 3],
    ["-7 / 2", -3],
    ["[$300]", 0x34],
    ["word[$300]", 0x1234],
    ["[$300 + 1]", 0x12],
    ["nmi_count", 17],
    ["&nmi_count", 0x10],
    ["nmi_count[0]", 17],
    ["tick", LABELS.tick!],
    ["prg[0]", 0x48],
    ["frame", 20],
    ["oam[0] + ppu[$2000]", 0],
    ["p.i", 1],
    ["u16($300)", 0x1234],
    ["s8(nmi_count) + max(1, 3)", 20],
    ["@nmi_count", 0x10],
    ["digits(nmi_count, 1)", 1],
    ["(a & $80) == $80", 1],
  ])("%s", (text, value) => {
    expect(session.evaluate(text)).toBe(value);
  });

  test.each<[text: string, error: string]>([
    ["1 +", "column 4: a value was expected at the end"],
    ["1 + )", "column 5: a value was expected, not )"],
    ["[1", "column 3: ] was expected"],
    ["1 2", "column 3: a value was expected, not 2"],
    ["a # b", 'column 3: "#" is not expected here'],
    ["x + nmi_coumt", "column 5: unknown name nmi_coumt (similar: nmi, nmi_count)"],
    ["1 / (a - a)", "column 3: division by zero"],
    ["1<<-1", "column 2: a shift by -1: 0 to 31 was expected"],
    ["1 >> 32", "column 3: a shift by 32: 0 to 31 was expected"],
    ["value", "column 1: value is known only in and at breakpoints"],
    ["1 + address", "column 5: address is known only in and at breakpoints"],
    ["opcode == 2", "column 1: opcode is known only in and at breakpoints"],
    ["$FFFFFFFFFFFFFFFFF", "column 1: $FFFFFFFFFFFFFFFFF is too large"],
    ["a & $80 == 0", "column 3: & beside == needs parentheses ((a & b) == c, or a & (b == c))"],
    ["prev(a)", "column 1: prev is only known in environments and watches of agents"],
    ["1 = 2", "column 1: a register, a variable or memory was expected before ="],
    ["frame = 2", "column 7: this cannot be changed"],
    ["&1", "column 2: a variable or memory was expected after &"],
    ["[$10000]", "column 1: address 65536: $00 to $FFFF was expected"],
    ["", "column 1: a value was expected at the end"],
    ["(".repeat(200), "column 66: the expression is nested too deeply"],
  ])("%s fails with its place", (text, error) => {
    expect(errorOf(() => session.evaluate(text))).toBe(error);
  });

  test("assign to registers, variables, memory and ROM", () => {
    const { position } = session.timeline;
    expect(session.evaluate("x = y = 7")).toBe(7);
    expect([session.nes.cpu.x, session.nes.cpu.y]).toEqual([7, 7]);
    session.evaluate("word[$300] = $ABCD");
    expect([session.nes.peek("cpu", 0x300), session.nes.peek("cpu", 0x301)]).toEqual([0xcd, 0xab]);
    session.evaluate("sum = 300");
    expect(session.evaluate("sum")).toBe(300 & 0xff);
    session.evaluate("oam[4] = 9");
    session.evaluate("ppu[$3F01] = $21");
    expect([session.evaluate("oam[4]"), session.evaluate("ppu[$3F01]")]).toEqual([9, 0x21]);
    session.evaluate(`[${LABELS.jams}] = $EA`);
    expect(session.nes.peek("cpu", LABELS.jams!)).toBe(0xea);
    expect(session.timeline.position).toBe(position);
  });

  test.each<[text: string, stored: number]>([
    ["a = 300", 44],
    ["a = -1", 255],
    ["pc = $12345", 0x2345],
    ["p.n = 5", 1],
    ["word[$300] = $12345", 0x2345],
    ["oam[4] = $1FF", 0xff],
    ["x = y = 256", 0],
  ])("the value of %s is the one that is stored", (text, stored) => {
    const { pc } = session.nes.cpu;
    expect(session.evaluate(text)).toBe(stored);
    session.nes.cpu.pc = pc;
  });

  test("an assignment in any part is an edit of the history, and only the console may make one", () => {
    const { timeline } = session;
    for (const text of ["(frame_count = 7) + 1", "[frame_count = 8]", "1 ? (frame_count = 9) : 0"]) {
      const states = timeline.spans.length;
      session.evaluate(text);
      expect(timeline.spans.length).toBe(states + 1);
      expect(session.place(text)).toBeUndefined();
      expect(() => session.read(text)).toThrow("this expression cannot assign");
      expect(() => compileTemplate(`{${text}}`, session.scope())).toThrow("a message cannot assign");
      expect(timeline.spans.length).toBe(states + 1);
    }
    expect(session.read("frame_count")).toBe(9);
  });

  test("any text is a value or an InputError", () => {
    const part = fc.constantFrom(
      ..."a x nmi_count [ ] ( ) + - * / % & | ? : = == < << $ $1 'a' word[ , { 1".split(" "),
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(text, (source) => {
        const error = errorOf(() => session.evaluate(source.replaceAll("=", "==")));
        expect(typeof error).toBe("string");
      }),
      { seed: 16, numRuns: 2000 },
    );
  });
});

describe("log messages", () => {
  test.each<[template: string, text: string]>([
    ["plain", "plain"],
    ["n = {[$300 + 2]}", "n = 0"],
    ["{$41:d} {$41:x} {$41:b} {$41:c}", "65 41 01000001 A"],
    ["{{}} {1 ? 2 : 3}", "{} 2"],
  ])("%s", (template, text) => {
    expect(compileTemplate(template, session.scope())()).toBe(text);
  });

  test.each<[template: string, error: string]>([
    ["n = {1", "column 7: } was expected"],
    ["n } ", "column 3: } has no {: write }} for a brace"],
    ["n = {1 +}", "column 9: a value was expected at the end"],
    ["ab {nothing}", "column 5: unknown name nothing"],
  ])("%s fails with its place", (template, error) => {
    expect(errorOf(() => compileTemplate(template, session.scope()))).toBe(error);
  });
});

describe("types of C variables", () => {
  const source = `
    /* int fake; */ // long fake;
    unsigned char a, b[4], *c;
    static const int d = 4;
    enum answer ask(signed char by, struct thing* t) { unsigned long e; return a; }
    char table[8][2]; struct thing s; uint16_t u = 3; void (*f)(void);
    for (register unsigned i = 0; ;) {}
  `;
  test.each<[name: string, type: unknown]>([
    ["a", ["unsigned char", 1, false, 0]],
    ["b", ["unsigned char[4]", 1, false, 4]],
    ["c", ["unsigned char*", 2, false, 0]],
    ["d", ["const int", 2, true, 0]],
    ["by", ["signed char", 1, true, 0]],
    ["t", ["struct thing*", 2, false, 0]],
    ["e", ["unsigned long", 4, false, 0]],
    ["table", ["char[8][2]", 1, false, 16]],
    ["u", ["uint16_t", 2, false, 0]],
    ["s", undefined],
    ["fake", undefined],
    ["missing", undefined],
  ])("%s", (name, type) => {
    const found = findCType(source, name);
    expect(found && [found.text, found.bytes, found.isSigned, found.count]).toEqual(type as never);
  });
});
