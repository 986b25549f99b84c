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

from .errors import EmuError
from .options import error_of, path, short

PROTOCOL = 2
CLOSE_SECONDS = 5
#: Time for emu to start, also on a busy computer. Other programs can be silent for ever.
START_SECONDS = 60
#: Longer than any answer of emu. Other programs can write without an end.
MAX_ANSWER_BYTES = 16 * 1024 * 1024


def find_command():
    """The command of emu: that of EMU_COMMAND, the one of this checkout, or the one on the PATH."""
    given = os.environ.get("EMU_COMMAND")
    if given:
        return _split(given, "EMU_COMMAND")
    script = Path(__file__).resolve().parents[2] / "src" / "cli" / "emu.mjs"
    runner = shutil.which("bun") or shutil.which("node")
    if script.exists() and runner:
        return [runner, str(script)]
    for name in ("emu", "emuterm"):
        found = shutil.which(name)
        if found:
            return [found]
    raise EmuError("no emu was found", "missing", "", "install the package emuterm, or set EMU_COMMAND")


def _split(text, name):
    """The parts of a command line. Raises EmuError, which names the option."""
    try:
        parts = shlex.split(text)
    except ValueError as error:
        raise EmuError(f"{error}: {short(text)}", "usage", name) from None
    if not parts:
        raise EmuError(f"{short(text)} is not a command", "usage", name)
    return parts


def _command(command):
    """The command of an environment, as a list."""
    if command is None:
        return find_command()
    if isinstance(command, str):
        return _split(command, "command")
    if not isinstance(command, (list, tuple)) or not command:
        raise EmuError(f"a list was expected, not {short(command)}", "usage", "command")
    return [path(part, "command") for part in command]


class EmuProcess:
    """A process of ``emu env`` with one vector of environments."""

    def __init__(self, rom, options, command=None):
        self._lines = bytearray()
        self._memory = None
        self._owner = os.getpid()
        # Orders whose answers have not been read, because an exception such as Ctrl-C came in between.
        self._unanswered = 0
        self._command = _command(command)
        make = {"op": "make", "rom": path(rom, "rom"), "options": options}
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # A session of its own: Ctrl-C in a terminal is for Python, which then closes emu.
            self._child = subprocess.Popen(
                [*self._command, "env"],
                stdin=theirs,
                stdout=theirs,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            self._socket.close()
            raise EmuError(f"emu cannot be started: {error}", "missing") from error
        finally:
            theirs.close()
        self._end = weakref.finalize(self, _end, self._owner, self._socket, self._child)
        _processes.add(self)
        try:
            self._greet()
            self.description = self.order(make)
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
        self.make_ready()
        line = order if isinstance(order, str) else json.dumps(order)
        try:
            self._send(line.encode() + b"\n")
            answer = self._read_line()
        except socket.timeout:
            raise
        except OSError as error:
            raise self._lost() from error
        if answer == b"k":
            return None
        try:
            data = json.loads(answer)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise self._not_emu(answer)
        if isinstance(data.get("error"), dict):
            raise error_of(data["error"])
        return data

    @property
    def pid(self):
        return self._child.pid

    def make_ready(self):
        """Must come before writes into the memory: emu carries out nothing afterwards.

        Raises EmuError in a forked process, which must not write into its parent's memory.
        """
        if os.getpid() != self._owner:
            message = f"the environment belongs to process {self._owner}, which forked this one"
            raise EmuError(message, "usage", "", "make an environment in this process")
        try:
            while self._unanswered > 0:
                self._read_line()
        except OSError as error:
            raise self._lost() from error

    def close(self):
        """Ends the process. Nothing can be ordered afterwards. In a forked process it only drops the copies."""
        self._end()

    def _greet(self):
        """Checks that the process is emu. Starting a game can take any time, but the greeting cannot."""
        self._socket.settimeout(START_SECONDS)
        try:
            answer = self.order({"op": "hello"})
        except socket.timeout:
            # It reads no orders, so it would not end by itself.
            os.killpg(self._child.pid, signal.SIGKILL)
            message = f"the command {shlex.join(self._command)!r} has not answered for {START_SECONDS} s"
            raise EmuError(message, "unavailable", "", "correct EMU_COMMAND or command") from None
        if not isinstance(answer, dict) or "protocol" not in answer:
            raise self._not_emu(json.dumps(answer))
        if answer["protocol"] != PROTOCOL:
            raise EmuError("emu is of another version than this package", "unavailable", "", "install both anew")
        self._socket.settimeout(None)

    def _send(self, data):
        self._unanswered += 1
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            # The process has ended: what it has written says more.
            pass
        except OSError:
            raise
        except BaseException:
            # Perhaps emu has a part of a line now.
            self.close()
            raise

    def _read_line(self):
        searched = 0
        while (end := self._lines.find(b"\n", searched)) < 0:
            searched = len(self._lines)
            if searched > MAX_ANSWER_BYTES:
                raise self._not_emu(self._lines)
            more = self._socket.recv(65536)
            if not more:
                raise self._lost()
            self._lines += more
        line = bytes(self._lines[:end])
        del self._lines[: end + 1]
        self._unanswered -= 1
        return line

    def _not_emu(self, answer):
        self.close()
        start = answer[:60] if isinstance(answer, str) else bytes(answer[:60]).decode(errors="replace")
        message = f"the command {shlex.join(self._command)!r} is not emu: it wrote {start!r}"
        return EmuError(message, "unavailable", "", "correct EMU_COMMAND or command")

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
            try:
                self._memory = mmap.mmap(descriptor, size)
            except OSError as error:
                raise EmuError(f"no memory for {size} bytes of observations: {error}", "io") from error
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
