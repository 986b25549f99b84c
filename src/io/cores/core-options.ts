import { ENV } from "./libretro.ts";
import { NativeTexts, readPointer, readText } from "./native-memory.ts";

/** A setting that a core offers, such as which revision of the console it plays. */
export interface CoreOption {
  readonly key: string;
  readonly title: string;
  /** Allowed values, the default first in old interfaces. */
  readonly values: readonly string[];
  readonly defaultValue: string;
}

/** An option and its current value. */
export interface CoreOptionValue extends CoreOption {
  readonly value: string;
}

/** Maximum number of options. Cores have a few dozen; more mean an error in the core's table. */
const MAX_OPTIONS = 1000;
const MAX_VALUES = 128;
const VALUE_BYTES = 16;
const VALUES_BYTES = MAX_VALUES * VALUE_BYTES;
/** `retro_core_option_definition`: key, description, information, values, default. */
const V1 = { values: 24, bytes: 24 + VALUES_BYTES + 8 };
/** `retro_core_option_v2_definition`: three more texts before the values. */
const V2 = { values: 48, bytes: 48 + VALUES_BYTES + 8 };

/** The options of a core and their current values. */
export class CoreOptions {
  /** True if a value has changed since the core last asked. */
  hasChanged = false;
  #options: readonly CoreOption[] = [];
  readonly #values: Map<string, string>;
  readonly #texts = new NativeTexts();

  /** `wanted` are values by key. Keys that the core does not know are ignored. */
  constructor(wanted: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(wanted));
  }

  get list(): readonly CoreOption[] {
    return this.#options;
  }

  /** The current value; undefined for a key that does not exist. */
  valueOf(key: string): string | undefined {
    const option = this.#options.find((each) => each.key === key);
    if (option === undefined) return undefined;
    const value = this.#values.get(key);
    return value !== undefined && option.values.includes(value) ? value : option.defaultValue;
  }

  /** Sets a value. Returns false if the core does not know it. */
  set(key: string, value: string): boolean {
    const option = this.#options.find((each) => each.key === key);
    if (option?.values.includes(value) !== true) return false;
    if (this.valueOf(key) !== value) this.hasChanged = true;
    this.#values.set(key, value);
    return true;
  }

  /** The address of a value's text, for GET_VARIABLE; 0 for a key that does not exist. */
  addressOf(key: string): number {
    const value = this.valueOf(key);
    return value === undefined ? 0 : this.#texts.addressOf(value);
  }

  /** Reads the table of options that a SET_VARIABLES or SET_CORE_OPTIONS command passes. */
  declare(command: number, data: number): void {
    this.#options = data === 0 ? [] : readOptions(command, data);
  }
}

function readOptions(command: number, data: number): CoreOption[] {
  switch (command) {
    case ENV.SET_VARIABLES:
      return readVariables(data);
    case ENV.SET_CORE_OPTIONS:
      return readDefinitions(data, V1);
    // The English table comes first, then the one in the user's language.
    case ENV.SET_CORE_OPTIONS_INTL:
      return readDefinitions(readPointer(data), V1);
    case ENV.SET_CORE_OPTIONS_V2:
      return readDefinitions(readPointer(data, 8), V2);
    default:
      return readDefinitions(readPointer(readPointer(data), 8), V2);
  }
}

/** `retro_variable`: key and "Title; default|other|…", until a null key. */
function readVariables(start: number): CoreOption[] {
  const options: CoreOption[] = [];
  for (let at = start; options.length < MAX_OPTIONS && readPointer(at) !== 0; at += 16) {
    const [title = "", rest = ""] = splitAt(readText(at, 8), ";");
    const values = rest.trim().split("|");
    options.push({ key: readText(at), title, values, defaultValue: values[0] ?? "" });
  }
  return options;
}

function readDefinitions(start: number, layout: typeof V1): CoreOption[] {
  const options: CoreOption[] = [];
  if (start === 0) return options;
  for (let at = start; options.length < MAX_OPTIONS && readPointer(at) !== 0; at += layout.bytes) {
    const values: string[] = [];
    const first = at + layout.values;
    for (let value = first; values.length < MAX_VALUES && readPointer(value) !== 0; value += VALUE_BYTES)
      values.push(readText(value));
    const wanted = readText(first + VALUES_BYTES);
    const defaultValue = values.includes(wanted) ? wanted : (values[0] ?? "");
    options.push({ key: readText(at), title: readText(at, 8), values, defaultValue });
  }
  return options;
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
