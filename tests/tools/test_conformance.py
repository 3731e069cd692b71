"""The conformance runner: a crash or a hang costs its own test only, and both kinds of surprise are told."""

import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
sys.dont_write_bytecode = True
import conformance

MODULE = '''
import os, time, unittest

class A(unittest.TestCase):
    def test_1_good(self): pass
    def test_2_bad(self): self.assertEqual(1, 2)
    def test_3_crash(self): os.abort()
    def test_4_good(self): pass
    def test_5_hang(self): time.sleep(60)
    def test_6_skip(self): self.skipTest("no reason")
    def test_7_sub(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(i, 1)
    def test_8_good(self): pass

class B(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise ValueError("no set-up")
    def test_never(self): pass
'''
EXPECTED = {
    "A.test_1_good": "pass", "A.test_2_bad": "fail", "A.test_3_crash": "crash", "A.test_4_good": "pass",
    "A.test_5_hang": "hang", "A.test_6_skip": "skip", "A.test_7_sub": "fail", "A.test_8_good": "pass",
    "B.test_never": "fail",
}


def test_statuses(folder):
    run = conformance.run_module([sys.executable], "test_fake", folder, 1.0)
    got = {name: status for name, (status, _) in run.results.items()}
    assert got == EXPECTED, got
    assert run.results["A.test_2_bad"][1] == "AssertionError: 1 != 2", run.results
    assert run.results["B.test_never"][1] == "ValueError: no set-up", run.results
    known = {name: (status, "") for name, status in EXPECTED.items() if status in conformance.BAD}
    assert conformance.compare("test_fake", run, known, False) == []
    del known["A.test_2_bad"]
    known["A.test_1_good"] = ("fail", "once")
    known["A.gone"] = ("fail", "")
    messages = conformance.compare("test_fake", run, known, False)
    assert len(messages) == 3, messages
    assert any("unexpected fail" in m for m in messages) and any("unexpected pass" in m for m in messages)


def test_import_failure(folder):
    run = conformance.run_module([sys.executable], "test_broken", folder, 1.0)
    assert run.load == "ModuleNotFoundError: No module named 'no_such_module'", run.load
    assert conformance.compare("test_broken", run, {}, False)
    assert not conformance.compare("test_broken", run, {"test_broken": ("load", "")}, False)


def main():
    passed = 0
    with tempfile.TemporaryDirectory() as top:
        folder = os.path.join(top, "test")
        files = {"__init__.py": "", "support/__init__.py": "use_resources = None\n", "test_fake.py": MODULE,
                 "test_broken.py": "import no_such_module\n"}
        for name, text in files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        for test in (test_statuses, test_import_failure):
            test(folder)
            passed += 1
    print(f"{passed} passed, 0 failed")


main()
