"""Words of a text: splitting, stripping, casing, counting, wrapping, and non-ASCII text."""

import harness

TEXT = """It was a bright cold day and the clocks were striking; "Nothing," said he, "is ever quite
what it seems - and least of all (if I may say so) a clock!" The wind, meanwhile, went round and
round the house. Straße, café, naïve, Ελλάδα, Москва, 東京 were names of places he had never seen.
"""


def count_words(text):
    counts = {}
    for line in text.splitlines():
        for word in line.split():
            word = word.strip(".,;!?\"()-").lower()
            if word:
                counts[word] = counts.get(word, 0) + 1
    return counts


def wrapped(words, width):
    lines, line = [], ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            lines.append(line.ljust(width))
            line = word
        else:
            line = line + " " + word if line else word
    lines.append(line)
    return "\n".join(lines)


def rotated(text, by):
    table = {}
    for first in "aA":
        for i in range(26):
            table[ord(first) + i] = chr(ord(first) + (i + by) % 26)
    return text.translate(table)


def palindromes(words):
    return sum(1 for word in words if word == word[::-1])


def run(scale):
    checksum = 0
    text = TEXT * 60
    for i in range(210 * scale):
        counts = count_words(text)
        checksum = harness.mix(checksum, sum(counts.values()) + len(counts))
        words = text.split()
        checksum = harness.mix(checksum, len(wrapped(words, 60 + i)))
        checksum = harness.mix(checksum, harness.text_sum(rotated(TEXT, i)))
        checksum = harness.mix(checksum, palindromes(words))
        checksum = harness.mix(checksum, len(text.encode()) - len(text.encode("utf-16")))
        checksum = harness.mix(checksum, sum(map(str.istitle, words)) + text.count("и"))
        checksum = harness.mix(checksum, len(text.title().casefold()))
        vowels = 0
        for letter in text[:8000]:
            if letter in "aeiou":
                vowels += 1
        checksum = harness.mix(checksum, vowels)
    return checksum


if __name__ == "__main__":
    harness.main(run)
