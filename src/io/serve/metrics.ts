import type { HistogramSummary } from "../shared/histogram.ts";
import type { ServerCounters, Transport } from "./counters.ts";
import type { MachineHost } from "./machine/machine-host.ts";

/** Sources of `/metrics`, the counters included. */
export interface MetricsSources {
  readonly host: MachineHost;
  readonly counters: ServerCounters;
  readonly pool: { readonly count: number; readonly available: number };
  readonly budget: { readonly usedBytes: number };
}

type Labels = Readonly<Record<string, string>>;

/** Prometheus' text format, version 0.0.4. */
export function metricsText({ host, counters, pool, budget }: MetricsSources): string {
  const page = new Page();
  const stats = host.client.stats();
  page.add("emu_frames_total", "counter", "Frames run by the machine.", stats.frames);
  page.add(
    "emu_frames_missed_total",
    "counter",
    "Frames that were not finished when the next one was due.",
    stats.missed,
  );
  page.add(
    "emu_speed_percent",
    "gauge",
    "Speed in percent of real time; 0 is unlimited.",
    stats.speedPercent,
  );
  page.summary("emu_frame_lateness_microseconds", "How late frames began.", stats.latenessMicroseconds);
  page.summary(
    "emu_frame_work_microseconds",
    "Time that the machine thread worked on frames.",
    stats.workMicroseconds,
  );
  const transports = Object.keys(counters.open) as Transport[];
  const byTransport = (values: Record<Transport, number>) =>
    transports.map((transport) => [{ transport }, values[transport]] as const);
  page.family("emu_connections", "gauge", "Open connections.", byTransport(counters.open));
  page.family("emu_connections_total", "counter", "Connections so far.", byTransport(counters.accepted));
  page.add("emu_connections_refused_total", "counter", "Connections beyond the limit.", counters.refused);
  page.add(
    "emu_connections_ended_total",
    "counter",
    "Connections closed because of what they sent.",
    counters.ended,
  );
  const requests = [...counters.requests].map(([method, count]) => [{ method }, count] as const);
  page.family(
    "emu_requests_total",
    "counter",
    "Requests by method; unknown methods are counted together.",
    requests,
  );
  page.add("emu_requests_failed_total", "counter", "Requests that got an error.", counters.failedRequests);
  page.summary("emu_request_microseconds", "Time until the answer.", counters.requestMicroseconds.summary());
  page.add("emu_spectators", "gauge", "Connected spectators.", counters.spectators);
  page.add("emu_pictures_sent_total", "counter", "Pictures sent.", counters.picturesSent);
  page.add(
    "emu_pictures_dropped_total",
    "counter",
    "Pictures dropped because a peer was too slow.",
    counters.picturesDropped,
  );
  page.add("emu_picture_bytes_total", "counter", "Bytes of pictures.", counters.pictureBytes);
  page.add("emu_encodings_total", "counter", "Encodings made for spectators.", counters.encodings);
  page.add("emu_pool_blocks", "gauge", "Blocks for messages.", pool.count);
  page.add("emu_pool_blocks_available", "gauge", "Free blocks.", pool.available);
  page.add("emu_unfinished_line_bytes", "gauge", "Memory of unfinished lines.", budget.usedBytes);
  page.add("process_resident_memory_bytes", "gauge", "Resident memory.", process.memoryUsage.rss());
  return page.text;
}

class Page {
  text = "";

  add(name: string, type: string, help: string, value: number): void {
    this.family(name, type, help, [[{}, value]]);
  }

  family(name: string, type: string, help: string, samples: readonly (readonly [Labels, number])[]): void {
    this.text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
    for (const [labels, value] of samples) this.#sample(name, labels, value);
  }

  summary(name: string, help: string, { count, p50, p99, max }: HistogramSummary): void {
    this.family(name, "summary", help, [
      [{ quantile: "0.5" }, p50],
      [{ quantile: "0.99" }, p99],
      [{ quantile: "1" }, max],
    ]);
    this.#sample(`${name}_count`, {}, count);
  }

  #sample(name: string, labels: Labels, value: number): void {
    const inner = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
    this.text += `${name}${inner.length === 0 ? "" : `{${inner.join(",")}}`} ${value}\n`;
  }
}
