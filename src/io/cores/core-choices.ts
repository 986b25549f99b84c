import { join } from "node:path";
import { KIB } from "../../emu/units.ts";
import { userFolders } from "../files/paths.ts";
import { changeSharedFile, readTextIfAny } from "../saves/shared-file.ts";

/** The scope of a stored choice: one game, or all games of the core. */
export type ChoiceScope = "game" | "core";

/** Values by key: options of the core, and `port1`, `port2`, … for the devices in its ports. */
type Choices = Readonly<Record<string, string>>;

const MAX_BYTES = 64 * KIB;
const PORT_KEY = /^port([1-8])$/;

/**
 * The options and devices that a player has chosen for a core, in text files with a line `KEY=VALUE` for
 * each: one file per core, and one per game, which comes first.
 */
export class CoreChoices {
  readonly #paths: Readonly<Record<ChoiceScope, string>>;
  readonly #values: Record<ChoiceScope, Choices> = { core: {}, game: {} };
  /** Choices of the command line. They come first and are not stored. */
  #given: Choices;

  /** Nothing is read yet. `game` is the game's hash. */
  constructor(core: string, game: string, given: Choices = {}) {
    const folder = join(userFolders().config, "cores");
    this.#paths = { core: join(folder, `${core}.txt`), game: join(folder, core, `${game}.txt`) };
    this.#given = given;
  }

  /** Reads the file of a scope, if there is one. Throws `InputError` ("io" or "data"). */
  async load(scope: ChoiceScope): Promise<void> {
    this.#values[scope] = parse(await readTextIfAny(this.#paths[scope], MAX_BYTES));
  }

  /** The values in force by key. */
  get values(): Choices {
    return { ...this.#values.core, ...this.#values.game, ...this.#given };
  }

  /** Values of options. */
  get options(): Choices {
    return Object.fromEntries(Object.entries(this.values).filter(([key]) => !PORT_KEY.test(key)));
  }

  /** Names of devices by port, from 0. */
  get devices(): Readonly<Record<number, string>> {
    return devicesOf(this.values);
  }

  /** Where the value of `key` comes from; undefined if it is the core's default. */
  scopeOf(key: string): ChoiceScope | undefined {
    if (key in this.#values.game) return "game";
    return key in this.#values.core ? "core" : undefined;
  }

  /**
   * Stores a value, or removes it if it is undefined. Throws `InputError` as `changeSharedFile` does; the
   * value then still applies to this run.
   */
  async keep(scope: ChoiceScope, key: string, value: string | undefined): Promise<void> {
    const { [key]: _, ...given } = this.#given;
    this.#given = given;
    const edit = (choices: Choices): Choices => {
      const { [key]: _before, ...others } = choices;
      return value === undefined ? others : { ...others, [key]: value };
    };
    this.#values[scope] = edit(this.#values[scope]);
    await changeSharedFile(this.#paths[scope], MAX_BYTES, (text) => format(edit(parse(text))));
  }
}

/** Names of devices by port, from 0, out of values by key. */
export function devicesOf(values: Choices): Record<number, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const port = PORT_KEY.exec(key)?.[1];
      return port === undefined ? [] : [[Number(port) - 1, value]];
    }),
  );
}

/** The key of the device in a port, from 0. */
export function portKey(port: number): string {
  return `port${port + 1}`;
}

function parse(text: string): Choices {
  return Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const [, key, value] = /^\s*([^#=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, value!]];
    }),
  );
}

function format(choices: Choices): string {
  const lines = Object.entries(choices).sort(([one], [other]) => (one < other ? -1 : 1));
  return lines.map(([key, value]) => `${key}=${value}\n`).join("");
}
