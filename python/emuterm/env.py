"""``Env`` and ``VectorEnv``, with the API of Gymnasium."""

import numpy as np

from . import spaces
from .errors import EmuError
from .options import check_name, for_emu, plain, short
from .process import EmuProcess

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

    def reset(self, seeds, options, known):
        """Starts episodes. ``options`` are the caller's, of which ``known`` exist."""
        self.process.make_ready()
        options = {} if options is None else options
        if not isinstance(options, dict):
            raise EmuError(f"a dict was expected, not {short(options)}", "usage", "options")
        for name in options:
            check_name(name, known)
        self.seeds[:] = [np.nan if seed is None else _seed(seed) for seed in seeds]
        mask = options.get("reset_mask")
        self.orders[:] = 1 if mask is None else self.mask(mask)
        state = options.get("state")
        if state is not None:
            self.state_in[:] = self.state(state)
        self.process.order({"op": "reset", "hasState": state is not None})

    def mask(self, mask):
        """Which environments a reset is for."""
        mask = _array(mask, "reset_mask")
        if mask.shape != (self.count,) or mask.dtype.kind not in "biu":
            raise EmuError(f"{self.count} booleans were expected, not {short(mask)}", "usage", "reset_mask")
        return mask != 0

    def state(self, state):
        """The bytes of a state."""
        try:
            state = np.frombuffer(state, np.uint8)
        except (TypeError, ValueError, BufferError, AttributeError):
            raise EmuError(f"bytes of save_state() were expected, not {short(state)}", "usage", "state") from None
        if len(state) != len(self.state_in):
            raise EmuError(f"a state of this game has {len(self.state_in)} bytes, not {len(state)}", "data")
        return state

    def pack(self, actions):
        """Writes actions into the memory, multi-binary ones as bits."""
        actions = _array(actions, "actions")
        if self.action_kind == "multi-binary":
            expected = (self.count, self.action_size)
            if actions.shape != expected or actions.dtype.kind not in "biuf":
                raise EmuError(f"an array of 0 and 1 of the shape {expected} is needed, not {short(actions)}", "usage")
            self.actions[:] = (actions != 0) @ (1 << np.arange(self.action_size, dtype=np.uint64))
            return
        if actions.shape != (self.count,) or not np.issubdtype(actions.dtype, np.integer):
            raise EmuError(f"{self.count} whole numbers are needed as actions, not {short(actions)}", "usage")
        if ((actions < 0) | (actions >= self.action_size)).any():
            raise EmuError(f"an action is not from 0 to {self.action_size - 1}: {short(actions)}", "usage")
        self.actions[:] = actions

    def step(self, actions):
        self.process.make_ready()
        self.pack(actions)
        self.process.order("s")

    def step_one(self, action):
        """A step of the only environment. A valid number is not made an array, which takes a fifth of the call."""
        if type(action) not in (int, np.int64) or self.action_kind == "multi-binary" or not 0 <= action < self.action_size:
            self.step(_array(action, "action")[None])
            return
        self.process.make_ready()
        self.actions[0] = action
        self.process.order("s")

    def save_state(self, index):
        self.process.order({"op": "save", "index": plain(index, "index")})
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


def _array(values, name):
    try:
        return np.asarray(values)
    except (ValueError, TypeError):
        raise EmuError(f"{short(values)} is not an array", "usage", name) from None


def _is_list(values):
    return isinstance(values, (list, tuple)) or (isinstance(values, np.ndarray) and values.ndim == 1)


def _seed(seed):
    if isinstance(seed, (int, np.integer)) and 0 <= seed < 2**53:
        return int(seed)
    raise EmuError(f"seed {short(seed)}: a whole number from 0 to 2**53 - 1 was expected", "usage")


class Env(spaces.EnvBase):
    """A game as an environment. ``rom`` is a file; ``options`` are those of ``makeEnv`` in snake case.

    Observations are arrays of their own. With ``copy=False`` they are views of the shared memory, which the next
    step overwrites. ``command`` is the command of emu as a list; by default it is searched for.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 60}

    def __init__(self, rom, *, render_mode=None, copy=True, command=None, **options):
        if render_mode not in (None, "rgb_array"):
            raise EmuError(f"unknown render_mode {short(render_mode)}", "usage", "", "rgb_array, or None")
        self._games = _Games(rom, {**for_emu(options), "count": 1, "workers": 0, "autoreset": "off"}, command)
        self._copy = copy
        self.render_mode = render_mode
        self.metadata = {**self.metadata, "render_fps": self._games.frames_per_second}
        self.observation_space = spaces.Box(0, 255, self._games.shape, np.uint8)
        self.action_space = self._games.space()

    def reset(self, *, seed=None, options=None):
        """Starts an episode; ``options={"state": bytes}`` from a state."""
        self._games.reset([seed], options, ["state"])
        if spaces.HAS_GYMNASIUM:
            super().reset(seed=seed)
        return self._observation(), self._info()

    def step(self, action):
        """Carries out an action. Returns observation, reward, terminated, truncated and info."""
        games = self._games
        games.step_one(action)
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
            raise EmuError(f"unknown render_mode {short(render_mode)}", "usage", "", "rgb_array, or None")
        vector = {"count": plain(num_envs, "num_envs"), "autoreset": plain(autoreset, "autoreset")}
        if workers is not None:
            vector["workers"] = plain(workers, "workers")
        self._games = games = _Games(rom, {**for_emu(options), **vector}, command)
        self._copy = copy
        self.num_envs = num_envs = games.count
        self.render_mode = render_mode
        mode = AUTORESETS[games.autoreset]
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
        elif _is_list(seed) and len(seed) == self.num_envs:
            seeds = seed
        else:
            raise EmuError(f"{self.num_envs} seeds or one were expected, not {short(seed)}", "usage")
        self._games.reset(seeds, options, ["state", "reset_mask"])
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
