import { serveOrders } from "../../../../src/io/runtime/managed-workers.ts";

export type TestOrder =
  | { readonly square: number }
  | { readonly sleepMs: number }
  | { readonly fail: string }
  | { readonly exit: number };

serveOrders(async (order: TestOrder): Promise<number> => {
  if ("square" in order) return order.square ** 2;
  if ("exit" in order) process.exit(order.exit);
  if ("fail" in order) throw new Error(order.fail);
  await Bun.sleep(order.sleepMs);
  return 0;
});
