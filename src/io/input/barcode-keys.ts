import { BARCODE_DIGITS, barcodeData } from "../../emu/nes/input/device-controls.ts";
import type { KeyEvent } from "./keys.ts";

const DIGIT = /^[0-9]$/;
const MAX_DIGITS = 13;

/** Types a barcode: digits, which Backspace takes back, and then Enter passes it through the reader. */
export class BarcodeKeys {
  #digits = "";
  /** True if Enter came after a number of digits that no barcode has, until the next digit. */
  #isWrong = false;

  /** What has been typed, or is wrong with it; empty if there is nothing to say. */
  get state(): string {
    if (this.#isWrong) return `a barcode has ${BARCODE_DIGITS.join(" or ")} digits`;
    return this.#digits === "" ? "" : `barcode ${this.#digits}`;
  }

  /** Returns the reader's data after a key event; undefined if the key is not for it. */
  key({ key, kind }: KeyEvent): Uint8Array | undefined {
    const isDigit = DIGIT.test(key);
    if (key === "backspace" && this.#digits !== "") {
      if (kind !== "release") this.#digits = this.#digits.slice(0, -1);
      return barcodeData("");
    }
    if (!isDigit && (key !== "enter" || this.#digits === "")) return undefined;
    if (isDigit) {
      this.#isWrong = false;
      if (kind === "press") this.#digits = (this.#digits + key).slice(-MAX_DIGITS);
      return barcodeData(""); // a code comes only after none
    }
    if (kind !== "press") return undefined;
    const data = barcodeData(this.#digits);
    this.#isWrong = data === undefined;
    this.#digits = "";
    return data ?? barcodeData("");
  }
}
