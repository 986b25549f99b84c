import type { Command } from "commander";
import { coreFolders, findCores } from "../../io/cores/core-files.ts";
import { coreSystemFolder } from "../../io/cores/core-game.ts";
import { type CoreReport, probeCores } from "../../io/cores/probe-cores.ts";
import { CORE_SYSTEMS, DEBIAN_CORES, NES_EXTENSIONS } from "../../io/files/roms/core-systems.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { addExamples, jsonOption } from "../options.ts";

/** `emu cores`: list the libretro cores on this computer. */
export function registerCores(program: Command): void {
  const command = program
    .command("cores")
    .description(
      "List the libretro cores on this computer, which play the games of other consoles: Game Boy, Game Boy " +
        "Advance, Super Nintendo, PC Engine and more. Each core is loaded once in a process of its own.",
    )
    .addOption(jsonOption())
    .action(async ({ json }: { readonly json?: boolean }) => {
      const cores = await probeCores(await findCores());
      const chosen = CORE_SYSTEMS.map(({ name, extensions, cores: preferred }) => ({
        name,
        extensions,
        core: preferred.find((id) => cores.some((core) => core.id === id && core.fault === undefined)),
      }));
      const document = { cores, systems: chosen, folders: coreFolders(), systemFolder: coreSystemFolder() };
      writeStdout(json === true ? `${JSON.stringify(document, null, 2)}\n` : coresText(cores, chosen));
    });
  addExamples(command, "emu cores", "emu cores --json");
}

interface SystemChoice {
  readonly name: string;
  readonly extensions: readonly string[];
  readonly core: string | undefined;
}

function coresText(cores: readonly CoreReport[], systems: readonly SystemChoice[]): string {
  const lines = cores.map(({ id, name, version, systems: played, licence, fault }) => {
    const what = fault === undefined ? `${name} ${version}`.trim() : `cannot be used: ${fault}`;
    const details = [played, licence].filter((text) => text !== "").join(", ");
    return `${id.padEnd(26)} ${what}${details === "" ? "" : ` (${details})`}`;
  });
  if (cores.length === 0) lines.push("There is no libretro core on this computer.");
  lines.push("", "Games and their cores (--core chooses another):");
  for (const { name, extensions, core } of systems) {
    const isNes = extensions === NES_EXTENSIONS;
    lines.push(
      `  ${name.padEnd(40)} ${extensions.join(" ").padEnd(22)} ${isNes ? "emu itself" : (core ?? "none")}`,
    );
  }
  lines.push("", `More cores on Debian and Ubuntu: ${DEBIAN_CORES}`);
  lines.push("RetroArch's own cores are found too, and those in the folders that EMU_CORES names.");
  lines.push(`Firmware of consoles that need it: ${coreSystemFolder()}`);
  return `${lines.join("\n")}\n`;
}
