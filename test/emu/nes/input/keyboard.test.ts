import { describe, expect, test } from "bun:test";
import { EXPANSION_DATA } from "../../../../src/emu/nes/input/devices.ts";
import { FAMILY_BASIC_KEYS } from "../../../../src/emu/nes/input/keyboard.ts";
import { PEC_KEYS } from "../../../../src/emu/nes/input/pec-keyboard.ts";
import { PortsBench } from "../../../support/ports-bench.ts";

describe("Family BASIC keyboard", () => {
  /** Scans like a program: for each row, column 0 and column 1 on D1–D4. */
  function scan(bench: PortsBench): string[] {
    bench.write(5);
    const rows: string[] = [];
    for (let row = 0; row < 9; row++) {
      bench.write(4);
      const low = (bench.read(1) >> 1) & 0x0f;
      bench.write(6);
      const high = (bench.read(1) >> 1) & 0x0f;
      rows.push(`${low.toString(16)}${high.toString(16)}`);
    }
    return rows;
  }

  test("each key appears only in its row and column", () => {
    for (const [row, keys] of FAMILY_BASIC_KEYS.entries()) {
      for (const key of keys.keys()) {
        const bench = new PortsBench({ expansion: "family-basic-keyboard" });
        bench.data[EXPANSION_DATA + row] = 1 << key;
        const expected = Array.from({ length: 9 }, () => "ff");
        const hidden = (0x0f & ~(1 << (key & 3))).toString(16);
        expected[row] = key < 4 ? `${hidden}f` : `f${hidden}`;
        expect(scan(bench)).toEqual(expected);
      }
    }
  });

  test("nothing is driven while it is disabled", () => {
    const bench = new PortsBench({ expansion: "family-basic-keyboard" });
    bench.write(1);
    bench.write(0);
    expect(bench.read(1) & 0x1e).toBe(0);
  });

  test("it has 72 different keys", () => {
    expect(new Set(FAMILY_BASIC_KEYS.flat()).size).toBe(72);
  });
});

describe("PEC-586 keyboard", () => {
  /** Scans all rows; each read gives a key on D1, from the last of its row down. */
  function scan(bench: PortsBench): number[] {
    bench.write(1);
    bench.write(0);
    bench.write(2);
    return PEC_KEYS.map(() => {
      let keys = 0;
      for (let column = 7; column >= 0; column--) keys |= ((bench.read(1) >> 1) & 1) << column;
      bench.write(4);
      bench.write(0);
      return keys;
    });
  }

  test("each key appears only in its row and column", () => {
    for (const [row, keys] of PEC_KEYS.entries()) {
      for (const key of keys.keys()) {
        const bench = new PortsBench({ expansion: "pec-586-keyboard" });
        bench.data[EXPANSION_DATA + row] = 1 << key;
        const expected = PEC_KEYS.map((_, at) => (at === row ? 1 << key : 0));
        expect(scan(bench)).toEqual(expected);
        expect(scan(bench)).toEqual(expected);
      }
    }
  });

  test("after the last row comes the first; only a fall of OUT0 goes back to the last key", () => {
    const bench = new PortsBench({ expansion: "pec-586-keyboard" });
    bench.data.set([0x80, 0x40], EXPANSION_DATA);
    scan(bench);
    expect(bench.read(1) & 2).toBe(2);
    bench.write(4);
    bench.write(0);
    expect(bench.read(1) & 2).toBe(2);
    bench.write(1);
    expect(bench.read(1) & 2).toBe(0);
    bench.write(0);
    expect([bench.read(1) & 2, bench.read(1) & 2]).toEqual([0, 2]);
  });

  test("it has keys that are all different", () => {
    const keys = PEC_KEYS.flat().filter((key) => key !== "");
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBe(95);
  });
});
