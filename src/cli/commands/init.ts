import type { Command } from "commander";
import manifest from "../../../package.json" with { type: "json" };
import { writeStdout } from "../../io/files/stdout.ts";
import { printable } from "../../io/files/text.ts";
import { type InitReport, initProject } from "../../io/init/init-project.ts";
import { addExamples, jsonOption } from "../options.ts";

interface InitCommandOptions {
  readonly rom?: string;
  readonly force?: true;
  readonly json?: true;
}

/** `emu init`: write tests and a workflow for a game. */
export function registerInit(program: Command): void {
  const command = program
    .command("init")
    .description(
      "Write a unit test, a manifest, a golden picture and a GitHub Actions workflow for the game in a folder. Existing files are kept; package.json and .gitignore are only added to.",
    )
    .argument("[folder]", "the game's folder", ".")
    .option("--rom <file>", "the game's ROM (default: the one .nes file in the folder)")
    .option("--force", "overwrite existing files")
    .addOption(jsonOption())
    .action(runInit);
  addExamples(command, "emu init", "emu init --rom build/game.nes");
}

async function runInit(folder: string, options: InitCommandOptions): Promise<void> {
  const report = await initProject({
    folder,
    ...(options.rom === undefined ? {} : { rom: options.rom }),
    force: options.force === true,
    version: manifest.version,
  });
  writeStdout(options.json === true ? `${JSON.stringify(report)}\n` : describe(report));
}

function describe({ rom, written, kept, crash }: InitReport): string {
  const lines = [
    `for ${printable(rom)}`,
    ...written.map((path) => `  wrote  ${path}`),
    ...kept.map((path) => `  kept   ${path}`),
    ...(crash === undefined
      ? []
      : [`random buttons crash the game: ${crash}. The fuzz test fails until this is fixed.`]),
    "next: bun install && bun test, then commit and push",
  ];
  return `${lines.join("\n")}\n`;
}
