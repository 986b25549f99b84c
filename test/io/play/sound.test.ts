import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAS_PTY, Pty } from "../../support/pty.ts";
import { keysTo, waitForScreen } from "../../support/screen-text.ts";
import { frequencyOf, SAW_HZ, sawStretches } from "../../support/sound.ts";

// Every test starts a program with several threads, which takes seconds on a busy machine.
setDefaultTimeout(60_000);

const FIXTURE = join(import.meta.dir, "../../support/play-fixture.ts");
const RATE_HZ = 48_000;

/** A folder with a `pw-cat` that runs `script`. */
async function folderWithPlayer(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "emu-sound-"));
  const player = join(folder, "pw-cat");
  await writeFile(player, `#!/bin/sh\n${script}\n`);
  await chmod(player, 0o755);
  return folder;
}

function startPlaying(folder: string, sound: string, frames: number): Pty {
  const options = JSON.stringify({ sound, frames });
  return new Pty(["bun", FIXTURE, options], { env: { PATH: `${folder}:${process.env.PATH}` } });
}

/** A sound library that prints whenever it can: while it is opened, plays and is closed. */
const TALKATIVE = `
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void say(const char *when) { fprintf(stderr, "libtalk: %s\\n", when); }
static pthread_t thread;
static volatile int is_closed;
static void *helper(void *p) { while (!is_closed) { usleep(5000); say("a thread of its own"); } return p; }
int snd_pcm_open(void **pcm, const char *name, int stream, int mode) {
  say("opening");
  usleep(SLOWNESS);
  pthread_create(&thread, 0, helper, 0);
  *pcm = &helper;
  say("opened");
  return 0;
}
int snd_pcm_set_params(void *p, int f, int a, unsigned c, unsigned r, int s, unsigned l) { return 0; }
long snd_pcm_writei(void *p, const void *b, unsigned long frames) { say("playing"); return frames; }
int snd_pcm_delay(void *p, long *frames) { *frames = 0; return 0; }
int snd_pcm_drop(void *p) { return 0; }
int snd_pcm_hw_free(void *p) { return 0; }
int snd_pcm_recover(void *p, int e, int silent) { return 0; }
int snd_pcm_close(void *p) { usleep(200000); is_closed = 1; pthread_join(thread, 0); say("closed"); return 0; }
`;

/** A folder with that library as libasound, which takes this long to open; undefined without a compiler. */
async function folderWithLibrary(openMicroseconds: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "emu-sound-"));
  const source = join(folder, "talk.c");
  await writeFile(source, TALKATIVE);
  const options = ["-shared", "-fPIC", "-pthread", `-DSLOWNESS=${openMicroseconds}`];
  const compiler = Bun.spawnSync(["cc", ...options, "-o", join(folder, "libasound.so.2"), source]);
  expect(compiler.stderr.toString()).toBe("");
  return folder;
}

describe.skipIf(!HAS_PTY)("sound while playing", () => {
  test("reaches the device as the machine made it: the tone is true, and there are no gaps", async () => {
    const folder = await folderWithPlayer('exec cat > "$(dirname "$0")/heard"');
    try {
      await using pty = startPlaying(folder, "pipe", 300);
      await pty.waitFor("ended: frames");
      const end = pty.output.slice(pty.output.indexOf("ended: frames"));
      expect(end).toContain('"sink":"pw-cat"');
      const bytes = await readFile(join(folder, "heard"));
      const heard = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
      const stretches = sawStretches(heard);
      const longest = stretches.reduce((a, b) => (a.length > b.length ? a : b));
      // A busy machine may stall for longer than the 50 ms of buffered sound, but never during all of 2 s.
      expect(longest.length).toBeGreaterThan(2 * RATE_HZ);
      const tone = heard.subarray(longest.start, longest.start + longest.length);
      expect(Math.abs(frequencyOf(tone) / SAW_HZ - 1)).toBeLessThan(0.001);
      expect(heard.length).toBeLessThan(300 * 800 + 0.1 * RATE_HZ);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("continues in silence when the player program ends", async () => {
    // It ends for want of a device when it is started again.
    const folder = await folderWithPlayer('[ -e "$0.lost" ] && exit 1; head -c 4000 > "$0.lost"');
    try {
      await using pty = startPlaying(folder, "pipe", 90);
      await pty.waitFor("ended: frames");
      expect(pty.output.slice(pty.output.indexOf("ended: frames"))).toContain('"sink":""');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("plays again when there is a device again", async () => {
    // The first two starts lose their device, the third finds none. They end at once, also on a busy machine:
    // the shell starts no other processes.
    const folder = await folderWithPlayer(`
cd "\${0%/*}"
for start in 1 2 3 4; do [ -e $start ] || break; done
: > $start
case $start in
  1 | 2) exec head -c 4000 > /dev/null ;;
  3) exit 1 ;;
  *) exec cat > heard ;;
esac`);
    try {
      await using pty = startPlaying(folder, "pipe", 100_000);
      await pty.waitFor("no sound: pw-cat has ended");
      await pty.waitFor("sound plays on pw-cat");
      // What played for a moment only was not reported.
      expect(await Bun.file(join(folder, "4")).exists()).toBe(true);
      while ((await Bun.file(join(folder, "heard")).bytes()).length < RATE_HZ) await Bun.sleep(50);
      // Programs that ended meanwhile are no zombies, whose descriptors would add up.
      const children = await Bun.$`ps -o stat= --ppid ${pty.process.pid}`.nothrow().text();
      expect(children.split("\n").filter((state) => state.startsWith("Z"))).toEqual([]);
      pty.type("\x11");
      await pty.waitFor("ended: quit");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("plays without sound if there is no device, and writes nothing into the picture", async () => {
    const folder = await folderWithPlayer("exit 1");
    try {
      await using pty = new Pty(["bun", FIXTURE, JSON.stringify({ sound: "auto", frames: 90 })], {
        env: {
          PATH: `${folder}:${process.env.PATH}`,
          PULSE_SERVER: "unix:/nonexistent",
          EMU_ALSA_DEVICE: "no-such-device",
        },
      });
      await pty.waitFor("ended: frames");
      const picture = pty.output.slice(0, pty.output.lastIndexOf("\x1b[?1049l"));
      expect(picture).not.toContain("ALSA");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  const talks: [string, number, number, string][] = [
    ["while it plays and is closed", 0, 60, '"sink":"alsa"'],
    ["when the game ends before it is open", 700_000, 4, '"sink":""'],
  ];
  test.skipIf(Bun.which("cc") === null).each(talks)(
    "output of a library %s never reaches the terminal",
    async (_, openMicroseconds, frames, sink) => {
      const folder = await folderWithLibrary(openMicroseconds);
      try {
        await using pty = new Pty(["bun", FIXTURE, JSON.stringify({ sound: "alsa", frames })], {
          env: { LD_LIBRARY_PATH: folder },
        });
        await pty.waitFor("ended: frames");
        expect(await pty.end()).toBe(0);
        expect(pty.output).toContain(sink);
        expect(pty.output).not.toContain("libtalk");
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  test("plays on the system chosen in the menu, and again after silence", async () => {
    const folder = await folderWithPlayer('exec cat >> "$(dirname "$0")/heard"');
    try {
      const options = JSON.stringify({ sound: "none", settings: { colors: "mono" } });
      await using pty = new Pty(["bun", FIXTURE, options], {
        env: { PATH: `${folder}:${process.env.PATH}` },
      });
      await pty.waitFor("F1 menu");
      pty.type("\x1bOP");
      const menu = await waitForScreen(pty, "Back to the game");
      pty.type(`${keysTo(menu, "Back to the game", "Settings")}\r`);
      const pages = await waitForScreen(pty, "Controls");
      pty.type(`${keysTo(pages, "Picture", "Sound")}\r`);
      await waitForScreen(pty, "Sound channels");
      // Left and right select the program, no sound, and the program again.
      for (const [key, value] of [
        ["D", "pipe"],
        ["C", "none"],
        ["D", "pipe"],
      ] as const) {
        pty.type(`\x1b[${key}`);
        await waitForScreen(pty, new RegExp(`Sound system +${value}`));
      }
      // The program starts by itself; the menu does not wait for it.
      while (!(await Bun.file(join(folder, "heard")).exists())) await Bun.sleep(20);
      const before = await Bun.file(join(folder, "heard")).bytes();
      pty.type("\x1b[27u\x1b[27u\x1b[27u");
      await waitForScreen(pty, "pw-cat 100 %");
      const isHeard = async () => {
        const bytes = (await readFile(join(folder, "heard"))).subarray(before.length);
        const heard = new Int16Array(new Uint8Array(bytes).buffer);
        return sawStretches(heard).some(({ length }) => length > RATE_HZ / 4);
      };
      const deadline = performance.now() + 60_000;
      while (!(await isHeard())) {
        expect(performance.now()).toBeLessThan(deadline);
        await Bun.sleep(100);
      }
      pty.type("\x11");
      await pty.waitFor("ended: quit");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
