import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../../src/emu/input-error.ts";
import { type CoreFile, chooseCore, coreFolders, findCores } from "../../../src/io/cores/core-files.ts";
import { emu } from "../../support/cli.ts";
import { corePath } from "../../support/console-roms.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const home = temporaryFolder("core-files");

describe("where cores are", () => {
  test.each([
    ["linux", "x64", "/usr/lib/x86_64-linux-gnu/libretro"],
    ["linux", "arm64", "/usr/lib/aarch64-linux-gnu/libretro"],
    ["darwin", "arm64", "/opt/homebrew/lib/libretro"],
    ["darwin", "x64", "/usr/local/lib/libretro"],
  ])("%s %s", (platform, arch, folder) => {
    expect(coreFolders({ platform, arch, env: {}, home: "/home/me" })).toContain(folder);
  });

  test("folders of EMU_CORES come first, the first of a name counts, and info files describe it", async () => {
    const [one, other] = [join(home, "one"), join(home, "other")];
    for (const folder of [one, other]) mkdirSync(folder, { recursive: true });
    for (const file of [
      join(one, "a_libretro.so"),
      join(other, "a_libretro.so"),
      join(other, "b_libretro.so"),
    ])
      writeFileSync(file, "");
    writeFileSync(join(one, "not-a-core.so"), "");
    const info =
      'display_name = "The A"\n# comment\nlicense = "MIT"\nsupported_extensions = "AA|bb"\nbroken = \n';
    writeFileSync(join(other, "a_libretro.info"), info);
    const env = { EMU_CORES: `${one}:${other}`, XDG_DATA_HOME: join(home, "data") };
    const cores = await findCores({ platform: "linux", arch: "none", env, home });
    const own = cores.filter(({ path }) => path.startsWith(home));
    expect(own.map(({ id, path }) => [id, path])).toEqual([
      ["a", join(one, "a_libretro.so")],
      ["b", join(other, "b_libretro.so")],
    ]);
    expect(own[0]).toMatchObject({ title: "The A", licence: "MIT", extensions: ["aa", "bb"] });
  });
});

describe("the choice", () => {
  const core = (id: string, ...extensions: string[]): CoreFile => {
    return { id, path: `/cores/${id}_libretro.so`, title: "", systems: "", licence: "", extensions };
  };
  const cores = [core("mgba", "gb", "gba"), core("gambatte", "gb"), core("odd", "xyz")];

  test.each([
    ["gb", undefined, "gambatte"],
    ["gba", undefined, "mgba"],
    ["xyz", undefined, "odd"],
    ["gb", "mgba", "mgba"],
    ["gb", "MGBA_libretro", "mgba"],
  ])("%s with --core %s: %s", (extension, wanted, id) => {
    expect(chooseCore(cores, extension, wanted).id).toBe(id);
  });

  test.each([
    ["sfc", undefined, "apt-get install libretro-bsnes-mercury-balanced"],
    ["gb", "", "emu cores lists the names"],
    ["gb", "nothing", "installed: mgba, gambatte, odd"],
  ])("%s with --core %s fails with a remedy", (extension, wanted, remedy) => {
    expect(() => chooseCore(cores, extension, wanted)).toThrow(InputError);
    try {
      chooseCore(cores, extension, wanted);
    } catch (error) {
      expect((error as InputError).remedy).toContain(remedy);
    }
  });
});

test.skipIf(corePath("gambatte") === undefined)(
  "emu cores lists what is installed (libretro-gambatte)",
  () => {
    const { exitCode, stdout } = emu(["cores", "--json"]);
    expect(exitCode).toBe(0);
    const { cores, systems } = JSON.parse(stdout.toString());
    const gambatte = cores.find(({ id }: { id: string }) => id === "gambatte");
    expect(gambatte).toMatchObject({ name: "Gambatte", extensions: ["gb", "gbc", "dmg"] });
    expect(gambatte.version).not.toBe("");
    expect(systems.find(({ extensions }: { extensions: string[] }) => extensions.includes("gb")).core).toBe(
      "gambatte",
    );
    expect(emu(["cores"]).stdout.toString()).toContain("apt-get install");
  },
);
