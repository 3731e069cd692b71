"""Iterator building blocks: itertools, zip, map, filter, enumerate, deque, heapq, Counter."""

import heapq
import itertools
import operator
from collections import Counter, defaultdict, deque

import harness


def run(scale):
    checksum = 0
    for i in range(40 * scale):
        numbers = range(i, 20000 + i)
        checksum = harness.mix(checksum, sum(itertools.accumulate(numbers)))
        pairs = itertools.pairwise(map(operator.mul, numbers, itertools.repeat(3)))
        checksum = harness.mix(checksum, sum(b - a for a, b in pairs))
        checksum = harness.mix(checksum, sum(map(len, map(tuple, itertools.combinations(range(24), 3)))))
        groups = itertools.groupby(numbers, key=lambda n: n // 100)
        checksum = harness.mix(checksum, sum(key * len(list(group)) for key, group in groups))
        chained = itertools.chain.from_iterable((n, n + 1) for n in range(8000))
        checksum = harness.mix(checksum, sum(itertools.islice(filter(lambda n: n % 3, chained), 9000)))
        counts = Counter(n * n % 101 for n in numbers)
        checksum = harness.mix(checksum, counts.most_common(3)[1][1])
        table = defaultdict(list)
        for place, n in enumerate(numbers):
            table[n % 17].append(place)
        checksum = harness.mix(checksum, len(table[3]))
        window = deque(maxlen=50)
        for n in numbers:
            window.append(n)
        checksum = harness.mix(checksum, sum(window))
        heap = []
        for n in range(5000):
            heapq.heappush(heap, n * 7919 % 10007)
        while len(heap) > 100:
            checksum += heapq.heappop(heap)
    return checksum


if __name__ == "__main__":
    harness.main(run)
