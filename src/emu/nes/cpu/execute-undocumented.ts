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
  pointer,
  zeroPage,
  zeroPageX,
  zeroPageY,
} from "./addressing.ts";
import type { Cpu } from "./cpu.ts";
import { sbc } from "./operations.ts";
import {
  alr,
  anc,
  ane,
  arr,
  dcp,
  isc,
  jam,
  las,
  lax,
  lxa,
  rla,
  rra,
  sbx,
  slo,
  sre,
  storeHigh,
  storeHighAndX,
} from "./undocumented.ts";

/**
 * Runs the instruction of an undocumented opcode that has been fetched. It is a function of its own for
 * speed: JavaScriptCore does not inline into functions of more than 10,000 bytecodes.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a case for each opcode
export function executeUndocumented(cpu: Cpu, opcode: number): void {
  switch (opcode) {
    case 0x02:
      jam(cpu);
      break;
    case 0x03:
      slo(cpu, indirectX(cpu));
      break;
    case 0x04:
      cpu.read(zeroPage(cpu));
      break;
    case 0x07:
      slo(cpu, zeroPage(cpu));
      break;
    case 0x0b:
      anc(cpu, fetch(cpu));
      break;
    case 0x0c:
      cpu.read(absolute(cpu));
      break;
    case 0x0f:
      slo(cpu, absolute(cpu));
      break;
    case 0x12:
      jam(cpu);
      break;
    case 0x13:
      slo(cpu, indirectYStore(cpu));
      break;
    case 0x14:
      cpu.read(zeroPageX(cpu));
      break;
    case 0x17:
      slo(cpu, zeroPageX(cpu));
      break;
    case 0x1a:
      implied(cpu);
      break;
    case 0x1b:
      slo(cpu, absoluteYStore(cpu));
      break;
    case 0x1c:
      cpu.read(absoluteX(cpu));
      break;
    case 0x1f:
      slo(cpu, absoluteXStore(cpu));
      break;
    case 0x22:
      jam(cpu);
      break;
    case 0x23:
      rla(cpu, indirectX(cpu));
      break;
    case 0x27:
      rla(cpu, zeroPage(cpu));
      break;
    case 0x2b:
      anc(cpu, fetch(cpu));
      break;
    case 0x2f:
      rla(cpu, absolute(cpu));
      break;
    case 0x32:
      jam(cpu);
      break;
    case 0x33:
      rla(cpu, indirectYStore(cpu));
      break;
    case 0x34:
      cpu.read(zeroPageX(cpu));
      break;
    case 0x37:
      rla(cpu, zeroPageX(cpu));
      break;
    case 0x3a:
      implied(cpu);
      break;
    case 0x3b:
      rla(cpu, absoluteYStore(cpu));
      break;
    case 0x3c:
      cpu.read(absoluteX(cpu));
      break;
    case 0x3f:
      rla(cpu, absoluteXStore(cpu));
      break;
    case 0x42:
      jam(cpu);
      break;
    case 0x43:
      sre(cpu, indirectX(cpu));
      break;
    case 0x44:
      cpu.read(zeroPage(cpu));
      break;
    case 0x47:
      sre(cpu, zeroPage(cpu));
      break;
    case 0x4b:
      alr(cpu, fetch(cpu));
      break;
    case 0x4f:
      sre(cpu, absolute(cpu));
      break;
    case 0x52:
      jam(cpu);
      break;
    case 0x53:
      sre(cpu, indirectYStore(cpu));
      break;
    case 0x54:
      cpu.read(zeroPageX(cpu));
      break;
    case 0x57:
      sre(cpu, zeroPageX(cpu));
      break;
    case 0x5a:
      implied(cpu);
      break;
    case 0x5b:
      sre(cpu, absoluteYStore(cpu));
      break;
    case 0x5c:
      cpu.read(absoluteX(cpu));
      break;
    case 0x5f:
      sre(cpu, absoluteXStore(cpu));
      break;
    case 0x62:
      jam(cpu);
      break;
    case 0x63:
      rra(cpu, indirectX(cpu));
      break;
    case 0x64:
      cpu.read(zeroPage(cpu));
      break;
    case 0x67:
      rra(cpu, zeroPage(cpu));
      break;
    case 0x6b:
      arr(cpu, fetch(cpu));
      break;
    case 0x6f:
      rra(cpu, absolute(cpu));
      break;
    case 0x72:
      jam(cpu);
      break;
    case 0x73:
      rra(cpu, indirectYStore(cpu));
      break;
    case 0x74:
      cpu.read(zeroPageX(cpu));
      break;
    case 0x77:
      rra(cpu, zeroPageX(cpu));
      break;
    case 0x7a:
      implied(cpu);
      break;
    case 0x7b:
      rra(cpu, absoluteYStore(cpu));
      break;
    case 0x7c:
      cpu.read(absoluteX(cpu));
      break;
    case 0x7f:
      rra(cpu, absoluteXStore(cpu));
      break;
    case 0x80:
      fetch(cpu);
      break;
    case 0x82:
      fetch(cpu);
      break;
    case 0x83:
      cpu.write(indirectX(cpu), cpu.a & cpu.x);
      break;
    case 0x87:
      cpu.write(zeroPage(cpu), cpu.a & cpu.x);
      break;
    case 0x89:
      fetch(cpu);
      break;
    case 0x8b:
      ane(cpu, fetch(cpu));
      break;
    case 0x8f:
      cpu.write(absolute(cpu), cpu.a & cpu.x);
      break;
    case 0x92:
      jam(cpu);
      break;
    case 0x93:
      storeHighAndX(cpu, pointer(cpu, fetch(cpu)));
      break;
    case 0x97:
      cpu.write(zeroPageY(cpu), cpu.a & cpu.x);
      break;
    case 0x9b:
      cpu.s = cpu.a & cpu.x;
      storeHighAndX(cpu, absolute(cpu));
      break;
    case 0x9c:
      storeHigh(cpu, cpu.y, absolute(cpu), cpu.x);
      break;
    case 0x9e:
      storeHigh(cpu, cpu.x, absolute(cpu), cpu.y);
      break;
    case 0x9f:
      storeHighAndX(cpu, absolute(cpu));
      break;
    case 0xa3:
      lax(cpu, cpu.read(indirectX(cpu)));
      break;
    case 0xa7:
      lax(cpu, cpu.read(zeroPage(cpu)));
      break;
    case 0xab:
      lxa(cpu, fetch(cpu));
      break;
    case 0xaf:
      lax(cpu, cpu.read(absolute(cpu)));
      break;
    case 0xb2:
      jam(cpu);
      break;
    case 0xb3:
      lax(cpu, cpu.read(indirectY(cpu)));
      break;
    case 0xb7:
      lax(cpu, cpu.read(zeroPageY(cpu)));
      break;
    case 0xbb:
      las(cpu, cpu.read(absoluteY(cpu)));
      break;
    case 0xbf:
      lax(cpu, cpu.read(absoluteY(cpu)));
      break;
    case 0xc2:
      fetch(cpu);
      break;
    case 0xc3:
      dcp(cpu, indirectX(cpu));
      break;
    case 0xc7:
      dcp(cpu, zeroPage(cpu));
      break;
    case 0xcb:
      sbx(cpu, fetch(cpu));
      break;
    case 0xcf:
      dcp(cpu, absolute(cpu));
      break;
    case 0xd2:
      jam(cpu);
      break;
    case 0xd3:
      dcp(cpu, indirectYStore(cpu));
      break;
    case 0xd4:
      cpu.read(zeroPageX(cpu));
      break;
    case 0xd7:
      dcp(cpu, zeroPageX(cpu));
      break;
    case 0xda:
      implied(cpu);
      break;
    case 0xdb:
      dcp(cpu, absoluteYStore(cpu));
      break;
    case 0xdc:
      cpu.read(absoluteX(cpu));
      break;
    case 0xdf:
      dcp(cpu, absoluteXStore(cpu));
      break;
    case 0xe2:
      fetch(cpu);
      break;
    case 0xe3:
      isc(cpu, indirectX(cpu));
      break;
    case 0xe7:
      isc(cpu, zeroPage(cpu));
      break;
    case 0xeb:
      sbc(cpu, fetch(cpu));
      break;
    case 0xef:
      isc(cpu, absolute(cpu));
      break;
    case 0xf2:
      jam(cpu);
      break;
    case 0xf3:
      isc(cpu, indirectYStore(cpu));
      break;
    case 0xf4:
      cpu.read(zeroPageX(cpu));
      break;
    case 0xf7:
      isc(cpu, zeroPageX(cpu));
      break;
    case 0xfa:
      implied(cpu);
      break;
    case 0xfb:
      isc(cpu, absoluteYStore(cpu));
      break;
    case 0xfc:
      cpu.read(absoluteX(cpu));
      break;
    case 0xff:
      isc(cpu, absoluteXStore(cpu));
      break;
  }
}
