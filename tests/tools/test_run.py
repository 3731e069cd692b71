"""The test runner: what it counts, what it calls a failure, and that nothing is lost in a slice or a resumption."""

import argparse
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
sys.dont_write_bytecode = True
import run as runner_module

SCRIPTS = {
    "good": ("print('7 passed, 0 failed, 2 skipped')", (7, 0, 2)),
    "bad": ("print('3 passed, 2 failed'); raise SystemExit(1)", (3, 2, 0)),
    "lies": ("print('3 passed, 0 failed'); raise SystemExit(1)", (3, 1, 0)),
    "silent": ("pass", (1, 0, 0)),
    "raises": ("raise ValueError", (0, 1, 0)),
    "dies": ("import os; os.abort()", (0, 1, 0)),
    "hangs": ("# time limit: 0.5\nimport time; time.sleep(60)", (0, 1, 0)),
    "races": ("import sys; sys.stderr.write('WARNING: ThreadSanitizer: data race')\nprint('1 passed, 0 failed')",
              (1, 1, 0)),
}


def options(**more):
    return argparse.Namespace(rebaseline=False, jobs=2, verbose=False, learn=False, **more)


def runner(**more):
    return runner_module.Runner(options(**more), {"python": sys.executable}, 1, dict(os.environ), None)


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def test_scripts(folder):
    for name, (text, expected) in SCRIPTS.items():
        job = runner_module.Job(name, "script", write(folder, name + ".py", text + "\n"))
        outcome = runner().run(job)
        assert (outcome.passed, outcome.failed, outcome.skipped) == expected, (name, vars(outcome))
        assert bool(outcome.report) == bool(outcome.failed), name


def test_golden(folder):
    path = write(folder, "golden.py", "print('new')\n")
    out = write(folder, "golden.out", "old\n")
    job = runner_module.Job("golden", "golden", path)
    assert runner().run(job).failed == 1
    again = runner()
    again.options.rebaseline = True
    assert again.run(job).passed == 1
    with open(out, encoding="utf-8") as file:
        assert file.read() == "new\n"
    assert runner().run(job).passed == 1


def test_resumption(folder):
    runner_module.STATE = os.path.join(folder, "build", "state.json")
    path = write(folder, "once.py", "print('5 passed, 0 failed')\n")
    jobs = [runner_module.Job("once", "script", path)]
    for expected in ({}, {"once"}):
        state = runner_module.State(True)
        before = state.open("release", sys.executable)
        assert set(before) == set(expected), before
        total = runner_module.run_jobs("release", jobs, runner(), options(), None, before, state)
        assert (total.passed, total.failed) == (5, 0)
    # Another binary: nothing counts any more.
    assert runner_module.State(True).open("release", path) == {}


def test_slice(folder):
    path = write(folder, "never.py", "print('1 passed, 0 failed')\n")
    jobs = [runner_module.Job("never", "script", path)]
    total = runner_module.run_jobs("tsan", jobs, runner(), options(), -1, {}, runner_module.State(False))
    assert (total.passed, total.failed) == (0, 0)


def test_known_failures(folder):
    runner_module.KNOWN = write(folder, "known.txt", "# comment\n"
                                "fail * known f: it is hard\nfail * passes g: once\n"
                                "sometimes re* flaky (script): a race\nskip tsan slow *: an hour\n")
    known = runner_module.Known("release")
    assert known.skips("slow") is False and runner_module.Known("tsan").skips("slow")
    cases = {
        "known": ("print('FAILED f\\n1 passed, 1 failed'); raise SystemExit(1)", (1, 0, 1)),
        "new": ("print('FAILED f\\nFAILED h\\n1 passed, 2 failed'); raise SystemExit(1)", (1, 2, 0)),
        "passes": ("print('2 passed, 0 failed')", (2, 1, 0)),
        "flaky": ("raise SystemExit(1)", (0, 0, 1)),
    }
    for name, (text, expected) in cases.items():
        job = runner_module.Job(name, "script", write(folder, name + ".py", text + "\n"))
        made = runner()
        made.known = known
        outcome = made.run(job)
        assert (outcome.passed, outcome.failed, outcome.skipped) == expected, (name, vars(outcome))


def main():
    tests = [value for name, value in globals().items() if name.startswith("test_")]
    for test in tests:
        with tempfile.TemporaryDirectory() as folder:
            test(folder)
    print(f"{len(tests)} passed, 0 failed")


main()
