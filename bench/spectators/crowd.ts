/** Spectators for bench/spectators.ts: address, how many, how many of them never read, pictures a second. */
export {};

const [address = "", count = "0", stalled = "0", fps = "15"] = process.argv.slice(2);
const [hostname = "", port = ""] = address.split(":");
for (let i = 0; i < Number(count); i++) {
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: { data: () => undefined, close: () => console.error("a spectator was cut off") },
  });
  socket.write(`watch fps=${fps} columns=120 rows=40\n`);
  if (i < Number(stalled)) socket.pause();
}
