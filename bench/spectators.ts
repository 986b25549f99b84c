/**
 * Measures what spectators cost the machine that they watch. Two servers run at the same time under the same
 * load. One has all the spectators, the other none. Prints missed frames and memory of both, and how many
 * pictures the spectators got.
 *
 *   bun bench/spectators.ts [--spectators 200] [--stalled 20] [--seconds 60] [--fps 15] [--json]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    spectators: { type: "string", default: "200" },
    stalled: { type: "string", default: "20" },
    seconds: { type: "string", default: "60" },
    fps: { type: "string", default: "15" },
    json: { type: "boolean", default: false },
  },
});
const REPOSITORY = join(import.meta.dir, "..");
const WARM_UP_MS = 5000;
const SAMPLES = 10;

interface Served {
  readonly process: Bun.Subprocess<"ignore", "pipe", "inherit">;
  readonly listen: string;
  readonly http: string;
}

async function serve(): Promise<Served> {
  const argv = ["serve", "roms/swingby.nes", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--json"];
  const child = Bun.spawn([process.execPath, "src/cli/main.ts", ...argv], {
    cwd: REPOSITORY,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  return { process: child, ...JSON.parse(new TextDecoder().decode(value)) };
}

/** All values of a server's /metrics, by name. */
async function metrics({ http }: Served): Promise<Record<string, number>> {
  const text = await (await fetch(new URL("/metrics", http))).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => line.split(" ") as [string, string]).map(([n, v]) => [n, Number(v)]),
  );
}

/** Presses buttons on a server, four times per second, until the timer that it returns is cleared. */
async function playOn({ listen }: Served): Promise<ReturnType<typeof setInterval>> {
  const [hostname = "", port = ""] = listen.split(":");
  const socket = await Bun.connect({ hostname, port: Number(port), socket: { data: () => undefined } });
  return setInterval(() => {
    const params = { port: 0, buttons: Math.random() < 0.5 ? 0 : 1 };
    socket.write(`${JSON.stringify({ jsonrpc: "2.0", method: "press", params })}\n`);
  }, 250);
}

const watched = await serve();
const alone = await serve();
const crowd = Bun.spawn(
  [
    process.execPath,
    join(import.meta.dir, "spectators/crowd.ts"),
    watched.listen,
    values.spectators,
    values.stalled,
    values.fps,
  ],
  { stdin: "ignore", stdout: "inherit", stderr: "inherit" },
);
// Players press buttons, so that the picture changes.
const players = [await playOn(watched), await playOn(alone)];
await Bun.sleep(WARM_UP_MS);
const before = { watched: await metrics(watched), alone: await metrics(alone) };
const mebibytes = (sample: Record<string, number>) =>
  Math.round(sample.process_resident_memory_bytes! / 2 ** 20);
/** Of the watched server, from before the first to after the last picture that counts. */
const memory = [mebibytes(before.watched)];
const seconds = Number(values.seconds);
for (let sample = 0; sample < SAMPLES; sample++) {
  await Bun.sleep((seconds * 1000) / SAMPLES);
  memory.push(mebibytes(await metrics(watched)));
}
const after = { watched: await metrics(watched), alone: await metrics(alone) };
for (const player of players) clearInterval(player);
crowd.kill();
watched.process.kill();
alone.process.kill();

const difference = (server: "watched" | "alone", name: string) =>
  after[server][name]! - before[server][name]!;
const row = (server: "watched" | "alone") => ({
  server,
  frames: difference(server, "emu_frames_total"),
  missed: difference(server, "emu_frames_missed_total"),
  "lateness p99 µs": after[server]['emu_frame_lateness_microseconds{quantile="0.99"}'],
});
const sent = difference("watched", "emu_pictures_sent_total");
const dropped = difference("watched", "emu_pictures_dropped_total");
const result = {
  servers: [row("watched"), row("alone")],
  spectators: after.watched.emu_spectators,
  picturesPerSpectatorAndSecond: Number((sent / Number(values.spectators) / seconds).toFixed(2)),
  picturesSent: sent,
  picturesDropped: dropped,
  bytesPerPicture: Math.round(difference("watched", "emu_picture_bytes_total") / sent),
  encodings: difference("watched", "emu_encodings_total"),
  picturesPerEncoding: Math.round(sent / difference("watched", "emu_encodings_total")),
  memoryMiB: memory,
  memoryAloneMiB: [mebibytes(before.alone), mebibytes(after.alone)],
};
if (values.json) console.log(JSON.stringify(result));
else {
  console.table(result.servers);
  console.log(result);
}
process.exit(0);
