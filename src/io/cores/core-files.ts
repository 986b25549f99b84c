import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { userFolders } from "../files/paths.ts";
import { CORE_SYSTEMS, DEBIAN_CORES, systemOf } from "../files/roms/core-systems.ts";
import { printable } from "../files/text.ts";

/** A core's library, and facts from its info file. */
export interface CoreFile {
  readonly path: string;
  /** The file's name without `_libretro` and its ending, as `--core` takes it. */
  readonly id: string;
  /** Title, systems and licence from RetroArch's info file; empty without one. */
  readonly title: string;
  readonly systems: string;
  readonly licence: string;
  /** Extensions of games, without dots; from the info file, else from emu's own table. */
  readonly extensions: readonly string[];
}

/** The environment that determines the folders; by default that of the process. */
export interface CoreSurroundings {
  readonly platform: string;
  readonly arch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const CORE_NAME = /^(.+)_libretro\.(?:so|dylib|dll)$/;
const MULTIARCH: Readonly<Record<string, string>> = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };

function surroundings(): CoreSurroundings {
  return { platform: process.platform, arch: process.arch, env: process.env, home: homedir() };
}

/**
 * The folders in which cores are searched for, the user's own first: EMU_CORES, emu's data folder,
 * RetroArch's own folders (also as Flatpak and Snap), and those of distributions and Homebrew.
 */
export function coreFolders(from: CoreSurroundings = surroundings()): string[] {
  const { platform, arch, env, home } = from;
  const own = (env.EMU_CORES ?? "").split(platform === "win32" ? ";" : ":").filter((folder) => folder !== "");
  const brew = env.HOMEBREW_PREFIX ?? (arch === "arm64" ? "/opt/homebrew" : "/usr/local");
  const data = join(userFolders({ platform, env, home }).data, "cores");
  const retroArch = retroArchFolders(from).map((folder) => join(folder, "cores"));
  if (platform === "darwin")
    return [
      ...own,
      data,
      ...retroArch,
      "/Applications/RetroArch.app/Contents/Resources/cores",
      join(brew, "lib/libretro"),
    ];
  if (platform === "win32") return [...own, data, ...retroArch, "C:\\RetroArch-Win64\\cores"];
  const multiarch = MULTIARCH[arch];
  return [
    ...own,
    data,
    ...retroArch,
    ...(multiarch === undefined ? [] : [`/usr/lib/${multiarch}/libretro`]),
    "/usr/lib/libretro",
    "/usr/lib64/libretro",
    "/usr/local/lib/libretro",
    "/home/linuxbrew/.linuxbrew/lib/libretro",
  ];
}

function retroArchFolders({ platform, env, home }: CoreSurroundings): string[] {
  if (platform === "darwin") return [join(home, "Library/Application Support/RetroArch")];
  if (platform === "win32") return [join(env.APPDATA ?? join(home, "AppData/Roaming"), "RetroArch")];
  return [
    join(env.XDG_CONFIG_HOME ?? join(home, ".config"), "retroarch"),
    join(home, ".var/app/org.libretro.RetroArch/config/retroarch"),
    join(home, "snap/retroarch/current/.config/retroarch"),
  ];
}

/** The folders in which info files are searched for. */
function infoFolders(from: CoreSurroundings): string[] {
  return [
    ...coreFolders(from),
    ...retroArchFolders(from).map((folder) => join(folder, "info")),
    "/usr/share/libretro/info",
    "/usr/local/share/libretro/info",
  ];
}

/** All cores on this computer by name. If several have the same name, the one in the first folder counts. */
export async function findCores(from: CoreSurroundings = surroundings()): Promise<CoreFile[]> {
  const found = new Map<string, string>();
  for (const folder of coreFolders(from)) {
    const names = await readdir(folder).catch(() => [] as string[]);
    for (const name of names.sort()) {
      const id = CORE_NAME.exec(name)?.[1];
      if (id !== undefined && !found.has(id)) found.set(id, join(folder, name));
    }
  }
  const folders = infoFolders(from);
  const cores = [...found].map(([id, path]) => describeCore(id, path, folders));
  return (await Promise.all(cores)).sort((one, other) => one.id.localeCompare(other.id));
}

async function describeCore(id: string, path: string, folders: readonly string[]): Promise<CoreFile> {
  const facts = await readInfo(id, folders);
  const known = CORE_SYSTEMS.filter(({ cores }) => cores.includes(id));
  const listed = (facts.get("supported_extensions") ?? "").toLowerCase().split("|").filter(Boolean);
  return {
    path,
    id,
    title: facts.get("display_name") ?? "",
    systems: facts.get("systemname") ?? known.map(({ name }) => name).join(", "),
    licence: facts.get("license") ?? "",
    extensions: listed.length > 0 ? listed : known.flatMap(({ extensions }) => extensions),
  };
}

/** Reads the first info file of a core: lines of `name = "value"`. */
async function readInfo(id: string, folders: readonly string[]): Promise<Map<string, string>> {
  for (const folder of folders) {
    const text = await readFile(join(folder, `${id}_libretro.info`), "utf8").catch(() => undefined);
    if (text !== undefined) return parseInfo(text);
  }
  return new Map();
}

/** Parses an info file. Lines of another form are skipped. */
function parseInfo(text: string): Map<string, string> {
  const facts = new Map<string, string>();
  for (const [, name, quoted, plain] of text.matchAll(/^\s*(\w+)\s*=\s*(?:"([^"\n]*)"|([^\s"]+))\s*$/gm))
    facts.set(name!, printable(quoted ?? plain ?? ""));
  return facts;
}

/**
 * Chooses the core for a game. `wanted` is a name or a path. Throws `InputError`: "missing" if there is no
 * such core, "unavailable" if none is installed for this extension.
 */
export function chooseCore(cores: readonly CoreFile[], extension: string, wanted?: string): CoreFile {
  if (wanted !== undefined) return namedCore(cores, wanted);
  const system = systemOf(extension);
  const preferred = system?.cores.map((id) => cores.find((core) => core.id === id));
  const core =
    preferred?.find((each) => each !== undefined) ??
    cores.find(({ extensions }) => extensions.includes(extension));
  if (core !== undefined) return core;
  const name = system === undefined ? `.${extension} games` : `${system.name} games`;
  const remedy =
    system?.debian === undefined
      ? "emu cores says where cores are looked for"
      : `on Debian: apt-get install ${system.debian}`;
  throw new InputError("unavailable", `no libretro core for ${name} is installed`, "", remedy);
}

function namedCore(cores: readonly CoreFile[], wanted: string): CoreFile {
  if (wanted.trim() === "") {
    throw new InputError("usage", "the name is empty", "--core", "emu cores lists the names of cores");
  }
  if (/[/\\]/.test(wanted) || CORE_NAME.test(wanted)) {
    const path = resolve(wanted);
    if (!existsSync(path)) throw new InputError("missing", "no such file", printable(wanted));
    const id = CORE_NAME.exec(basename(path))?.[1] ?? basename(path);
    const known = cores.find((core) => core.path === path);
    return known ?? { path, id, title: "", systems: "", licence: "", extensions: [] };
  }
  const id = wanted.toLowerCase().replace(/_libretro$/, "");
  const core =
    cores.find((each) => each.id === id) ?? cores.find((each) => each.id.replace(/^mednafen_/, "") === id);
  if (core !== undefined) return core;
  const names = cores.map((each) => each.id).join(", ");
  const remedy = names === "" ? DEBIAN_CORES : `installed: ${names}`;
  throw new InputError("missing", `there is no core ${printable(wanted)}`, "--core", remedy);
}
