import { Prng } from "./prng.ts";

/** What a link does to datagrams, in each direction. */
export interface LinkFaults {
  /** Round trip without jitter. */
  readonly roundTripMs: number;
  /** Up to this much more, for each datagram by chance: they overtake each other. */
  readonly jitterMs?: number;
  /** Percent that are lost, and that come twice. */
  readonly lossPercent?: number;
  readonly doublePercent?: number;
}

/** A socket for each client. */
type Backs = Map<string, Promise<Bun.udp.Socket<"buffer">>>;
/** A side that has ended refuses datagrams; they are lost. */
const error = (): void => undefined;

/** A link between a UDP server on loopback and its clients that delays, loses and doubles datagrams. */
export class DatagramProxy implements AsyncDisposable {
  readonly port: number;
  /** Datagrams so far, in both directions. */
  passed = 0;
  lost = 0;
  faults: LinkFaults;
  readonly #front: Bun.udp.Socket<"buffer">;
  readonly #backs: Backs;
  #isClosed = false;

  private constructor(front: Bun.udp.Socket<"buffer">, backs: Backs, faults: LinkFaults) {
    this.#front = front;
    this.#backs = backs;
    this.port = front.port;
    this.faults = faults;
  }

  /** Opens a port of which every datagram goes to `serverPort`, and every answer back. */
  static async open(serverPort: number, faults: LinkFaults, seed = 1): Promise<DatagramProxy> {
    const backs: Backs = new Map();
    const random = new Prng(seed);
    const chance = (percent: number) => random.below(10_000) < percent * 100;
    const pass = (send: () => unknown) => {
      const { roundTripMs, jitterMs = 0, lossPercent = 0, doublePercent = 0 } = proxy.faults;
      proxy.passed++;
      if (chance(lossPercent)) {
        proxy.lost++;
        return;
      }
      for (let copy = chance(doublePercent) ? 2 : 1; copy > 0; copy--)
        setTimeout(
          () => {
            try {
              if (!proxy.#isClosed) send();
            } catch {
              // Somebody has refused an earlier datagram.
            }
          },
          roundTripMs / 2 + (jitterMs * random.below(1000)) / 1000,
        );
    };
    const front = await Bun.udpSocket({
      hostname: "127.0.0.1",
      socket: {
        error,
        data: (_, bytes, port, address) => {
          const client = `${address} ${port}`;
          const back =
            backs.get(client) ??
            Bun.udpSocket({
              hostname: "127.0.0.1",
              socket: { error, data: (__, answer) => pass(() => front.send(answer, port, address)) },
            });
          backs.set(client, back);
          const send = (socket: Bun.udp.Socket<"buffer">) => socket.send(bytes, serverPort, "127.0.0.1");
          pass(() => back.then(send).catch(error));
        },
      },
    });
    const proxy: DatagramProxy = new DatagramProxy(front, backs, faults);
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#front.close();
    for (const back of this.#backs.values()) (await back).close();
  }
}
