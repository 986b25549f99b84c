"""``Env`` and ``VectorEnv``, with the API of Gymnasium."""

import base64

import numpy as np

from . import spaces
from .process import EmuError, EmuProcess

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
    "region": "region",
    "ram_fill": "ramFill",
    "alignment": "alignment",
    "console": "console",
    "disk_side": "diskSide",
}
AUTORESETS = {"next-step": "NEXT_STEP", "same-step": "SAME_STEP", "off": "DISABLED"}


class _Games:
    """The arrays of a vector of environments, and the orders to it."""

    def __init__(self, rom, options, command):
        self.process = EmuProcess(rom, options, command)
        about = self.process.description
        self.count = count = about["count"]
        self.shape = tuple(about["shape"])
        self.action_kind, self.action_size = about["actions"]["kind"], about["actions"]["size"]
        self.info_names = about["info"]
        self.autoreset = about["autoreset"]
        self.frames_per_second = about["framesPerSecond"]
        view = self.process.view
        infos = (count, len(self.info_names))
        self.observations = view("observations", np.uint8, (count, *self.shape))
        self.final_observations = view("finalObservations", np.uint8, (count, *self.shape))
        self.rewards = view("rewards", np.float64, (count,))
        self.infos = view("info", np.float64, infos)
        self.final_infos = view("finalInfo", np.float64, infos)
        self.frames = view("frames", np.float64, (count,))
        self.seeds = view("seeds", np.float64, (count,))
        self.actions = view("actions", np.uint32, (count,))
        self.orders = view("orders", np.uint8, (count,))
        self.terminated = view("terminated", np.uint8, (count,))
        self.truncated = view("truncated", np.uint8, (count,))
        self.has_final = view("hasFinal", np.uint8, (count,))
        self.state_in = view("stateIn", np.uint8, (about["stateBytes"],))
        self.state_out = view("stateOut", np.uint8, (about["stateBytes"],))
        self.picture = view("picture", np.uint8, tuple(about["picture"]))

    def reset(self, seeds, state, mask):
        self.process.check_owner()
        for i, seed in enumerate(seeds):
            self.seeds[i] = np.nan if seed is None else _seed(seed)
        self.orders[:] = 1 if mask is None else np.asarray(mask, bool)
        if state is not None:
            if len(state) != len(self.state_in):
                raise EmuError(f"a state of this game has {len(self.state_in)} bytes, not {len(state)}", "data")
            self.state_in[:] = np.frombuffer(state, np.uint8)
        self.process.order({"op": "reset", "hasState": state is not None})

    def pack(self, actions):
        """Writes actions into the memory, multi-binary ones as bits."""
        actions = np.asarray(actions)
        if self.action_kind == "multi-binary":
            if actions.shape != (self.count, self.action_size):
                raise EmuError(f"the actions have the shape {actions.shape}", "usage")
            self.actions[:] = (actions != 0) @ (1 << np.arange(self.action_size, dtype=np.uint64))
            return
        if actions.shape != (self.count,) or not np.issubdtype(actions.dtype, np.integer):
            raise EmuError(f"{self.count} whole numbers are needed as actions, not {actions!r}", "usage")
        if ((actions < 0) | (actions >= self.action_size)).any():
            raise EmuError(f"an action is not from 0 to {self.action_size - 1}: {actions!r}", "usage")
        self.actions[:] = actions

    def step(self, actions):
        self.process.check_owner()
        self.pack(actions)
        self.process.order("s")

    def save_state(self, index):
        self.process.order({"op": "save", "index": index})
        return self.state_out.tobytes()

    def render(self, index):
        self.process.order({"op": "render", "index": index})
        return self.picture.copy()

    def space(self, count=None):
        """The action space of one environment, or of ``count``."""
        many = () if count is None else (count,)
        if self.action_kind == "multi-binary":
            return spaces.MultiBinary(self.action_size if count is None else (*many, self.action_size))
        if count is None:
            return spaces.Discrete(self.action_size)
        return spaces.MultiDiscrete([self.action_size] * count)


def _seed(seed):
    if isinstance(seed, (int, np.integer)) and 0 <= seed < 2**53:
        return int(seed)
    raise EmuError(f"seed {seed!r}: a whole number from 0 to 2**53 - 1 was expected", "usage")


def _options(options):
    """The options as emu names them. Raises EmuError for unknown ones."""
    named = {}
    for name, value in options.items():
        if value is None:
            continue
        if name not in NAMES:
            raise EmuError(f"unknown option {name}", "usage", "", f"one of {', '.join(NAMES)}")
        named[NAMES[name]] = value
    if "starts" in named:
        named["starts"] = [_start(start) for start in named["starts"]]
    return named


def _start(start):
    state = start.get("state") if isinstance(start, dict) else None
    if isinstance(state, (bytes, bytearray)):
        return {"base64": base64.b64encode(state).decode()}
    return start


class Env(spaces.EnvBase):
    """A game as an environment. ``rom`` is a file; ``options`` are those of ``makeEnv`` in snake case.

    Observations are arrays of their own. With ``copy=False`` they are views of the shared memory, which the next
    step overwrites. ``command`` is the command of emu as a list; by default it is searched for.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 60}

    def __init__(self, rom, *, render_mode=None, copy=True, command=None, **options):
        if render_mode not in (None, "rgb_array"):
            raise EmuError(f"unknown render_mode {render_mode}", "usage", "", "rgb_array, or None")
        self._games = _Games(rom, {**_options(options), "count": 1, "workers": 0, "autoreset": "off"}, command)
        self._copy = copy
        self.render_mode = render_mode
        self.metadata = {**self.metadata, "render_fps": self._games.frames_per_second}
        self.observation_space = spaces.Box(0, 255, self._games.shape, np.uint8)
        self.action_space = self._games.space()

    def reset(self, *, seed=None, options=None):
        """Starts an episode; ``options={"state": bytes}`` from a state."""
        self._games.reset([seed], (options or {}).get("state"), None)
        if spaces.HAS_GYMNASIUM:
            super().reset(seed=seed)
        return self._observation(), self._info()

    def step(self, action):
        """Carries out an action. Returns observation, reward, terminated, truncated and info."""
        games = self._games
        games.step(np.asarray(action)[None])
        ends = bool(games.terminated[0]), bool(games.truncated[0])
        return self._observation(), float(games.rewards[0]), *ends, self._info()

    def render(self):
        """The whole frame that would come next, as an array of RGB."""
        return self._games.render(0) if self.render_mode == "rgb_array" else None

    def save_state(self):
        """The state of the console, for ``reset`` and ``starts``."""
        return self._games.save_state(0)

    def close(self):
        self._games.process.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _observation(self):
        observation = self._games.observations[0]
        return observation.copy() if self._copy else observation

    def _info(self):
        games = self._games
        values = {name: float(games.infos[0, i]) for i, name in enumerate(games.info_names)}
        return {"frame": int(games.frames[0]), **values}


class VectorEnv(spaces.VectorEnvBase):
    """``num_envs`` games on ``workers`` threads of one process of emu: a step is one call.

    ``autoreset`` is "next-step" (the default), "same-step" or "off", with the rules of Gymnasium's
    ``AutoresetMode``. Everything else is as in ``Env``.
    """

    metadata = {"render_modes": ["rgb_array"]}

    def __init__(
        self, rom, num_envs, *, workers=None, autoreset="next-step", render_mode=None, copy=True, command=None, **options
    ):
        if render_mode not in (None, "rgb_array"):
            raise EmuError(f"unknown render_mode {render_mode}", "usage", "", "rgb_array, or None")
        vector = {"count": num_envs, "autoreset": autoreset, **({} if workers is None else {"workers": workers})}
        self._games = games = _Games(rom, {**_options(options), **vector}, command)
        self._copy = copy
        self.num_envs = num_envs
        self.render_mode = render_mode
        mode = AUTORESETS[autoreset]
        if spaces.AutoresetMode is not None:
            mode = spaces.AutoresetMode[mode]
        self.metadata = {**self.metadata, "autoreset_mode": mode, "render_fps": games.frames_per_second}
        self.single_observation_space = spaces.Box(0, 255, games.shape, np.uint8)
        self.observation_space = spaces.Box(0, 255, (num_envs, *games.shape), np.uint8)
        self.single_action_space = games.space()
        self.action_space = games.space(num_envs)

    def reset(self, *, seed=None, options=None):
        """Starts episodes. Environment i gets ``seed + i``, or ``seed[i]``.

        ``options`` can have ``state``, and ``reset_mask``: which environments are reset.
        """
        if seed is None or isinstance(seed, (int, np.integer)):
            seeds = [None if seed is None else seed + i for i in range(self.num_envs)]
        elif len(seed) == self.num_envs:
            seeds = seed
        else:
            raise EmuError(f"there are {len(seed)} seeds; {self.num_envs} were expected", "usage")
        options = options or {}
        mask = options.get("reset_mask")
        if mask is not None and len(mask) != self.num_envs:
            raise EmuError(f"the mask has {len(mask)} values; {self.num_envs} were expected", "usage")
        self._games.reset(seeds, options.get("state"), mask)
        return self._own(self._games.observations), self._info()

    def step(self, actions):
        """Carries out an action per environment."""
        games = self._games
        games.step(actions)
        ends = games.terminated.astype(bool), games.truncated.astype(bool)
        return self._own(games.observations), games.rewards.copy(), *ends, self._info()

    def render(self):
        """The whole frames that would come next, one per environment."""
        if self.render_mode != "rgb_array":
            return None
        return tuple(self._games.render(i) for i in range(self.num_envs))

    def save_state(self, index):
        """The state of the console of environment ``index``."""
        return self._games.save_state(index)

    def close(self, **_):
        self._games.process.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _own(self, array):
        return array.copy() if self._copy else array

    def _info(self):
        """Values by name, each with the mask of the environments that have it, as Gymnasium has them."""
        games = self._games
        everywhere = np.ones(self.num_envs, bool)
        info = {"frame": games.frames.astype(np.int64), "_frame": everywhere}
        for i, name in enumerate(games.info_names):
            info[name], info[f"_{name}"] = games.infos[:, i].copy(), everywhere
        final = games.has_final.astype(bool)
        if final.any():
            observations = np.full(self.num_envs, None, object)
            for i in np.flatnonzero(final):
                observations[i] = games.final_observations[i].copy()
            last = {name: games.final_infos[:, i].copy() for i, name in enumerate(games.info_names)}
            info.update(final_obs=observations, _final_obs=final, final_info=last, _final_info=final)
        return info
