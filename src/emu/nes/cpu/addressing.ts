import { Registers } from "./registers.ts";

/**
 * Addressing modes as the bus accesses they make. Indexed modes come in two forms: reads skip the
 * access to the not yet carried address when no page is crossed; writes and read-modify-writes always
 * make it. Source: 64doc.txt by John West and Marko Mäkelä.
 */
export abstract class Addressing extends Registers {
  /** The byte at PC, and PC moves on. */
  protected fetch(): number {
    const address = this.pc;
    this.pc = (address + 1) & 0xffff;
    return this.read(address);
  }

  protected push(value: number): void {
    this.write(0x100 | this.s, value);
    this.s = (this.s - 1) & 0xff;
  }

  protected pull(): number {
    this.s = (this.s + 1) & 0xff;
    return this.read(0x100 | this.s);
  }

  protected zeroPage(): number {
    return this.fetch();
  }

  protected zeroPageX(): number {
    const base = this.fetch();
    this.read(base);
    return (base + this.x) & 0xff;
  }

  protected zeroPageY(): number {
    const base = this.fetch();
    this.read(base);
    return (base + this.y) & 0xff;
  }

  protected absolute(): number {
    const low = this.fetch();
    return low | (this.fetch() << 8);
  }

  protected absoluteX(): number {
    return this.carried(this.absolute(), this.x);
  }

  protected absoluteY(): number {
    return this.carried(this.absolute(), this.y);
  }

  protected absoluteXStore(): number {
    return this.alwaysCarried(this.absolute(), this.x);
  }

  protected absoluteYStore(): number {
    return this.alwaysCarried(this.absolute(), this.y);
  }

  protected indirectX(): number {
    const base = this.fetch();
    this.read(base);
    return this.pointer((base + this.x) & 0xff);
  }

  protected indirectY(): number {
    return this.carried(this.pointer(this.fetch()), this.y);
  }

  protected indirectYStore(): number {
    return this.alwaysCarried(this.pointer(this.fetch()), this.y);
  }

  /** The address stored at `at` in the zero page, which wraps. */
  protected pointer(at: number): number {
    const low = this.read(at);
    return low | (this.read((at + 1) & 0xff) << 8);
  }

  private carried(base: number, index: number): number {
    const address = (base + index) & 0xffff;
    if ((base ^ address) > 0xff) this.read((base & 0xff00) | (address & 0xff));
    return address;
  }

  private alwaysCarried(base: number, index: number): number {
    const address = (base + index) & 0xffff;
    this.read((base & 0xff00) | (address & 0xff));
    return address;
  }
}
