"""Nested data written as JSON."""

import json

import harness


def data(count):
    return {
        "title": "a list of \"things\"",
        "things": [
            {"id": i, "name": "thing %d" % i, "price": i * 0.75, "tags": ["a", "b\n", "\u20ac"],
             "stock": i % 3 == 0, "parent": None, "size": {"w": i, "h": -i}}
            for i in range(count)
        ],
    }


def run(scale):
    small = data(3)
    large = data(1000)
    checksum = 0
    for i in range(120 * scale):
        checksum = harness.mix(checksum, len(json.dumps(large)))
        for _ in range(60):
            checksum = harness.mix(checksum, len(json.dumps(small)))
        if i % 6 == 0:
            text = json.dumps(large, indent=2, sort_keys=True, ensure_ascii=False)
            checksum = harness.mix(checksum, harness.text_sum(text[:300]))
    return checksum


if __name__ == "__main__":
    harness.main(run)
