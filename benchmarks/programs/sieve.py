"""Prime numbers: a sieve in a bytearray, a sieve in a list, and trial division."""

import harness


def in_bytes(limit):
    flags = bytearray([1]) * limit
    flags[0] = flags[1] = 0
    for n in range(2, int(limit ** 0.5) + 1):
        if flags[n]:
            flags[n * n::n] = bytes(len(range(n * n, limit, n)))
    return sum(flags)


def in_list(limit):
    flags = [True] * limit
    count = 0
    for n in range(2, limit):
        if flags[n]:
            count += 1
            for multiple in range(n * n, limit, n):
                flags[multiple] = False
    return count


def by_division(limit):
    found = []
    n = 2
    while n < limit:
        for prime in found:
            if prime * prime > n:
                found.append(n)
                break
            if n % prime == 0:
                break
        else:
            found.append(n)
        n += 1
    return len(found)


def run(scale):
    checksum = 0
    for i in range(5 * scale):
        checksum = harness.mix(checksum, in_bytes(1000000 + i))
        checksum = harness.mix(checksum, in_list(600000 + i))
        checksum = harness.mix(checksum, by_division(70000 + i))
    return checksum


if __name__ == "__main__":
    harness.main(run)
