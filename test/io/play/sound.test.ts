import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAS_PTY, Pty } from "../../support/pty.ts";
import { frequencyOf, SAW_HZ, sawStretches } from "../../support/sound.ts";

// Every test starts a program of several threads: seconds on a busy machine.
setDefaultTimeout(60_000);

const FIXTURE = join(import.meta.dir, "../../support/play-fixture.ts");
const RATE_HZ = 48_000;

/** A folder in which `pw-cat` does what `script` says. */
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
      // A busy machine may stall for longer than the 50 ms that wait in front; 2 s in one piece it always has.
      expect(longest.length).toBeGreaterThan(2 * RATE_HZ);
      const tone = heard.subarray(longest.start, longest.start + longest.length);
      expect(Math.abs(frequencyOf(tone) / SAW_HZ - 1)).toBeLessThan(0.001);
      expect(heard.length).toBeLessThan(300 * 800 + 0.1 * RATE_HZ);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("goes on in silence when the player ends", async () => {
    const folder = await folderWithPlayer("head -c 4000 > /dev/null");
    try {
      await using pty = startPlaying(folder, "pipe", 90);
      await pty.waitFor("ended: frames");
      expect(pty.output.slice(pty.output.indexOf("ended: frames"))).toContain('"sink":""');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("does without when there is no device, and says nothing into the picture", async () => {
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
});
