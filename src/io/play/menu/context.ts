import type { DeviceSetup } from "../../../emu/nes/input/devices.ts";
import type { BindingTable } from "../../input/bindings.ts";
import type { Palette } from "../../render/colors/palette.ts";
import type { Symbols } from "../../symbols/symbols.ts";
import type { GameLibrary } from "../games/game-library.ts";
import type { PlaySession } from "../play-session.ts";
import type { PlayedCore } from "../play-types.ts";
import type { SettingName, Settings } from "../settings.ts";
import type { Menu } from "./menu.ts";

/** What the menu's pages can read and do. */
export interface MenuContext {
  readonly menu: Menu;
  readonly session: PlaySession;
  readonly settings: Settings;
  readonly palette: Palette;
  readonly bindings: BindingTable;
  /** The player's games; undefined if no other game can be opened. */
  readonly library: GameLibrary | undefined;
  /** Names of the game's memory, from the symbol files beside its ROM. */
  symbols(): Promise<Symbols>;
  /** Where the player looks for more games. */
  readonly gamesFolder: string;
  /** Applies a setting and stores it. Throws `InputError` if either fails. */
  changeSetting<Name extends SettingName>(name: Name, value: Settings[Name]): Promise<void>;
  /**
   * Sets the keys of a button or an action; other targets lose them. Throws `InputError` if they cannot be
   * stored.
   */
  changeKeys(target: string, keys: readonly string[]): Promise<void>;
  /** The devices plugged in, which have keys of their own. */
  readonly devices: DeviceSetup;
  /** The libretro core that plays the game, if one does. */
  readonly core: PlayedCore | undefined;
  /** Call when a device of a core has been plugged in: mouse reports may have to be turned on or off. */
  plugged(): Promise<void>;
  /** Ends this game and starts another, at the place where the player has stopped if `continues`. */
  openGame(path: string, continues?: boolean): void;
  quit(): void;
}
