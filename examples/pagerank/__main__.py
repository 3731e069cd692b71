"""PageRank in plain Python, on one thread and on many, with the GIL off and on.

    imugi examples/pagerank                                    this machine's packages
    imugi examples/pagerank --input web-Google.txt.gz          an edge list from SNAP
    imugi examples/pagerank --input random:20000:1 --iterations 50
"""

import argparse
import os
import sys
import time

sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import graphs
import interpreter
import measure
import report
import timing
from rows import Settings


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def model_list(text):
    names = text.split(",")
    for name in names:
        if name not in measure.MODELS:
            raise argparse.ArgumentTypeError(
                "no model %r, choose from %s" % (name, ", ".join(measure.MODELS)))
    return names


def arguments(argv=None):
    parser = argparse.ArgumentParser(prog="pagerank", description=__doc__.split("\n")[0])
    parser.add_argument("--input", default="debian", metavar="SOURCE",
                        help="debian (default), random:N:SEED, or a file of edges")
    parser.add_argument("--damping", type=float, default=0.85)
    stop = parser.add_mutually_exclusive_group()
    stop.add_argument("--tolerance", type=float, default=1e-10,
                      help="stop when all scores together change less (default 1e-10)")
    stop.add_argument("--iterations", type=positive, help="stop after so many steps")
    parser.add_argument("--models", type=model_list, default=["single", "threads"],
                        metavar="NAMES", help="of %s (default single,threads)"
                        % ",".join(measure.MODELS))
    parser.add_argument("--threads", type=positive, default=interpreter.processors(),
                        metavar="N", help="workers of the models with many (default: processors)")
    parser.add_argument("--repeat", type=positive, default=1, metavar="N",
                        help="rounds, each with every model once; medians are shown")
    parser.add_argument("--calibrate", nargs="?", const=timing.CALIBRATE, metavar="PROGRAM",
                        help="compare with what native threads gain (default program: %s)"
                        % timing.CALIBRATE)
    parser.add_argument("--top", type=int, default=10, metavar="N", help="pages to print")
    return parser.parse_args(argv)


def main():
    options = arguments()
    start = time.perf_counter()
    try:
        graph = graphs.load(options.input)
    except graphs.InputError as error:
        sys.exit("pagerank: %s" % error)
    print("%s: %d nodes, %d edges, %d dangling (%.2f s)" % (
        options.input, len(graph), graph.edges, int(sum(graph.dangling)),
        time.perf_counter() - start))
    settings = Settings(options.damping, options.tolerance, options.iterations)
    rows, gains = measure.measure(graph, settings, options.models, options.threads,
                                  options.repeat, options.calibrate)
    print("%d iterations, %s" % (rows[0].iterations, interpreter.name()))
    report.top(graph, rows[0].scores, options.top)
    try:
        report.check_agreement(rows)
    except report.Disagreement as error:
        sys.exit("pagerank: %s" % error)
    report.table(rows, options.threads, gains)


if __name__ == "__main__":
    main()
