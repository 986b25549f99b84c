/** Displays without a screen, for terminals without a user: keys are pressed and screenshots taken there. */
import { chmodSync, chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A display without a screen. */
export interface Display {
  start(command: string[], env?: Record<string, string>): Subprocess;
  /** Gives a folder to the user who runs the terminals. */
  own(folder: string): void;
  /** Waits for a window, which then receives the keys. */
  focus(): Promise<void>;
  /** Presses and releases a key of this X name. */
  press(key: string): Promise<void>;
  hold(key: string, isDown: boolean): Promise<void>;
  /** Changes the size of the window by a factor. Only X has this. */
  resize(factor: number): Promise<void>;
  /** A PNG of the whole display. */
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

const USUAL_PIXELS: Size = { width: 1300, height: 1100 };
const START_TIMEOUT_MS = 120_000;
/** sway gives a new window the keys as soon as it is there. */
const WINDOW_MS = 1500;
/** A window learns of wtype's keyboard some time after it has come, and loses keys after it has gone. */
const SETTLE_MS = "250";

/** Waits until the condition shows that a display is ready. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what} does not start`);
    await Bun.sleep(100);
  }
}

function quiet(command: string[], env: Record<string, string | undefined>): Subprocess {
  return Bun.spawn(command, { env, stdout: "ignore", stderr: "ignore", stdin: "ignore" });
}

/** Starts an X server on a free display, by Xvfb. */
export async function x11({ width, height }: Size = USUAL_PIXELS): Promise<Display> {
  // Xvfb finds a free display number and prints it when it is ready.
  const server = Bun.spawn(["Xvfb", "-displayfd", "1", "-screen", "0", `${width}x${height}x24`], {
    stdin: "ignore",
    stderr: "ignore",
  });
  const { value } = await server.stdout.getReader().read();
  const number = new TextDecoder().decode(value).trim();
  if (number === "") throw new Error("Xvfb does not start");
  const env = {
    ...process.env,
    DISPLAY: `:${number}`,
    TERM: undefined,
    COLORTERM: undefined,
    TMUX: undefined,
  };
  const xdotool = async (...words: string[]) => {
    const tool = Bun.spawn(["xdotool", ...words], { env, stderr: "ignore" });
    return await tool.stdout.text();
  };
  const window = async () =>
    (await xdotool("search", "--onlyvisible", "--name", ".")).trim().split("\n").at(-1)!;
  return {
    start: (command, extra = {}) => quiet(command, { ...env, ...extra }),
    own() {},
    async focus() {
      await until(async () => (await window()) !== "", "the terminal");
      // Without a window manager the keys go to the window below the pointer.
      await xdotool("mousemove", String(width >> 1), String(height >> 1));
    },
    async press(key) {
      await xdotool("key", key);
    },
    async hold(key, isDown) {
      await xdotool(isDown ? "keydown" : "keyup", key);
    },
    async resize(factor) {
      const id = await window();
      const [, across, down] = /(\d+)x(\d+)\s*$/.exec(await xdotool("getwindowgeometry", id)) ?? [];
      const side = (pixels: string | undefined) => String(Math.round(Number(pixels) * factor));
      await xdotool("windowsize", id, side(across), side(down));
    },
    async screenshot() {
      const shot = Bun.spawn(["sh", "-c", "xwd -root -silent | convert xwd:- png24:-"], {
        env,
        stderr: "ignore",
      });
      return await shot.stdout.bytes();
    },
    async close() {
      server.kill();
      await server.exited;
    },
  };
}

/** The user that runs sway, which refuses to run as root. */
const USER = "1234";

/** Starts a Wayland compositor without a screen, by sway. */
export async function wayland(folder: string, { width, height }: Size = USUAL_PIXELS): Promise<Display> {
  const config = join(folder, "sway.conf");
  writeFileSync(
    config,
    `output HEADLESS-1 resolution ${width}x${height}\ndefault_border none\nseat * hide_cursor 1\n`,
  );
  const runtime = join(folder, "xdg");
  await Bun.$`mkdir -p ${runtime} && chmod 700 ${runtime}`;
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await Bun.$`chown ${USER}:${USER} ${runtime}`;
  chmodSync(folder, 0o777);
  const asUser = isRoot ? ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"] : [];
  const env = {
    ...process.env,
    XDG_RUNTIME_DIR: runtime,
    HOME: runtime,
    WLR_BACKENDS: "headless",
    WLR_RENDERER: "pixman",
    WLR_LIBINPUT_NO_DEVICES: "1",
    WAYLAND_DISPLAY: undefined,
    DISPLAY: undefined,
    TERM: undefined,
    COLORTERM: undefined,
    TMUX: undefined,
  };
  const compositor = quiet([...asUser, "sway", "-c", config], env);
  const client = { ...env, WAYLAND_DISPLAY: "wayland-1" };
  const isUp = async () => (await quiet([...asUser, "grim", "-"], client).exited) === 0;
  await until(isUp, "sway");
  const wtype = async (...words: string[]) => {
    await quiet([...asUser, "wtype", ...words], client).exited;
  };
  /** wtype releases its keys when it ends, so it stays until the key is released. */
  let holder: Subprocess | undefined;
  return {
    start: (command, extra = {}) => quiet([...asUser, ...command], { ...client, ...extra }),
    own(owned) {
      if (isRoot) chownSync(owned, Number(USER), Number(USER));
    },
    async focus() {
      await Bun.sleep(WINDOW_MS);
    },
    press: (key) => wtype("-s", SETTLE_MS, "-k", key, "-s", SETTLE_MS),
    async hold(key, isDown) {
      if (isDown) holder = quiet([...asUser, "wtype", "-P", key, "-s", "60000"], client);
      else {
        holder?.kill();
        await holder?.exited;
      }
    },
    async resize() {
      throw new Error("sway gives windows their size");
    },
    async screenshot() {
      const shot = Bun.spawn([...asUser, "grim", "-"], { env: client, stderr: "ignore" });
      return await shot.stdout.bytes();
    },
    async close() {
      compositor.kill();
      await compositor.exited;
    },
  };
}
