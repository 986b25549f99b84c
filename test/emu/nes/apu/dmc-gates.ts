/** The use of a bus cycle. */
export type BusUse = "read" | "write" | "halt" | `get ${string}`;

/**
 * The DMC's DMA as its latches and flip-flops do it, half a cycle at a time, with a processor that only
 * reads and writes on cue. It is slow and has no idea of the future: the channel is compared with it.
 *
 * A get cycle begins with ACLK1, a put cycle with ACLK2; both end with φ2, in which the processor's
 * writes arrive, RDY is sampled and a fetched byte is latched.
 */
export class DmcGates {
  cycle = -1;
  irqEnabled = false;
  loop = false;
  period: number;
  addressCode = 0;
  lengthCode = 0;

  level = 0;
  irq = false;
  enabled = false;

  readonly #periods: Int32Array;
  #enabledLatch1 = false;
  #enabledLatch2 = false;
  #enabledLatch3 = false;
  #full = false;
  #fullLatch = false;
  #start = false;
  #startLatch = false;
  #fetching = false;
  #fetched = false;
  #buffer = 0;
  #shifter = 0;
  #bits = 0;
  #silent = true;
  #timer = 1022 / 2;
  #address = 0x8000;
  #bytes = 0;

  constructor(periods: Int32Array) {
    this.#periods = periods;
    this.period = periods[0];
  }

  /** Cycles until the put cycle that empties a full buffer. */
  get cyclesToWrap(): number {
    const nextPut = (this.cycle & 1) === 0 ? 1 : 2;
    return nextPut + 2 * this.#timer + (7 - this.#bits) * this.period;
  }

  /**
   * Runs one cycle in which the processor wants to `use` the bus. Returns how the bus was used; after "halt"
   * the processor must try again.
   */
  run(use: "read" | "write", memory: (address: number) => number, write?: () => void): BusUse {
    this.cycle++;
    const isGet = (this.cycle & 1) === 0;
    if (isGet) this.#aclk1();
    else this.#aclk2();
    if (!this.#enabledLatch3 || this.#full) this.#start = false;
    return this.#phi2(use, memory, write);
  }

  #aclk1(): void {
    this.#enabledLatch1 = this.enabled;
    this.#enabledLatch3 = this.#enabledLatch2;
    this.#fullLatch = this.#full;
    this.#fetching = this.#startLatch;
  }

  #aclk2(): void {
    this.#enabledLatch2 = this.#enabledLatch1;
    const load = this.#enabledLatch1 && !this.#enabledLatch3;
    this.#startLatch = this.#start;
    this.#fetching = false;
    if (this.#fetched) this.#count(load);
    else if (load) this.#loadSample();
    this.#fetched = false;
    if (this.#timer === 0) {
      this.#timer = this.period / 2;
      this.#bit();
    }
    this.#timer--;
  }

  #count(load: boolean): void {
    if (this.#bytes === 0) {
      if (!this.loop) {
        this.enabled = false;
        if (this.irqEnabled) this.irq = true;
      }
      this.#loadSample();
    } else if (load) {
      this.#loadSample();
    } else {
      this.#bytes--;
      this.#address = 0x8000 | (this.#address + 1);
      if (this.#address > 0xffff) this.#address = 0x8000;
    }
  }

  #loadSample(): void {
    this.#address = 0xc000 + 64 * this.addressCode;
    this.#bytes = 16 * this.lengthCode;
  }

  #bit(): void {
    if (!this.#silent) {
      const next = this.level + ((this.#shifter & 1) === 1 ? 2 : -2);
      if (next >= 0 && next <= 127) this.level = next;
    }
    this.#shifter >>= 1;
    this.#bits = (this.#bits + 1) % 8;
    if (this.#bits !== 0) return;
    this.#silent = !this.#fullLatch;
    if (!this.#fullLatch) return;
    this.#shifter = this.#buffer;
    this.#full = false;
  }

  #phi2(use: "read" | "write", memory: (address: number) => number, write?: () => void): BusUse {
    const willingly = use === "read";
    if (willingly && this.#enabledLatch3 && !this.#full) this.#start = true;
    if (this.#fetching) {
      this.#buffer = memory(this.#address);
      this.#full = true;
      this.#fetched = true;
      this.#start = false;
      return `get ${this.#address.toString(16)}`;
    }
    if (!willingly) {
      write?.();
      return "write";
    }
    return this.#start || this.#startLatch ? "halt" : "read";
  }

  /** Writes $4010–$4013 or $4015, in φ2. */
  write(address: number, value: number): void {
    if (address === 0x4010) {
      this.irqEnabled = value >= 0x80;
      this.loop = (value & 0x40) !== 0;
      this.period = this.#periods[value & 15];
      if (!this.irqEnabled) this.irq = false;
    } else if (address === 0x4011) {
      this.level = value & 0x7f;
    } else if (address === 0x4012) {
      this.addressCode = value;
    } else if (address === 0x4013) {
      this.lengthCode = value;
    } else if (address === 0x4015) {
      this.irq = false;
      this.enabled = (value & 0x10) !== 0;
    }
  }
}
