/** Interrupts. Zilog, Z80 CPU User Manual (UM0080), "Interrupt Response"; Sean Young, chapter 5. */
import { expect, test } from "bun:test";
import { Z80Bench } from "../../support/z80-bench.ts";

/** A bench with interrupts enabled, stopped before `program` at 1000h. */
function enabled(program: string, im = 1): Z80Bench {
  return new Z80Bench().load(program, 0x1000).set({ pc: 0x1000, sp: 0x8000, iff1: 1, iff2: 1, im });
}

function stacked(bench: Z80Bench): number {
  const sp = bench.get("sp");
  return bench.memory[sp]! | (bench.memory[sp + 1]! << 8);
}

test.each([
  ["0, which reads RST 38h", 0, 13, 0x0038],
  ["1", 1, 13, 0x0038],
  ["2", 2, 19, 0x5678],
])("INT in mode %s", (_, im, states, pc) => {
  const bench = enabled("00", im).load("78 56", 0x12ff).set({ i: 0x12, r: 0x7f });
  bench.cpu.intLine = true;
  expect(bench.step()).toBe(states);
  expect(bench.values({ pc: 0, sp: 0, iff1: 0, iff2: 0, r: 0, wz: 0 })).toEqual({
    pc,
    sp: 0x7ffe,
    iff1: 0,
    iff2: 0,
    r: 0,
    wz: pc,
  });
  expect(stacked(bench)).toBe(0x1000);
});

test("NMI clears IFF1 only, and RETN restores it", () => {
  const bench = enabled("00").load("ed 45", 0x66);
  bench.cpu.nmi();
  expect(bench.step()).toBe(11);
  expect(bench.values({ pc: 0, iff1: 0, iff2: 0 })).toEqual({ pc: 0x66, iff1: 0, iff2: 1 });
  expect(stacked(bench)).toBe(0x1000);
  bench.step();
  expect(bench.values({ pc: 0, iff1: 0, iff2: 0 })).toEqual({ pc: 0x1000, iff1: 1, iff2: 1 });
});

test("NMI comes before INT and is accepted without IFF1", () => {
  const bench = enabled("00").set({ iff1: 0, iff2: 0 });
  bench.cpu.intLine = true;
  bench.cpu.nmi();
  bench.step();
  expect(bench.get("pc")).toBe(0x66);
  bench.step();
  expect(bench.get("pc")).toBe(0x67);
});

test("an edge of NMI is accepted once", () => {
  const bench = enabled("00 00");
  bench.cpu.nmi();
  bench.cpu.nmi();
  bench.step(2);
  expect(bench.get("pc")).toBe(0x67);
});

test("an NMI may follow EI, and RETN enables interrupts again", () => {
  const bench = enabled("fb 00").set({ iff1: 0, iff2: 0 }).load("ed 45", 0x66);
  bench.step();
  bench.cpu.nmi();
  bench.step();
  expect(bench.values({ pc: 0, iff1: 0, iff2: 0 })).toEqual({ pc: 0x66, iff1: 0, iff2: 1 });
  bench.step();
  expect(bench.values({ pc: 0, iff1: 0, iff2: 0 })).toEqual({ pc: 0x1001, iff1: 1, iff2: 1 });
});

test("an NMI after an NMI waits for an instruction", () => {
  const bench = enabled("00").load("04", 0x66);
  bench.cpu.nmi();
  bench.step();
  bench.cpu.nmi();
  bench.step(2);
  expect([stacked(bench), bench.get("pc")]).toEqual([0x67, 0x66]);
});

/** https://github.com/redcode/Z80/wiki/Interrupts */
test.each([
  ["RETN", "ed 45", 0, 0x2001],
  ["RETI", "ed 4d", 0, 0x2001],
  ["RETN", "ed 45", 1, 0x38],
  ["RETI", "ed 4d", 1, 0x38],
] as const)("%s (%s) from IFF1 = %d: the next step with INT is at %d", (_, program, iff1, pc) => {
  const bench = enabled(program).set({ iff1 });
  bench.memory[0x8001] = 0x20;
  bench.step();
  bench.cpu.intLine = true;
  bench.step();
  expect(bench.get("pc")).toBe(pc);
  bench.step();
  if (iff1 === 0) expect(bench.get("pc")).toBe(0x38);
});

test("INT waits while interrupts are disabled", () => {
  const bench = enabled("f3 00 00");
  bench.step();
  bench.cpu.intLine = true;
  bench.step(2);
  expect(bench.get("pc")).toBe(0x1003);
});

test("INT is a level: without it nothing is accepted later", () => {
  const bench = enabled("00 00");
  bench.cpu.intLine = true;
  expect(bench.cpu.intLine).toBe(true);
  bench.cpu.intLine = false;
  bench.step();
  expect(bench.get("pc")).toBe(0x1001);
});

test("EI delays INT by one instruction, so a handler that ends with EI, RET does not nest", () => {
  const bench = enabled("fb c9").set({ iff1: 0, iff2: 0 });
  bench.memory[0x8001] = 0x20;
  bench.cpu.intLine = true;
  bench.step(2);
  expect(bench.get("pc")).toBe(0x2000);
  bench.step();
  expect(bench.values({ pc: 0, sp: 0 })).toEqual({ pc: 0x38, sp: 0x8000 });
});

test("a row of EI delays INT to its end", () => {
  const bench = enabled("fb fb fb 00");
  bench.step();
  bench.cpu.intLine = true;
  bench.step(3);
  expect(bench.get("pc")).toBe(0x1004);
  bench.step();
  expect(bench.get("pc")).toBe(0x38);
});

test.each([
  [
    "INT",
    (bench: Z80Bench): void => {
      bench.cpu.intLine = true;
    },
    0x38,
  ],
  ["NMI", (bench: Z80Bench): void => bench.cpu.nmi(), 0x66],
] as const)("%s waits for the instruction after a replaced prefix", (_, request, pc) => {
  const bench = enabled("dd fd 23").set({ iy: 1 });
  bench.step();
  request(bench);
  bench.step();
  expect(bench.values({ pc: 0, iy: 0 })).toEqual({ pc: 0x1003, iy: 2 });
  bench.step();
  expect(bench.get("pc")).toBe(pc);
});

test.each([
  [
    "INT",
    (bench: Z80Bench): void => {
      bench.cpu.intLine = true;
    },
  ],
  ["NMI", (bench: Z80Bench): void => bench.cpu.nmi()],
] as const)("HALT waits for %s, which returns behind it", (_, request) => {
  const bench = enabled("76 00");
  expect(bench.step(3)).toBe(12);
  expect([bench.cpu.isHalted, bench.get("pc")]).toEqual([true, 0x1001]);
  request(bench);
  bench.step();
  expect([bench.cpu.isHalted, stacked(bench)]).toEqual([false, 0x1001]);
});

test.each([
  ["LD A,I", "ed 57", 0, false, 0x00],
  ["LD A,I", "ed 57", 1, false, 0x04],
  ["LD A,R", "ed 5f", 1, false, 0x04],
  ["LD A,I", "ed 57", 1, true, 0x00],
  ["LD A,R", "ed 5f", 1, true, 0x00],
] as const)(
  "%s (%s) reads IFF2 = %d; before an INT (%p): P/V %d",
  (_, program, iff2, isInterrupted, parity) => {
    const bench = enabled(program).set({ iff1: iff2, iff2 });
    bench.step();
    bench.cpu.intLine = isInterrupted;
    bench.step();
    expect(bench.get("f") & 0x04).toBe(parity);
  },
);

test("an interrupted LDIR continues", () => {
  const bench = enabled("ed b0").load("ed 4d", 0x38).set({ bc: 3, hl: 0x1000, de: 0x2000 });
  bench.step();
  bench.cpu.intLine = true;
  bench.step();
  expect([bench.get("pc"), stacked(bench)]).toEqual([0x38, 0x1000]);
  bench.cpu.intLine = false;
  bench.step(3);
  expect(bench.values({ pc: 0, bc: 0, de: 0 })).toEqual({ pc: 0x1002, bc: 0, de: 0x2003 });
});

test("reset", () => {
  const bench = enabled("76", 2).set({ i: 1, r: 2, bc: 0x1234 });
  bench.step();
  bench.cpu.nmi();
  bench.cpu.reset();
  expect(bench.cpu.isHalted).toBe(false);
  const after = { pc: 0, sp: 0xffff, a: 0xff, f: 0xff, i: 0, r: 0, im: 0, iff1: 0, iff2: 0, bc: 0x1234 };
  expect(bench.values(after)).toEqual(after);
  bench.step();
  expect(bench.get("pc")).toBe(1);
});
