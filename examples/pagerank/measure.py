"""Runs the models with the GIL off and on, in turn, and times them."""

import functools
import importlib
import time

import interpreter
import timing

MODELS = ("single", "threads", "processes")


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
        return timing.median(self.seconds)

    def median_handovers(self):
        counted = [count for count in self.handovers if count is not None]
        return int(timing.median(counted)) if counted else None

    def speed_up(self, single):
        """The median of the ratios round by round: what shakes the machine shakes both."""
        return timing.median_ratio(single.seconds, self.seconds)


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
    runs = [functools.partial(run_once, row, graph, settings, workers) for row in rows]
    return rows, timing.in_turn(repeat, runs, calibrate, workers)[1]
