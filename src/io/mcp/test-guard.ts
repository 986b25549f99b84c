/**
 * The process that `run_tests` starts, as the leader of a process group: it runs `bun test FILE` in the
 * folder FOLDER, and ends the whole group when emu has ended, however that happened: then its standard input
 * ends.
 */
export {};

const [folder = ".", target = "."] = process.argv.slice(2);
const tests = Bun.spawn([process.execPath, "test", target, "--timeout", "60000"], {
  cwd: folder,
  stdin: "ignore",
  stdout: "inherit",
  stderr: "inherit",
});
for (const event of ["end", "close", "error"]) process.stdin.on(event, endAll);
process.stdin.resume();
process.exit(await tests.exited);

function endAll(): void {
  tests.kill("SIGKILL");
  if (process.platform !== "win32") process.kill(-process.pid, "SIGKILL");
  process.exit(1);
}
