import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { parseManifest } from "../../../../src/io/conform/manifest.ts";
import { pullSuite } from "../../../../src/io/conform/suites/pull.ts";
import { parseMirror, type Suite } from "../../../../src/io/conform/suites/suite.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";
import { blarggStatus, TestProgram } from "../../../support/test-program.ts";

const REPOSITORY = join(import.meta.dir, "../../../..");
const folder = mkdtempSync(join(tmpdir(), "emu-suites-"));
const ROM: Uint8Array<ArrayBuffer> = new Uint8Array(
  blarggStatus(blarggStatus(new TestProgram().waitFrames(2), 0x80).waitFrames(3), 0)
    .forever()
    .toRom(),
);

/** The server's files and behaviour, and the ranges that were requested. */
const server = {
  body: new Uint8Array() as Uint8Array,
  knowsRanges: true,
  /** Number of bytes after which the connection breaks or goes silent. */
  breaksAfter: Number.POSITIVE_INFINITY,
  isSilent: false,
  ranges: [] as (string | undefined)[],
};
const http = createServer((request: IncomingMessage, response: ServerResponse) => {
  const { range } = request.headers;
  server.ranges.push(range);
  if (request.url === "/missing.zip") {
    response.writeHead(404).end();
    return;
  }
  const from = server.knowsRanges && range !== undefined ? Number(/\d+/.exec(range)?.[0]) : 0;
  const { length } = server.body;
  if (from >= length && from > 0) {
    response.writeHead(416, { "content-range": `bytes */${length}` }).end();
    return;
  }
  const rest = server.body.subarray(from);
  response.writeHead(from > 0 ? 206 : 200, { "content-length": rest.length });
  const sent = rest.subarray(0, server.breaksAfter);
  if (sent.length === rest.length) {
    response.end(sent);
    return;
  }
  response.write(sent, () => {
    if (!server.isSilent) setTimeout(() => response.destroy(), 20);
  });
});
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
afterAll(() => {
  http.closeAllConnections();
  http.close();
  rmSync(folder, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array): string => new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
let cache = "";
beforeEach(() => {
  cache = mkdtempSync(join(folder, "cache-"));
  Object.assign(server, {
    knowsRanges: true,
    breaksAfter: Number.POSITIVE_INFINITY,
    isSilent: false,
    ranges: [],
  });
});
/** Puts `body` on the server. */
function serve(body: Uint8Array, name = "roms.zip"): Suite {
  server.body = body;
  return { name: "roms", url: `${base}/${name}`, sha256: sha256(body), folder: "" };
}
const noise = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) >> 3);
const ZIP = zipSync({ "suite/a.nes": ROM, "suite/deep/noise.bin": [noise, { level: 0 }] });

describe("a pull", () => {
  test("fetches, checks and unpacks once", async () => {
    const suite = serve(ZIP);
    const seen: number[] = [];
    expect(await pullSuite(suite, { cache, onProgress: (bytes) => seen.push(bytes) })).toBe("pulled");
    expect(readFileSync(join(cache, suite.sha256, "suite/a.nes"))).toEqual(Buffer.from(ROM));
    expect(readdirSync(cache)).toEqual([suite.sha256]);
    expect(seen.at(-1)).toBe(ZIP.length);
    expect(await pullSuite(suite, { cache })).toBe("there already");
    expect(server.ranges).toHaveLength(1);
  });

  test.each([
    ["%zz", "%zz"],
    ["a%20game.nes", "a game.nes"],
    ["%E0%A4%A", "%E0%A4%A"],
    ["a%00b.nes", "ab.nes"],
    ["%2e%2e", "file"],
    ["..%2f..%2fup.nes", "up.nes"],
    ["", "file"],
  ])("names the one file of the address /%s", async (path, name) => {
    const suite = serve(ROM, path);
    expect(await pullSuite(suite, { cache })).toBe("pulled");
    expect(readdirSync(join(cache, suite.sha256))).toEqual([name]);
  });

  test("resumes where the connection broke", async () => {
    const suite = serve(ZIP);
    server.breaksAfter = 50_000;
    const error = await inputErrorFrom(pullSuite(suite, { cache }));
    expect(error).toMatchObject({ kind: "unavailable", where: suite.url });
    expect(error.remedy).toContain("resumes");
    const half = readFileSync(join(cache, `${suite.sha256}.part`)).length;
    expect(half).toBeGreaterThan(0);
    server.breaksAfter = Number.POSITIVE_INFINITY;
    expect(await pullSuite(suite, { cache })).toBe("pulled");
    expect(server.ranges.at(-1)).toBe(`bytes=${half}-`);
  });

  test("starts again if the server does not support ranges", async () => {
    const suite = serve(ZIP);
    server.breaksAfter = 50_000;
    await inputErrorFrom(pullSuite(suite, { cache }));
    Object.assign(server, { breaksAfter: Number.POSITIVE_INFINITY, knowsRanges: false });
    expect(await pullSuite(suite, { cache })).toBe("pulled");
  });

  test.each([
    ["of another file", new Uint8Array(1000)],
    ["of all of it", ZIP],
    ["longer than all of it", new Uint8Array(ZIP.length + 5)],
  ])("survives a partial file %s", async (_, beginning) => {
    const suite = serve(ZIP);
    writeFileSync(join(cache, `${suite.sha256}.part`), beginning);
    expect(await pullSuite(suite, { cache })).toBe("pulled");
  });

  test("rejects a file with a different checksum, and leaves nothing", async () => {
    const suite = { ...serve(ZIP), sha256: "0".repeat(64) };
    const error = await inputErrorFrom(pullSuite(suite, { cache }));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(sha256(ZIP));
    expect(readdirSync(cache)).toEqual([]);
  });

  test("gives up a server that falls silent", async () => {
    const suite = serve(ZIP);
    Object.assign(server, { breaksAfter: 1000, isSilent: true });
    const error = await inputErrorFrom(pullSuite(suite, { cache, silenceMilliseconds: 300 }));
    expect(error.message).toContain("sends nothing for 0.3 s");
  });

  test("can be interrupted", async () => {
    const suite = serve(ZIP);
    Object.assign(server, { breaksAfter: 1000, isSilent: true });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 100);
    await expect(pullSuite(suite, { cache, signal: controller.signal })).rejects.toThrow("enough");
  });

  test("to an unwritable folder is an error", async () => {
    const file = join(cache, "file");
    writeFileSync(file, "");
    const error = await inputErrorFrom(pullSuite(serve(ZIP), { cache: join(file, "below") }));
    expect(error.kind).toBe("io");
  });

  test("of a missing file or from a missing server is an error", async () => {
    const missing = await inputErrorFrom(pullSuite(serve(ZIP, "missing.zip"), { cache }));
    expect(missing.message).toContain("404");
    const nobody = { ...serve(ZIP), url: "http://127.0.0.1:1/roms.zip" };
    expect((await inputErrorFrom(pullSuite(nobody, { cache }))).kind).toBe("unavailable");
  });
});

const TAR = await new Bun.Archive({ "suite/a.nes": ROM }).bytes();

describe("an archive", () => {
  test.each([
    ["a tar", TAR, "roms.tar", "suite/a.nes"],
    ["a tar.gz", Bun.gzipSync(TAR), "roms.tar.gz", "suite/a.nes"],
    ["a ROM", ROM, "one%20rom.nes", "one rom.nes"],
    ["a compressed ROM", Bun.gzipSync(ROM), "one.nes.gz", "one.nes.gz"],
  ])("may be %s", async (_, body, name, inside) => {
    const suite = serve(body, name);
    expect(await pullSuite(suite, { cache })).toBe("pulled");
    expect(existsSync(join(cache, suite.sha256, inside))).toBe(true);
  });

  test.each([
    ["a zip that climbs out", zipSync({ "../evil.nes": ROM }), "roms.zip", /leads outside of it: \.\.\/evil/],
    ["a zip from the top", zipSync({ "/evil.nes": ROM }), "roms.zip", /leads outside of it/],
    ["half a zip", ZIP.subarray(0, 1000), "roms.zip", /zip is cut off/],
    ["half a tar.gz", Bun.gzipSync(TAR).subarray(0, 60), "roms.tar.gz", /tar is damaged/],
  ])("that is %s is rejected, and leaves nothing", async (_, body, name, what) => {
    const error = await inputErrorFrom(pullSuite(serve(body, name), { cache }));
    expect(error.kind).toBe("data");
    expect(error.message).toMatch(what);
    expect(readdirSync(cache).filter((each) => !each.endsWith(".part"))).toEqual([]);
    expect(existsSync(join(folder, "evil.nes"))).toBe(false);
  });
});

describe("single files", () => {
  const list = (...files: [string, string][]): Suite => ({
    name: "files",
    url: `${base}/roms/`,
    sha256: sha256(new TextEncoder().encode(JSON.stringify(files))),
    files: new Map(files),
    folder: "",
  });

  test("are fetched one by one and appear together", async () => {
    server.body = ROM;
    const suite = list(["a.nes", sha256(ROM)], ["deep/b.nes", sha256(ROM)]);
    expect(await pullSuite(suite, { cache })).toBe("pulled");
    expect(readdirSync(cache)).toEqual([suite.sha256]);
    expect(readFileSync(join(cache, suite.sha256, "deep/b.nes"))).toEqual(Buffer.from(ROM));
    expect(await pullSuite(suite, { cache })).toBe("there already");
  });

  test("that are complete are not fetched again after an interrupted pull", async () => {
    server.body = ROM;
    const suite = list(["a.nes", sha256(ROM)], ["b.nes", sha256(noise)]);
    expect((await inputErrorFrom(pullSuite(suite, { cache }))).message).toMatch(/SHA-256/);
    expect(existsSync(join(cache, suite.sha256))).toBe(false);
    server.body = noise;
    server.ranges = [];
    expect(await pullSuite(suite, { cache })).toBe("pulled");
    expect(server.ranges).toHaveLength(1);
  });

  test("come from a mirror if one is set", async () => {
    server.body = ROM;
    const suite = { ...list(["a.nes", sha256(ROM)]), url: "https://example.org/roms/" };
    const mirror = parseMirror(`https://example.org/=${base}/`);
    expect(await pullSuite(suite, { cache, mirror })).toBe("pulled");
    expect(mirror("https://elsewhere.example/a.nes")).toBe("https://elsewhere.example/a.nes");
    expect(() => parseMirror("https://example.org/")).toThrow("FROM=TO");
  });

  test.each([
    ["an archive's checksum beside them", 'sha256 = "SUM"', '"a.nes" = "SUM"', /"sha256" is not allowed/],
    ["a folder beside them", 'folder = "x"', '"a.nes" = "SUM"', /"folder" is not allowed/],
    ["a path that climbs out", "", '"../a.nes" = "SUM"', /must be a relative path/],
    ["a path with a query", "", '"a.nes?x" = "SUM"', /must be a relative path/],
    ["a wrong checksum", "", '"a.nes" = "12"', /64 hex digits/],
    ["no file", "", "", /at least one file/],
  ])("are rejected with %s", async (_, more, files, what) => {
    const text = `[[suite]]\nname = "x"\nurl = "${base}/"\n${more}\n[suite.files]\n${files}\n`;
    const parsed = parseManifest(text.replaceAll("SUM", "0".repeat(64)), "m.toml");
    const error = await inputErrorFrom(parsed);
    expect(error.message).toMatch(what);
  });

  test("need an address that ends with a slash", async () => {
    const text = `[[suite]]\nname = "x"\nurl = "${base}/a"\n[suite.files]\n"a.nes" = "${"0".repeat(64)}"\n`;
    expect((await inputErrorFrom(parseManifest(text, "m.toml"))).message).toMatch(/must end with/);
  });
});

describe("the commands", () => {
  test("pull what a manifest names, and conform runs it from the cache", async () => {
    const suite = serve(ZIP);
    const manifest = join(cache, "m.toml");
    writeFileSync(
      manifest,
      `[[suite]]\nname = "roms"\nurl = "${suite.url}"\nsha256 = "${suite.sha256}"\nfolder = "suite"\n` +
        '[[test]]\nsuite = "roms"\nrom = "*.nes"\nprotocol = "blargg-6000"\n',
    );
    const run = async (...argv: string[]) => {
      const child = Bun.spawn([process.execPath, join(REPOSITORY, "src/cli/main.ts"), ...argv], {
        env: { ...process.env, XDG_CACHE_HOME: cache },
        stdout: "pipe",
        stderr: "pipe",
      });
      const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
      return { exitCode: await child.exited, stdout, stderr };
    };
    const before = await run("conform", manifest);
    expect(before.exitCode).toBe(66);
    expect(before.stderr).toContain(`${manifest}:7:9: the suite "roms" is not in the cache (emu suites pull`);
    expect((await run("suites", "list", manifest)).stdout).toStartWith("missing");
    expect(JSON.parse((await run("suites", "pull", manifest, "--json")).stdout).suites[0]).toMatchObject({
      name: "roms",
      state: "pulled",
    });
    const after = await run("conform", manifest, "--json");
    expect(after.exitCode).toBe(0);
    expect(JSON.parse(after.stdout).tests).toMatchObject([{ rom: "a.nes", verdict: "pass" }]);
  });
});
