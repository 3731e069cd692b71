"""Pancake flipping over all permutations: small list slices and swaps."""

import harness


def fannkuch(n):
    permutation = list(range(n))
    counts = [0] * n
    most = checksum = 0
    sign = 1
    rest = n
    while True:
        while rest > 1:
            counts[rest - 1] = rest
            rest -= 1
        first = permutation[0]
        if first:
            stack = permutation[:]
            flips = 0
            while first:
                stack[:first + 1] = stack[first::-1]
                flips += 1
                first = stack[0]
            if flips > most:
                most = flips
            checksum += sign * flips
        sign = -sign
        while True:
            if rest == n:
                return checksum, most
            permutation.insert(rest, permutation.pop(0))
            counts[rest] -= 1
            if counts[rest] > 0:
                break
            rest += 1


def run(scale):
    return [fannkuch(n) for n in [9] * scale][0]


if __name__ == "__main__":
    harness.main(run)
