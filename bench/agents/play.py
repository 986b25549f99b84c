"""The random agent of play.ts, from Python: the same runs, and the same lines."""

import json
import re
import sys
import zlib

import emuterm
import numpy as np


def resident_mib(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


run = json.loads(sys.argv[1])
options = {re.sub("[A-Z]", lambda found: "_" + found[0].lower(), name): value for name, value in run["options"].items()}
count = run["count"]
with emuterm.VectorEnv(run["rom"], count, workers=run["threads"], **options) as envs:
    envs.reset(seed=1)
    choices = envs.single_action_space.n
    random, crc, episodes, step = 1, 0, 0, 0
    actions = np.zeros(count, int)
    while step < run["steps"]:
        for i in range(count):
            random = (random * 1664525 + 1013904223) & 0xFFFFFFFF
            actions[i] = (random >> 16) % choices
        observations, rewards, terminated, truncated, _ = envs.step(actions)
        for part in (observations, rewards, terminated, truncated):
            crc = zlib.crc32(part, crc)
        episodes += int((terminated | truncated).sum())
        step += count
        if step % run["stepsPerMark"] == 0 or step >= run["steps"]:
            resident = resident_mib("self") + resident_mib(envs._games.process.pid)
            mark = {"steps": step, "hash": crc, "episodes": episodes, "residentMib": resident}
            print(json.dumps(mark), flush=True)
