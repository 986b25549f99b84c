"""The spaces and base classes of Gymnasium, or small ones of the same shape where it is not installed."""

import numpy as np

try:
    import gymnasium
    from gymnasium.spaces import Box, Discrete, MultiBinary, MultiDiscrete

    HAS_GYMNASIUM = True
    EnvBase = gymnasium.Env
    VectorEnvBase = gymnasium.vector.VectorEnv
    try:
        from gymnasium.vector import AutoresetMode
    except ImportError:
        AutoresetMode = None
except ImportError:
    HAS_GYMNASIUM = False
    EnvBase = object
    VectorEnvBase = object
    AutoresetMode = None

    class Space:
        """A set of values with a shape, which can be sampled."""

        def __init__(self, shape, dtype):
            self.shape = tuple(shape)
            self.dtype = np.dtype(dtype)
            self._random = np.random.default_rng()

        def seed(self, seed=None):
            self._random = np.random.default_rng(seed)
            return seed

    class Box(Space):
        def __init__(self, low, high, shape, dtype):
            super().__init__(shape, dtype)
            self.low, self.high = low, high

        def sample(self):
            return self._random.integers(self.low, self.high, self.shape, self.dtype, endpoint=True)

        def contains(self, value):
            return isinstance(value, np.ndarray) and value.shape == self.shape and value.dtype == self.dtype

    class Discrete(Space):
        def __init__(self, n):
            super().__init__((), np.int64)
            self.n = n

        def sample(self):
            return self._random.integers(self.n)

        def contains(self, value):
            return np.issubdtype(type(value), np.integer) and 0 <= value < self.n

    class MultiBinary(Space):
        def __init__(self, n):
            super().__init__((n,) if np.isscalar(n) else n, np.int8)
            self.n = n

        def sample(self):
            return self._random.integers(0, 2, self.shape, self.dtype)

        def contains(self, value):
            value = np.asarray(value)
            return value.shape == self.shape and bool(np.isin(value, (0, 1)).all())

    class MultiDiscrete(Space):
        def __init__(self, nvec):
            self.nvec = np.asarray(nvec, np.int64)
            super().__init__(self.nvec.shape, np.int64)

        def sample(self):
            return self._random.integers(self.nvec)

        def contains(self, value):
            value = np.asarray(value)
            return value.shape == self.shape and bool(((0 <= value) & (value < self.nvec)).all())
