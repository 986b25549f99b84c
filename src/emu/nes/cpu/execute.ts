import {
  absolute,
  absoluteX,
  absoluteXStore,
  absoluteY,
  absoluteYStore,
  fetch,
  implied,
  indirectX,
  indirectY,
  indirectYStore,
  zeroPage,
  zeroPageX,
  zeroPageY,
} from "./addressing.ts";
import {
  branch,
  brk,
  jsr,
  jump,
  jumpIndirect,
  pha,
  php,
  pla,
  plp,
  rti,
  rts,
  setInterruptDisable,
} from "./control-flow.ts";
import type { Cpu } from "./cpu.ts";
import { executeUndocumented } from "./execute-undocumented.ts";
import {
  adc,
  and,
  asl,
  bit,
  compare,
  dec,
  eor,
  inc,
  lda,
  ldx,
  ldy,
  lsr,
  ora,
  rol,
  ror,
  rotateLeft,
  rotateRight,
  sbc,
  shiftLeft,
  shiftRight,
} from "./operations.ts";

/**
 * Runs the instruction of an opcode that has been fetched: a line per documented opcode, in the order of the
 * table in opcodes.ts. Timing follows from the bus accesses, dummy accesses included: each is one cycle.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a case for each opcode
export function execute(cpu: Cpu, opcode: number): void {
  switch (opcode) {
    case 0x00:
      brk(cpu);
      break;
    case 0x01:
      ora(cpu, cpu.read(indirectX(cpu)));
      break;
    case 0x05:
      ora(cpu, cpu.read(zeroPage(cpu)));
      break;
    case 0x06:
      asl(cpu, zeroPage(cpu));
      break;
    case 0x08:
      php(cpu);
      break;
    case 0x09:
      ora(cpu, fetch(cpu));
      break;
    case 0x0a:
      implied(cpu);
      cpu.a = shiftLeft(cpu, cpu.a);
      break;
    case 0x0d:
      ora(cpu, cpu.read(absolute(cpu)));
      break;
    case 0x0e:
      asl(cpu, absolute(cpu));
      break;
    case 0x10:
      branch(cpu, (cpu.negativeFrom & 0x80) === 0);
      break;
    case 0x11:
      ora(cpu, cpu.read(indirectY(cpu)));
      break;
    case 0x15:
      ora(cpu, cpu.read(zeroPageX(cpu)));
      break;
    case 0x16:
      asl(cpu, zeroPageX(cpu));
      break;
    case 0x18:
      implied(cpu);
      cpu.carry = 0;
      break;
    case 0x19:
      ora(cpu, cpu.read(absoluteY(cpu)));
      break;
    case 0x1d:
      ora(cpu, cpu.read(absoluteX(cpu)));
      break;
    case 0x1e:
      asl(cpu, absoluteXStore(cpu));
      break;
    case 0x20:
      jsr(cpu);
      break;
    case 0x21:
      and(cpu, cpu.read(indirectX(cpu)));
      break;
    case 0x24:
      bit(cpu, cpu.read(zeroPage(cpu)));
      break;
    case 0x25:
      and(cpu, cpu.read(zeroPage(cpu)));
      break;
    case 0x26:
      rol(cpu, zeroPage(cpu));
      break;
    case 0x28:
      plp(cpu);
      break;
    case 0x29:
      and(cpu, fetch(cpu));
      break;
    case 0x2a:
      implied(cpu);
      cpu.a = rotateLeft(cpu, cpu.a);
      break;
    case 0x2c:
      bit(cpu, cpu.read(absolute(cpu)));
      break;
    case 0x2d:
      and(cpu, cpu.read(absolute(cpu)));
      break;
    case 0x2e:
      rol(cpu, absolute(cpu));
      break;
    case 0x30:
      branch(cpu, (cpu.negativeFrom & 0x80) !== 0);
      break;
    case 0x31:
      and(cpu, cpu.read(indirectY(cpu)));
      break;
    case 0x35:
      and(cpu, cpu.read(zeroPageX(cpu)));
      break;
    case 0x36:
      rol(cpu, zeroPageX(cpu));
      break;
    case 0x38:
      implied(cpu);
      cpu.carry = 1;
      break;
    case 0x39:
      and(cpu, cpu.read(absoluteY(cpu)));
      break;
    case 0x3d:
      and(cpu, cpu.read(absoluteX(cpu)));
      break;
    case 0x3e:
      rol(cpu, absoluteXStore(cpu));
      break;
    case 0x40:
      rti(cpu);
      break;
    case 0x41:
      eor(cpu, cpu.read(indirectX(cpu)));
      break;
    case 0x45:
      eor(cpu, cpu.read(zeroPage(cpu)));
      break;
    case 0x46:
      lsr(cpu, zeroPage(cpu));
      break;
    case 0x48:
      pha(cpu);
      break;
    case 0x49:
      eor(cpu, fetch(cpu));
      break;
    case 0x4a:
      implied(cpu);
      cpu.a = shiftRight(cpu, cpu.a);
      break;
    case 0x4c:
      jump(cpu);
      break;
    case 0x4d:
      eor(cpu, cpu.read(absolute(cpu)));
      break;
    case 0x4e:
      lsr(cpu, absolute(cpu));
      break;
    case 0x50:
      branch(cpu, cpu.overflow === 0);
      break;
    case 0x51:
      eor(cpu, cpu.read(indirectY(cpu)));
      break;
    case 0x55:
      eor(cpu, cpu.read(zeroPageX(cpu)));
      break;
    case 0x56:
      lsr(cpu, zeroPageX(cpu));
      break;
    case 0x58:
      setInterruptDisable(cpu, 0);
      break;
    case 0x59:
      eor(cpu, cpu.read(absoluteY(cpu)));
      break;
    case 0x5d:
      eor(cpu, cpu.read(absoluteX(cpu)));
      break;
    case 0x5e:
      lsr(cpu, absoluteXStore(cpu));
      break;
    case 0x60:
      rts(cpu);
      break;
    case 0x61:
      adc(cpu, cpu.read(indirectX(cpu)));
      break;
    case 0x65:
      adc(cpu, cpu.read(zeroPage(cpu)));
      break;
    case 0x66:
      ror(cpu, zeroPage(cpu));
      break;
    case 0x68:
      pla(cpu);
      break;
    case 0x69:
      adc(cpu, fetch(cpu));
      break;
    case 0x6a:
      implied(cpu);
      cpu.a = rotateRight(cpu, cpu.a);
      break;
    case 0x6c:
      jumpIndirect(cpu);
      break;
    case 0x6d:
      adc(cpu, cpu.read(absolute(cpu)));
      break;
    case 0x6e:
      ror(cpu, absolute(cpu));
      break;
    case 0x70:
      branch(cpu, cpu.overflow !== 0);
      break;
    case 0x71:
      adc(cpu, cpu.read(indirectY(cpu)));
      break;
    case 0x75:
      adc(cpu, cpu.read(zeroPageX(cpu)));
      break;
    case 0x76:
      ror(cpu, zeroPageX(cpu));
      break;
    case 0x78:
      setInterruptDisable(cpu, 1);
      break;
    case 0x79:
      adc(cpu, cpu.read(absoluteY(cpu)));
      break;
    case 0x7d:
      adc(cpu, cpu.read(absoluteX(cpu)));
      break;
    case 0x7e:
      ror(cpu, absoluteXStore(cpu));
      break;
    case 0x81:
      cpu.write(indirectX(cpu), cpu.a);
      break;
    case 0x84:
      cpu.write(zeroPage(cpu), cpu.y);
      break;
    case 0x85:
      cpu.write(zeroPage(cpu), cpu.a);
      break;
    case 0x86:
      cpu.write(zeroPage(cpu), cpu.x);
      break;
    case 0x88:
      implied(cpu);
      ldy(cpu, (cpu.y - 1) & 0xff);
      break;
    case 0x8a:
      implied(cpu);
      lda(cpu, cpu.x);
      break;
    case 0x8c:
      cpu.write(absolute(cpu), cpu.y);
      break;
    case 0x8d:
      cpu.write(absolute(cpu), cpu.a);
      break;
    case 0x8e:
      cpu.write(absolute(cpu), cpu.x);
      break;
    case 0x90:
      branch(cpu, cpu.carry === 0);
      break;
    case 0x91:
      cpu.write(indirectYStore(cpu), cpu.a);
      break;
    case 0x94:
      cpu.write(zeroPageX(cpu), cpu.y);
      break;
    case 0x95:
      cpu.write(zeroPageX(cpu), cpu.a);
      break;
    case 0x96:
      cpu.write(zeroPageY(cpu), cpu.x);
      break;
    case 0x98:
      implied(cpu);
      lda(cpu, cpu.y);
      break;
    case 0x99:
      cpu.write(absoluteYStore(cpu), cpu.a);
      break;
    case 0x9a:
      implied(cpu);
      cpu.s = cpu.x;
      break;
    case 0x9d:
      cpu.write(absoluteXStore(cpu), cpu.a);
      break;
    case 0xa0:
      ldy(cpu, fetch(cpu));
      break;
    case 0xa1:
      lda(cpu, cpu.read(indirectX(cpu)));
      break;
    case 0xa2:
      ldx(cpu, fetch(cpu));
      break;
    case 0xa4:
      ldy(cpu, cpu.read(zeroPage(cpu)));
      break;
    case 0xa5:
      lda(cpu, cpu.read(zeroPage(cpu)));
      break;
    case 0xa6:
      ldx(cpu, cpu.read(zeroPage(cpu)));
      break;
    case 0xa8:
      implied(cpu);
      ldy(cpu, cpu.a);
      break;
    case 0xa9:
      lda(cpu, fetch(cpu));
      break;
    case 0xaa:
      implied(cpu);
      ldx(cpu, cpu.a);
      break;
    case 0xac:
      ldy(cpu, cpu.read(absolute(cpu)));
      break;
    case 0xad:
      lda(cpu, cpu.read(absolute(cpu)));
      break;
    case 0xae:
      ldx(cpu, cpu.read(absolute(cpu)));
      break;
    case 0xb0:
      branch(cpu, cpu.carry !== 0);
      break;
    case 0xb1:
      lda(cpu, cpu.read(indirectY(cpu)));
      break;
    case 0xb4:
      ldy(cpu, cpu.read(zeroPageX(cpu)));
      break;
    case 0xb5:
      lda(cpu, cpu.read(zeroPageX(cpu)));
      break;
    case 0xb6:
      ldx(cpu, cpu.read(zeroPageY(cpu)));
      break;
    case 0xb8:
      implied(cpu);
      cpu.overflow = 0;
      break;
    case 0xb9:
      lda(cpu, cpu.read(absoluteY(cpu)));
      break;
    case 0xba:
      implied(cpu);
      ldx(cpu, cpu.s);
      break;
    case 0xbc:
      ldy(cpu, cpu.read(absoluteX(cpu)));
      break;
    case 0xbd:
      lda(cpu, cpu.read(absoluteX(cpu)));
      break;
    case 0xbe:
      ldx(cpu, cpu.read(absoluteY(cpu)));
      break;
    case 0xc0:
      compare(cpu, cpu.y, fetch(cpu));
      break;
    case 0xc1:
      compare(cpu, cpu.a, cpu.read(indirectX(cpu)));
      break;
    case 0xc4:
      compare(cpu, cpu.y, cpu.read(zeroPage(cpu)));
      break;
    case 0xc5:
      compare(cpu, cpu.a, cpu.read(zeroPage(cpu)));
      break;
    case 0xc6:
      dec(cpu, zeroPage(cpu));
      break;
    case 0xc8:
      implied(cpu);
      ldy(cpu, (cpu.y + 1) & 0xff);
      break;
    case 0xc9:
      compare(cpu, cpu.a, fetch(cpu));
      break;
    case 0xca:
      implied(cpu);
      ldx(cpu, (cpu.x - 1) & 0xff);
      break;
    case 0xcc:
      compare(cpu, cpu.y, cpu.read(absolute(cpu)));
      break;
    case 0xcd:
      compare(cpu, cpu.a, cpu.read(absolute(cpu)));
      break;
    case 0xce:
      dec(cpu, absolute(cpu));
      break;
    case 0xd0:
      branch(cpu, cpu.zeroFrom !== 0);
      break;
    case 0xd1:
      compare(cpu, cpu.a, cpu.read(indirectY(cpu)));
      break;
    case 0xd5:
      compare(cpu, cpu.a, cpu.read(zeroPageX(cpu)));
      break;
    case 0xd6:
      dec(cpu, zeroPageX(cpu));
      break;
    case 0xd8:
      implied(cpu);
      cpu.decimal = 0;
      break;
    case 0xd9:
      compare(cpu, cpu.a, cpu.read(absoluteY(cpu)));
      break;
    case 0xdd:
      compare(cpu, cpu.a, cpu.read(absoluteX(cpu)));
      break;
    case 0xde:
      dec(cpu, absoluteXStore(cpu));
      break;
    case 0xe0:
      compare(cpu, cpu.x, fetch(cpu));
      break;
    case 0xe1:
      sbc(cpu, cpu.read(indirectX(cpu)));
      break;
    case 0xe4:
      compare(cpu, cpu.x, cpu.read(zeroPage(cpu)));
      break;
    case 0xe5:
      sbc(cpu, cpu.read(zeroPage(cpu)));
      break;
    case 0xe6:
      inc(cpu, zeroPage(cpu));
      break;
    case 0xe8:
      implied(cpu);
      ldx(cpu, (cpu.x + 1) & 0xff);
      break;
    case 0xe9:
      sbc(cpu, fetch(cpu));
      break;
    case 0xea:
      implied(cpu);
      break;
    case 0xec:
      compare(cpu, cpu.x, cpu.read(absolute(cpu)));
      break;
    case 0xed:
      sbc(cpu, cpu.read(absolute(cpu)));
      break;
    case 0xee:
      inc(cpu, absolute(cpu));
      break;
    case 0xf0:
      branch(cpu, cpu.zeroFrom === 0);
      break;
    case 0xf1:
      sbc(cpu, cpu.read(indirectY(cpu)));
      break;
    case 0xf5:
      sbc(cpu, cpu.read(zeroPageX(cpu)));
      break;
    case 0xf6:
      inc(cpu, zeroPageX(cpu));
      break;
    case 0xf8:
      implied(cpu);
      cpu.decimal = 1;
      break;
    case 0xf9:
      sbc(cpu, cpu.read(absoluteY(cpu)));
      break;
    case 0xfd:
      sbc(cpu, cpu.read(absoluteX(cpu)));
      break;
    case 0xfe:
      inc(cpu, absoluteXStore(cpu));
      break;
    default:
      executeUndocumented(cpu, opcode);
  }
}
