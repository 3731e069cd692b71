"""PageRank on a pool of threads: the rows in chunks, partial results merged under a lock.

Each worker keeps its chunk from the first iteration to the last, so that the rows stay in its
processor's cache; at a barrier the workers wait for each other between iterations.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

from rows import Rows


class Merge:
    """What the workers share: the results of the last iteration to read, this one's to add to.

    The lock makes each merge whole whoever comes first; what an iteration reads is not replaced
    before all have come to the barrier. Results are published in tuples, which nobody changes.
    """

    def __init__(self, graph, settings, chunks):
        self.graph = graph
        self.settings = settings
        # In the order of the rows, not of arrival, so that every run gives the same bits.
        self.parts = [None] * len(chunks)  # of this iteration: (start, shares, change, dangling)
        self.last = ()  # the same of the last one
        self.dangling = 0.0
        self.iteration = -1  # the state before the first step is merged as well
        self.finished = False
        self.lock = threading.Lock()
        self.barrier = threading.Barrier(len(chunks), action=self.turn)

    def add(self, number, part):
        with self.lock:
            self.parts[number] = part

    def turn(self):
        """Ends an iteration; called by the worker that comes last to the barrier."""
        self.last = tuple(self.parts)
        self.dangling = sum(dangling for start, shares, change, dangling in self.last)
        change = sum(change for start, shares, change, dangling in self.last)
        self.iteration += 1
        self.finished = self.settings.finished(self.iteration, change)


def gather(parts, shares):
    """Copies the shares of all parts to their places in a list of all nodes."""
    for start, piece, change, dangling in parts:
        shares[start:start + len(piece)] = piece


def work(merge, number, start, stop):
    """All iterations over the rows start .. stop-1; returns their scores."""
    try:
        rows = Rows(merge.graph, start, stop)
        shares = [0.0] * rows.nodes
        while True:
            part = rows.start, tuple(rows.shares), rows.change, rows.dangling
            merge.add(number, part)
            merge.barrier.wait()
            # The part before this one dies here, with its numbers, where they were made: in turn()
            # it would keep everybody waiting.
            last_part = part
            if merge.finished:
                return rows.scores
            gather(merge.last, shares)
            rows.step(merge.settings.damping, shares, merge.dangling)
    except BaseException:
        merge.barrier.abort()  # the others would wait for ever
        raise


def pagerank(graph, settings, workers=2):
    """Returns the scores and the number of iterations."""
    chunks = graph.chunks(workers)
    merge = Merge(graph, settings, chunks)
    scores = []
    with ThreadPoolExecutor(max_workers=workers) as pool:
        futures = [pool.submit(work, merge, number, start, stop)
                   for number, (start, stop) in enumerate(chunks)]
        for future in futures:
            scores += future.result()
    return scores, merge.iteration
