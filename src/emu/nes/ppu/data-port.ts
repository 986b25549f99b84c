import { Scroll } from "./scroll.ts";
import { CTRL_INCREMENT_32 } from "./state.ts";

/** Dots from the request of a $2007 write to its end. */
export const DATA_WRITE_DOTS = 5;

/**
 * $2007 as a circuit. A CPU access sets a request; a chain of latches, alternately clocked by the two
 * halves of a dot, carries it on: in its second dot the address goes onto the pins (ALE); a write
 * happens in the second half of the third, a read in the fourth, and v steps in the second half of the
 * fourth. Rendering uses the same pins meanwhile, which is where the side effects of $2007 during
 * rendering come from. Behaviour as AccuracyCoin's "$2007 Stress Test" and "ALE + Read" measure it.
 */
export abstract class DataPort extends Scroll {
  /** First half of a dot: the even latches, and the address goes out. `blanking` is 1 when nothing renders. */
  protected clockDataPort(blanking: number): void {
    this.blankingLatch = blanking;
    this.read0 = this.readRequest;
    this.read2 = this.read1 ^ 1;
    this.read4 = this.read3 ^ 1;
    this.loadingBuffer = this.read4 & (this.read2 ^ 1);
    this.readLatching = (this.read4 ^ 1) & this.read2;
    this.write0 = this.writeRequest;
    this.write2 = this.write1 ^ 1;
    this.write4 = this.write3 ^ 1;
    this.writeLatching = (this.write4 ^ 1) & this.write2;
    this.stepLatch = this.writing;
    this.driveBus(blanking);
    if ((this.readLatching | this.writeLatching) === 1 && this.readEnable === 0) {
      this.addressBus = this.v;
      this.octalLatch = this.addressBus & 0xff;
    }
  }

  /** The read and ALE pins of this dot: rendering puts out addresses on odd dots and reads on even ones. */
  protected driveBus(blanking: number): void {
    const readsNow = (this.dot & 1) ^ 1;
    const renders = blanking ^ 1;
    this.readEnable = this.loadingBuffer | (renders & readsNow);
    this.addressLatchEnable = this.readLatching | this.writeLatching | (renders & (readsNow ^ 1));
  }

  /** Still the first half, after rendering has used the bus: the buffer takes the byte on the pins. */
  protected loadReadBuffer(): void {
    if (this.loadingBuffer === 0) return;
    this.readBuffer = this.fetchVideo();
    if (this.addressLatchEnable === 1) this.octalLatch = this.addressBus & 0xff;
  }

  /** Second half of a dot: the odd latches, the write, and the step of v. */
  protected clockDataPortHalf(): void {
    if ((this.stepLatch | this.loadingBuffer) === 1) this.stepAddress();
    this.addressLatchEnable = this.readLatching | this.writeLatching;
    if (this.loadingBuffer === 1) {
      this.readBuffer = this.fetchVideo();
      if (this.addressLatchEnable === 1) this.octalLatch = this.addressBus & 0xff;
    }
    this.read1 = this.read0 ^ 1;
    this.read3 = this.read2 ^ 1;
    if (this.read3 === 0) this.readRequest = 0;
    this.write1 = this.write0 ^ 1;
    this.write3 = this.write2 ^ 1;
    if (this.write3 === 0) this.writeRequest = 0;
    this.writing = this.write1 & (this.write3 ^ 1);
    if (this.writing === 1) this.storeVideo(this.writeData);
  }

  /** Returns true if a write has been requested, has not moved yet, and is the only request. */
  protected isLoneWrite(): boolean {
    return (
      (this.writeRequest & this.read1 & this.read3 & this.write1 & this.write3) === 1 &&
      (this.readRequest | this.read0 | this.read2 | this.read4 | this.loadingBuffer | this.readLatching) ===
        0 &&
      (this.write0 | this.write2 | this.write4 | this.writing | this.stepLatch | this.writeLatching) === 0
    );
  }

  /** The chain's first three dots in one, while nothing renders: the address goes out, and the byte is stored. */
  protected writeAtOnce(): void {
    this.blankingLatch = 1;
    this.addressBus = this.v;
    this.octalLatch = this.v & 0xff;
    this.storeVideo(this.writeData);
    this.writeRequest = 0;
  }

  /** Its last two: v steps, and reaches the pins when rendering is off. */
  protected stepAfterWrite(reachesPins: boolean): void {
    this.stepAddress();
    if (reachesPins) this.addressBus = this.v;
  }

  /** While rendering, the increment goes to the scroll counters as the end of a line would. */
  private stepAddress(): void {
    if (this.blankingLatch === 0) {
      this.incrementY();
      return;
    }
    const step = (this.control & CTRL_INCREMENT_32) === 0 ? 1 : 32;
    this.v = (this.v + step) & 0x7fff;
  }

  /** Returns true if a request is still on its way through the latches. */
  protected dataPortBusy(): boolean {
    return (
      (this.readRequest | this.writeRequest | this.read0 | this.write0 | this.writing | this.stepLatch) ===
        1 ||
      (this.read1 & this.read3 & this.write1 & this.write3) === 0 ||
      (this.read2 | this.read4 | this.write2 | this.write4) === 1
    );
  }
}
