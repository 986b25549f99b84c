import { describe, expect, test } from "bun:test";
import { assembleZ80 } from "../../../../../src/io/files/roms/playchoice/assembler.ts";

/** The bytes of a program without the zeros after it, as hex digits. */
function assembled(source: string): string {
  const rom = assembleZ80(`${source}\nDB 0FFh`, 256);
  return Buffer.from(rom.subarray(0, rom.lastIndexOf(0xff))).toString("hex");
}

/** Zilog, Z80 CPU User Manual (UM0080). */
test.each([
  ["LD B,C", "41"],
  ["LD (HL),A", "77"],
  ["LD E,(HL)", "5e"],
  ["LD C,18h", "0e18"],
  ["LD (HL),20h", "3620"],
  ["LD DE,8001h", "110180"],
  ["LD SP,8800h", "310088"],
  ["LD A,(8000h)", "3a0080"],
  ["LD (8000h),A", "320080"],
  ["LD HL,(8000h)", "2a0080"],
  ["LD (8000h),HL", "220080"],
  ["LD A,(DE)", "1a"],
  ["LD (DE),A", "12"],
  ["ADD A,E", "83"],
  ["ADD A,3Ch", "c63c"],
  ["ADD HL,BC", "09"],
  ["SUB 3", "d603"],
  ["SBC A,0", "de00"],
  ["XOR (HL)", "ae"],
  ["CP 80h", "fe80"],
  ["INC DE", "13"],
  ["DEC (HL)", "35"],
  ["INC A", "3c"],
  ["PUSH AF", "f5"],
  ["POP BC", "c1"],
  ["SRL D", "cb3a"],
  ["BIT 7,C", "cb79"],
  ["SET 0,(HL)", "cbc6"],
  ["RES 3,A", "cb9f"],
  ["OUT (10h),A", "d310"],
  ["IN A,(2)", "db02"],
  ["JP 1234h", "c33412"],
  ["JP NC,1234h", "d23412"],
  ["CALL 1234h", "cd3412"],
  ["CALL NZ,1234h", "c43412"],
  ["RET", "c9"],
  ["RET Z", "c8"],
  ["JR 2", "1800"],
  ["JR C,0", "38fe"],
  ["DJNZ 4", "1002"],
  ["LDIR", "edb0"],
  ["RETN", "ed45"],
  ['DB 1, "A,b", 2', "01412c6202"],
  ["DW 1234h", "3412"],
])("%s", (source, expected) => {
  expect(assembled(source)).toBe(expected);
});

test("labels can be used before their line", () => {
  const source = `
    one:  EQU 1           ; a comment; with another
          JP last
          ORG 8
    loop: LD A,one+2
          JR loop
    last: DW loop+1
  `;
  expect(assembled(source)).toBe("c30c0000000000003e0318fc0900");
});

describe("mistakes", () => {
  test.each([
    ["LD A,nowhere", "no label: nowhere"],
    ["MUL A,B", "not an instruction: MUL A,B"],
    ["LD (IX),A", "no label: IX"],
    ["LD 5,A", "not an instruction: LD 5,A"],
    ["JR 200", "JR 200: too far"],
    ["ORG 256\nNOP", "257 bytes of 256"],
  ])("%s", (source, message) => {
    expect(() => assembleZ80(source, 256)).toThrow(message);
  });
});
