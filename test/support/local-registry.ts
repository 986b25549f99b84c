import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lock from "../../bun.lock";

const MODULES = join(import.meta.dir, "../../node_modules");

/** An entry of bun.lock: name@version, registry, dependencies, integrity. */
interface LockDetails {
  readonly os?: string;
  readonly cpu?: string;
  readonly libc?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}
type LockRow = readonly [string, string, LockDetails, string];

/**
 * Every package in bun.lock, including those for other platforms and for development. A package can occur in
 * several versions: `express/content-type` is the one that express got.
 */
export const lockedPackages = Object.entries(lock.packages as unknown as Record<string, LockRow>).map(
  ([key, [id, , details]]) => {
    const at = id.lastIndexOf("@");
    const names = key.match(/@[^/]+\/[^/]+|[^/]+/g) ?? [];
    const folder = join(MODULES, names.join("/node_modules/"));
    return { name: id.slice(0, at), version: id.slice(at + 1), details, folder };
  },
);

interface Packed {
  /** The registry's facts about each version. */
  readonly versions: Readonly<Record<string, object>>;
  readonly tarballs: ReadonlyMap<string, Uint8Array | undefined>;
}

/**
 * A package registry on this machine with the packages of bun.lock, packed from `node_modules`. Installers
 * use it like a real one, without a network. Packages for other platforms have no contents.
 */
export class LocalRegistry {
  readonly #server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => this.#answer(request) });
  readonly #packed = new Map<string, Packed>();
  readonly url = `http://127.0.0.1:${this.#server.port}`;

  stop(): Promise<void> {
    return this.#server.stop(true);
  }

  #answer(request: Request): Response {
    const path = decodeURIComponent(new URL(request.url).pathname).slice(1);
    const [, name = path, version] = /^(.*)\/-\/(.*)\.tgz$/.exec(path) ?? [];
    const packed = this.#pack(name);
    if (packed === undefined) return new Response("", { status: 404 });
    if (version === undefined) {
      const latest = Object.keys(packed.versions)[0];
      return Response.json({ name, "dist-tags": { latest }, versions: packed.versions });
    }
    const tarball = packed.tarballs.get(version);
    if (tarball === undefined) return new Response("", { status: 404 });
    return new Response(tarball as Uint8Array<ArrayBuffer>);
  }

  #pack(name: string): Packed | undefined {
    const known = this.#packed.get(name);
    const locked = lockedPackages.filter((one) => one.name === name);
    if (known !== undefined || locked.length === 0) return known;
    const versions: Record<string, object> = {};
    const tarballs = new Map<string, Uint8Array | undefined>();
    for (const { version, details, folder } of locked) {
      if (tarballs.has(version)) continue;
      const tarball = existsSync(folder) ? pack(folder) : undefined;
      const installed =
        tarball === undefined
          ? { name, version, ...details }
          : JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const integrity = `sha512-${new Bun.CryptoHasher("sha512").update(tarball ?? "").digest("base64")}`;
      versions[version] = {
        ...installed,
        dist: { tarball: `${this.url}/${name}/-/${version}.tgz`, integrity },
      };
      tarballs.set(version, tarball);
    }
    this.#packed.set(name, { versions, tarballs });
    return this.#packed.get(name);
  }
}

/** Packs a folder as the archive that a registry serves. */
function pack(folder: string): Uint8Array {
  const work = mkdtempSync(join(tmpdir(), "emu-pack-"));
  try {
    cpSync(folder, join(work, "package"), { recursive: true, dereference: true });
    const { stdout } = Bun.spawnSync(["tar", "-C", work, "-cf", "-", "package"], {
      maxBuffer: 1024 * 1024 * 1024,
    });
    return Bun.gzipSync(stdout as Uint8Array<ArrayBuffer>, { level: 1 });
  } finally {
    rmSync(work, { recursive: true });
  }
}
