import type { TestRedis } from "./redis.ts";

/** The workers' process ids that have begun each test without a result, by index. */
export async function begunTests(redis: TestRedis): Promise<Map<number, number[]>> {
  const found = new Map<number, number[]>();
  const [key] = (await redis.send("KEYS", "emufarm:run:*:starts")) as string[];
  if (key === undefined) return found;
  const starts = (await redis.send("HGETALL", key)) as Record<string, string>;
  const results = new Set((await redis.send("HKEYS", key.replace(/starts$/, "results"))) as string[]);
  for (const [index, names] of Object.entries(starts)) {
    if (results.has(index)) continue;
    found.set(
      Number(index),
      names
        .trim()
        .split(" ")
        .map((name) => Number(name.split(":").at(-2))),
    );
  }
  return found;
}

/** Calls `condition` until it returns a value. */
export async function until<T>(condition: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await condition();
    if (value !== undefined) return value;
    await Bun.sleep(20);
  }
}
