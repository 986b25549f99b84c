"""Tests of the Python package. Run them in the folder above: python3 -m unittest discover tests."""

import gc
import os
import signal
import subprocess
import sys
import time
import unittest
import unittest.mock
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))

import emuterm  # noqa: E402
from emuterm import spaces  # noqa: E402

SWINGBY = ROOT / "roms" / "swingby.nes"
SMALL = {"format": "gray", "width": 21, "height": 20}
#: Where a game has begun.
START = [{"movie": str(ROOT / "docs" / "swingby-input.json"), "frames": 200}]
OPTIONS = dict(
    observation={**SMALL, "stack": 2},
    actions=["", "a", "b"],
    sticky=0.25,
    noops=5,
    starts=[{"frames": 40}],
    reward="delta(digits($0304, 6))",
    end="[$0300] == 2",
    info={"comets": "[$030A]"},
)


def descendants(pid):
    """The process and those that it has started, which are alive."""
    found, new = set(), {pid}
    while new:
        found |= new
        new = set()
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) in found and fields[0] != "Z":
                new.add(int(stat.parent.name))
        new -= found
    return found


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pids):
    """Waits for the ends of processes: a minute is only reached if they do not end."""
    end = time.monotonic() + 60
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > end:
            raise AssertionError(f"still alive: {[pid for pid in pids if is_alive(pid)]}")
        time.sleep(0.02)


class EnvTest(unittest.TestCase):
    def make(self, **options):
        env = emuterm.Env(SWINGBY, **{**OPTIONS, **options})
        self.addCleanup(env.close)
        return env

    def test_api(self):
        env = self.make(starts=START)
        observation, info = env.reset(seed=1)
        self.assertEqual((observation.shape, observation.dtype), ((2, 20, 21), np.uint8))
        self.assertTrue(env.observation_space.contains(observation))
        self.assertEqual(info["comets"], 3)
        self.assertGreater(info["frame"], 200)
        self.assertTrue(env.action_space.contains(env.action_space.sample()))
        _, reward, terminated, truncated, after = env.step(1)
        self.assertEqual([type(x) for x in (reward, terminated, truncated)], [float, bool, bool])
        self.assertEqual(after["frame"], info["frame"] + 4)

    def test_observations_are_copies_unless_asked(self):
        env, view = self.make(), self.make(copy=False)
        first, _ = env.reset(seed=1)
        kept = first.copy()
        same, _ = view.reset(seed=1)
        for _ in range(20):
            env.step(0)
            view.step(0)
        self.assertTrue((first == kept).all())
        self.assertFalse((same == kept).all())

    def test_same_seed_same_trajectory(self):
        one, two = self.make(starts=START), self.make(starts=START)
        for env in (one, two):
            env.reset(seed=5)
        two.step(1)
        two.reset(seed=5)
        for step in range(30):
            a, b = one.step(step % 3), two.step(step % 3)
            self.assertTrue((a[0] == b[0]).all())
            self.assertEqual(a[1:], b[1:])

    def test_states_and_ends(self):
        env = self.make(max_steps=3, noops=0, sticky=0)
        env.reset(seed=1)
        env.step(1)
        state = env.save_state()
        frame = env.step(0)[4]["frame"]
        self.assertEqual(env.step(0)[2:4], (False, True))
        with self.assertRaisesRegex(emuterm.EmuError, "must be reset"):
            env.step(0)
        # A reset runs a frame, so that there is a picture.
        self.assertEqual(env.reset(options={"state": state})[1]["frame"], frame - 4 + 1)
        again = self.make(starts=[{"state": state}], noops=0)
        self.assertEqual(again.reset()[1]["frame"], frame - 4 + 1)

    def test_multi_binary_masks_and_ram(self):
        env = self.make(actions={"multi_binary": ["left", "a"]}, observation={"format": "ram"})
        observation, _ = env.reset()
        self.assertEqual(observation.shape, (2048,))
        self.assertEqual(env.action_space.sample().shape, (2,))
        env.step(np.array([1, 1], np.int8))
        masks = self.make(actions="mask")
        masks.reset()
        self.assertEqual(masks.action_space.n, 256)
        masks.step(0x81)

    def test_render(self):
        env = self.make(render_mode="rgb_array")
        env.reset()
        before = env.save_state()
        picture = env.render()
        self.assertEqual((picture.shape, picture.dtype), ((240, 256, 3), np.uint8))
        self.assertGreater(len(np.unique(picture.reshape(-1, 3), axis=0)), 3)
        self.assertEqual(env.save_state(), before)
        self.assertIsNone(self.make().render())

    def endless(self):
        """A list that is in itself."""
        values = []
        values.append(values)
        return values

    def test_values_of_numpy_and_paths_are_options(self):
        env = self.make(
            frame_skip=np.int64(2),
            sticky=np.float32(0.5),
            max_last_two=np.bool_(True),
            observation={"format": "gray", "width": np.uint8(21), "height": 20},
            actions=np.array(["", "a"]),
            starts=({"movie": Path(START[0]["movie"]), "frames": np.int32(200)},),
        )
        frame = env.reset(seed=np.int64(1))[1]["frame"]
        self.assertEqual(env.step(np.int8(1))[4]["frame"], frame + 2)
        with emuterm.VectorEnv(os.fsencode(SWINGBY), np.int64(2), workers=np.int64(1), exact=True) as envs:
            envs.reset(seed=np.arange(2))
            self.assertEqual(len(envs.save_state(np.int64(1))), len(envs.save_state(0)))

    def test_commands_that_are_not_emu(self):
        for command, message in [
            ("yes", "the command 'yes' is not emu: it wrote 'env'"),
            ("echo hi", "the command 'echo hi' is not emu: it wrote 'hi env'"),
            ("sh -c 'cat /dev/zero'", "is not emu"),
            ("sh -c 'echo k'", "is not emu"),
            ("sh -c 'cat'", "is not emu"),
            ("sh -c 'echo 5'", "is not emu"),
            ("sh -c 'echo", "EMU_COMMAND: No closing quotation"),
            (" ", "EMU_COMMAND: ' ' is not a command"),
        ]:
            with self.subTest(command), unittest.mock.patch.dict(os.environ, EMU_COMMAND=command):
                with self.assertRaisesRegex(emuterm.EmuError, message):
                    emuterm.Env(SWINGBY)
        with unittest.mock.patch("emuterm.process.START_SECONDS", 0.2):
            with self.assertRaisesRegex(emuterm.EmuError, "has not answered for 0.2 s") as caught:
                emuterm.Env(SWINGBY, command=["sh", "-c", "sleep 1000; true"])
        self.assertEqual(caught.exception.kind, "unavailable")
        for command in (["true", 5], 5, [], ["a\0b"]):
            with self.subTest(command), self.assertRaises(emuterm.EmuError):
                emuterm.Env(SWINGBY, command=command)

    def test_a_step_that_is_interrupted_leaves_no_answer(self):
        env = self.make(frame_skip=1)
        frame = env.reset(seed=1)[1]["frame"]
        process = env._games.process
        with unittest.mock.patch.object(process, "_read_line", side_effect=KeyboardInterrupt):
            with self.assertRaises(KeyboardInterrupt):
                env.step(0)
        self.assertEqual([env.step(0)[4]["frame"] for _ in range(3)], [frame + 2, frame + 3, frame + 4])

    def test_errors(self):
        cases = [
            (dict(frame_skip=0), "^frame_skip 0:"),
            (dict(max_steps=np.int64(0)), "^max_steps 0:"),
            (dict(max_last_two=True, observation={"format": "ram"}), "^max_last_two is for"),
            (dict(actions=5), "multi_binary: "),
            (dict(reward=lambda game: 1), r"^reward: <function .* cannot be sent to emu \(an expression"),
            (dict(info={"lives": print}), "^info.lives: .* cannot be sent"),
            (dict(noops=10**5000), "^noops: a whole number beyond"),
            (dict(sticky=float("nan")), "^sticky: nan cannot"),
            (dict(symbols=b"a.mlb"), "^symbols: .* cannot"),
            (dict(observation={1: 2}), "^observation: .* cannot"),
            (dict(starts=5), "^starts: a list was expected, not 5"),
            (dict(region="mars"), "^region mars is unknown"),
            (dict(ram_fill="full"), "^ram_fill full is unknown"),
            (dict(observation={"widht": 84}), "^observation has an unknown key widht"),
            (dict(starts=self.endless()), "^starts: .* cannot"),
            (dict(fps=60), "unknown option fps"),
            (dict(actions=["jump"]), "unknown button"),
            (dict(reward="1 +"), "a value was expected"),
            (dict(starts=[{"state": b"short"}]), "a state of this game has"),
            (dict(starts=["title"]), "unknown start"),
            (dict(render_mode="human"), "unknown render_mode"),
        ]
        for options, message in cases:
            with self.subTest(message), self.assertRaisesRegex(emuterm.EmuError, message):
                self.make(**options)
        with self.assertRaises(emuterm.EmuError) as caught:
            emuterm.Env("no-such-file.nes")
        self.assertEqual(caught.exception.kind, "missing")
        with self.assertRaisesRegex(emuterm.EmuError, "cannot be started"):
            emuterm.Env(SWINGBY, command=["/no/such/emu"])
        with self.assertRaisesRegex(emuterm.EmuError, "has ended unexpectedly"):
            emuterm.Env(SWINGBY, command=["true"])
        env = self.make()
        for call, message in [
            (lambda: env.step(0), "must be reset"),
            (lambda: env.reset(seed=-1), "seed -1"),
            (lambda: env.reset(options={"state": b"short"}), "not 5"),
            (lambda: (env.reset(), env.step(3)), "from 0 to 2"),
            (lambda: env.step(0.5), "whole numbers"),
            (lambda: env.step([[1], [1, 2]]), "action: "),
            (lambda: env.step([0]), "whole numbers"),
            (lambda: env.step(None), "whole numbers"),
            (lambda: env.step(2**70), "whole numbers"),
            (lambda: env.reset(options={"nope": 1}), r"unknown option nope \(one of state\)"),
            (lambda: env.reset(options=[1]), "options: a dict"),
            (lambda: env.reset(options={"state": 5}), "state: bytes of"),
            (lambda: env.reset(seed=10**5000), "seed a whole number beyond"),
            (lambda: env.reset(seed=1.5), "seed 1.5"),
            (lambda: emuterm.Env(None), "rom: a path was expected, not None"),
        ]:
            with self.subTest(message), self.assertRaisesRegex(emuterm.EmuError, message):
                call()
        env.step(0)
        env.close()
        env.close()
        with self.assertRaisesRegex(emuterm.EmuError, "has been closed"):
            env.step(0)

    @unittest.skipUnless(spaces.HAS_GYMNASIUM, "Gymnasium is not installed")
    def test_gymnasium_checker(self):
        from gymnasium.utils.env_checker import check_env

        check_env(self.make(render_mode="rgb_array"), skip_render_check=True)


class VectorEnvTest(unittest.TestCase):
    def make(self, count=3, **options):
        envs = emuterm.VectorEnv(SWINGBY, count, **{**OPTIONS, **options})
        self.addCleanup(envs.close)
        return envs

    def test_is_like_single_environments(self):
        envs = self.make(workers=2)
        singles = [emuterm.Env(SWINGBY, **OPTIONS) for _ in range(3)]
        for env in singles:
            self.addCleanup(env.close)
        observations, info = envs.reset(seed=10)
        self.assertEqual(observations.shape, (3, 2, 20, 21))
        self.assertTrue(envs.action_space.contains(envs.action_space.sample()))
        for i, env in enumerate(singles):
            self.assertTrue((env.reset(seed=10 + i)[0] == observations[i]).all())
        for step in range(15):
            actions = np.array([(step + i) % 3 for i in range(3)])
            observations, rewards, terminated, truncated, info = envs.step(actions)
            self.assertEqual(terminated.dtype, bool)
            for i, env in enumerate(singles):
                one = env.step(actions[i])
                self.assertTrue((one[0] == observations[i]).all())
                self.assertEqual((one[1], one[4]["frame"]), (rewards[i], info["frame"][i]))

    def test_autoreset(self):
        options = dict(workers=1, max_steps=2, noops=0, sticky=0)
        envs = self.make(2, **options)
        envs.reset()
        frames = [envs.step([0, 0])[4]["frame"].tolist() for _ in range(4)]
        self.assertEqual(frames, [[45] * 2, [49] * 2, [41] * 2, [45] * 2])
        envs = self.make(2, autoreset="same-step", **options)
        first, _ = envs.reset()
        envs.step([1, 1])
        observations, _, _, truncated, info = envs.step([0, 0])
        self.assertEqual(truncated.tolist(), [True, True])
        self.assertTrue((observations == first).all())
        self.assertEqual(info["final_obs"][0].shape, (2, 20, 21))
        self.assertTrue(info["_final_obs"].all())
        envs = self.make(2, autoreset="off", **options)
        envs.reset()
        envs.step([0, 0])
        envs.step([0, 0])
        with self.assertRaisesRegex(emuterm.EmuError, "environment 0 must be reset"):
            envs.step([0, 0])
        _, info = envs.reset(options={"reset_mask": np.array([True, True])})
        self.assertEqual(info["frame"].tolist(), [41, 41])

    def test_errors(self):
        envs = self.make(2, workers=1)
        envs.reset(seed=[1, None])
        for call, message in [
            (lambda: envs.step([0]), "2 whole numbers"),
            (lambda: envs.step([0, 3]), "from 0 to 2"),
            (lambda: envs.step([[0], [0, 1]]), "actions: "),
            (lambda: envs.reset(seed=[1]), r"2 seeds or one were expected, not \[1\]"),
            (lambda: envs.reset(seed=1.5), "2 seeds"),
            (lambda: envs.reset(seed=[1, "a"]), "seed 'a'"),
            (lambda: envs.reset(options={"reset_mask": [1]}), "reset_mask: 2 booleans"),
            (lambda: envs.reset(options={"reset_mask": 1}), "reset_mask: 2 booleans"),
            (lambda: envs.reset(options={"nope": 1}), r"unknown option nope \(one of state, reset_mask\)"),
            (lambda: envs.save_state(2), "index 2"),
            (lambda: envs.save_state(print), "index: "),
            (lambda: self.make(0), "^num_envs 0"),
            (lambda: self.make(10**9), "^num_envs 1000000000"),
            (lambda: self.make("2"), "^num_envs 2"),
            (lambda: self.make(2, workers=print), "^workers: "),
            (lambda: self.make(2, autoreset="never"), "unknown autoreset never"),
        ]:
            with self.subTest(message), self.assertRaisesRegex(emuterm.EmuError, message):
                call()
        envs.step([0, 1])


@unittest.skipUnless(sys.platform == "linux", "reads /proc")
class OrphansTest(unittest.TestCase):
    def test_a_closed_or_forgotten_environment_ends_emu(self):
        env = emuterm.VectorEnv(SWINGBY, 2, workers=2, **OPTIONS)
        processes = descendants(env._games.process.pid)
        env.close()
        wait_until_gone(processes)
        env = emuterm.Env(SWINGBY, **OPTIONS)
        processes = descendants(env._games.process.pid)
        del env
        gc.collect()
        wait_until_gone(processes)

    def test_killing_emu_is_an_error_of_python(self):
        env = emuterm.VectorEnv(SWINGBY, 2, workers=2, **OPTIONS)
        self.addCleanup(env.close)
        env.reset()
        processes = descendants(env._games.process.pid)
        for pid in processes:
            os.kill(pid, signal.SIGKILL)
        with self.assertRaisesRegex(emuterm.EmuError, "has ended unexpectedly"):
            env.step([0, 0])
        wait_until_gone(processes)

    def test_killing_python_ends_emu(self):
        program = (
            "import sys; sys.path.insert(0, sys.argv[1]); import emuterm\n"
            "env = emuterm.VectorEnv(sys.argv[2], 4, workers=2)\n"
            "env.reset(); print(env._games.process.pid, flush=True)\n"
            "while True: env.step([0] * 4)\n"
        )
        argv = [sys.executable, "-c", program, str(ROOT / "python"), str(SWINGBY)]
        before = set(os.listdir("/dev/shm"))
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as child:
            processes = descendants(int(child.stdout.readline()))
            child.kill()
        wait_until_gone(processes)
        left = [name for name in set(os.listdir("/dev/shm")) - before if "emu" in name]
        self.assertEqual(left, [])

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_a_forked_process_leaves_the_environment_to_its_parent(self):
        # A process of its own, so that the child of the fork runs everything that an exit of Python runs.
        program = (
            "import gc, os, sys; sys.path.insert(0, sys.argv[1]); import emuterm\n"
            "env = emuterm.Env(sys.argv[2], frame_skip=1)\n"
            "frame = env.reset(seed=1)[1]['frame']\n"
            "def use(call):\n"
            "    try: call()\n"
            "    except emuterm.EmuError as error: assert 'make an environment in this' in str(error), error\n"
            "    else: raise AssertionError('no EmuError')\n"
            "def forget():\n"
            "    del globals()['env']; gc.collect()\n"
            "def order():\n"
            "    for call in (lambda: env.step(0), env.reset, env.save_state): use(call)\n"
            "def make():\n"
            "    with emuterm.Env(sys.argv[2]) as own: own.reset(seed=1)\n"
            "for act in (lambda: None, env.close, forget, order, make):\n"
            "    child = os.fork()\n"
            "    if child == 0:\n"
            "        act()\n"
            "        sys.exit(0)\n"
            "    assert os.waitpid(child, 0)[1] == 0, act\n"
            "    frame += 1\n"
            "    assert env.step(0)[4]['frame'] == frame, act\n"
            "reader, writer = os.pipe()\n"
            "if os.fork() == 0:\n"
            "    os.close(writer); sys.stdin.read(); os._exit(0)\n"
            "print(env._games.process.pid, flush=True)\n"
            "os.read(reader, 1)\n"
        )
        argv = [sys.executable, "-c", program, str(ROOT / "python"), str(SWINGBY)]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
            line = parent.stdout.readline()
            self.assertNotEqual(line, "", "the program has failed")
            processes = descendants(int(line))
            parent.kill()
            # The forked process still lives, but does not keep emu alive.
            wait_until_gone(processes)


if __name__ == "__main__":
    unittest.main()
