"""Regular expressions: searching, groups, alternatives, substitution, splitting."""

import re

import harness


def corpus(count):
    lines = []
    for i in range(count):
        lines.append("2024-%02d-%02d %02d:%02d host%d app[%d]: user=%s ip=10.%d.%d.%d status=%s <a href='/p/%d'>"
                     % (i % 12 + 1, i % 28 + 1, i % 24, i % 60, i % 7, i * 37,
                        ("ann", "bob", "carol.smith@example.org")[i % 3], i % 256, i % 199,
                        i % 101, ("ok", "failed", "denied")[i % 3], i))
    return "\n".join(lines)


def run(scale):
    text = corpus(3000)
    checksum = 0
    for _ in range(12 * scale):
        for match in re.finditer(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d)", text):
            checksum = harness.mix(checksum, int(match[2]) * int(match[4]))
        for match in re.finditer(r"user=(?P<user>[\w.]+)(?:@(?P<domain>[\w.]+))? ip=(\d+(?:\.\d+){3})", text):
            checksum = harness.mix(checksum, len(match["user"]) + match.end(3))
        checksum = harness.mix(checksum, len(re.findall(r"\b(?:failed|denied)\b", text)))
        checksum = harness.mix(checksum, len(re.sub(r"\s+", " ", text)))
        checksum = harness.mix(checksum, len(re.sub(r"host(\d)", lambda m: m[1] * 2, text)))
        checksum = harness.mix(checksum, len(re.split(r"[:=\[\]]+", text)))
        checksum = harness.mix(checksum, len(re.findall(r"(?i)HREF='([^']*?)'", text)))
        pattern = re.compile(r"^(\S+) (\S+) (\S+) (.*)$", re.MULTILINE)
        checksum = harness.mix(checksum, sum(len(match[4]) for match in pattern.finditer(text)))
        for word in text.split()[:6000]:
            if re.match(r"[a-z]+\d*\Z", word):
                checksum += 1
    return checksum


if __name__ == "__main__":
    harness.main(run)
