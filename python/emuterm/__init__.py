"""NES games as environments for learning, with the API of Gymnasium.

>>> import emuterm
>>> env = emuterm.Env("game.nes", observation={"format": "gray", "width": 84, "height": 84})
>>> observation, info = env.reset(seed=1)
>>> observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
>>> env.close()

The options are those of ``makeEnv`` in TypeScript, in snake case; see docs/env.md. The games run in a process
of ``emu``, which the first environment of each object starts. Invalid options raise ``EmuError``.
"""

from .env import Env, VectorEnv
from .errors import EmuError

__all__ = ["EmuError", "Env", "VectorEnv"]
__version__ = "0.1.0"
