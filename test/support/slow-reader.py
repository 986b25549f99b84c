"""Runs a program in a pty and takes BYTES_PER_SECOND of its output, as a terminal behind a slow link does.

slow-reader.py BYTES_PER_SECOND BUFFER_BYTES COLUMNS ROWS COMMAND...
The link's buffer takes BUFFER_BYTES at once, as ssh's does; the terminal behind it answers DA1 and cursor
position requests when it comes to them. Prints the JSON of the program's line "ended: kind {...}".
"""
import fcntl, json, os, pty, select, struct, sys, termios, time

rate = float(sys.argv[1])
capacity = int(sys.argv[2])
columns, rows = int(sys.argv[3]), int(sys.argv[4])
start = time.monotonic()
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[5], sys.argv[5:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
ANSWERS = [] if os.environ.get("SILENT") else [(b"\x1b[c", b"\x1b[?62c"), (b"\x1b[6n", b"\x1b[1;1R")]
buffered = bytearray()
shown = b""
budget = 0.0
last = time.monotonic()
ended = False
while not ended or buffered:
    room = len(buffered) < max(capacity, 4096)
    ready, _, _ = select.select([fd] if room and not ended else [], [], [], 0.002)
    if ready:
        try:
            data = os.read(fd, 65536)
        except OSError:
            data = b""
        ended = ended or not data
        buffered += data
    now = time.monotonic()
    budget = min(budget + (now - last) * rate, rate / 50)
    last = now
    take = min(len(buffered), int(budget))
    if take == 0:
        continue
    budget -= take
    # A request may be cut in two: what could be its beginning is looked at again.
    tail = shown[-8:]
    piece = bytes(buffered[:take])
    del buffered[:take]
    shown = shown[-100000:] + piece
    for query, answer in ANSWERS:
        count = (tail + piece).count(query) - tail.count(query)
        if count > 0 and not ended:
            os.write(fd, answer * count)
os.waitpid(pid, 0)
line = shown[shown.rindex(b"ended: "):].split(b"\n", 1)[0]
result = json.loads(line[line.index(b"{"):line.rindex(b"}") + 1])
result["seconds"] = time.monotonic() - start
print(json.dumps(result))
