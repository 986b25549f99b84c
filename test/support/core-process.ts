import { readdirSync, readFileSync } from "node:fs";

/** Id of the core's process that the program `parent` has started; −1 if there is none. */
export function coreProcessOf(parent: number): number {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
      if (new RegExp(`^PPid:\\s${parent}$`, "m").test(status) && command.includes("core-process"))
        return Number(name);
    } catch {
      // It has ended meanwhile.
    }
  }
  return -1;
}
