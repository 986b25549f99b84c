import { join } from "node:path";
import { KIB } from "../../emu/units.ts";
import { TomlDocument } from "../files/documents/toml-document.ts";
import { userFolders } from "../files/paths.ts";
import { changeSharedFile, readTextIfAny } from "../saves/shared-file.ts";
import { type Log, NO_LOG } from "../shared/log.ts";
import { DEFAULT_SETTINGS, parseSettings, SETTINGS, type SettingName, type Settings } from "./settings.ts";

const MAX_CONFIG_BYTES = 256 * KIB;

/** Path of the settings, unless the user names another file. */
function configPath(): string {
  return join(userFolders().config, "config.toml");
}

/**
 * The user's config file. It is read at the start and changed one value at a time, so that the rest of the
 * text does not change.
 */
export class ConfigFile {
  readonly path: string;
  readonly #log: Log;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string = configPath(), log: Log = NO_LOG) {
    this.path = path;
    this.#log = log;
  }

  /**
   * Reads the settings, or returns the defaults if there is no file. Throws `InputError`: "io", or "data" for
   * invalid values.
   */
  async load(): Promise<Settings> {
    const text = await readTextIfAny(this.path, MAX_CONFIG_BYTES);
    const settings = text === "" ? DEFAULT_SETTINGS : parseSettings(text, this.path);
    this.#log.info({ path: this.path, changed: changedSettings(settings) }, "config read");
    return settings;
  }

  /** Stores a setting. Throws `InputError` as `load` does, and then changes nothing. */
  set<Name extends SettingName>(name: Name, value: Settings[Name]): Promise<void> {
    return this.#change((text) => new TomlDocument(text, this.path).withValue(SETTINGS[name].path, value));
  }

  /** Stores the keys of a button or an action. Other targets of the file lose these keys. */
  setKeys(target: string, keys: readonly string[]): Promise<void> {
    const path = `keys.${target}`;
    return this.#change((before) => {
      let text = before;
      for (const [other, { value }] of new TomlDocument(before, this.path).entries) {
        if (other === path || !other.startsWith("keys.") || !Array.isArray(value)) continue;
        const left = value.filter((key) => !keys.includes(key));
        if (left.length < value.length) text = new TomlDocument(text, this.path).withValue(other, left);
      }
      return new TomlDocument(text, this.path).withValue(path, keys);
    });
  }

  /** Changes run one after the other: each starts from the text that the previous one has written. */
  #change(edit: (text: string) => string): Promise<void> {
    const change = this.#last.then(async () => {
      await changeSharedFile(this.path, MAX_CONFIG_BYTES, (before) => {
        const text = edit(before);
        parseSettings(text, this.path);
        return text;
      });
      this.#log.debug({ path: this.path }, "config written");
    });
    this.#last = change.catch(() => {});
    return change;
  }
}

/** The settings that differ from the defaults. */
function changedSettings(settings: Settings): Partial<Settings> {
  const defaults = new Map(Object.entries(DEFAULT_SETTINGS));
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => !Bun.deepEquals(value, defaults.get(name))),
  );
}
