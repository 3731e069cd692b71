"""Strings put together piece by piece, joined, formatted and replaced."""

import harness


def by_addition(count):
    text = ""
    for i in range(count):
        text += "item "
        text += str(i)
        if i % 10 == 0:
            text += "\n"
    return text


def by_join(count):
    parts = []
    for i in range(count):
        parts.append("key%d=%s" % (i % 97, i))
    return "&".join(parts)


def by_format(count):
    lines = []
    for i in range(count):
        lines.append(f"{i:06d} {i * 1.5:.2f} {'even' if i % 2 == 0 else 'odd':>5}")
    return "\n".join(lines)


def reworked(text):
    words = text.split("&")
    swapped = [word.partition("=")[2] + ":" + word.partition("=")[0].upper() for word in words]
    return " ".join(swapped).replace("KEY", "k").replace("k1", "long name ")


def run(scale):
    checksum = 0
    for i in range(32 * scale):
        for text in (by_addition(9000 + i), reworked(by_join(9000 + i)), by_format(9000 + i)):
            checksum = harness.mix(checksum, len(text))
            checksum = harness.mix(checksum, harness.text_sum(text[::5000]))
    return checksum


if __name__ == "__main__":
    harness.main(run)
