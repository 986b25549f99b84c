import { InputError } from "../../../emu/input-error.ts";
import { MIB } from "../../../emu/units.ts";
import { type LogRoot, NO_LOG_ROOT } from "../../shared/log.ts";
import { Lock } from "../../thread/lock.ts";
import type { ServedGame } from "./hosted-machine.ts";
import { MachineHost } from "./machine-host.ts";
import type { MachineHostOptions } from "./machine-host-options.ts";
import { checkRomBytes, loadBelowRoot } from "./root-folder.ts";
import { forAnyGame } from "./running-game.ts";

/** The largest game of a created machine, so that the number of machines also limits their memory. */
const MAX_ROM_BYTES = 4 * MIB;

/** The machines that peers create, in addition to the server's own. Each is a thread. */
export class MachinePool {
  readonly #game: ServedGame;
  readonly #options: MachineHostOptions;
  readonly #most: number;
  readonly #logs: LogRoot;
  readonly #hosts = new Set<MachineHost>();
  /** One machine starts at a time, because a start takes all of a processor for a while. */
  readonly #lock = new Lock();
  #reserved = 0;
  #isClosed = false;
  /** Called when machines were created, destroyed, or have another game. */
  onChange: () => void = () => undefined;

  /** `game` is that of machines that are created without a path. At most `most` exist at a time. */
  constructor(game: ServedGame, options: MachineHostOptions, most: number, logs: LogRoot = NO_LOG_ROOT) {
    const { save, ...shared } = options;
    this.#game = game;
    this.#options = { ...shared, startPaused: true, mostRomBytes: MAX_ROM_BYTES };
    this.#most = most;
    this.#logs = logs;
  }

  /** Number of machines that exist or are being created. */
  get count(): number {
    return this.#reserved;
  }

  /** The longest state of a machine; 0 without machines. */
  get stateBytes(): number {
    let most = 0;
    for (const { stateBytes } of this.#hosts) most = Math.max(most, stateBytes);
    return most;
  }

  /**
   * Starts a machine, paused at power-on, with a game from below the root, or with that of the server.
   * Rejects with `InputError` if there are too many, or the game cannot run or is too large.
   */
  async create(path: string | undefined): Promise<MachineHost> {
    if (this.#reserved >= this.#most)
      throw new InputError(
        "unavailable",
        this.#most === 0
          ? "this server creates no machines"
          : `all ${this.#most} machines of this server are in use`,
        "",
        this.#most === 0 ? "start it with --machines" : "destroy one, or try again later",
      );
    this.#reserved++;
    try {
      return await this.#lock.run(() => this.#start(path));
    } catch (error) {
      this.#reserved--;
      throw error;
    }
  }

  /** Stops a machine and frees its memory. */
  async destroy(host: MachineHost): Promise<void> {
    if (!this.#hosts.delete(host)) return;
    await host.close();
    this.#reserved--;
    this.onChange();
  }

  /** Stops all machines. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#lock.run(() => Promise.all([...this.#hosts].map((host) => this.destroy(host))));
  }

  async #start(path: string | undefined): Promise<MachineHost> {
    if (this.#isClosed) throw new InputError("unavailable", "the server is closing");
    const { root, load, nes, onError } = this.#options;
    const game =
      path === undefined
        ? this.#game
        : await loadBelowRoot(path, { root, load, mostRomBytes: MAX_ROM_BYTES });
    checkRomBytes(game, MAX_ROM_BYTES);
    const { startCore, ...others } = this.#options;
    const options = path === undefined ? this.#options : { ...others, nes: forAnyGame(nes) };
    const host = await MachineHost.start(game, options, this.#logs);
    this.#hosts.add(host);
    host.onGame = () => this.onChange();
    // Its peer gets "the machine has ended" from then on; the server and other machines continue.
    void host.fault.then(({ message, stack }) => onError(Object.assign(new Error(message), { stack })));
    this.onChange();
    return host;
  }
}
