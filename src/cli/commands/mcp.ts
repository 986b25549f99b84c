import type { Command } from "commander";
import { writeStdout } from "../../io/files/stdout.ts";
import { interruptSignal } from "../interrupt.ts";
import { log, logRoot } from "../log.ts";
import { addHardwareOptions, type HeadlessOptions, toLoadOptions, toNesOptions } from "../machine-options.ts";
import { addExamples, jsonOption, wholeNumber } from "../options.ts";
import { applyPalette, type PaletteOption, paletteOption } from "../palette-option.ts";
import { addTokenOptions, type TokenOptions, tokenOf } from "../token-options.ts";

interface McpOptions extends HeadlessOptions, TokenOptions, PaletteOption {
  readonly http?: string;
  readonly root?: string;
  readonly sessions: number;
  readonly json?: true;
}

/** `emu mcp`: let agents play, watch and debug a game. */
export function registerMcp(program: Command): void {
  const command = program
    .command("mcp")
    .description(
      "Serve the Model Context Protocol: tools to load a game, play it, see its screen, search and change its " +
        "memory, debug it, and record tests. On standard input and output, or with --http as streamable HTTP at /mcp.",
    )
    .argument("[rom]", "the ROM to begin with: .nes, also in .zip, .gz, .7z or .rar")
    .option("--http <host:port>", "serve HTTP on this address instead of standard input and output");
  addTokenOptions(command, "require HTTP clients to send this token, 16 characters or more");
  command
    .option("--root <folder>", "the only folder that tools read and write files in (default: this folder)")
    .option("--sessions <n>", "allow at most n HTTP sessions, each with a machine", wholeNumber(1, 256), 16)
    .addOption(paletteOption())
    .addOption(jsonOption())
    .action(mcp);
  addHardwareOptions(command);
  addExamples(
    command,
    "emu mcp game.nes",
    "emu mcp game.nes --http 127.0.0.1:8080",
    "claude mcp add emu -- emu mcp game.nes",
  );
}

async function mcp(path: string | undefined, options: McpOptions): Promise<void> {
  // Only this command loads the SDK, and not for its help.
  const { startMcp } = await import("../../io/mcp/start.ts");
  const { http, root } = options;
  await applyPalette(options);
  const token = await tokenOf(options);
  const interrupt = interruptSignal();
  const service = await startMcp({
    ...(path === undefined ? {} : { rom: path }),
    root: root ?? ".",
    nes: toNesOptions(options),
    load: toLoadOptions(options),
    sessions: options.sessions,
    log: logRoot.child({ scope: "serve" }),
    onError: (error) => log.error({ error: String(error) }, "an error was reported; the server continues"),
    ...(http === undefined ? {} : { http }),
    ...(token === undefined ? {} : { token }),
  });
  const { signal } = interrupt;
  try {
    if (service.url !== undefined)
      writeStdout(
        options.json === true
          ? `${JSON.stringify({ http: service.url })}\n`
          : `Model Context Protocol: ${service.url}\n`,
      );
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      if (signal.aborted) reject(signal.reason);
    });
    await Promise.race([service.ended, aborted]);
  } finally {
    await service.close();
    interrupt.release();
  }
}
