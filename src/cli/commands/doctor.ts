import type { Command } from "commander";
import manifest from "../../../package.json" with { type: "json" };
import { probeSinks } from "../../io/audio/open-sink.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { Gamepads } from "../../io/input/gamepads.ts";
import { systemPads } from "../../io/input/system-pads.ts";
import { type Availability, probeRuntime } from "../../io/runtime/probe.ts";
import { hasTerminal } from "../../io/terminal/has-terminal.ts";
import { StderrShelter } from "../../io/terminal/stderr-shelter.ts";
import { TerminalProbe } from "../../io/terminal/terminal-probe.ts";
import { Terminal } from "../../io/terminal/tty.ts";
import { readWindow } from "../../io/terminal/window.ts";
import { probeRealtime } from "../../io/workers/realtime.ts";
import { logRoot } from "../log.ts";
import { addExamples, jsonOption } from "../options.ts";

/** `emu doctor`: report what this machine and this terminal can do. */
export function registerDoctor(program: Command): void {
  const command = program
    .command("doctor")
    .description(
      "Report what this machine and this terminal can do for emu, with the reason for what does not work.",
    )
    .addOption(jsonOption())
    .action(runDoctor);
  addExamples(command, "emu doctor", "emu doctor --json");
}

async function runDoctor(options: { json?: true }): Promise<void> {
  const findings = {
    version: manifest.version,
    bun: Bun.version,
    platform: `${process.platform}-${process.arch}`,
    cpus: navigator.hardwareConcurrency,
    runtime: probeRuntime(logRoot.child({ scope: "runtime" })),
    realtime: probeRealtime(),
    terminal: await probeThisTerminal(),
    gamepads: probeGamepads(),
    audio: probeAudio(),
  };
  writeStdout(options.json ? `${JSON.stringify(findings, null, 2)}\n` : `${outline(findings).join("\n")}\n`);
}

/** Opens and closes every sound system. The libraries' messages on standard error are suppressed. */
function probeAudio(): { systems: Availability<string>[]; auto: string } {
  const shelter = new StderrShelter();
  shelter.begin(true);
  try {
    const systems = probeSinks().map(({ system, missing }) => ({
      name: system,
      available: missing === undefined,
      reason: missing ?? "works here",
    }));
    return { systems, auto: systems.find(({ available }) => available)?.name ?? "none" };
  } finally {
    shelter.end();
  }
}

function probeGamepads(): string[] {
  const pads = new Gamepads(systemPads());
  pads.scan();
  const names = pads.names.filter((name) => name !== undefined);
  pads.stop();
  return names;
}

/** Returns the terminal's name, its size and its answers to capability queries. */
async function probeThisTerminal(): Promise<Record<string, unknown>> {
  const { TERM = "", COLORTERM = "", TERM_PROGRAM = "" } = process.env;
  const about = { isTerminal: hasTerminal(), term: TERM, colorterm: COLORTERM, program: TERM_PROGRAM };
  if (!about.isTerminal) return { ...about, reason: "standard input and output are not both a terminal" };
  const terminal = new Terminal();
  const probe = new TerminalProbe();
  terminal.onToken = (token) => probe.take(token);
  terminal.enter();
  try {
    const capabilities = await probe.ask();
    return { ...about, window: readWindow(), ...capabilities, probeMs: Math.round(capabilities.probeMs) };
  } finally {
    probe.close();
    await terminal.leave();
  }
}

/** Formats nested data as indented lines for people to read. */
function outline(value: object, indent = ""): string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    if (Array.isArray(inner) && inner.some((each) => typeof each === "object")) {
      return [`${indent}${words(key)}`, ...inner.map((each) => `${indent}  ${availabilityLine(each)}`)];
    }
    if (typeof inner === "object" && inner !== null && !Array.isArray(inner)) {
      return [`${indent}${words(key)}`, ...outline(inner, `${indent}  `)];
    }
    return [`${indent}${words(key).padEnd(22 - indent.length)} ${plain(inner)}`];
  });
}

function availabilityLine(entry: {
  name?: string;
  ok?: boolean;
  available?: boolean;
  reason?: string;
}): string {
  const isFine = entry.ok ?? entry.available ?? false;
  return `${isFine ? "yes" : "no "}  ${(entry.name ?? "").padEnd(16)} ${entry.reason ?? ""}`.trimEnd();
}

function plain(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join(" ") : String(value);
}

/** Turns "sleepOvershootMicroseconds" into "sleep overshoot microseconds". */
function words(key: string): string {
  return key.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}
