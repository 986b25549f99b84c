"""The process of emu that runs the games, and the memory that it shares with this one.

Orders and answers are lines on a pair of Unix sockets, which are the process's standard streams. When either
side is killed, the other reads the end of its stream: emu then ends, and Python raises EmuError. The memory is
a file without a name, so nothing is left behind.
"""

import json
import mmap
import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import weakref
from pathlib import Path

import numpy as np

PROTOCOL = 1
CLOSE_SECONDS = 5


class EmuError(Exception):
    """An error of emu: what is wrong, where, and what to do.

    ``kind`` is "usage", "data", "missing", "unavailable" or "io" for bad input, and "bug" for a bug in emu.
    """

    def __init__(self, message, kind="io", where="", remedy=""):
        text = f"{where}: {message}" if where else message
        super().__init__(f"{text} ({remedy})" if remedy else text)
        self.kind, self.where, self.remedy = kind, where, remedy


def find_command():
    """The command of emu: that of EMU_COMMAND, the one of this checkout, or the one on the PATH."""
    given = os.environ.get("EMU_COMMAND")
    if given:
        return shlex.split(given)
    script = Path(__file__).resolve().parents[2] / "src" / "cli" / "emu.mjs"
    runner = shutil.which("bun") or shutil.which("node")
    if script.exists() and runner:
        return [runner, str(script)]
    for name in ("emu", "emuterm"):
        found = shutil.which(name)
        if found:
            return [found]
    raise EmuError("no emu was found", "missing", "", "install the package emuterm, or set EMU_COMMAND")


class EmuProcess:
    """A process of ``emu env`` with one vector of environments."""

    def __init__(self, rom, options, command=None):
        self._lines = b""
        self._memory = None
        self._owner = os.getpid()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # A session of its own: Ctrl-C in a terminal is for Python, which then closes emu.
            self._child = subprocess.Popen(
                [*(command or find_command()), "env"],
                stdin=theirs,
                stdout=theirs,
                start_new_session=True,
            )
        except OSError as error:
            self._socket.close()
            raise EmuError(f"emu cannot be started: {error}", "missing") from error
        finally:
            theirs.close()
        self._end = weakref.finalize(self, _end, self._owner, self._socket, self._child)
        _processes.add(self)
        try:
            self.description = self.order({"op": "make", "rom": os.fspath(rom), "options": options})
            if self.description.get("protocol") != PROTOCOL:
                raise EmuError("emu is of another version than this package", "unavailable", "", "install both anew")
            self._open_memory(self.description["places"]["totalBytes"])
        except BaseException:
            self.close()
            raise

    def view(self, name, dtype, shape):
        """An array in the shared memory."""
        count = int(np.prod(shape, dtype=np.int64))
        return np.frombuffer(self._memory, dtype, count, self.description["places"][name]).reshape(shape)

    def order(self, order):
        """Sends an order and waits for the answer: "s" for a step, or a dict. Raises EmuError."""
        self.check_owner()
        line = order if isinstance(order, str) else json.dumps(order)
        try:
            self._socket.sendall(line.encode() + b"\n")
            answer = self._read_line()
        except OSError as error:
            raise self._lost() from error
        if answer == b"k":
            return None
        data = json.loads(answer)
        if "error" in data:
            raise EmuError(**data["error"])
        return data

    @property
    def pid(self):
        return self._child.pid

    def check_owner(self):
        """Raises EmuError in a forked process, which must not write into its parent's memory."""
        if os.getpid() != self._owner:
            message = f"the environment belongs to process {self._owner}, which forked this one"
            raise EmuError(message, "usage", "", "make an environment in this process")

    def close(self):
        """Ends the process. Nothing can be ordered afterwards. In a forked process it only drops the copies."""
        self._end()

    def _read_line(self):
        while b"\n" not in self._lines:
            more = self._socket.recv(65536)
            if not more:
                raise self._lost()
            self._lines += more
        line, self._lines = self._lines.split(b"\n", 1)
        return line

    def _lost(self):
        if not self._end.alive:
            return EmuError("the environment has been closed", "usage")
        try:
            code = self._child.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        self.close()
        return EmuError(f"emu has ended unexpectedly (exit code {code})", "unavailable", "", "make a new environment")

    def _open_memory(self, size):
        if hasattr(os, "memfd_create"):
            descriptor = os.memfd_create("emuterm")
            path, name = f"/proc/{os.getpid()}/fd/{descriptor}", None
        else:
            descriptor, name = tempfile.mkstemp(prefix="emuterm-")
            path = name
        try:
            os.ftruncate(descriptor, size)
            self._memory = mmap.mmap(descriptor, size)
            self.order({"op": "open", "path": path})
        finally:
            os.close(descriptor)
            if name is not None:
                os.unlink(name)


#: The processes whose sockets a fork copies.
_processes = weakref.WeakSet()


def _drop_copies():
    """In a forked process: drops the sockets, so that emu still reads the end of its stream if the parent ends."""
    for process in list(_processes):
        process.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_drop_copies)


def _end(owner, sock, child):
    """Ends emu: it reads the end of its stream. A forked process, which is not its owner, leaves it alone."""
    if os.getpid() != owner:
        sock.close()
        return
    try:
        sock.sendall(b"q\n")
    except OSError:
        pass
    sock.close()
    try:
        child.wait(CLOSE_SECONDS)
    except subprocess.TimeoutExpired:
        # The command can be a launcher: its session has the process itself too.
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
