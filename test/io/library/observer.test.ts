import { describe, expect, test } from "bun:test";
import { isBranch, OPCODES } from "../../../src/emu/nes/cpu/opcodes.ts";
import type { MemoryAccess } from "../../../src/io/library/index.ts";
import { libraryGame } from "../../support/library-game.ts";
import { soakSize } from "../../support/soak.ts";

const CODE = 0x0400;
/** SHA, SHS, SHY, SHX change the address of their write if they cross a page. No program uses them. */
const UNSTABLE = ["SHA", "SHS", "SHY", "SHX"];
const FLOW = [0x00, 0x20, 0x40, 0x4c, 0x60, 0x6c];
const opcodes = OPCODES.filter(({ mnemonic }) => !["JAM", ...UNSTABLE].includes(mnemonic)).map(
  ({ code }) => code,
);

/** Small random numbers that are the same in every run. */
function* random(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

describe("accesses computed by the observer", () => {
  const nes = libraryGame();
  nes.frames(4);
  const { cpu } = nes.machine;
  const reads: MemoryAccess[] = [];
  const writes: MemoryAccess[] = [];
  nes.onRead(0, (access) => reads.push(access), { bytes: 0x800 });
  nes.onWrite(0, (access) => writes.push(access), { bytes: 0x800 });

  /** Runs `opcode` once in RAM with random registers and an operand in RAM. */
  function run(opcode: number, numbers: Iterator<number, never>): Uint8Array {
    const next = (below: number): number => numbers.next().value % below;
    for (let at = 0; at < 0x800; at++) nes.ram[at] = next(256);
    // Pointers in the zero page also point into RAM.
    for (let at = 0; at < 0x100; at++) nes.ram[at] = at % 2 === 0 ? next(256) : next(4) + 2;
    const low = next(128) * 2;
    nes.ram.set([opcode, low, next(2) + 2], CODE);
    Object.assign(cpu, { pc: CODE, a: next(256), x: next(128) * 2, y: next(128), s: 0x80 + next(64) });
    cpu.setStatus(next(256) | 4);
    cpu.holdsInterrupts = 1;
    reads.length = 0;
    writes.length = 0;
    const before = nes.ram.slice();
    nes.step();
    return before;
  }

  test.each(opcodes.map((opcode) => [opcode.toString(16).padStart(2, "0"), opcode] as const))(
    "opcode $%s",
    (_, opcode) => {
      const numbers = random(opcode + 1);
      for (let round = 0; round < soakSize(20, 2000); round++) {
        const before = run(opcode, numbers);
        for (let at = 0; at < 0x800; at++) {
          if (nes.ram[at] === before[at]) continue;
          expect(writes.some((access) => access.address === at)).toBe(true);
        }
        for (const { address, value } of writes) expect(value).toBe(nes.ram[address]!);
        if (!FLOW.includes(opcode) && !isBranch(opcode)) {
          expect(cpu.pc).toBe(CODE + OPCODES[opcode]!.lengthBytes);
        }
        // Loads must report the loaded value.
        if ([0xa5, 0xb5, 0xad, 0xbd, 0xb9, 0xa1, 0xb1].includes(opcode)) {
          expect(reads.map((access) => access.value)).toEqual([cpu.a]);
        }
      }
    },
  );
});
