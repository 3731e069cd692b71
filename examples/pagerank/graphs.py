"""Where graphs come from: the machine's own packages, a file of edges, or chance."""

import glob
import gzip
import math
import os
import random
import re
import subprocess

from graph import Graph

DPKG_STATUS = "/var/lib/dpkg/status"
APT_LISTS = "/var/lib/apt/lists"
APT_HELPER = "/usr/lib/apt/apt-helper"


class InputError(Exception):
    """The input cannot be read; the message is meant for the user."""


def load(source):
    """The graph that an `--input` names: `debian`, `random:N:SEED` or a file's path."""
    if source == "debian":
        return debian()
    if source.startswith("random:"):
        fields = source.split(":")
        try:
            nodes, seed = int(fields[1]), int(fields[2])
        except (IndexError, ValueError):
            raise InputError("expected random:N:SEED, got %r" % source) from None
        if nodes < 2 or len(fields) > 3:
            raise InputError("expected random:N:SEED with N of at least 2, got %r" % source)
        return random_graph(nodes, seed)
    return edge_list(source)


# --- the machine's packages -------------------------------------------------------------------


def debian(status=DPKG_STATUS, lists=APT_LISTS):
    """Who depends on whom: installed packages, and all those that the apt lists know."""
    packages = {}
    provides = {}
    for path in [status] + sorted(glob.glob(os.path.join(lists, "*_Packages*"))):
        try:
            with opened_list(path) as lines:
                read_packages(lines, packages, provides)
        except (OSError, EOFError, UnicodeDecodeError, subprocess.SubprocessError) as error:
            if path == status:
                raise InputError("cannot read the package database: %s" % error) from None
            print("left out %s: %s" % (os.path.basename(path), error))
    if not packages:
        raise InputError("%s lists no package" % status)
    edges = []
    for package, depends in packages.items():
        for target in sorted(resolve(depends, packages, provides)):
            if target != package:
                edges.append((package, target))
    return Graph.from_edges(edges, names=sorted(packages))


def opened_list(path):
    """An open text stream of a package list, which apt may keep compressed."""
    if path.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8")
    if path.endswith("_Packages") or path.endswith("status"):
        return open(path, encoding="utf-8")
    return Helper(path)


class Helper:
    """A list in one of apt's other compressed forms, as apt's own tool unpacks it."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self.process = subprocess.Popen(
            [APT_HELPER, "cat-file", self.path],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, encoding="utf-8")
        return self.process.stdout

    def __exit__(self, kind, value, traceback):
        self.process.stdout.close()
        if self.process.wait() != 0 and kind is None:
            raise subprocess.SubprocessError("apt-helper could not unpack it")


def read_packages(lines, packages, provides):
    """Adds what Debian control stanzas say: package -> [dependency], virtual name -> {package}."""
    package = None
    for line in lines:
        if line.startswith("Package: "):
            package = line[9:].strip()
            packages.setdefault(package, set())
        elif line.startswith(("Depends: ", "Pre-Depends: ")):
            for clause in line.partition(": ")[2].split(","):
                packages[package].add(clause.strip())
        elif line.startswith("Provides: "):
            for clause in line[10:].split(","):
                provides.setdefault(plain_name(clause), set()).add(package)


def plain_name(clause):
    """`libc6:any (>= 2.36)` is `libc6`."""
    return re.split(r"[\s(:]", clause.strip(), maxsplit=1)[0]


def resolve(clauses, packages, provides):
    """The packages that satisfy dependency clauses: of alternatives the first that there is."""
    targets = set()
    for clause in clauses:
        for alternative in clause.split("|"):
            name = plain_name(alternative)
            if name in packages:
                targets.add(name)
                break
            if name in provides:
                targets.update(provides[name])
                break
    return targets


# --- files ------------------------------------------------------------------------------------


def edge_list(path):
    """A list of edges as SNAP publishes them: two numbers a line, `#` comments, gzip or not."""
    edges = []
    try:
        with open(path, "rb") as file:
            compressed = file.read(2) == b"\x1f\x8b"
        opened = gzip.open if compressed else open
        with opened(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                fields = line.split()
                if not fields or fields[0].startswith("#"):
                    continue
                if len(fields) < 2:
                    raise InputError("%s:%d: expected two nodes" % (path, number))
                edges.append((fields[0], fields[1]))
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError("cannot read %s: %s" % (path, error)) from None
    if not edges:
        raise InputError("%s has no edges" % path)
    return Graph.from_edges(edges)


# --- chance -----------------------------------------------------------------------------------


def random_graph(nodes, seed, degree=5):
    """Each ordered pair of different nodes is an edge with probability degree / nodes.

    Instead of a throw for each pair, the gap to the next edge is drawn (it is geometric), so that
    the work grows with the edges. A node left without out-edges gets one random target.
    """
    chance = random.Random(seed)
    probability = min(degree / nodes, 1.0)
    pairs = nodes * (nodes - 1)
    outgoing = [[] for _ in range(nodes)]
    position = -1
    while True:
        position += gap(chance, probability)
        if position >= pairs:
            break
        source, target = divmod(position, nodes - 1)
        outgoing[source].append(target + (target >= source))
    for source, targets in enumerate(outgoing):
        if not targets:
            target = chance.randrange(nodes - 1)
            targets.append(target + (target >= source))
    return Graph(outgoing)


def gap(chance, probability):
    """How many pairs further the next edge is, at least 1."""
    if probability >= 1.0:
        return 1
    return 1 + int(math.log(1.0 - chance.random()) / math.log(1.0 - probability))
