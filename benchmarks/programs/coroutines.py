"""Coroutines on a scheduler of a few lines: tasks that wait for each other and for queues."""

from collections import deque

import harness


class Turn:
    """Awaiting it gives the other tasks a turn."""

    def __await__(self):
        yield None


class Channel:
    def __init__(self):
        self.items = deque()

    def put(self, item):
        self.items.append(item)

    async def get(self):
        while not self.items:
            await Turn()
        return self.items.popleft()


class Ticker:
    """An asynchronous iterator."""

    def __init__(self, count):
        self.count = count

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.count == 0:
            raise StopAsyncIteration
        self.count -= 1
        return self.count


class Open:
    def __init__(self, log):
        self.log = log

    async def __aenter__(self):
        self.log[0] += 1
        return self

    async def __aexit__(self, kind, error, traceback):
        self.log[0] -= 1


async def plus(a, b):
    return a + b


async def deep(n):
    if n == 0:
        return 0
    return 1 + await deep(n - 1)


async def count_up(n):
    for i in range(n):
        yield i
        if i % 4 == 0:
            await Turn()


async def producer(channel, count):
    for i in range(count):
        channel.put(await plus(i, 1))
        if i % 3 == 0:
            await Turn()
    channel.put(None)


async def consumer(channel, results):
    total = 0
    log = [0]
    while (item := await channel.get()) is not None:
        async with Open(log):
            total += item
    results.append(total + log[0])


async def walker(count, results):
    total = 0
    async for i in count_up(count):
        total += i
    async for i in Ticker(count):
        total -= await plus(i, -1)
    total += sum([i async for i in count_up(count // 10)])
    for _ in range(count // 100):
        total += await deep(30)
    results.append(total)


def run_all(coroutines):
    ready = deque(coroutines)
    while ready:
        task = ready.popleft()
        try:
            task.send(None)
        except StopIteration:
            continue
        ready.append(task)


def run(scale):
    results = []
    tasks = []
    for i in range(4):
        channel = Channel()
        tasks.append(producer(channel, 80000 * scale + i))
        tasks.append(consumer(channel, results))
        tasks.append(walker(55000 * scale + i, results))
    run_all(tasks)
    checksum = 0
    for result in sorted(results):
        checksum = harness.mix(checksum, result)
    return checksum


if __name__ == "__main__":
    harness.main(run)
