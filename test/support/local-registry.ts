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

/** All packages in bun.lock, including those of other platforms and of development. */
export const lockedPackages = Object.values(lock.packages as unknown as Record<string, LockRow>).map(
  ([id, , details]) => {
    const at = id.lastIndexOf("@");
    const name = id.slice(0, at);
    return { name, version: id.slice(at + 1), details, folder: join(MODULES, name) };
  },
);

interface Packed {
  readonly manifest: object;
  readonly tarball: Uint8Array | undefined;
}

/**
 * A package registry on this machine with the packages of bun.lock, packed from `node_modules`. Installers do
 * everything that they do with a real one, without a network. Packages of other platforms have no contents.
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
    const isTarball = path.endsWith(".tgz");
    const { manifest, tarball } = this.#pack(path.replace(/\.tgz$/, "")) ?? {};
    if (isTarball && tarball !== undefined) return new Response(tarball as Uint8Array<ArrayBuffer>);
    return isTarball || manifest === undefined ? new Response("", { status: 404 }) : Response.json(manifest);
  }

  #pack(name: string): Packed | undefined {
    const known = this.#packed.get(name);
    const locked = lockedPackages.find((one) => one.name === name);
    if (known !== undefined || locked === undefined) return known;
    const { version, details, folder } = locked;
    const tarball = existsSync(folder) ? pack(folder) : undefined;
    const installed =
      tarball === undefined
        ? { name, version, ...details }
        : JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const integrity = `sha512-${new Bun.CryptoHasher("sha512").update(tarball ?? "").digest("base64")}`;
    const dist = { tarball: `${this.url}/${name}.tgz`, integrity };
    const manifest = {
      name,
      "dist-tags": { latest: version },
      versions: { [version]: { ...installed, dist } },
    };
    this.#packed.set(name, { manifest, tarball });
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
