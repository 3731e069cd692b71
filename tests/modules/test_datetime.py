"""datetime: arithmetic, time zones and folds, ISO texts, formatting, pickles, subclasses, threads."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import copy
import os
import pickle
import threading
import time as clock
import warnings
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, timezone, tzinfo

import support
from support import check, equal, is_, raises, same

EAST = timezone(timedelta(hours=5, minutes=30), "IST")


def test_timedelta():
    same(timedelta(days=1.5, hours=-1, milliseconds=1), timedelta(days=1, seconds=39600, microseconds=1000))
    same((-timedelta(1, 2, 3), abs(timedelta(-1, 1)), timedelta(0), +timedelta(weeks=1)),
         (timedelta(-2, 86397, 999997), timedelta(0, 86399), timedelta(0), timedelta(7)))
    day, hour = timedelta(1), timedelta(hours=1)
    same((day // hour, day / hour, day % timedelta(hours=7), divmod(-day, timedelta(hours=7)), day / 7, day // 7),
         (24, 24.0, timedelta(hours=3), (-4, timedelta(hours=4)), timedelta(seconds=12342, microseconds=857143),
          timedelta(seconds=12342, microseconds=857142)))
    same((3 * day, day * 0.5, day / 0.25, timedelta(microseconds=1) * 0.5, timedelta(microseconds=3) / 2),
         (timedelta(3), timedelta(0, 43200), timedelta(4), timedelta(0), timedelta(0, 0, 2)))
    # The sum is rounded once, halves to even; ints of any size may cancel.
    equal(timedelta(microseconds=0.5), timedelta(0))
    equal(timedelta(milliseconds=1.0015), timedelta(microseconds=1002))
    equal(timedelta(hours=24 * 2 ** 90, days=-(2 ** 90), seconds=1), timedelta(seconds=1))
    equal(timedelta.max.total_seconds(), 86399999999999.999999)
    equal(timedelta(microseconds=-1).total_seconds(), -1e-06)
    equal(str(timedelta(-1, 3600, 5)), "-1 day, 1:00:00.000005")
    equal(repr(timedelta(2, 0, 7)), "datetime.timedelta(days=2, microseconds=7)")
    check(timedelta(1) > timedelta(hours=23) and hash(timedelta(1)) == hash(timedelta(hours=24)) and not timedelta())
    raises(OverflowError, timedelta, 10 ** 9, message="days=1000000000; must have magnitude <= 999999999")
    raises(OverflowError, lambda: timedelta.max + timedelta.resolution,
           message="days=1000000000; must have magnitude <= 999999999")
    raises(TypeError, timedelta, days="1", message="unsupported type for timedelta days component: str")
    raises(TypeError, lambda: timedelta(1) < 1, message="'<' not supported between instances of 'datetime.timedelta' and 'int'")
    raises(ZeroDivisionError, lambda: timedelta(1) / timedelta(0))


def test_date():
    leap = date(2024, 2, 29)
    same((leap.weekday(), leap.isoweekday(), leap.toordinal(), date.fromordinal(738945), leap.ctime()),
         (3, 4, 738945, leap, "Thu Feb 29 00:00:00 2024"))
    week = date(2021, 1, 3).isocalendar()
    equal(repr(week), "datetime.IsoCalendarDate(year=2020, week=53, weekday=7)")
    check(week == (2020, 53, 7) and week.week == 53 and pickle.loads(pickle.dumps(week)) == (2020, 53, 7))
    same((date.fromisocalendar(2020, 53, 7), leap.replace(year=2028), date.max - date.min, leap - timedelta(hours=49)),
         (date(2021, 1, 3), date(2028, 2, 29), timedelta(3652058), date(2024, 2, 27)))
    same((leap.timetuple()[:9], (MINYEAR, MAXYEAR)), ((2024, 2, 29, 0, 0, 0, 3, 60, -1), (1, 9999)))
    raises(OverflowError, lambda: date.max + timedelta(1), message="date value out of range")
    for bad in ((0, 1, 1), (2023, 13, 1), (2023, 2, 29)): raises(ValueError, date, *bad)
    raises(ValueError, date.fromisocalendar, 2021, 53, 1, message="Invalid week: 53")
    raises(TypeError, date, 2000, 1, message="function missing required argument 'day' (pos 3)")
    raises(AttributeError, setattr, leap, "year", 1)


def test_datetime_arithmetic():
    start = datetime(2020, 2, 28, 23, 59, 59, 999999)
    same((start + timedelta.resolution, timedelta(1) + start, datetime(2020, 3, 1) - start),
         (datetime(2020, 2, 29), datetime(2020, 2, 29, 23, 59, 59, 999999), timedelta(1, 0, 1)))
    noon = datetime(2020, 1, 1, 12, tzinfo=UTC)
    india = noon.astimezone(EAST)
    same((india.isoformat(), india == noon, hash(india) == hash(noon), india - noon, india.utctimetuple()[:6]),
         ("2020-01-01T17:30:00+05:30", True, True, timedelta(0), (2020, 1, 1, 12, 0, 0)))
    check(noon != datetime(2020, 1, 1, 12) and noon < india + timedelta(seconds=1))
    raises(TypeError, lambda: noon < datetime(2020, 1, 1), message="can't compare offset-naive and offset-aware datetimes")
    raises(TypeError, lambda: noon - datetime(2020, 1, 1), message="can't subtract offset-naive and offset-aware datetimes")
    raises(TypeError, lambda: date(2020, 1, 1) < datetime(2020, 1, 1))
    raises(TypeError, lambda: datetime(2020, 1, 1) - date(2020, 1, 1))
    check(date(2020, 1, 1) != datetime(2020, 1, 1) and isinstance(noon, date))
    raises(OverflowError, lambda: datetime.min - timedelta.resolution, message="date value out of range")


def test_texts():
    moment = datetime(7, 1, 2, 3, 4, 5, 60, timezone(-timedelta(hours=1, seconds=1)))
    equal(str(moment), "0007-01-02 03:04:05.000060-01:00:01")
    equal(moment.isoformat("é", "milliseconds"), "0007-01-02é03:04:05.000-01:00:01")
    equal(repr(datetime(2020, 1, 1, fold=1, tzinfo=UTC)), "datetime.datetime(2020, 1, 1, 0, 0, fold=1, tzinfo=datetime.timezone.utc)")
    equal(repr(time(1, 2, 0, 3)), "datetime.time(1, 2, 0, 3)")
    equal(moment.strftime("%m-%d %f %z %:z %Z%% é %"), "01-02 000060 -010001 -01:00:01 UTC-01:00:01% é %")
    equal(f"{date(2020, 5, 6):%d.%m.%y}|{time(1, 2)!s}|{date(2020, 5, 6)}", "06.05.20|01:02:00|2020-05-06")
    raises(ValueError, moment.isoformat, timespec="days", message="Unknown timespec value")
    raises(TypeError, moment.isoformat, 1, message="isoformat() argument 1 must be a unicode character, not int")


def test_iso_texts():
    for text in ("2020-01-02T03:04:05.678901+05:30", "20200102T030405.678901+0530", "2020-W01-4 03:04:05,678901+05:30"):
        equal(datetime.fromisoformat(text), datetime(2020, 1, 2, 3, 4, 5, 678901, EAST))
    same((date.fromisoformat("2020W014"), date.fromisoformat("20200102"), datetime.fromisoformat("2020-01-02")),
         (date(2020, 1, 2), date(2020, 1, 2), datetime(2020, 1, 2)))
    same((time.fromisoformat("T0304"), time.fromisoformat("03:04:05.1Z"), time.fromisoformat("03-00:30")),
         (time(3, 4), time(3, 4, 5, 100000, tzinfo=UTC), time(3, tzinfo=timezone(timedelta(minutes=-30)))))
    for text in ("", "2020-1-2", "2020-01-02T", "2020-01-02T3", "2020-01-02T03:0405", "2020-01-02T03:04Z+00", "2020-01-02T03:04:05.", "२०20-01-02"):
        error = raises(ValueError, datetime.fromisoformat, text)
        equal(str(error), f"Invalid isoformat string: {text!r}")
    raises(TypeError, date.fromisoformat, b"2020-01-02", message="fromisoformat: argument must be str")


def test_parsing():
    same((datetime.strptime("2020-03-04 05:06:07.8 +0530", "%Y-%m-%d %H:%M:%S.%f %z"), datetime.strptime("4 Mar 20", "%d %b %y")),
         (datetime(2020, 3, 4, 5, 6, 7, 800000, timezone(timedelta(seconds=19800))), datetime(2020, 3, 4)))
    raises(ValueError, datetime.strptime, "x", "%Y", message="time data 'x' does not match format '%Y'")


def test_timezones():
    is_(timezone(timedelta(0)), UTC)
    is_(pickle.loads(pickle.dumps(UTC)), UTC)
    is_(copy.deepcopy(UTC), UTC)
    same((UTC, str(UTC), EAST, str(EAST), timezone.min, EAST.tzname(None)),
         (timezone.utc, "UTC", timezone(timedelta(seconds=19800), "IST"), "IST", timezone(-timedelta(hours=23, minutes=59)), "IST"))
    check(EAST == timezone(timedelta(hours=5.5)) and hash(EAST) == hash(timezone(timedelta(hours=5.5))) and EAST != 1)
    raises(ValueError, timezone, timedelta(1))
    raises(TypeError, timezone, timedelta(0), None, message="timezone() argument 2 must be str, not None")
    raises(TypeError, UTC.utcoffset, 1, message="utcoffset(dt) argument must be a datetime instance or None, not int")
    raises(NotImplementedError, tzinfo().utcoffset, None, message="a tzinfo subclass must implement utcoffset()")
    raises(TypeError, lambda: datetime(2020, 1, 1, tzinfo="UTC"))


class Summer(tzinfo):
    """An hour ahead in the second half of the year, by a dst() that the default fromutc() reads."""

    def utcoffset(self, moment):
        return timedelta(hours=1) + self.dst(moment)

    def dst(self, moment):
        return timedelta(hours=1 if moment is not None and moment.month >= 7 else 0)

    def tzname(self, moment):
        return "50% summer"


class Fold(Summer):
    def utcoffset(self, moment):
        return timedelta(hours=2 - moment.fold) if moment else timedelta(hours=1)


def test_tzinfo_subclasses():
    zone = Summer()
    same([datetime(2020, month, 1, tzinfo=UTC).astimezone(zone).hour for month in (1, 8)], [1, 2])
    moment = datetime(2020, 8, 1, 5, tzinfo=zone)
    same((moment.utcoffset(), moment.dst(), moment.timetuple().tm_isdst, moment.strftime("%Z %z"), moment.timetz().utcoffset()),
         (timedelta(hours=2), timedelta(hours=1), 1, "50% summer +0200", timedelta(hours=1)))
    # The same zone object: local times are compared; a fold that matters makes a time unequal to others' (PEP 495).
    early = datetime(2020, 1, 1, 5, tzinfo=Fold())
    check(early.replace(fold=1) == early and hash(early.replace(fold=1)) == hash(early))
    check(early != datetime(2020, 1, 1, 3, tzinfo=UTC) and early - datetime(2020, 1, 1, 3, tzinfo=UTC) == timedelta(0))
    for answer in (1, "x", timedelta(1)):
        odd = type("Odd", (tzinfo,), {"utcoffset": lambda self, moment, answer=answer: answer, "tzname": lambda self, moment: 3})()
        raises(ValueError if isinstance(answer, timedelta) else TypeError, datetime(2020, 1, 1, tzinfo=odd).utcoffset)
        raises(TypeError, time(1, tzinfo=odd).tzname, message="tzinfo.tzname() must return None or a string, not 'int'")
    dead = type("Dead", (tzinfo,), {"utcoffset": lambda self, moment: 1 / 0})()
    for use in (datetime.isoformat, datetime.timestamp, hash, datetime.utctimetuple):
        raises(ZeroDivisionError, use, datetime(2020, 1, 1, tzinfo=dead))


def test_local_time():
    before = os.environ.get("TZ")
    os.environ["TZ"] = "EST5EDT,M3.2.0,M11.1.0"
    clock.tzset()
    try:
        twice = datetime(2020, 11, 1, 1, 30)
        same((twice.timestamp(), twice.replace(fold=1).timestamp()), (1604208600.0, 1604212200.0))
        same((datetime.fromtimestamp(1604208600), datetime.fromtimestamp(1604212200)), (twice, twice.replace(fold=1)))
        gap = datetime(2020, 3, 8, 2, 30)
        same((gap.timestamp(), gap.replace(fold=1).timestamp()), (1583652600.0, 1583649000.0))
        same((twice.astimezone().tzname(), gap.astimezone(UTC), date.fromtimestamp(0)),
             ("EDT", datetime(2020, 3, 8, 7, 30, tzinfo=UTC), date(1969, 12, 31)))
    finally:
        if before is None: del os.environ["TZ"]
        else: os.environ["TZ"] = before
        clock.tzset()


def test_timestamps():
    same((datetime.fromtimestamp(-0.0000005, UTC), datetime.fromtimestamp(1.9999999, UTC), datetime.fromtimestamp(0.0000015, UTC)),
         (datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC), datetime(1970, 1, 1, 0, 0, 0, 2, UTC)))
    equal(datetime(2001, 9, 9, 1, 46, 40, 250000, UTC).timestamp(), 1000000000.25)
    raises(ValueError, datetime.fromtimestamp, float("nan"), message="Invalid value NaN (not a number)")
    raises(OverflowError, datetime.fromtimestamp, 1e300, message="timestamp out of range for platform time_t")
    raises(TypeError, datetime.now, "UTC")
    check(abs(datetime.now(UTC) - datetime.now().astimezone()) < timedelta(minutes=1))
    check(abs(datetime.today().timestamp() - clock.time()) < 60 and type(date.today()) is date)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        datetime.utcnow()
        equal(datetime.utcfromtimestamp(86400), datetime(1970, 1, 2))
    same([(w.category, w.filename == __file__) for w in seen], [(DeprecationWarning, True)] * 2)


class MyDate(date):
    pass


class MyDateTime(datetime):
    def __new__(cls, *arguments, **keywords):
        self = super().__new__(cls, *arguments, **keywords)
        self.extra = "made"
        return self


def test_subclasses():
    moment = MyDateTime(2020, 1, 2, 3, fold=1)
    for made in (moment + timedelta(1), moment.replace(year=2021), MyDateTime.fromisoformat("2020-01-02"), MyDateTime.now(),
                 MyDateTime.fromordinal(5), MyDateTime.combine(date(2020, 1, 1), time(1)), MyDateTime.fromtimestamp(0, UTC),
                 MyDateTime.strptime("2020", "%Y"), moment.astimezone(UTC), MyDateTime.today(), pickle.loads(pickle.dumps(moment)),
                 copy.copy(moment)):
        is_(type(made), MyDateTime)
        equal(made.extra, "made")
    same((type(moment.date()), type(moment - moment), repr(moment)), (date, timedelta, "MyDateTime(2020, 1, 2, 3, 0, fold=1)"))
    same([type(made) for made in (MyDate(2020, 1, 1) + timedelta(1), MyDate.today(), MyDate(2020, 1, 1).replace(day=2))], [MyDate] * 3)
    check(MyDateTime(2020, 1, 2) == datetime(2020, 1, 2) and MyDate(2020, 1, 2) == date(2020, 1, 2))
    raises(TypeError, type, "T", (timezone,), {}, message="type 'datetime.timezone' is not an acceptable base type")


def test_pickles():
    for value in (date(2020, 1, 2), time(1, 2, 3, 4, EAST, fold=1), datetime(2020, 1, 2, 3, 4, 5, 6, EAST, fold=1), timedelta(-1, 2, 3), EAST):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            back = pickle.loads(pickle.dumps(value, protocol))
            check(back == value and type(back) is type(value))
        same((copy.copy(value), copy.deepcopy(value)), (value, value))
    same(datetime(2020, 1, 2, fold=1).__reduce_ex__(4), (datetime, (b"\x07\xe4\x81\x02\0\0\0\0\0\0",)))
    # Python 2's states come as str.
    equal(datetime("\x07\xe4\x01\x02\x03\x04\x05\0\0\x06"), datetime(2020, 1, 2, 3, 4, 5, 6))
    equal(pickle.loads(b"cdatetime\ndate\n(S'\\x07\\xe4\\x01\\x02'\ntR.", encoding="latin1"), date(2020, 1, 2))
    raises(ValueError, date, "\u0107\xe4\x01\x02", contains="Failed to encode latin1 string when unpickling a date object.")
    raises(TypeError, datetime, b"\x07\xe4\x01\x02\0\0\0\0\0\0", 1, message="bad tzinfo state arg")


def test_threads():
    moments = [datetime(2020, 1, 1, tzinfo=EAST) + timedelta(hours=i) for i in range(50)]
    texts = [moment.isoformat() for moment in moments]
    wrong = []

    def work():
        for _ in range(20):
            if len({*moments, *(moment.astimezone(UTC) for moment in moments)}) != 50: wrong.append("hash")
            if [datetime.fromisoformat(text) for text in texts] != moments: wrong.append("text")
            if sum((b - a for a, b in zip(moments, moments[1:])), timedelta()) != timedelta(hours=49): wrong.append("sum")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    equal(wrong, [])


support.run(globals())
