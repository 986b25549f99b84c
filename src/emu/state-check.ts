import { InputError } from "./input-error.ts";
import type { FieldList, FieldRange } from "./state-fields.ts";
import { placeName } from "./state-place.ts";

type Slots = Uint8Array | Int32Array | Float64Array;

/** Elements of an array in the mutable run, and the values that each of them may have. */
export interface CheckedSlots {
  readonly name: string;
  /** Bytes from the start of the mutable run. */
  readonly offset: number;
  readonly elementBytes: number;
  readonly isDouble: boolean;
  readonly count: number;
  readonly range: FieldRange;
}

/**
 * Checks that all values of a state are valid before the machine loads it. The parts of the machine declare
 * their fields once, as views of the mutable run; `check` reads the same offsets of a state from outside.
 */
export class StateCheck {
  readonly #run: Uint8Array;
  readonly #slots: CheckedSlots[] = [];
  readonly #byName: Map<string, CheckedSlots>;
  #state: DataView = new DataView(new ArrayBuffer(0));

  /**
   * `run` is the machine's mutable run. All declared views must be inside it. `known` are fields that have
   * been declared elsewhere.
   */
  constructor(run: Uint8Array, known: ReadonlyMap<string, CheckedSlots> = new Map()) {
    this.#run = run;
    this.#byName = new Map(known);
  }

  /**
   * Declares the listed fields, stored in `slots` from element `at` on. Returns the element after the last.
   */
  fields(name: string, list: FieldList<string>, slots: Int32Array | Float64Array, at = 0): number {
    for (let i = 0; i < list.names.length; i++)
      this.slots(`${name}.${list.names[i]}`, slots, list.ranges[i] as FieldRange, at + i, 1);
    return at + list.names.length;
  }

  /** Declares `count` elements of `view` from `at` on; by default all of them. */
  slots(name: string, view: Slots, range: FieldRange, at = 0, count = view.length - at): void {
    const elementBytes = view.BYTES_PER_ELEMENT;
    const offset = view.byteOffset + at * elementBytes - this.#run.byteOffset;
    const slots = { name, offset, elementBytes, isDouble: view instanceof Float64Array, count, range };
    this.#slots.push(slots);
    this.#byName.set(name, slots);
  }

  /** All declared fields. */
  get places(): readonly CheckedSlots[] {
    return this.#slots;
  }

  /**
   * Checks `run`, the mutable run of a state. Throws `InputError` ("data") with the first field out of range.
   */
  check(run: Uint8Array): void {
    this.#checkView(new DataView(run.buffer, run.byteOffset, run.byteLength));
  }

  /**
   * Checks fields that depend on what the state that was checked last holds. Returns the check that `declare`
   * declares them with, for conditions on several fields.
   */
  checkAlso(declare: (state: StateCheck) => void): StateCheck {
    const also = new StateCheck(this.#run, this.#byName);
    declare(also);
    also.#checkView(this.#state);
    return also;
  }

  #checkView(view: DataView): void {
    this.#state = view;
    for (const slots of this.#slots) {
      for (let i = 0; i < slots.count; i++) {
        const value = this.#read(slots, i);
        if (isInRange(value, slots.range)) continue;
        throw damaged(`${placeName(slots, i)} is ${value}, which is not ${rangeText(slots.range)}`);
      }
    }
  }

  /** The value of a declared field in the state that was checked last. */
  value(name: string, index = 0): number {
    const slots = this.#byName.get(name);
    if (slots === undefined) throw new Error(`no field ${name} has been declared`);
    return this.#read(slots, index);
  }

  /** Throws `InputError` ("data") unless `holds`, for conditions on several fields. */
  require(holds: boolean, what: string): void {
    if (!holds) throw damaged(what);
  }

  #read(slots: CheckedSlots, index: number): number {
    const at = slots.offset + index * slots.elementBytes;
    if (slots.elementBytes === 1) return this.#state.getUint8(at);
    return slots.isDouble ? this.#state.getFloat64(at, true) : this.#state.getInt32(at, true);
  }
}

function isInRange(value: number, range: FieldRange): boolean {
  if (value === range.also) return true;
  if (range.fractions !== true && !Number.isInteger(value)) return false;
  return value >= range.min && value <= range.max;
}

function rangeText({ min, max, also }: FieldRange): string {
  return `${min} to ${max}${also === undefined ? "" : ` or ${also}`}`;
}

function damaged(what: string): InputError {
  return new InputError(
    "data",
    `the state is damaged: ${what}`,
    "",
    "load another state, or restart the game",
  );
}
