/** What a core's process is told when it starts. Plain data: it is passed as JSON. */
export interface CoreOrder {
  readonly corePath: string;
  /** Load no game: only ask the core who it is. */
  readonly isProbe: boolean;
  /** The game's path, as the core sees it. */
  readonly gamePath: string;
  /** The game's bytes are in the shared state part; 0 if the core shall open the path itself. */
  readonly gameBytes: number;
  readonly systemFolder: string;
  readonly saveFolder: string;
  /** Values of core options by key. */
  readonly options: Readonly<Record<string, string>>;
  /** Device ids by port. */
  readonly devices: Readonly<Record<number, number>>;
}

/** Bytes per second of every core's sound, after resampling. */
export const CORE_SAMPLE_RATE_HZ = 48_000;

/** The argument that makes a compiled emu a core's process; its order follows. */
export const CORE_PROCESS_ARGUMENT = "--core-process";
