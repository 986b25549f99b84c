import { expect, test } from "bun:test";
import type { MachineFault } from "../../../src/io/thread/emu-client.ts";
import { Prng } from "../../support/prng.ts";
import { portOf, RawPeer, RpcPeer, startServer } from "../../support/serve.ts";
import { soakSize } from "../../support/soak.ts";

const MESSAGES = soakSize(3_000, 1_000_000);
/** Maximum number of messages per connection. */
const MAX_PER_CONNECTION = 400;
const CONNECTIONS = 8;
const INTERNAL_ERROR = '"code":-32603';

/** Mostly valid requests. */
function request(random: Prng): object {
  const pick = <T>(...values: readonly T[]): T => values[random.below(values.length)]!;
  const odd = () =>
    pick<unknown>(0, 1, -1, 255, 256, 65_535, 65_536, 1e300, -0.5, null, true, "", "cpu", [], {}, [1, 2], {
      a: 1,
    });
  const number = (most: number) => (random.below(8) === 0 ? odd() : random.below(most));
  const method = pick(
    "run",
    "frame",
    "step",
    "press",
    "peek",
    "poke",
    "registers",
    "pause",
    "resume",
    "reset",
    "stateSave",
    "stateLoad",
    "subscribe",
    "load",
    "list",
    "destroy",
    // Rare, because a start takes longer than hundreds of other requests.
    random.below(20) === 0 ? "create" : "list",
    "auth",
    "toString",
    "watch",
  );
  const path = pick<unknown>("../../../etc/passwd", "/etc/passwd", "no.nes", ".", "a\0b", "x#y", odd());
  const shapes: Readonly<Record<string, Record<string, unknown>>> = {
    run: { frames: pick<unknown>(1, 2, 1, 2, 0, -1, 1e300, "1", null) },
    frame: random.below(50) === 0 ? { format: "png" } : { format: pick<unknown>("hash", "gif", odd()) },
    step: {
      buttons: number(256),
      frames: pick<unknown>(1, 2, 0, odd()),
      format: pick<unknown>("hash", "gray", "rgb", "indices", odd()),
      ...(random.below(2) === 0 ? {} : { width: number(600), height: number(600) }),
    },
    press: {
      port: number(4),
      buttons: pick<unknown>(number(256), ["a", "Left"], ["x"], odd()),
      frames: number(9),
    },
    peek: { space: pick<unknown>("cpu", "ppu", "oam", odd()), address: number(65_536), length: number(64) },
    poke: { space: pick("cpu", "ppu", "oam"), address: number(0x800), bytes: pick<unknown>([1, 2], odd()) },
    reset: { hard: pick<unknown>(true, false, odd()) },
    stateLoad: {
      state: pick<unknown>(
        "AAAA",
        "%",
        odd(),
        Buffer.from(random.bytes(60)).toString("base64"),
        damagedState(random),
      ),
    },
    subscribe: { every: number(4), format: pick<unknown>("hash", "packed", odd()) },
    load: { path },
    create: random.below(2) === 0 ? {} : { path },
    destroy: { machine: number(6) },
    auth: { token: odd() },
  };
  const params = Object.hasOwn(shapes, method) ? shapes[method]! : {};
  if (random.below(4) === 0) params.machine = number(4);
  if (random.below(20) === 0) params.binary = pick<unknown>(true, false, odd());
  if (random.below(10) === 0) params[pick("more", "__proto__", "id")] = odd();
  const id = random.below(10) === 0 ? odd() : random.below(1000);
  return { jsonrpc: random.below(20) === 0 ? odd() : "2.0", id, method, params };
}

/** A state of the served game; its fields are after its memory. */
let goodState = new Uint8Array(0);
const FIELD_BYTES = 4096;

function damagedState(random: Prng): string {
  const state = goodState.slice();
  for (let count = random.below(8); count > 0; count--)
    state[state.length - 1 - random.below(Math.min(state.length, FIELD_BYTES))] = random.byte();
  return state.toBase64();
}

/** A random message: a request, a damaged request, or anything else. */
function message(random: Prng): Uint8Array {
  const kind = random.below(20);
  // Bytes that are not text end the connection, so they are rare; otherwise nothing else would be tested.
  if (random.below(400) === 0) return random.bytes(random.below(300));
  if (kind === 1) return Buffer.from("[".repeat(random.below(2000)));
  if (kind === 2) return Buffer.from(JSON.stringify(Array.from({ length: 3 }, () => request(random))));
  const bytes = Buffer.from(JSON.stringify(request(random)));
  if (kind < 8)
    for (let i = random.below(4); i >= 0; i--) bytes[random.below(bytes.length)] = random.byte() & 0x7f;
  return kind === 8 ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

test(
  `${MESSAGES} messages, most of them wrong: no crash, no bug, no block lost`,
  async () => {
    const server = await startServer({ players: 1 });
    goodState = new Uint8Array((await server.host.saveState()).state);
    const handled = () => server.counters.requestMicroseconds.count;
    let internal = 0;
    let fault: MachineFault | undefined;
    void server.fault.then((what) => {
      fault = what;
    });
    const converse = async (random: Prng) => {
      while (handled() < MESSAGES && fault === undefined) {
        const peer = await RawPeer.connect({ port: portOf(server) });
        // Anything that a spectator sends is a message too.
        if (random.below(20) === 0) peer.send(`watch fps=${random.below(80)} play format=packed\n`);
        for (let i = 0; i < MAX_PER_CONNECTION && !peer.isClosed; ) {
          const burst = 1 + random.below(40);
          const parts: Uint8Array[] = [];
          for (let at = 0; at < burst; at++) parts.push(message(random), Buffer.from("\n"));
          peer.send(Buffer.concat(parts));
          i += burst;
          await Bun.sleep(0);
          internal += peer.received.includes(INTERNAL_ERROR) ? 1 : 0;
          peer.received = "";
        }
        if (random.below(3) === 0) peer.close();
        else {
          peer.end();
          await peer.until(() => false);
          internal += peer.received.includes(INTERNAL_ERROR) ? 1 : 0;
        }
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, seed) => converse(new Prng(seed))));
    expect(fault).toBeUndefined();
    const rpc = await RpcPeer.connect(server);
    await rpc.call("pause");
    const { frame } = await rpc.call("run", { frames: 1 });
    expect(frame).toBeGreaterThan(0);
    rpc.raw.close();
    while (server.counters.open.tcp > 0) await Bun.sleep(10);
    expect(internal).toBe(0);
    expect(server.errors).toEqual([]);
    expect(server.pool.available).toBe(server.pool.count);
    expect(server.lineBudget.usedBytes).toBe(0);
    expect(server.counters.spectators).toBe(0);
    while (server.machines.count > 0) await Bun.sleep(10);
    await server.close();
  },
  { timeout: 3_600_000 },
);
