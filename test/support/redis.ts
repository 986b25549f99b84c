import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RedisClient } from "bun";

/** True if this machine has a Redis for tests. */
export const hasRedis = Bun.which("redis-server") !== null;

/** Arguments of a program that ends with this process, also if that is killed, where `setpriv` exists. */
export function endingWithThis(argv: readonly string[]): string[] {
  return Bun.which("setpriv") === null ? [...argv] : ["setpriv", "--pdeathsig", "KILL", ...argv];
}

/** A Redis of its own on a Unix socket in a temporary folder, which can be killed and started again. */
export class TestRedis {
  /** Named as those of `temporaryFolder`, so that a later run removes what a killed one leaves. */
  readonly folder = mkdtempSync(join(tmpdir(), `emu-test-${process.pid}-redis-`));
  readonly url = `redis+unix://${join(this.folder, "s")}`;
  readonly #options: readonly string[];
  #server: Bun.Subprocess | undefined;

  /** `options` are more arguments of redis-server. */
  constructor(...options: string[]) {
    this.#options = options;
  }

  async start(): Promise<this> {
    const socket = join(this.folder, "s");
    rmSync(socket, { force: true });
    this.#server = Bun.spawn(
      endingWithThis([
        "redis-server",
        ...["--port", "0", "--unixsocket", socket, "--dir", this.folder, "--save", ""],
        ...this.#options,
      ]),
      { stdout: "ignore", stderr: "ignore" },
    );
    for (;;) {
      if (this.#server.exitCode !== null) throw new Error(`redis-server ended with ${this.#server.exitCode}`);
      const answer = await this.send("PING").catch(() => undefined);
      if (answer === "PONG") return this;
      await Bun.sleep(20);
    }
  }

  async send(command: string, ...args: string[]): Promise<unknown> {
    const client = new RedisClient(this.url, { autoReconnect: false });
    try {
      await client.connect();
      return await client.send(command, args);
    } finally {
      client.close();
    }
  }

  /** Kills the server, as a crash does. */
  async kill(): Promise<void> {
    this.#server?.kill("SIGKILL");
    await this.#server?.exited;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A way to a Redis that can stop forwarding without closing a connection, and damage what Redis answers. */
export class CuttableProxy {
  readonly url: string;
  readonly #target: string;
  readonly #path: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #isCut = false;
  #held: (() => void)[] = [];
  #damage: ((answer: Buffer) => Buffer) | undefined;

  /** `url` is a `redis+unix:` address. Several ways to it need different names. */
  constructor(url: string, name = "proxy") {
    this.#target = url.replace("redis+unix://", "");
    this.#path = `${this.#target}-${name}`;
    this.url = `redis+unix://${this.#path}`;
  }

  async start(): Promise<this> {
    this.#server = createServer((client) => {
      const redis = connect(this.#target);
      this.#forward(client, redis, (bytes) => bytes);
      this.#forward(redis, client, (bytes) => this.#damage?.(bytes) ?? bytes);
    });
    await new Promise<void>((resolve) => this.#server!.listen(this.#path, resolve));
    return this;
  }

  /** Holds everything back from now on. */
  cut(): void {
    this.#isCut = true;
  }

  /** Forwards what was held back, in its order, and everything after it. */
  heal(): void {
    this.#isCut = false;
    for (const forward of this.#held.splice(0)) forward();
  }

  /** Passes on what `change` returns instead of what Redis sends; all unchanged without it. */
  damage(change?: (answer: Buffer) => Buffer): void {
    this.#damage = change;
  }

  stop(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #forward(from: Socket, to: Socket, change: (bytes: Buffer) => Buffer): void {
    const pass = (forward: () => void): void => {
      if (this.#isCut) this.#held.push(forward);
      else forward();
    };
    this.#sockets.add(from);
    from.on("data", (bytes: Buffer) => pass(() => to.write(change(bytes))));
    from.on("error", () => {});
    from.on("close", () => pass(() => to.destroy()));
  }
}
