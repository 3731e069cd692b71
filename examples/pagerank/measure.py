"""Runs the models with the GIL off and on, in turn, and times them."""

import importlib
import os
import subprocess
import time

import interpreter

MODELS = ("single", "threads", "processes")
CALIBRATE = os.path.join("build", "release", "imugi-calibrate")


class Row:
    """The measurements of one model in one GIL mode, one for each round."""

    def __init__(self, model, gil):
        self.model = model
        self.gil = gil
        self.seconds = []
        self.handovers = []
        self.scores = None
        self.iterations = None

    def median_seconds(self):
        return interpreter.median(self.seconds)

    def median_handovers(self):
        counted = [count for count in self.handovers if count is not None]
        return int(interpreter.median(counted)) if counted else None

    def speed_up(self, single):
        """The median of the ratios round by round: what shakes the machine shakes both."""
        return interpreter.median(s / own for s, own in zip(single.seconds, self.seconds))


def run_once(row, graph, settings, workers):
    model = importlib.import_module(row.model)
    with interpreter.gil_mode(row.gil):
        before = interpreter.handovers()
        start = time.perf_counter()
        scores, iterations = model.pagerank(graph, settings, workers)
        row.seconds.append(time.perf_counter() - start)
        after = interpreter.handovers()
    row.handovers.append(None if after is None else after - before)
    row.scores, row.iterations = scores, iterations


def measure(graph, settings, models, workers, repeat, calibrate=None):
    """Returns the rows, and what native threads gained in each round (empty without a program)."""
    rows = [Row(model, gil) for model in models for gil in interpreter.gil_modes()]
    gains = []
    for _ in range(repeat):
        for row in rows:
            run_once(row, graph, settings, workers)
        if calibrate:
            gains.append(native_gain(calibrate, workers))
    return rows, gains


def native_gain(program, workers):
    """What native code gains from `workers` threads on this machine at this moment."""
    answer = subprocess.run([program, str(workers)], stdout=subprocess.PIPE, text=True, check=True)
    return float(answer.stdout.split()[-1])
