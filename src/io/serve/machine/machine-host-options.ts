import type { NesOptions } from "../../../emu/nes/nes.ts";
import type { CoreGameFile, StartedCore } from "../../cores/core-game.ts";
import type { RomLoadOptions } from "../../files/roms/rom-file.ts";
import type { EmuClientOptions } from "../../thread/emu-client.ts";
import type { SaveOptions } from "./served-battery.ts";
import type { SoleRunner } from "./sole-runner.ts";

/** How a server runs its machine. */
export interface MachineHostOptions {
  readonly nes: NesOptions;
  readonly load: RomLoadOptions;
  /** Starts the core of the first game, if a core plays it. Other games start theirs without options. */
  readonly startCore?: (game: CoreGameFile) => Promise<StartedCore>;
  /** Percent of real time; 0 runs uncapped. */
  readonly speedPercent: number;
  readonly startPaused: boolean;
  /** `load` can only read files in this folder and below. */
  readonly root: string;
  /** The largest game that `load` accepts; by default any. */
  readonly mostRomBytes?: number;
  /** Where the battery RAM of the first ROM is saved; by default nowhere. */
  readonly save?: SaveOptions;
  /** For tests: leaves the priority of the thread unchanged. */
  readonly realtime?: EmuClientOptions["realtime"];
  /** Shared by the machines of a server. Without it, runs never block the event loop. */
  readonly runs?: SoleRunner;
  readonly onError: (error: unknown) => void;
  /** Receives the reasons why a game that a peer has loaded may not run correctly. */
  readonly onCautions?: (cautions: readonly string[], fileName: string) => void;
}
