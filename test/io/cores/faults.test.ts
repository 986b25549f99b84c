/** A core or game that fails ends the command with one line that says what happened. */
import { describe, expect, test } from "bun:test";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../../src/emu/input-error.ts";
import { CoreClient } from "../../../src/io/cores/core-client.ts";
import { CoreMachine } from "../../../src/io/cores/core-machine.ts";
import { emu } from "../../support/cli.ts";
import { corePath, snesRom, wonderSwanRom } from "../../support/console-roms.ts";
import { SHARED, sharedFile } from "../../support/shared.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder("core-faults");
const game = join(folder, "game.gb");
writeFileSync(game, new Uint8Array(32_768));

function dump(core: string, rom = game): { exitCode: number; stderr: string; stdout: string } {
  const argv = ["dump", rom, "--core", core, "--frames", "3", "--format", "hash"];
  const { exitCode, stderr, stdout } = emu(argv);
  return { exitCode, stderr, stdout: stdout.toString() };
}

describe("a file that is not a core", () => {
  const files: readonly [name: string, contents: () => Uint8Array | string][] = [
    ["text", () => "not a library\n"],
    ["empty", () => ""],
    ["an ELF header and nothing else", () => Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0)],
  ];
  for (const [name, contents] of files)
    test(name, () => {
      const core = join(folder, `${name.replaceAll(" ", "-")}_libretro.so`);
      writeFileSync(core, contents());
      const { exitCode, stderr, stdout } = dump(core);
      expect(stderr).toStartWith(`emu: ${core}: is not a libretro core`);
      expect(stderr.trim().split("\n")).toHaveLength(1);
      expect(exitCode).toBe(65);
      expect(stdout).toBe("");
    });

  const libm = "/lib/x86_64-linux-gnu/libm.so.6";
  test.skipIf(!existsSync(libm))("a library that is something else", () => {
    const { exitCode, stderr } = dump(libm);
    expect(stderr).toContain("is not a libretro core");
    expect(exitCode).toBe(65);
  });

  test("a file that does not exist", () => {
    expect(dump(join(folder, "absent_libretro.so")).exitCode).toBe(66);
  });

  test("a name that is not a core's", () => {
    const { exitCode, stderr } = dump("no-such-core");
    expect(stderr).toContain("there is no core no-such-core");
    expect(exitCode).toBe(66);
  });
});

const gambatte = corePath("gambatte");
const wonderSwan = corePath("mednafen_wswan");
const snes = corePath("bsnes_mercury_balanced");

test.skipIf(gambatte === undefined)("a game that the core rejects (libretro-gambatte)", () => {
  const refused = join(folder, "short.gb");
  writeFileSync(refused, new Uint8Array(16));
  const { exitCode, stderr, stdout } = dump("gambatte", refused);
  expect(stderr).toContain("Gambatte refuses the game");
  expect(stderr).toContain("short.gb");
  expect(exitCode).toBe(65);
  expect(stdout).toBe("");
});

test.skipIf(gambatte === undefined)("options that a core does not have (libretro-gambatte)", () => {
  const argv = ["dump", game, "--frames", "3", "--format", "hash", "--core-option"];
  const unknown = emu([...argv, "gambatte_nothing=1"]);
  expect(unknown.stderr).toContain("Gambatte has no such option");
  expect(unknown.exitCode).toBe(2);
  const wrong = emu([...argv, "gambatte_gb_hwmode=Mars"]);
  expect(wrong.stderr).toContain("one of: Auto, GB, GBA");
  expect(wrong.exitCode).toBe(2);
});

test.skipIf(wonderSwan === undefined)("options of the NES are rejected (libretro-beetle-wswan)", () => {
  const rom = join(folder, "game.ws");
  writeFileSync(rom, wonderSwanRom());
  const { exitCode, stderr } = emu(["dump", rom, "--frames", "3", "--format", "hash", "--region", "pal"]);
  expect(stderr).toContain("--region is for NES games");
  expect(exitCode).toBe(2);
});

test.skipIf(snes === undefined)(
  "what a core prints stays off standard output (libretro-bsnes-mercury-balanced)",
  () => {
    const rom = join(folder, "game.sfc");
    writeFileSync(rom, snesRom());
    // bsnes prints its memory map to the log, or to standard error if there is no log.
    const argv = ["dump", rom, "--frames", "3", "--format", "hash", "--log-level", "debug"];
    const { exitCode, stdout, stderr } = emu(argv);
    expect(exitCode).toBe(0);
    expect(stdout.toString()).toMatch(/^(\d\t[0-9a-f]{8}\n){3}$/);
    expect(stderr).toContain("program.rom");
  },
);

test.skipIf(gambatte === undefined || SHARED === undefined)(
  "gambatte's own prints do not reach standard output (libretro-gambatte, shared ROMs)",
  () => {
    const { exitCode, stdout, stderr } = dump("gambatte", sharedFile("roms/other-systems/gb/cpu_instrs.gb"));
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^(\d\t[0-9a-f]{8}\n){3}$/);
    expect(exitCode).toBe(0);
  },
);

describe.skipIf(wonderSwan === undefined)("the process of a core (libretro-beetle-wswan)", () => {
  async function start(): Promise<CoreClient> {
    const rom = { path: join(folder, "game.ws"), bytes: wonderSwanRom() };
    return CoreClient.start({ corePath: wonderSwan!, game: rom, systemFolder: join(folder, "system") });
  }

  async function failureOf(action: () => void, client: CoreClient): Promise<unknown> {
    try {
      action();
      return undefined;
    } catch (error) {
      return client.explain(error);
    }
  }

  test("kill -9 becomes an error that names core and signal", async () => {
    const client = await start();
    const machine = new CoreMachine(client.connection);
    const pixels = new Uint32Array(512 * 512);
    machine.runFrame(pixels);
    process.kill(client.pid, "SIGKILL");
    const error = await failureOf(() => {
      for (;;) machine.runFrame(pixels);
    }, client);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).kind).toBe("unavailable");
    expect((error as InputError).message).toMatch(/^Mednafen WonderSwan has crashed \(SIGKILL\)/);
    expect((error as InputError).where).toBe(wonderSwan!);
    await client.close();
  });

  test("a core that stops answering counts as hung", async () => {
    const client = await start();
    const machine = new CoreMachine(client.connection);
    process.kill(client.pid, "SIGSTOP");
    const error = await failureOf(() => machine.runFrame(), client);
    expect((error as InputError).message).toContain("the core hangs: no answer for 5 s");
    expect((error as InputError).kind).toBe("unavailable");
    await client.close();
  }, 60_000);

  test("it ends when its owner ends", async () => {
    const client = await start();
    const { pid } = client;
    await client.close();
    expect(() => process.kill(pid, 0)).toThrow();
  });
});

test.skipIf(gambatte === undefined)("a core can be given by any path (libretro-gambatte)", () => {
  const copy = join(folder, "renamed.so");
  copyFileSync(gambatte!, copy);
  const rom = join(folder, "short2.gb");
  writeFileSync(rom, new Uint8Array(32_768));
  const { exitCode, stderr } = dump(copy, rom);
  expect([exitCode, stderr]).toEqual([0, ""]);
});
