"""Options as Python names them, and as emu reads them: JSON with names in camel case."""

import base64
import math
import os
import re

import numpy as np

from .errors import EmuError

#: Options of Python, and their names in emu.
NAMES = {
    "observation": "observation",
    "actions": "actions",
    "players": "players",
    "frame_skip": "frameSkip",
    "max_last_two": "maxLastTwo",
    "sticky": "sticky",
    "noops": "noops",
    "starts": "starts",
    "reward": "reward",
    "end": "end",
    "info": "info",
    "max_steps": "maxSteps",
    "symbols": "symbols",
    "fds_bios": "fdsBios",
    "patches": "patches",
    "palette": "palette",
    "region": "region",
    "ram_fill": "ramFill",
    "alignment": "alignment",
    "mmc3_revision": "mmc3Revision",
    "cpu_revision": "cpuRevision",
    "ppu_revision": "ppuRevision",
    "console": "console",
    "disk_side": "diskSide",
    "exact": "exact",
}
#: Names of emu that Python has others for, in errors.
PYTHON_NAMES = {name: ours for ours, name in NAMES.items()} | {"count": "num_envs", "multiBinary": "multi_binary"}
#: Integers that emu reads without a loss.
MAX_INTEGER = 2**53 - 1
#: Lists in lists; options need 3.
MAX_DEPTH = 16


def for_emu(options):
    """The options as emu reads them. Raises EmuError for unknown ones, and for values that cannot be sent."""
    named = {}
    for name, value in options.items():
        if value is None:
            continue
        check_name(name, NAMES)
        named[NAMES[name]] = plain(value, name)
    if "starts" in named and not isinstance(named["starts"], list):
        raise EmuError(f"a list was expected, not {short(options['starts'])}", "usage", "starts")
    actions = named.get("actions")
    if isinstance(actions, dict) and "multi_binary" in actions:
        actions["multiBinary"] = actions.pop("multi_binary")
    return named


def check_name(name, known):
    """Raises EmuError if an option is not one of ``known``."""
    if name not in known:
        raise EmuError(f"unknown option {str(name)[:40]}", "usage", "", f"one of {', '.join(known)}")


def plain(value, name, depth=0):
    """``value`` as JSON can hold it; states as base64. Raises EmuError, which names the option."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, (int, np.integer)) and abs(int(value)) <= MAX_INTEGER:
        return int(value)
    if isinstance(value, (float, np.floating)) and math.isfinite(value):
        return float(value)
    if isinstance(value, os.PathLike):
        return path(value, name)
    if depth < MAX_DEPTH:
        if isinstance(value, np.ndarray):
            return plain(value.tolist(), name, depth + 1)
        if isinstance(value, (list, tuple, range)):
            return [plain(one, name, depth + 1) for one in value]
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            if isinstance(value.get("state"), (bytes, bytearray)):
                return {"base64": base64.b64encode(value["state"]).decode()}
            return {key: plain(one, f"{name}.{key}"[:80], depth + 1) for key, one in value.items()}
    remedy = "an expression such as 'delta(score)'" if callable(value) else ""
    raise EmuError(f"{short(value)} cannot be sent to emu", "usage", name, remedy)


def path(value, name):
    """A path as text. Raises EmuError, which names the option."""
    try:
        return os.fsdecode(value)
    except TypeError:
        raise EmuError(f"a path was expected, not {short(value)}", "usage", name) from None


def short(value):
    """A value in an error: its start, and only the type of a number or an object without a short text."""
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return "a whole number beyond 2**53 - 1"
    try:
        text = repr(value)
    except Exception:
        return f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."


def error_of(data):
    """The error that emu has sent, with the names that options have in Python."""

    def ours(found):
        return PYTHON_NAMES.get(found[0], found[0])

    message = re.sub(r"^\w+", ours, str(data.get("message")))
    where = re.sub(r"^\w+", ours, str(data.get("where", "")))
    remedy = re.sub(r"\w+", ours, str(data.get("remedy", "")))
    return EmuError(message, str(data.get("kind")), where, remedy)
