import { expect, test } from "bun:test";
import { userFolders } from "../../../src/io/files/paths.ts";

const home = "/home/me";

test("XDG defaults", () => {
  expect(userFolders({ platform: "linux", env: {}, home })).toEqual({
    data: "/home/me/.local/share/emuterm",
    config: "/home/me/.config/emuterm",
    cache: "/home/me/.cache/emuterm",
    state: "/home/me/.local/state/emuterm",
  });
});

test("XDG variables are used on every system, unless they are relative", () => {
  const env = { XDG_DATA_HOME: "/data", XDG_CONFIG_HOME: "relative", XDG_CACHE_HOME: "" };
  expect(userFolders({ platform: "linux", env, home })).toMatchObject({
    data: "/data/emuterm",
    config: "/home/me/.config/emuterm",
    cache: "/home/me/.cache/emuterm",
  });
  expect(userFolders({ platform: "darwin", env, home: "/Users/me" })).toMatchObject({
    data: "/data/emuterm",
    cache: "/Users/me/Library/Caches/emuterm",
  });
});

test("macOS and Windows", () => {
  expect(userFolders({ platform: "darwin", env: {}, home: "/Users/me" }).data).toBe(
    "/Users/me/Library/Application Support/emuterm",
  );
  const env = { LOCALAPPDATA: "C:\\Users\\me\\AppData\\Local" };
  expect(userFolders({ platform: "win32", env, home: "C:\\Users\\me" })).toEqual({
    data: "C:\\Users\\me\\AppData\\Local\\emuterm\\Data",
    config: "C:\\Users\\me\\AppData\\Roaming\\emuterm",
    cache: "C:\\Users\\me\\AppData\\Local\\emuterm\\Cache",
    state: "C:\\Users\\me\\AppData\\Local\\emuterm\\State",
  });
});
