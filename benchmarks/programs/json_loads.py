"""JSON text read into nested data."""

import json

import harness


def text(count):
    things = []
    for i in range(count):
        things.append('{"id": %d, "name": "thing \\"%d\\" \\u20ac", "price": %.2f, "tags": ["a", "bc"],'
                      ' "stock": %s, "parent": null, "size": {"w": %d, "h": -%d}}'
                      % (i, i, i * 0.75, "true" if i % 3 else "false", i, i))
    return '{"things": [' + ",\n".join(things) + "]}"


def run(scale):
    small, large = text(3), text(1000)
    checksum = 0
    for _ in range(200 * scale):
        for thing in json.loads(large)["things"]:
            checksum = harness.mix(checksum, thing["id"] + thing["size"]["h"] * 2 + thing["stock"])
        for _ in range(40):
            checksum = harness.mix(checksum, len(json.loads(small)["things"][1]["name"]))
    return checksum


if __name__ == "__main__":
    harness.main(run)
