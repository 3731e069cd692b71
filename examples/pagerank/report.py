"""What is printed: the first pages, whether the models agree, and the table of times."""

import interpreter
import timing


class Disagreement(Exception):
    """Two models came to different scores."""


def top(graph, scores, count):
    order = sorted(range(len(graph)), key=lambda node: (-scores[node], node))[:count]
    width = max((len(graph.name(node)) for node in order), default=0)
    for place, node in enumerate(order, 1):
        print("%4d. %-*s %.8f" % (place, width, graph.name(node), scores[node]))


def largest_difference(rows):
    first = rows[0].scores
    return max(abs(a - b) for row in rows for a, b in zip(first, row.scores))


def check_agreement(rows, tolerance=1e-12):
    difference = largest_difference(rows)
    if not difference <= tolerance:
        raise Disagreement("the models' scores differ by %.3g" % difference)
    iterations = {row.iterations for row in rows}
    if len(iterations) > 1:
        raise Disagreement("the models took different numbers of iterations: %s" % iterations)
    total = sum(rows[0].scores)
    if not abs(total - 1.0) <= 1e-9:
        raise Disagreement("the scores sum up to %r instead of 1" % total)
    print("all models agree: largest difference %.3g, sum of scores %.12f" % (difference, total))


def table(rows, workers, gains):
    """A line for each model and GIL mode; the speed-up is over `single` in the same mode."""
    gain = timing.median(gains) if gains else None
    counted = any(row.median_handovers() is not None for row in rows)
    head = "%-10s %-4s %7s %9s %9s" % ("model", "GIL", "workers", "seconds", "speed-up")
    if gain:
        head += " %15s" % "of native gain"
    if counted:
        head += " %10s" % "hand-overs"
    print(head)
    for row in rows:
        single = next((other for other in rows
                       if other.model == "single" and other.gil == row.gil), None)
        count = 1 if row.model == "single" else workers
        line = "%-10s %-4s %7d %9.3f" % (
            row.model, interpreter.on_off(row.gil), count, row.median_seconds())
        speed_up = row.speed_up(single) if single else None
        line += " %8.2fx" % speed_up if speed_up else " %9s" % "-"
        if gain:
            line += " %15s" % ("%.3f" % (speed_up / gain) if count > 1 and speed_up else "-")
        if counted:
            line += " %10s" % row.median_handovers()
        print(line)
    if gain:
        print("native code gains %.2fx from %d threads here (median of %d)"
              % (gain, workers, len(gains)))
