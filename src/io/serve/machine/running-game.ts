import type { NesOptions } from "../../../emu/nes/nes.ts";
import type { BatteryKeeper } from "../../saves/battery-keeper.ts";
import type { LogRoot } from "../../shared/log.ts";
import { EmuClient } from "../../thread/emu-client.ts";
import {
  coreMachine,
  type HostedMachine,
  isCoreGame,
  nesMachine,
  type ServedGame,
} from "./hosted-machine.ts";
import type { MachineHostOptions } from "./machine-host-options.ts";
import { openBattery } from "./served-battery.ts";

/** A game with its machine. */
export interface RunningGame {
  readonly machine: HostedMachine;
  readonly client: EmuClient;
  /** Saves its battery RAM; undefined if it is not saved. */
  readonly battery?: BatteryKeeper | undefined;
  /** The current input of its devices. */
  readonly devices: Uint8Array;
  /** The DIP switches, if a peer has set them. */
  dips?: number;
}

/** Long, so that a busy computer does not end the server. */
const HUNG_AFTER_MS = 10_000;

/**
 * Starts a game on a machine of its own, which stays paused at power-on. Options of the command line for one
 * game, and the battery save, are for the first game of a server only. Rejects with `InputError` if the game
 * cannot run or its save is invalid.
 */
export async function startGame(
  game: ServedGame,
  options: MachineHostOptions,
  logs: LogRoot,
  isFirst: boolean,
): Promise<RunningGame> {
  const { nes, startCore, save } = options;
  const machine = isCoreGame(game)
    ? await coreMachine(game, logs.child({ scope: "core" }), isFirst ? startCore : undefined)
    : nesMachine(game, isFirst ? nes : forAnyGame(nes));
  try {
    return await startMachine(machine, options, logs, isFirst ? save : undefined);
  } catch (error) {
    await machine.close();
    throw error;
  }
}

async function startMachine(
  machine: HostedMachine,
  options: MachineHostOptions,
  logs: LogRoot,
  save: MachineHostOptions["save"],
): Promise<RunningGame> {
  const { source, warmUpFrames, deviceBytes } = machine;
  const { battery, kept } = await openBattery(machine, save, logs.child({ scope: "files" }));
  try {
    const client = await EmuClient.start({
      machine: source,
      ...(warmUpFrames === undefined ? {} : { warmUpFrames }),
      speedPercent: options.speedPercent,
      startPaused: true,
      hungAfterMs: HUNG_AFTER_MS,
      log: logs.child({ scope: "thread" }),
      ...(kept === undefined ? {} : { battery: kept }),
      ...(options.realtime === undefined ? {} : { realtime: options.realtime }),
    });
    if (save !== undefined) battery?.start(client, save.everyMs, save);
    return { machine, client, battery, devices: new Uint8Array(deviceBytes) };
  } catch (error) {
    battery?.abandon();
    throw error;
  }
}

/** Ends the machine of a game, then saves its battery RAM. */
export async function stopGame(running: RunningGame | undefined): Promise<void> {
  await running?.client.stop();
  try {
    await running?.battery?.close();
  } finally {
    await running?.machine.close();
  }
}

/** The options of the first game without those that suit that game only. */
export function forAnyGame({ diskSide, mmc3Revision, dips, ...options }: NesOptions): NesOptions {
  return options;
}
