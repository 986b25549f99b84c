import { LEFT } from "./executor.ts";
import { BATCH, jobKey } from "./keys.ts";
import type { FarmQueue } from "./queue.ts";
import type { FarmRedis } from "./redis.ts";

/** BullMQ gives a job to other workers if its worker is silent. After this many times it is sent anew. */
const MAX_STALLS = 3;

/** The state of a job. */
export type JobState =
  | { readonly kind: "living" | "gone" }
  /** Removed from the queue. `reason` is there unless the job failed for a reason outside of it. */
  | { readonly kind: "failed"; readonly reason?: string };

/** The states of jobs. Those that have failed, and those that no worker can take, are removed. */
export async function statesOfJobs(
  redis: FarmRedis,
  queue: FarmQueue,
  build: string,
  ids: readonly string[],
): Promise<Map<string, JobState>> {
  const states = new Map<string, JobState>();
  for (let at = 0; at < ids.length; at += BATCH) {
    const set = async (id: string): Promise<unknown> =>
      states.set(id, await stateOf(redis, queue, build, id));
    await Promise.all(ids.slice(at, at + BATCH).map(set));
  }
  return states;
}

async function stateOf(redis: FarmRedis, queue: FarmQueue, build: string, id: string): Promise<JobState> {
  const fields = ["name", "stc", "failedReason"];
  const [name, stalls, reason] = await redis.texts("HMGET", [jobKey(build, id), ...fields], fields.length);
  if (name == null) return { kind: "gone" };
  const hasFailed = (await redis.text("ZSCORE", [jobKey(build, "failed"), id])) !== null;
  const isStuck = Number(stalls ?? 0) >= MAX_STALLS;
  if (!hasFailed && !isStuck) return { kind: "living" };
  await queue.remove(id);
  if (!hasFailed) return { kind: "failed" };
  return { kind: "failed", ...(reason == null || reason.startsWith(LEFT) ? {} : { reason }) };
}
