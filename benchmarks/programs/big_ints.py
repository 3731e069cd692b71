"""Large integers: powers, products, divisions, conversions."""

import harness


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def factorial(n):
    result = 1
    for i in range(2, n + 1):
        result *= i
    return result


def probably_prime(n):
    d, s = n - 1, 0
    while d % 2 == 0:
        d //= 2
        s += 1
    for base in (2, 3, 5, 7, 11, 13):
        x = pow(base, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def run(scale):
    checksum = 0
    for i in range(60 * scale):
        checksum = harness.mix(checksum, fibonacci(12000 + i) % 1000003)
        checksum = harness.mix(checksum, len(str(factorial(1200 + i))))
        for n in range(1, 200, 2):
            checksum = harness.mix(checksum, probably_prime(2 ** 127 + n))
        a, b = 3 ** (2500 + i), 7 ** 900
        for n in range(300):
            quotient, rest = divmod(a + n, b)
            checksum = harness.mix(checksum, (quotient ^ rest) & 0xFFFF)
        checksum = harness.mix(checksum, int("123456789" * 120) % 97)
        checksum = harness.mix(checksum, (a * a * b >> 5000) % 65521)
    return checksum


if __name__ == "__main__":
    harness.main(run)
