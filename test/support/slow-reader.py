"""Runs a program in a pty and reads its output at so many bytes a second, in small pieces.

slow-reader.py BYTES_PER_SECOND COMMAND...  Prints the JSON of the program's line "ended: kind {...}".
"""
import fcntl, json, os, pty, struct, sys, termios, time

rate = float(sys.argv[1])
start = time.monotonic()
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
output = b""
asked = 0
while True:
    before = time.monotonic()
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    output += data
    if output.count(b"\x1b[c") > asked:
        asked += 1
        os.write(fd, b"\x1b[?62c")
    time.sleep(max(0, len(data) / rate - (time.monotonic() - before)))
os.waitpid(pid, 0)
line = output[output.rindex(b"ended: "):].split(b"{", 1)[1].split(b"}")[0]
result = json.loads(b"{" + line + b"}")
result["seconds"] = time.monotonic() - start
print(json.dumps(result))
