"""zoneinfo: tables of transitions, rules for later times, folds, caches, pickles, threads."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import io
import os
import pickle
import struct
import threading
from datetime import UTC, date, datetime, timedelta

import support
from support import check, equal, is_, raises, same
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HOUR = timedelta(hours=1)
HAVE_FILES = os.path.exists("/usr/share/zoneinfo/Europe/Berlin") and os.path.exists("/usr/share/zoneinfo/Asia/Tokyo")


def tzif(rule, transitions=(), types=()):
    """A file: (time, type) of each transition and (offset, is_dst, name) of each type."""
    names, places = b"", []
    for _, _, name in types:
        places.append(len(names))
        names += name.encode() + b"\0"
    empty = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 0, 0)
    header = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, len(transitions), len(types), len(names))
    body = b"".join(struct.pack(">q", time) for time, _ in transitions) + bytes(index for _, index in transitions)
    body += b"".join(struct.pack(">lbb", offset, is_dst, place) for (offset, is_dst, _), place in zip(types, places))
    return io.BytesIO(empty + header + body + names + b"\n" + rule.encode() + b"\n")


def zone(rule, *table):
    return ZoneInfo.from_file(tzif(rule, *table), key="Test")


def at(tz, *when, fold=0):
    moment = datetime(*when, tzinfo=tz, fold=fold)
    return moment.tzname(), moment.utcoffset() / HOUR, moment.dst() / HOUR


def test_rules():
    berlin = zone("CET-1CEST,M3.5.0,M10.5.0/3")
    same([at(berlin, 2024, month, 1) for month in (1, 7)], [("CET", 1.0, 0.0), ("CEST", 2.0, 1.0)])
    same([at(berlin, 2024, 3, 31, 2, 30, fold=fold)[0] for fold in (0, 1)], ["CET", "CEST"])
    same([at(berlin, 2024, 10, 27, 2, 30, fold=fold)[0] for fold in (0, 1)], ["CEST", "CET"])
    back = [datetime(2024, 10, 27, hour, 30, tzinfo=UTC).astimezone(berlin) for hour in (0, 1)]
    same([(moment.hour, moment.fold) for moment in back], [(2, 0), (2, 1)])
    # The southern hemisphere; days by number; winter time that is ahead by less.
    same([at(zone("AEST-10AEDT,M10.1.0,M4.1.0/3"), 2024, month, 1)[0] for month in (1, 6, 12)], ["AEDT", "AEST", "AEDT"])
    numbered = zone("<-03>3<-02>,J100,J200/-1")
    same([at(numbered, 2024, month, day, hour)[0] for month, day, hour in ((4, 10, 1), (4, 10, 3), (7, 18, 22), (7, 18, 23))],
         ["-03", "-02", "-02", "-03"])
    same(at(zone("IST-1GMT0,M10.5.0,M3.5.0/1"), 2024, 1, 1), ("GMT", 0.0, -1.0))
    same(at(zone("AAA-5:30:15"), 1, 1, 1), ("AAA", 5.504166666666666, 0.0))
    for bad in ("AAA", "AAA25", "AAA1BBB", "AAA1BBB,M3.2.0", "AAA1BBB,M13.1.0,J1", "AAA1BBB,J0,J1", "AAA1BBB,1/168,2", "AAA1,x"):
        raises(ValueError, zone, bad, contains=bad)


def test_tables():
    types = [(0, 0, "LMT"), (3600, 0, "STD"), (7200, 1, "DST")]
    tz = zone("", [(0, 1), (1000000, 2), (2000000, 1)], types)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    shown = [(epoch + timedelta(seconds=s)).astimezone(tz) for s in (-1, 0, 999999, 1000000, 1999999, 2000000, 10 ** 9)]
    same([moment.tzname() for moment in shown], ["LMT", "STD", "STD", "DST", "DST", "STD", "STD"])
    same([moment.dst() for moment in shown[2:4]], [timedelta(0), HOUR])
    # Each local time leads back to its moment.
    same([(moment - epoch).total_seconds() for moment in shown], [-1.0, 0.0, 999999.0, 1000000.0, 1999999.0, 2000000.0, 1e9])
    twice = (epoch + timedelta(seconds=2000000)).astimezone(tz)
    same((twice.fold, twice.replace(fold=0).tzname(), twice.replace(fold=1).tzname()), (1, "DST", "STD"))
    raises(ValueError, zone, "", message="No time zone information found.")
    raises(ValueError, zone, "", [(0, 9)], types)
    raises(ValueError, ZoneInfo.from_file, io.BytesIO(b"not one"), message="Invalid TZif file: magic not found")


def test_odd_tables():
    # Without transitions the last type holds.
    same(at(zone("", [], [(0, 0, "AAA"), (3600, 0, "BBB")]), 2024, 1, 1)[0], "BBB")
    # Times and offsets at the ends of what a file can say.
    types = [(2 ** 31 - 1, 1, "AAA"), (-2 ** 31, 0, "BBB")]
    far = zone("", [(-2 ** 62, 0), (2 ** 62, 1)], types)
    moment = datetime(2024, 1, 1, tzinfo=far)
    raises(ValueError, moment.utcoffset)
    same((far.tzname(moment), far.utcoffset(moment)), ("AAA", timedelta(seconds=2 ** 31 - 1)))
    same(moment.astimezone(far), moment)


def test_tables_that_harm_others():
    if sys.implementation.name != "imugi": support.skip("other Pythons crash or get sums wrong")
    far = zone("", [(-2 ** 63, 0), (2 ** 63 - 1, 1)], [(2 ** 31 - 1, 1, "AAA"), (-2 ** 31, 0, "BBB")])
    same(far.tzname(datetime(2024, 1, 1)), "AAA")
    summers = zone("", [(0, 1), (1000, 0)], [(7200, 1, "AAA"), (3600, 1, "BBB")])
    same([at(summers, year, 1, 1)[0] for year in (1960, 1980)], ["BBB", "AAA"])


class Asked:
    year, hour, minute, second, fold = 2024, 2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1, 0

    def toordinal(self):
        return 1


def test_without_a_time():
    same(zone("CET-1CEST,M3.5.0,M10.5.0/3").tzname(Asked()), "CET")
    same((zone("AAA-1").utcoffset(None), zone("AAA-1").tzname(None)), (HOUR, "AAA"))
    summer = zone("CET-1CEST,M3.5.0,M10.5.0/3")
    same((summer.utcoffset(None), summer.dst(None), summer.tzname(None)), (None, None, None))
    raises(AttributeError, summer.utcoffset, 1, message="'int' object has no attribute 'toordinal'")
    for wrong in (None, date(2020, 1, 1)): raises(TypeError, summer.fromutc, wrong)
    raises(ValueError, summer.fromutc, datetime(2020, 1, 1))


class Moment(datetime):
    pass


def test_subclasses_of_datetime():
    berlin = zone("CET-1CEST,M3.5.0,M10.5.0/3")
    made = Moment(2024, 10, 27, 1, 30, tzinfo=UTC).astimezone(berlin)
    same((type(made), made.hour, made.fold), (Moment, 2, 1))


def test_objects():
    named, unnamed = zone("AAA-1"), ZoneInfo.from_file(tzif("AAA-1"))
    same((str(named), repr(named), named.key, unnamed.key), ("Test", "zoneinfo.ZoneInfo(key='Test')", "Test", None))
    check(repr(unnamed).startswith("zoneinfo.ZoneInfo.from_file(<_io.BytesIO object at ") and str(unnamed) == repr(unnamed))
    raises(pickle.PicklingError, pickle.dumps, named)
    raises(AttributeError, setattr, named, "key", "x")
    raises(ZoneInfoNotFoundError, ZoneInfo, "No/Such_Zone")
    raises(TypeError, ZoneInfo)


def test_caches():
    if not HAVE_FILES: support.skip("no time zones on this system")
    berlin = ZoneInfo("Europe/Berlin")
    is_(ZoneInfo("Europe/Berlin"), berlin)
    is_(pickle.loads(pickle.dumps(berlin)), berlin)
    lone = ZoneInfo.no_cache("Europe/Berlin")
    check(lone is not berlin and pickle.loads(pickle.dumps(lone)) is not lone)
    ZoneInfo.clear_cache(only_keys=["Asia/Tokyo"])
    is_(ZoneInfo("Europe/Berlin"), berlin)
    ZoneInfo.clear_cache()
    check(ZoneInfo("Europe/Berlin") is not berlin)

    class Own(ZoneInfo):
        pass

    own = Own("Europe/Berlin")
    check(type(own) is Own and Own("Europe/Berlin") is own and ZoneInfo("Europe/Berlin") is not own)
    # More keys than are kept: the first may go, but what is in use stays one object.
    keys = ["Europe/" + name for name in ("Paris", "Rome", "Madrid", "Vienna", "Prague", "Oslo", "Dublin", "Lisbon", "Athens", "Sofia")]
    held = [ZoneInfo(key) for key in keys if os.path.exists("/usr/share/zoneinfo/" + key)]
    for kept in held: is_(ZoneInfo(kept.key), kept)


def test_threads():
    if not HAVE_FILES: support.skip("no time zones on this system")
    wrong = []

    def work():
        for i in range(60):
            zones = {ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")}
            same_moment = datetime(2024, 7, 1, tzinfo=UTC)
            if {same_moment.astimezone(tz).hour for tz in zones} != {2, 9}: wrong.append(i)
            if i % 20 == 0: ZoneInfo.clear_cache()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    equal(wrong, [])


def test_one_zone_for_all_threads():
    if not HAVE_FILES: support.skip("no time zones on this system")
    got = []

    def work(barrier):
        barrier.wait()
        got.append(ZoneInfo("Europe/Berlin"))

    for _ in range(20):
        ZoneInfo.clear_cache()
        got.clear()
        barrier = threading.Barrier(4)
        threads = [threading.Thread(target=work, args=(barrier,)) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        equal(len(set(map(id, got))), 1)
        is_(ZoneInfo("Europe/Berlin"), got[0])


support.run(globals())
