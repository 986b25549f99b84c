import { expect, test } from "bun:test";
import { browserOpener } from "../../../../src/io/debug/web/open-browser.ts";

test.each<[env: Record<string, string>, platform: NodeJS.Platform, opener: readonly string[] | undefined]>([
  [{ DISPLAY: ":0", SSH_CONNECTION: "10.0.0.1 50000 10.0.0.2 22" }, "linux", undefined],
  [{ SSH_TTY: "/dev/pts/0" }, "darwin", undefined],
  [{}, "linux", undefined],
  [{ DISPLAY: "", WAYLAND_DISPLAY: "" }, "freebsd", undefined],
  [{}, "darwin", ["open"]],
  [{}, "win32", ["rundll32", "url.dll,FileProtocolHandler"]],
])("with %p on %s, the page is opened by %p", (env, platform, opener) => {
  expect(browserOpener(env, platform)).toEqual(opener!);
});
