import { describe, expect, test } from "bun:test";
import { FlowControl } from "../../../src/io/thread/flow-control.ts";

const FRAME_MS = 1000 / 60;

interface Link {
  /** Round trip time to the terminal without any load. */
  readonly roundTripMs: number;
  /** Time that the terminal takes for a frame of full size. */
  readonly frameMs: number;
  /** Size of a frame without a limit. */
  readonly frameBytes?: number;
  readonly answers: boolean;
}

/**
 * Simulates ten seconds of frames over a link with an unlimited buffer. Returns the age and number of
 * pictures.
 */
function simulate({ roundTripMs, frameMs, frameBytes = 5000, answers }: Link) {
  const flow = new FlowControl();
  const latencies: number[] = [];
  const reports: number[] = [];
  let terminalFreeMs = 0;
  let sent = 0;
  for (let nowMs = 0; nowMs < 10_000; nowMs++) {
    const due = reports.filter((at) => at <= nowMs).length;
    reports.splice(0, due);
    if (due > 0) flow.answered(due, nowMs);
    const frame = Math.floor(nowMs / FRAME_MS);
    if (frame <= sent || !flow.mayBeSent(nowMs)) continue;
    sent = frame;
    const bytes = Math.min(frameBytes, flow.limitBytes);
    flow.sent(frame * FRAME_MS, nowMs, bytes);
    terminalFreeMs = Math.max(terminalFreeMs, nowMs + roundTripMs / 2) + (frameMs * bytes) / frameBytes;
    if (nowMs > 2000) latencies.push(terminalFreeMs - frame * FRAME_MS);
    if (answers) reports.push(terminalFreeMs + roundTripMs / 2);
  }
  latencies.sort((a, b) => a - b);
  return {
    perSecond: latencies.length / 8,
    worstMs: latencies.at(-1)!,
    medianMs: latencies[Math.floor(latencies.length / 2)],
  };
}

describe("FlowControl", () => {
  test("sends every frame to a local terminal", () => {
    const { perSecond, worstMs } = simulate({ roundTripMs: 1, frameMs: 4, answers: true });
    expect(perSecond).toBeGreaterThan(59);
    expect(worstMs).toBeLessThan(20);
  });

  test("keeps pictures recent when the terminal is slow", () => {
    const { perSecond, medianMs, worstMs } = simulate({ roundTripMs: 2, frameMs: 50, answers: true });
    expect(perSecond).toBeGreaterThan(14);
    expect(medianMs).toBeLessThan(80);
    expect(worstMs).toBeLessThan(140);
  });

  test("asks for smaller frames when the link is slow", () => {
    const link = { roundTripMs: 4, frameMs: 250, frameBytes: 500_000, answers: true };
    const { perSecond, medianMs, worstMs } = simulate(link);
    expect(perSecond).toBeGreaterThan(14);
    expect(medianMs).toBeLessThan(80);
    expect(worstMs).toBeLessThan(100);
  });

  test("waits for a large frame as long as a slow link may take, and then for smaller ones", () => {
    const link = { roundTripMs: 4, frameMs: 2000, frameBytes: 1_000_000, answers: true };
    const { perSecond, medianMs } = simulate(link);
    expect(perSecond).toBeGreaterThan(14);
    expect(medianMs).toBeLessThan(80);
  });

  test("has several frames in flight on a link with a long delay", () => {
    const { perSecond, worstMs } = simulate({ roundTripMs: 90, frameMs: 3, answers: true });
    expect(perSecond).toBeGreaterThan(50);
    expect(worstMs).toBeLessThan(120);
  });

  test("does not wait for a terminal that has stopped answering", () => {
    const { perSecond } = simulate({ roundTripMs: 1, frameMs: 4, answers: false });
    expect(perSecond).toBeGreaterThan(59);
  });

  test("continues after a lost report", () => {
    const flow = new FlowControl();
    flow.sent(0, 0, 5000);
    expect(flow.mayBeSent(100)).toBe(false);
    expect(flow.mayBeSent(600)).toBe(true);
    flow.sent(600, 600, 5000);
    flow.answered(1, 610);
    expect(flow.latencyMs).toBe(10);
    expect(flow.mayBeSent(620)).toBe(true);
  });
});
