/** The debugger's server: who may connect, and what pages get. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { CLOSE_TAKEN, CLOSE_UNAUTHORIZED } from "../../../../src/io/debug/web/protocol.ts";
import { LIBRARY_ROM } from "../../../support/library-game.ts";
import { soakSize } from "../../../support/soak.ts";
import { startDebugger, type TestDebugger, WEB_TOKEN, WebPeer } from "../../../support/web-debugger.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-web-"));
const rom = join(folder, "game.nes");
let debug: TestDebugger;

beforeAll(async () => {
  await Bun.write(rom, LIBRARY_ROM);
  debug = await startDebugger(rom);
});
afterEach(() => expect(debug.bugs).toEqual([]));
afterAll(async () => {
  await debug.close();
  rmSync(folder, { recursive: true });
});

/** Waits until the debugger has noticed that a page is gone. */
async function untilAlone(): Promise<void> {
  while (debug.game.hasClient) await Bun.sleep(1);
}

describe("the debugger's server", () => {
  test.each([
    [200, "/", {}],
    [404, "/etc/passwd", {}],
    [426, "/debug", {}],
    [403, "/", { host: "emu.example" }],
    [403, "/debug", { host: "emu.example:80" }],
    [403, "/", { origin: "http://emu.example" }],
    [403, "/", { origin: "null" }],
  ])("%i for %p with %p", async (code, path, headers) => {
    expect((await fetch(new URL(path, debug.url), { headers })).status).toBe(code);
  });

  test("serves its page to nobody's frame, and only GET", async () => {
    const { headers } = await fetch(debug.url);
    expect(headers.get("content-security-policy")).toBe("frame-ancestors 'none'");
    expect((await fetch(debug.url, { method: "POST" })).status).toBe(405);
  });

  test.each([{ origin: "http://emu.example" }, { host: "emu.example" }])(
    "a page with %p gets no WebSocket",
    async (headers) => {
      await expect(WebPeer.open(debug.url, headers)).rejects.toThrow("refused");
    },
  );

  test("a wrong token is rejected, and nothing works before the right one", async () => {
    const stranger = await WebPeer.open(debug.url);
    expect(await stranger.request("source", { file: 0 })).toMatchObject({ error: "send auth first" });
    void stranger.request("auth", { token: "wrong", page: "a" });
    expect(await stranger.closed).toBe(CLOSE_UNAUTHORIZED);
    expect(debug.game.hasClient).toBe(false);
  });

  test.each<[what: string, send: (peer: WebPeer) => void]>([
    ["long", (peer) => peer.sendText(`{"id":1,"method":"auth","params":{"token":"${"a".repeat(5000)}"}}`)],
    ["binary", (peer) => peer.sendBytes(new Uint8Array(8))],
    ["no JSON", (peer) => peer.sendText("garbage")],
  ])("a stranger's message that is %s ends the connection", async (_, send) => {
    const stranger = await WebPeer.open(debug.url);
    send(stranger);
    expect(await stranger.closed).toBe(1008);
  });
});

describe("pages", () => {
  test("a second page is told; it can take over", async () => {
    const first = await WebPeer.connect(debug.url, "first");
    const second = await WebPeer.open(debug.url);
    expect(await second.call("auth", { token: WEB_TOKEN, page: "second" })).toEqual({ busy: true });
    expect(await second.request("pause")).toMatchObject({ error: "send auth first" });
    const welcome = await second.call("auth", { token: WEB_TOKEN, page: "second", takeOver: true });
    expect(welcome).toMatchObject({ busy: false, name: "game.nes", linesPerFrame: 262, pixelAspect: 8 / 7 });
    expect(await first.closed).toBe(CLOSE_TAKEN);
    await second.call("pause");
    await second.close();
    await untilAlone();
  });

  test("a page that connects again replaces itself", async () => {
    const before = await WebPeer.connect(debug.url, "same");
    const after = await WebPeer.connect(debug.url, "same");
    expect(await before.closed).toBe(CLOSE_TAKEN);
    await after.call("pause");
    await after.close();
    await untilAlone();
  });

  test("when its page is closed, a running program stops where it is and keeps its breakpoints", async () => {
    const page = await WebPeer.connect(debug.url);
    await page.call("addBreakpoint", { kind: "access", space: "cpu", write: true, place: "$7000" });
    await page.call("watch", { expressions: ["[$10]"] });
    await page.call("hold", { buttons: 1 });
    await page.call("move", { kind: "continue" });
    await page.until(() => page.states.some(({ moving, frame }) => moving === "forward" && frame > 12));
    await page.close();
    await untilAlone();
    const { session } = debug.game;
    while (session.moving !== undefined) await Bun.sleep(1);
    const { position } = session.timeline;
    expect(session.timeline.held).toBe(0);
    const next = await WebPeer.connect(debug.url);
    await next.until(() => next.states.length > 0);
    const [state] = next.states;
    expect(state).toMatchObject({ position, stop: { reason: "pause" } });
    expect(state?.breakpoints.map(({ text }) => text)).toEqual(["write $7000"]);
    expect(state?.watches).toHaveLength(1);
    await next.call("removeBreakpoint", { id: state?.breakpoints[0]?.id });
    await next.close();
    await untilAlone();
  });

  test("pictures wait for a page that does not acknowledge them", async () => {
    const page = await WebPeer.connect(debug.url);
    await page.until(() => page.snapshots.length === 1);
    await page.call("move", { kind: "continue" });
    await page.until(() => (page.states.at(-1)?.frame ?? 0) > debug.game.session.target.nes.frame - 1);
    const start = page.states.at(-1)!.frame;
    await page.until(() => page.states.at(-1)!.frame > start + 36);
    expect(page.snapshots.length).toBeLessThan(6);
    await page.stopAfter("pause");
    await page.close();
    await untilAlone();
  });
});

test("a rebuilt game is loaded, also while it runs, with its breakpoints and watches", async () => {
  const rebuilt = join(folder, "rebuilt.nes");
  await Bun.write(rebuilt, LIBRARY_ROM);
  const watched = await startDebugger(rebuilt, { watch: true });
  const page = await WebPeer.connect(watched.url);
  await page.call("addBreakpoint", { kind: "address", address: 0xffff, prgOffset: -1 });
  await page.call("watch", { expressions: ["[$10]"] });
  await page.call("move", { kind: "continue" });
  const changed = LIBRARY_ROM.slice();
  changed[16 + 0x3000] = 0x55;
  await Bun.write(rebuilt, changed);
  await page.until(() => page.events.some(({ event }) => event === "reloaded"));
  const { length } = page.states;
  await page.until(() => page.states.length > length);
  await page.stopAfter("pause");
  expect(watched.game.session.nes.peek("cpu", 0xf000)).toBe(0x55);
  expect(watched.game.session.breakpoints.size).toBe(1);
  expect(page.states.at(-1)).toMatchObject({
    breakpoints: [{ text: "$FFFF" }],
    watches: [{ expression: "[$10]" }],
  });
  expect(watched.bugs).toEqual([]);
  await watched.close();
});

const METHODS = (
  "move pause seek hold reset show ack addBreakpoint changeBreakpoint removeBreakpoint watch selectFrame assign " +
  "write assemble jump source code find trace profile lastWrite describe auth nosuch toString __proto__"
).split(" ");
const WORDS = ["continue", "into", "over", "out", "frame", "nmi", "to", "access", "event", "name", "address"];
const SPACES = ["cpu", "ppu", "oam", "palette"];
const TEXTS = ["jam", "$300-$3FF", "[", "a", "pc = 1", "{a:x}", "% 2", "prg:$0", "a + 1", "tick", "toString"];

const whole = (max: number) => fc.integer({ min: -1, max });
const text = fc.constantFrom(...TEXTS);
const anything = fc.oneof(
  text,
  fc.string({ maxLength: 12 }),
  fc.double(),
  fc.constant(null),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(text, fc.integer(), { maxKeys: 3 }),
);
/** Mostly what the parameter should be. */
const likely = <T>(expected: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: expected }, { weight: 1, arbitrary: anything });
const params = fc.record(
  {
    kind: likely(fc.constantFrom(...WORDS)),
    space: likely(fc.constantFrom(...SPACES)),
    name: likely(text),
    place: likely(text),
    text: likely(text),
    value: likely(text),
    filter: likely(text),
    condition: likely(text),
    hitCondition: likely(text),
    logMessage: likely(text),
    expressions: likely(fc.array(text, { maxLength: 3 })),
    bytes: likely(fc.array(whole(0x100), { maxLength: 3 })),
    memory: likely(
      fc.record({ space: fc.constantFrom(...SPACES), first: whole(0x4000), bytes: whole(0x1001) }),
    ),
    address: likely(whole(0x10000)),
    prgOffset: likely(whole(0x4000)),
    position: likely(whole(100_000)),
    before: likely(whole(20)),
    count: likely(whole(20)),
    frames: likely(whole(5)),
    file: likely(whole(1)),
    line: likely(whole(5)),
    id: likely(whole(5)),
    index: likely(whole(2)),
    serial: likely(whole(100)),
    buttons: likely(whole(0x100)),
    back: likely(fc.boolean()),
    read: likely(fc.boolean()),
    write: likely(fc.boolean()),
    ppu: likely(fc.boolean()),
    events: likely(fc.boolean()),
    isEnabled: likely(fc.boolean()),
  },
  { requiredKeys: ["kind", "space", "address", "count"] },
);

test("any message has an answer, and none is a bug", async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...METHODS), params), { maxLength: 30 }),
      fc.array(fc.string({ maxLength: 20 }), { maxLength: 5 }),
      async (requests, garbage) => {
        const page = await WebPeer.connect(debug.url);
        for (const text of garbage) page.sendText(text);
        const answers = requests.map(([method, args]) => page.request(method, args));
        void page.request("pause");
        for (const { error } of await Promise.all(answers)) {
          if (error === undefined) done++;
          else expect(error).not.toContain("bug");
        }
        await page.close();
        await untilAlone();
        expect(debug.bugs).toEqual([]);
      },
    ),
    { numRuns: soakSize(20, 500) },
  );
  expect(done).toBeGreaterThan(20);
});
