/** The order that a core's process gets when it starts. Plain data, passed as JSON. */
export interface CoreOrder {
  readonly corePath: string;
  /** True to load no game and only read the core's description. */
  readonly isProbe: boolean;
  /** The game's path, as the core sees it. */
  readonly gamePath: string;
  /** Length of the game in the shared state part; 0 if the core is to open the path itself. */
  readonly gameBytes: number;
  readonly systemFolder: string;
  readonly saveFolder: string;
  /** Values of core options by key. */
  readonly options: Readonly<Record<string, string>>;
  /** Names of devices by port, from 0. */
  readonly devices: Readonly<Record<number, string>>;
  /** The same, from the player's stored choices: those that the core does not have are ignored. */
  readonly keptDevices: Readonly<Record<number, string>>;
}

/** Samples per second of every core's sound, after resampling. */
export const CORE_SAMPLE_RATE_HZ = 48_000;

/** The argument that makes a compiled emu run as a core's process; the order follows it. */
export const CORE_PROCESS_ARGUMENT = "--core-process";
