import { InputError } from "../../emu/input-error.ts";
import type { HostedGame } from "./machine/hosted-machine.ts";
import type { MachineHost } from "./machine/machine-host.ts";
import type { MachinePool } from "./machine/machine-pool.ts";

/** The number of the server's own machine, which all peers share. */
export const SHARED_MACHINE = 0;

/** A machine in the answer to `list`. */
export interface ListedMachine extends HostedGame {
  readonly machine: number;
  readonly frame: number;
  readonly paused: boolean;
}

/** The machines that a peer can use: the shared one, and those that it has created, which are its alone. */
export class PeerMachines {
  readonly #shared: MachineHost;
  readonly #pool: MachinePool;
  readonly #own = new Map<number, MachineHost>();
  #last = SHARED_MACHINE;
  #isClosed = false;

  constructor(shared: MachineHost, pool: MachinePool) {
    this.#shared = shared;
    this.#pool = pool;
  }

  /** The machine with this number. Throws `InputError` ("missing") if the peer has no such machine. */
  of(machine: number): MachineHost {
    const host = machine === SHARED_MACHINE ? this.#shared : this.#own.get(machine);
    if (host !== undefined) return host;
    throw new InputError("missing", `you have no machine ${machine}`, "", "list names yours");
  }

  /** Creates a machine. Returns its number, which is never used again. Rejects like `MachinePool.create`. */
  async create(path: string | undefined): Promise<ListedMachine> {
    const host = await this.#pool.create(path);
    if (this.#isClosed) {
      await this.#pool.destroy(host);
      throw new InputError("unavailable", "the connection was closed");
    }
    this.#own.set(++this.#last, host);
    return describe(this.#last, host);
  }

  /** Destroys a machine of this peer. */
  async destroy(machine: number): Promise<void> {
    const host = this.of(machine);
    this.#own.delete(machine);
    await this.#pool.destroy(host);
  }

  list(): ListedMachine[] {
    const own = [...this.#own].map(([machine, host]) => describe(machine, host));
    return [describe(SHARED_MACHINE, this.#shared), ...own];
  }

  /** Destroys all machines of a peer that has disconnected. Never rejects. */
  async close(onError: (error: unknown) => void): Promise<void> {
    this.#isClosed = true;
    const hosts = [...this.#own.values()];
    this.#own.clear();
    await Promise.all(hosts.map((host) => this.#pool.destroy(host).catch(onError)));
  }
}

function describe(machine: number, host: MachineHost): ListedMachine {
  return { machine, ...host.game, frame: host.framesFinished(), paused: host.isPaused };
}
