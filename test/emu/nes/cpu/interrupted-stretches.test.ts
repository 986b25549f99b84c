import { expect, test } from "bun:test";
import fc from "fast-check";
import { OPCODES } from "../../../../src/emu/nes/cpu/opcodes.ts";
import { step } from "../../../../src/emu/nes/cpu/step.ts";
import { InterruptLines } from "../../../../src/emu/nes/interrupts.ts";
import { LineBoard } from "../../../support/line-board.ts";
import { Prng } from "../../../support/prng.ts";
import {
  createRamCpu,
  RAM_BYTES,
  RamCpu,
  type RamMachine,
  runStretches,
  seen,
} from "../../../support/ram-cpu.ts";
import { soakSize } from "../../../support/soak.ts";

/** The same CPU, with registers that move the interrupt lines, at once or later. */
class InterruptedCpu extends RamCpu {
  override readRegister(address: number): number {
    if ((address & 15) < 2) this.#events.move(this.cycle, address & 1);
    super.readRegister(address);
    // Like $4015, half of the registers are not on the external bus.
    const value = this.dataBus;
    if ((address & 16) !== 0) this.dataBus = value ^ 0xff;
    this.updateHorizon();
    return value;
  }

  override writeRegister(address: number, value: number): void {
    super.writeRegister(address, value);
    if ((address & 7) < 4) this.#events.move(this.cycle, address & 3);
    else this.#events.schedule(this.cycle + (value & 31), address & 3);
    this.updateHorizon();
  }

  get #events(): LineBoard {
    return this.board as unknown as LineBoard;
  }
}

test("interrupts in any cycle, from outside and from registers, and every instruction that changes I", () => {
  const CLI = 0x58;
  const SEI = 0x78;
  const NOP = 0xea;
  const OFTEN = [
    CLI,
    SEI,
    0x08,
    0x28,
    0x40,
    0x6c,
    0x8d,
    0x8e,
    0x9d,
    0x99,
    0xad,
    0xbd,
    0xb9,
    0x2c,
    0xd0,
    0x4c,
  ];
  const property = fc.property(
    fc.integer({ min: 1, max: 0x7fff_ffff }),
    fc.integer(),
    fc.integer({ min: 50, max: 1500 }),
    fc.array(fc.tuple(fc.nat(1500), fc.nat(3)), { maxLength: 12 }),
    (seed, readable, length, events) => {
      const random = new Prng(seed);
      const image = random.bytes(RAM_BYTES).map((byte) => {
        if (random.below(5) < 2) return OFTEN[random.below(OFTEN.length)]!;
        return OPCODES[byte]!.mnemonic === "JAM" ? NOP : byte;
      });
      const start = { pc: random.below(0x10000), a: random.byte(), x: random.byte(), y: random.byte() };
      const status = random.byte();
      const [stepped, stretched] = [0, 1].map(() => {
        const lines = new InterruptLines();
        const board = new LineBoard(lines);
        const machine = createRamCpu(readable | 1, readable | 1, { lines, board }, InterruptedCpu);
        machine.cpu.memory.bytes.set(image);
        for (const [cycle, kind] of events) board.schedule(cycle, kind);
        // No waiting loop is skipped past these.
        for (const end of [length, length + 100]) board.schedule(end, 1);
        Object.assign(machine.cpu, start);
        machine.cpu.setStatus(status);
        return machine;
      }) as [RamMachine, RamMachine];
      const { cpu, fast } = stretched;
      while (cpu.cycle < length) {
        runStretches(fast);
        fast.step();
      }
      runStretches(fast);
      while (stepped.cpu.cycle < cpu.cycle) step(stepped.cpu);
      expect(seen(stretched)).toEqual(seen(stepped));
      expect({ ...cpu.lines }).toEqual({ ...stepped.cpu.lines });
    },
  );
  fc.assert(property, { numRuns: soakSize(150, 20_000) });
});
