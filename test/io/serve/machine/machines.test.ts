/** Machines that peers create, batches, and pictures as bytes. */
import { heapStats } from "bun:jsc";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Server } from "../../../../src/io/serve/server.ts";
import { RpcPeer, startServer } from "../../../support/serve.ts";

/** Machines that a test creates one after the other. */
const MANY = 6;

let server: Server & { errors: unknown[] };

beforeAll(async () => {
  server = await startServer({ http: "127.0.0.1:0", machines: 2 });
});
afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server.close();
});

/** Waits until a condition that another thread fulfils holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(5);
}

async function webSocket() {
  const socket = new WebSocket(`${server.addresses.http!.replace("http", "ws")}rpc`);
  socket.binaryType = "arraybuffer";
  await new Promise((done) => (socket.onopen = done));
  const next = () =>
    new Promise<string | ArrayBuffer>((done) => {
      socket.onmessage = ({ data }) => done(data);
    });
  const ask = (method: string, params: object = {}) => {
    const answer = next();
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: 7, method, params }));
    return answer;
  };
  return { socket, ask, next };
}

describe("machines that peers create", () => {
  test("step to the same pictures and memory, whether alone or in turns, watched or not", async () => {
    const peers = [await RpcPeer.connect(server), await RpcPeer.connect(server)] as const;
    for (const peer of peers) await peer.call("create");
    await peers[1].call("subscribe", { machine: 1, every: 1, format: "hash" });
    const step = (peer: RpcPeer, frames: number) =>
      peer.call("step", { machine: 1, buttons: ["start"], frames });
    // By itself for longer than it takes to count as alone.
    let frames = 0;
    for (const end = performance.now() + 60; performance.now() < end; frames += 4) await step(peers[0], 4);
    for (let i = 0; i < frames; i += 4) await step(peers[1], 4);
    const [alone, watched] = await Promise.all(peers.map((peer) => step(peer, 4)));
    expect(watched).toEqual(alone);
    const ram = { machine: 1, address: 0, length: 2048 };
    expect(await peers[1].call("peek", ram)).toEqual(await peers[0].call("peek", ram));
    // A pause does not cut a short run off before its picture is drawn.
    const { frame: before } = await peers[0].call("pause");
    const running = peers[0].call("run", { frames: 60 });
    const paused = await peers[1].call("pause");
    expect([before, before + 60]).toContain(paused.frame);
    expect(await running).toEqual({ frame: before + 60 });
    expect(await peers[1].call("frame")).toMatchObject({ frame: before + 59 });
    for (const peer of peers) await peer.call("destroy", { machine: 1 });
    for (const peer of peers) peer.raw.close();
  });

  test("are apart from the shared one and from those of other peers, and end with their peer", async () => {
    const one = await RpcPeer.connect(server);
    const other = await RpcPeer.connect(server);
    const { frame: sharedFrame } = await one.call("run", { frames: 3 });
    expect(await one.call("create")).toMatchObject({ machine: 1, title: "swingby.nes", paused: true });
    expect(await other.call("create", { path: "test-card.nes" })).toMatchObject({ machine: 1, frame: 0 });
    expect(server.machines.count).toBe(2);
    // Each has its own memory, and its frames depend on its own input only.
    expect(await one.call("run", { machine: 1, frames: 20 })).toEqual({ frame: 20 });
    expect(await other.call("run", { machine: 1, frames: 5 })).toEqual({ frame: 5 });
    await one.call("poke", { machine: 1, address: 0x7f0, value: 99 });
    const peek = { address: 0x7f0, machine: 1 };
    expect([await one.call("peek", peek), await other.call("peek", peek)]).toEqual([
      { bytes: [99] },
      { bytes: [0] },
    ]);
    const { machines } = await one.call("list");
    expect(machines).toMatchObject([
      { machine: 0, frame: sharedFrame },
      { machine: 1, frame: 20, title: "swingby.nes" },
    ]);
    expect((await other.ask("run", { machine: 2 })).error!.message).toContain("you have no machine 2");
    const full = (await one.ask("create")).error!;
    expect([full.message, full.data!.kind]).toEqual([
      "all 2 machines of this server are in use",
      "unavailable",
    ]);
    // A destroyed number is not used again.
    await other.call("destroy", { machine: 1 });
    expect(await other.call("create")).toMatchObject({ machine: 2 });
    expect((await other.ask("destroy", { machine: 0 })).error!.code).toBe(-32602);
    expect((await other.ask("destroy", { machine: 1 })).error!.message).toContain("no machine 1");
    one.raw.close();
    other.raw.close();
    await until(() => server.machines.count === 0);
  });

  test("run as the shared one does, and keep their state", async () => {
    const peer = await RpcPeer.connect(server);
    await peer.call("create");
    await peer.call("reset", { hard: true });
    const play = async (machine: number) => {
      await peer.call("step", { machine, buttons: 0, frames: 150 });
      await peer.call("step", { machine, buttons: ["a"], frames: 4 });
      return (await peer.call("step", { machine, buttons: 0, frames: 60 })).hash;
    };
    const [own, shared] = [await play(1), await play(0)];
    expect(own).toBe(shared);
    const { state } = await peer.call("stateSave", { machine: 1 });
    await peer.call("run", { machine: 1, frames: 9 });
    await peer.call("stateLoad", { machine: 1, state });
    await peer.call("load", { machine: 1, path: "test-card.nes" });
    expect(server.host.game.title).toBe("swingby.nes");
    expect((await peer.ask("stateLoad", { machine: 1, state })).error).toBeDefined();
    peer.raw.close();
    await until(() => server.machines.count === 0);
  });

  test("notify with their number until they are destroyed", async () => {
    const peer = await RpcPeer.connect(server);
    const { machine } = await peer.call("create");
    await peer.call("subscribe", { machine, every: 1 });
    await peer.call("run", { machine, frames: 1 });
    await until(() => peer.notifications.length > 0 || peer.raw.received.includes("notif"));
    while (peer.notifications.length === 0) await peer.call("list");
    expect(peer.notifications[0]!.params).toMatchObject({ machine, frame: 0 });
    await peer.call("destroy", { machine });
    expect((await peer.ask("subscribe", { machine, every: 1 })).error!.message).toContain("no machine");
    peer.raw.close();
  });

  test("leave nothing behind when they are destroyed", async () => {
    const peer = await RpcPeer.connect(server);
    const machines = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const { machine } = await peer.call("create");
        await peer.call("subscribe", { machine, every: 1 });
        await peer.call("step", { machine, buttons: 0, frames: 2 });
        await peer.call("destroy", { machine });
      }
    };
    // Each machine has a thread, shared memory with views of it, and a timer.
    const kinds = ["Worker", "ArrayBuffer", "Int32Array", "Timeout"];
    const counts = () => {
      Bun.gc(true);
      const { objectTypeCounts } = heapStats();
      return kinds.map((kind) => objectTypeCounts[kind] ?? 0);
    };
    await machines(2);
    const before = counts();
    await machines(MANY);
    // The collector finds addresses on the stack by chance, so a few objects may remain for a while.
    const isFree = () => counts().every((count, i) => count < before[i]! + MANY / 2);
    await until(isFree);
    peer.raw.close();
  });
});

describe("batches", () => {
  const request = (id: number | undefined, method: string, params: object = {}) => ({
    jsonrpc: "2.0",
    method,
    params,
    ...(id === undefined ? {} : { id }),
  });
  const send = async (peer: RpcPeer, message: unknown) => {
    peer.raw.send(`${JSON.stringify(message)}\n`);
    return JSON.parse((await peer.raw.line())!);
  };

  test("are carried out in order and answered together, without answers to notifications", async () => {
    const peer = await RpcPeer.connect(server);
    const answers = await send(peer, [
      request(1, "poke", { address: 0x7f0, value: 5 }),
      request(undefined, "poke", { address: 0x7f0, value: 6 }),
      request(2, "peek", { address: 0x7f0 }),
      request(3, "nothing"),
      17,
    ]);
    expect(answers).toMatchObject([
      { id: 1, result: {} },
      { id: 2, result: { bytes: [6] } },
      { id: 3, error: { code: -32601 } },
      { id: null, error: { code: -32600 } },
    ]);
    // A batch of notifications has no answer: the next line answers the next request.
    peer.raw.send(`${JSON.stringify([request(undefined, "list"), request(undefined, "list")])}\n`);
    expect(await send(peer, request(9, "peek", { address: 0x7f0 }))).toMatchObject({ id: 9 });
    peer.raw.close();
  });

  test("have limits on their length and on that of their answers", async () => {
    const peer = await RpcPeer.connect(server);
    expect(await send(peer, [])).toMatchObject({ id: null, error: { code: -32600 } });
    const many = Array.from({ length: 257 }, (_, id) => request(id, "list"));
    expect((await send(peer, many)).error.message).toContain("1 to 256 requests, not 257");
    await peer.call("run", { frames: 1 });
    const picture = { format: "rgb", width: 512, height: 512 };
    const large = await send(
      peer,
      Array.from({ length: 12 }, (_, id) => request(id, "frame", picture)),
    );
    expect(large).toHaveLength(12);
    expect(large[0].result.pixels).toHaveLength(1024 * 1024);
    expect(large.at(-1).error).toMatchObject({ code: -32000, data: { remedy: "send smaller batches" } });
    expect(JSON.stringify(large).length).toBeLessThan(6 * 1024 * 1024);
    peer.raw.close();
  });

  test("count each of their requests towards the limit of invalid ones", async () => {
    const peer = await RpcPeer.connect(server);
    peer.raw.send(`${JSON.stringify(new Array(200).fill(1))}\n`);
    await peer.raw.until(() => false);
    expect(peer.raw.isClosed).toBe(true);
  });
});

describe("pictures as bytes", () => {
  test("follow their answer over WebSocket", async () => {
    const { socket, ask, next } = await webSocket();
    await ask("step", { buttons: 0, frames: 30 });
    const size = { format: "gray", width: 84, height: 84 };
    const binary = (await ask("step", { buttons: 0, ...size, binary: true })) as ArrayBuffer;
    const view = new DataView(binary);
    expect(view.getUint32(0, true)).toBe(0xffffffff);
    const length = view.getUint32(4, true);
    const answer = JSON.parse(new TextDecoder().decode(new Uint8Array(binary, 8, length)));
    expect(answer).toMatchObject({
      jsonrpc: "2.0",
      id: 7,
      result: { width: 84, height: 84, bytes: 84 * 84 },
    });
    const pixels = new Uint8Array(binary, 8 + length);
    const text = JSON.parse((await ask("frame", size)) as string);
    expect(pixels.toBase64()).toBe(text.result.pixels);
    expect(answer.result.frame).toBe(text.result.frame);

    const png = new Uint8Array((await ask("frame", { format: "png", binary: true })) as ArrayBuffer);
    const start = 8 + new DataView(png.buffer).getUint32(4, true);
    const { result } = JSON.parse((await ask("frame", { format: "png" })) as string);
    expect(png.subarray(start).toBase64()).toBe(result.png);

    const rejected = [await ask("frame", { binary: true })];
    const answers = next();
    const params = { ...size, binary: true };
    socket.send(JSON.stringify([{ jsonrpc: "2.0", id: 1, method: "frame", params }]));
    rejected.push(await answers);
    expect(rejected.map((each) => /-32602.*binary/.test(String(each)))).toEqual([true, true]);
    socket.close();
  });

  test("are rejected on other connections", async () => {
    const peer = await RpcPeer.connect(server);
    await peer.call("run", { frames: 1 });
    const { error } = await peer.ask("frame", { format: "gray", binary: true });
    expect(error!.message).toContain("outside of WebSockets");
    peer.raw.close();
  });
});
