/** Starts a separate ssh server, only for this machine, to play through a real ssh connection. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SSHD = "/usr/sbin/sshd";
const START_MS = 1000;

/** True if ssh client and server are installed. */
export const HAS_SSH: boolean = Bun.which("ssh") !== null && existsSync(SSHD);

export interface SshServer {
  /** The command that runs a shell command in a terminal on the other side. */
  command(remote: string): string[];
  close(): Promise<void>;
}

/** Starts a server on a free port, with new keys. */
export async function startSshd(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), "emu-sshd-"));
  chmodSync(folder, 0o700);
  const at = (name: string) => join(folder, name);
  for (const key of ["host", "user"])
    if (Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at(key)]).exitCode !== 0)
      throw new Error("ssh-keygen does not work");
  copyFileSync(at("user.pub"), at("authorized"));
  const port = 20_000 + (process.pid % 10_000);
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${at("host")}`,
    `AuthorizedKeysFile ${at("authorized")}`,
    ...["PidFile none", "StrictModes no", "UsePAM no", "PermitRootLogin yes", "AcceptEnv COLORTERM"],
  ];
  writeFileSync(at("config"), `${lines.join("\n")}\n`);
  // Running as root, the server needs a folder to confine itself to.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
  const server = Bun.spawn([SSHD, "-D", "-f", at("config")], { stdout: "ignore", stderr: "ignore" });
  await Bun.sleep(START_MS);
  const options = [
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
    "SendEnv=COLORTERM",
  ];
  return {
    command: (remote) => [
      ...["ssh", "-tt", "-p", String(port), "-i", at("user")],
      ...options.flatMap((option) => ["-o", option]),
      ...["127.0.0.1", remote],
    ],
    async close() {
      server.kill();
      await server.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
