"""Run one CPython test module on the interpreter that runs this file, reporting test by test.

    conformance_driver.py JOB.json

JOB: {"module": "test.test_int", "path": folder that holds the package `test`, "report": file to append to,
"done": test names not to run, "only": substrings or null, "list": true to name the tests and run none}.
The report gets one JSON list a line: ["tests", names], ["start", name], ["end", name, status, reason],
["load", reason], ["done"]. A process that dies in a test leaves its "start" without an "end".
"""

import json
import os
import re
import sys
import unittest

ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")


class Report:
    def __init__(self, path):
        self.fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.pid = os.getpid()

    def write(self, *row):
        # A child that a test forked must not report in its parent's name.
        if os.getpid() == self.pid:
            os.write(self.fd, (json.dumps(row) + "\n").encode())


def reason_of(error):
    kind, value = error[0], error[1]
    try:
        text = str(value).strip()
    except Exception:
        text = "(no text)"
    first = text.split("\n")[0] if text else ""
    return ADDRESS.sub("0x...", f"{kind.__name__}: {first}")[:160].rstrip(": ")


class Result(unittest.TestResult):
    def __init__(self, report, names):
        super().__init__()
        self.report, self.names = report, names
        self.status = self.reason = None

    def startTest(self, test):
        super().startTest(test)
        self.status, self.reason = "pass", ""
        self.report.write("start", self.names[id(test)])

    def stopTest(self, test):
        super().stopTest(test)
        self.report.write("end", self.names[id(test)], self.status, self.reason)

    def fail(self, test, error):
        if id(test) not in self.names:
            # setUpClass or setUpModule failed: the tests that depend on it never start.
            self.report.write("setup", str(test), reason_of(error))
        elif self.status != "fail":
            self.status, self.reason = "fail", reason_of(error)

    def addFailure(self, test, err):
        self.fail(test, err)

    def addError(self, test, err):
        self.fail(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.fail(test, err)

    def addSkip(self, test, reason):
        if id(test) not in self.names:
            self.report.write("skipclass", str(test), str(reason)[:160])
        elif self.status == "pass":
            self.status, self.reason = "skip", str(reason)[:160]

    def addExpectedFailure(self, test, err):
        pass

    def addUnexpectedSuccess(self, test):
        # A shortcoming of CPython's that this interpreter does not share: the test passes.
        pass


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        elif test is not None:
            yield test


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    report = Report(job["report"])
    from conformance_standins import prepare
    sys.path[:] = [p for p in sys.path if os.path.abspath(p or ".") != os.path.dirname(os.path.abspath(__file__))]
    sys.path.insert(0, job["path"])
    sys.argv[1:] = []
    module = job["module"]
    try:
        from test import support
        support.use_resources = {}
        support.verbose = False
        prepare(job["module"])
        suite = unittest.defaultTestLoader.loadTestsFromName(module)
    except unittest.SkipTest as error:
        report.write("load", "skipped: " + str(error))
        return
    except BaseException as error:
        report.write("load", reason_of((type(error), error)))
        return
    tests, names, seen = [], {}, {}
    for test in flatten(suite):
        if type(test).__name__ == "_FailedTest":
            # unittest wraps the import error into a text that ends with the error itself.
            lines = [line for line in str(test._exception).splitlines() if line.strip()]
            report.write("load", ADDRESS.sub("0x...", lines[-1])[:160])
            return
        name = test.id()
        if name.startswith(module + "."):
            name = name[len(module) + 1:]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            name += f"#{seen[name]}"
        names[id(test)] = name
        tests.append(test)
    if job["only"]:
        tests = [test for test in tests if any(part in names[id(test)] for part in job["only"])]
    report.write("tests", [names[id(test)] for test in tests])
    if not job["list"]:
        done = set(job["done"])
        rest = unittest.TestSuite([test for test in tests if names[id(test)] not in done])
        # Nobody reads the standard output of the tests.
        rest.run(Result(report, names))
    report.write("done")


if __name__ == "__main__":
    main()
