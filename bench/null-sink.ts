/** A PulseAudio server of its own with a null sink, whose monitor hears what is played. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const RATE_HZ = 48_000;
/**
 * Keeps the server and the recorder from stalling on a busy machine. Without the permission it does nothing.
 */
const FIRST = ["nice", "-n", "-15"];

export class NullSink implements AsyncDisposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "emu-pulse-"));
  /** What a program needs to play here. */
  readonly env = {
    XDG_RUNTIME_DIR: this.folder,
    PULSE_SERVER: `unix:${join(this.folder, "server")}`,
    EMU_ALSA_DEVICE: "pulse",
  };
  readonly #quiet = {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    env: { ...process.env, ...this.env },
  } as const;
  readonly #server: Bun.Subprocess;

  private constructor() {
    const modules = [
      `module-null-sink sink_name=heard rate=${RATE_HZ} channels=1`,
      `module-native-protocol-unix auth-anonymous=1 socket=${join(this.folder, "server")}`,
    ];
    const loads = modules.flatMap((module) => ["-L", module]);
    const options = ["-n", "--daemonize=no", "--exit-idle-time=-1", ...loads];
    this.#server = Bun.spawn([...FIRST, "pulseaudio", ...options], this.#quiet);
  }

  static async start(): Promise<NullSink> {
    const sink = new NullSink();
    await Bun.sleep(1000);
    await sink.#makeFirst(sink.#server.pid);
    return sink;
  }

  /** Runs a command of pactl, and returns what it prints. Throws if it fails. */
  async control(...command: readonly string[]): Promise<string> {
    const pactl = Bun.spawn(["pactl", ...command], { ...this.#quiet, stdout: "pipe" });
    const text = await new Response(pactl.stdout).text();
    if ((await pactl.exited) !== 0) throw new Error(`pactl ${command.join(" ")} fails`);
    return text.trim();
  }

  /** Adds another null sink. Returns the number of its module. */
  add(name: string): Promise<string> {
    return this.control(
      "load-module",
      "module-null-sink",
      `sink_name=${name}`,
      `rate=${RATE_HZ}`,
      "channels=1",
    );
  }

  /** Starts parec with a latency; its samples go to `to`: a file's path, or "pipe". */
  async record(latencyMs: number, to: string, device = "heard"): Promise<Bun.Subprocess> {
    const format = ["--format=s16le", `--rate=${RATE_HZ}`, "--channels=1", `--latency-msec=${latencyMs}`];
    const argv = [...FIRST, "parec", `--device=${device}.monitor`, ...format];
    const recorder =
      to === "pipe"
        ? Bun.spawn([...argv, "--raw"], { ...this.#quiet, stdout: "pipe" })
        : Bun.spawn([...argv, to], this.#quiet);
    await this.#makeFirst(recorder.pid);
    return recorder;
  }

  /**
   * Gives a process real-time priority. Without it, next to compilers, the server's main thread is 60 to 150
   * ms late 15 times in 10 minutes even at nice -15, and nothing that we send arrives in that time. On a
   * desktop the server has its own CPU share.
   */
  async #makeFirst(pid: number): Promise<void> {
    if (Bun.which("chrt") === null) return;
    await Bun.spawn(["chrt", "--all-tasks", "--rr", "--pid", "5", `${pid}`], this.#quiet).exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.kill();
    await this.#server.exited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
