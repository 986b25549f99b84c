import { homedir } from "node:os";
import { posix, win32 } from "node:path";

const NAME = "emuterm";

/** The folders of this program. They need not exist yet. */
export interface UserFolders {
  /** Battery saves. */
  readonly data: string;
  readonly config: string;
  /** Can be deleted at any time. */
  readonly cache: string;
  /** Logs and reports. */
  readonly state: string;
}

/** The environment that determines the folders; by default that of the process. */
export interface Surroundings {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * The user's folders for this program. They follow the XDG base directory specification on Linux and the
 * BSDs, and on every system that sets its variables; relative paths in these are ignored, as the
 * specification requires. Otherwise they are the usual ones of macOS and Windows.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function userFolders(from: Surroundings = surroundings()): UserFolders {
  const native = nativeFolders(from);
  return {
    data: xdg(from, "XDG_DATA_HOME") ?? native.data,
    config: xdg(from, "XDG_CONFIG_HOME") ?? native.config,
    cache: xdg(from, "XDG_CACHE_HOME") ?? native.cache,
    state: xdg(from, "XDG_STATE_HOME") ?? native.state,
  };
}

function surroundings(): Surroundings {
  return { platform: process.platform, env: process.env, home: homedir() };
}

function xdg(from: Surroundings, variable: string): string | undefined {
  const { join, isAbsolute } = from.platform === "win32" ? win32 : posix;
  const folder = from.env[variable];
  return folder !== undefined && isAbsolute(folder) ? join(folder, NAME) : undefined;
}

function nativeFolders({ platform, env, home }: Surroundings): UserFolders {
  if (platform === "darwin") {
    const support = posix.join(home, "Library/Application Support", NAME);
    return {
      data: support,
      config: support,
      cache: posix.join(home, "Library/Caches", NAME),
      state: posix.join(home, "Library/Logs", NAME),
    };
  }
  if (platform === "win32") {
    const local = win32.join(env.LOCALAPPDATA ?? win32.join(home, "AppData\\Local"), NAME);
    return {
      data: win32.join(local, "Data"),
      config: win32.join(env.APPDATA ?? win32.join(home, "AppData\\Roaming"), NAME),
      cache: win32.join(local, "Cache"),
      state: win32.join(local, "State"),
    };
  }
  return {
    data: posix.join(home, ".local/share", NAME),
    config: posix.join(home, ".config", NAME),
    cache: posix.join(home, ".cache", NAME),
    state: posix.join(home, ".local/state", NAME),
  };
}
