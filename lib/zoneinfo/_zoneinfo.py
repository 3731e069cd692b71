"""zoneinfo.ZoneInfo (PEP 615): the time zones of the IANA database as tzinfo classes."""

import bisect
import calendar
import collections
import re
import threading
import weakref
from datetime import datetime, timedelta, tzinfo

from . import _common, _tzpath

_EPOCH = datetime(1970, 1, 1)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_ZERO = timedelta(0)


class _Period:
    """What holds between two transitions."""

    __slots__ = ("utcoff", "dstoff", "tzname", "seconds")

    def __init__(self, seconds, dst_seconds, name):
        self.seconds = seconds
        self.utcoff = timedelta(seconds=seconds)
        self.dstoff = timedelta(seconds=dst_seconds)
        self.tzname = name

    def same_as(self, other):
        return (self.seconds, self.dstoff, self.tzname) == (other.seconds, other.dstoff, other.tzname)

    def __repr__(self):
        return f"{type(self).__name__}({self.utcoff}, {self.dstoff}, {self.tzname})"


_NO_PERIOD = _Period(0, 0, None)
_NO_PERIOD.utcoff = _NO_PERIOD.dstoff = None


class ZoneInfo(tzinfo):
    _strong_cache_size = 8
    _strong_cache = collections.OrderedDict()
    _weak_cache = weakref.WeakValueDictionary()
    _cache_lock = threading.RLock()
    __module__ = "zoneinfo"

    def __init_subclass__(cls):
        cls._strong_cache = collections.OrderedDict()
        cls._weak_cache = weakref.WeakValueDictionary()
        cls._cache_lock = threading.RLock()

    def __new__(cls, key):
        with cls._cache_lock:
            zone = cls._weak_cache.get(key)
        if zone is None:
            made = cls._load(key)
            made._from_cache = True
            with cls._cache_lock:
                zone = cls._weak_cache.setdefault(key, made)
        with cls._cache_lock:
            recent = cls._strong_cache
            recent[key] = recent.pop(key, zone)
            if len(recent) > cls._strong_cache_size:
                recent.popitem(last=False)
        return zone

    @classmethod
    def no_cache(cls, key):
        """A new ZoneInfo, whether or not there is one of that key."""
        zone = cls._load(key)
        zone._from_cache = False
        return zone

    @classmethod
    def from_file(cls, file_obj, /, key=None):
        """A ZoneInfo from an open TZif file; it cannot be pickled."""
        zone = super().__new__(cls)
        zone._key = key
        zone._source = file_obj
        zone._parse(file_obj)
        zone._from_cache = False
        zone._from_file = repr(file_obj)
        del zone._source
        return zone

    @classmethod
    def clear_cache(cls, *, only_keys=None):
        """Forgets zones: all of them, or those with the keys."""
        with cls._cache_lock:
            if only_keys is None:
                cls._weak_cache.clear()
                cls._strong_cache.clear()
            else:
                for key in only_keys:
                    cls._weak_cache.pop(key, None)
                    cls._strong_cache.pop(key, None)

    @classmethod
    def _load(cls, key):
        zone = super().__new__(cls)
        zone._key = key
        zone._from_file = None
        path = _tzpath.find_tzfile(key)
        file = open(path, "rb") if path is not None else _common.load_tzdata(key)
        with file:
            zone._parse(file)
        return zone

    def _parse(self, file):
        indices, transitions, offsets, is_dst, names, rule = _common.load_data(file)
        savings = _daylight_savings(indices, offsets, is_dst)
        periods = [_Period(*row) for row in zip(offsets, savings, names)]
        self._times = transitions
        self._periods = [periods[index] for index in indices]
        # In local time a transition lies at its time plus the offset before or after it: fold=0 keeps
        # to the old offset as long as it can be meant, fold=1 takes the new one as soon as it can.
        before = [offsets[0] if offsets else 0]
        first_standard = next((i for i, dst in enumerate(is_dst) if not dst), 0)
        if offsets:
            before = [offsets[first_standard]]
        before += [offsets[index] for index in indices[:-1]]
        after = [offsets[index] for index in indices]
        self._local_times = (
            [time + max(pair) for time, *pair in zip(transitions, before, after)],
            [time + min(pair) for time, *pair in zip(transitions, before, after)])
        self._first = periods[first_standard] if periods else None
        if rule:
            self._rule = _parse_rule(rule.decode())
        elif periods:
            self._rule = _FixedRule(self._periods[-1] if self._periods else periods[0])
        else:
            raise ValueError("Invalid TZif file: it has no types of local time")
        if self._first is None:
            self._first = self._rule.at_utc(0, 1970)[0]
        # Where nothing ever changes, the offset is known without a date.
        self._fixed = isinstance(self._rule, _FixedRule) and all(
            period.same_as(self._rule.period) for period in [self._first, *self._periods])

    @property
    def key(self):
        return self._key

    # --- tzinfo ---

    def utcoffset(self, dt):
        return self._find(dt).utcoff

    def dst(self, dt):
        return self._find(dt).dstoff

    def tzname(self, dt):
        return self._find(dt).tzname

    def _find(self, dt):
        if dt is None:
            return self._rule.period if self._fixed else _NO_PERIOD
        seconds = _seconds(dt)
        times = self._local_times[dt.fold]
        if times and seconds < times[0]:
            return self._first
        if not times or seconds >= times[-1]:
            if isinstance(self._rule, _FixedRule):
                return self._rule.period
            return self._rule.at_local(seconds, dt.year, dt.fold)
        return self._periods[bisect.bisect_right(times, seconds) - 1]

    def fromutc(self, dt):
        if not isinstance(dt, datetime):
            raise TypeError("fromutc() requires a datetime argument")
        if dt.tzinfo is not self:
            raise ValueError("dt.tzinfo is not self")
        seconds = _seconds(dt)
        times = self._times
        if times and seconds < times[0]:
            period, fold = self._first, 0
        elif not times or seconds > times[-1]:
            period, fold = self._rule.at_utc(seconds, dt.year)
            if times and not fold:
                # The last transition of the table may be less than its shift ago.
                fold = self._is_second(len(times) - 1, seconds)
        else:
            at = bisect.bisect_right(times, seconds) - 1
            period = self._periods[at]
            fold = self._is_second(at, seconds)
        result = dt + period.utcoff
        return result.replace(fold=1) if fold else result

    def _is_second(self, at, seconds):
        """Whether the local time of an instant after transition `at` has been there before."""
        previous = self._periods[at - 1] if at > 0 else self._first
        shift = previous.seconds - self._periods[at].seconds
        return seconds - self._times[at] < shift

    # --- the object as such ---

    def __str__(self):
        return self._key if self._key is not None else repr(self)

    def __repr__(self):
        name = type(self).__module__ + "." + type(self).__qualname__
        if self._key is not None:
            return f"{name}(key={self._key!r})"
        return f"{name}.from_file({self._from_file})"

    def __reduce__(self):
        if self._from_file is not None:
            import pickle
            raise pickle.PicklingError("Cannot pickle a ZoneInfo file created from a file stream.")
        return (type(self)._unpickle, (self._key, self._from_cache))

    @classmethod
    def _unpickle(cls, key, from_cache, /):
        return cls(key) if from_cache else cls.no_cache(key)


def _seconds(dt):
    """Seconds since 1970 of the date and time as it stands."""
    return ((dt.toordinal() - _EPOCH_ORDINAL) * 86400 + dt.hour * 3600 + dt.minute * 60 + dt.second)


def _daylight_savings(indices, offsets, is_dst):
    """By how much each type is ahead of standard time: a guess from its neighbours, as files do not say."""
    result = [0] * len(offsets)

    def guess(at, neighbour):
        this = indices[at]
        if not 0 <= neighbour < len(indices) or not is_dst[this] or result[this]:
            return
        other = indices[neighbour]
        if not is_dst[other]:
            result[this] = offsets[this] - offsets[other]

    for at in range(1, len(indices)):
        guess(at, at - 1)
    for at in range(len(indices)):
        guess(at, at + 1)
    return [3600 if dst and not saving else saving for dst, saving in zip(is_dst, result)]


# --- the rule for times after the last transition: a POSIX TZ string ---

class _FixedRule:
    def __init__(self, period):
        self.period = period

    def at_utc(self, seconds, year):
        return self.period, 0

    def at_local(self, seconds, year, fold):
        return self.period


class _YearlyRule:
    """Standard and daylight saving time, which change on two days of the year."""

    def __init__(self, standard, daylight, start, end):
        self.standard = standard
        self.daylight = daylight
        self.start = start
        self.end = end
        self.shift = daylight.seconds - standard.seconds

    def changes(self, year):
        return self.start.seconds(year), self.end.seconds(year)

    def at_local(self, seconds, year, fold):
        start, end = self.changes(year)
        # With fold=0 the gap at the start is still standard time (the offset before), and the hour
        # twice passed at the end is daylight saving time; with fold=1 both are the other way round.
        early_end = (self.shift >= 0) == fold
        if early_end:
            end -= self.shift
        else:
            start += self.shift
        return self.daylight if self.is_daylight(seconds, year, start, end, early_end * self.shift) else self.standard

    def is_daylight(self, seconds, year, start, end, earlier):
        if start >= end:
            return not end <= seconds < start
        if seconds < start:
            # Last year's daylight saving time may last into this year ("all the year round" does).
            return year > 1 and seconds < self.end.seconds(year - 1) - earlier
        return seconds < end

    def at_utc(self, seconds, year):
        start, end = self.changes(year)
        start -= self.standard.seconds
        end -= self.daylight.seconds
        daylight = self.is_daylight(seconds, year, start, end, self.daylight.seconds)
        # The hours after the change that sets clocks back come twice.
        change = end if self.shift > 0 else start
        fold = change <= seconds < change + abs(self.shift)
        return (self.daylight if daylight else self.standard), fold


class _Day:
    """A day of the year by its number: 0 to 365, or 1 to 365 without the leap day (`julian`)."""

    def __init__(self, day, julian, seconds):
        if not (1 if julian else 0) <= day <= 365:
            raise ValueError("d must be in [0, 365], or [1, 365] for a Julian day")
        self.day, self.julian, self.time = day, julian, seconds

    def seconds(self, year):
        day = self.day
        if self.julian:
            day -= not (day >= 60 and calendar.isleap(year))
        return (datetime(year, 1, 1).toordinal() - _EPOCH_ORDINAL + day) * 86400 + self.time


class _Weekday:
    """The w-th (5: last) weekday d (0: Sunday) of month m."""

    def __init__(self, month, week, day, seconds):
        if not 1 <= month <= 12:
            raise ValueError("m must be in (0, 12]")
        if not 1 <= week <= 5:
            raise ValueError("w must be in (0, 5]")
        if not 0 <= day <= 6:
            raise ValueError("d must be in [0, 6]")
        self.month, self.week, self.day, self.time = month, week, day, seconds

    def seconds(self, year):
        first, days = calendar.monthrange(year, self.month)
        day = 1 + (self.day - 1 - first) % 7 + (self.week - 1) * 7
        if day > days:
            day -= 7
        return (datetime(year, self.month, day).toordinal() - _EPOCH_ORDINAL) * 86400 + self.time


_NAME = r"(?:<[A-Za-z0-9+\-]+>|[A-Za-z]{3,})"
_TIME = r"[+-]?\d{1,3}(?::\d{2}(?::\d{2})?)?"
_RULE = re.compile(rf"(?P<std>{_NAME})(?P<stdoff>{_TIME})(?:(?P<dst>{_NAME})(?P<dstoff>{_TIME})?"
                   rf"(?:,(?P<start>[^,]+),(?P<end>[^,]+))?)?", re.ASCII)


def _parse_time(text, most):
    sign = -1 if text[0] == "-" else 1
    hours, minutes, seconds = ([int(part) for part in text.lstrip("+-").split(":")] + [0, 0])[:3]
    if hours > most or minutes > 59 or seconds > 59:
        raise ValueError(f"time out of range: {text}")
    return sign * (hours * 3600 + minutes * 60 + seconds)


def _parse_day(text):
    date, slash, time = text.partition("/")
    if slash and not re.fullmatch(_TIME, time, re.ASCII):
        raise ValueError(f"Invalid transition time: {text}")
    seconds = _parse_time(time, 167) if slash else 7200
    if match := re.fullmatch(r"M(\d{1,2})\.(\d)\.(\d)", date, re.ASCII):
        return _Weekday(*map(int, match.groups()), seconds)
    if match := re.fullmatch(r"(J?)(\d{1,3})", date, re.ASCII):
        return _Day(int(match[2]), bool(match[1]), seconds)
    raise ValueError(f"Invalid dst start/end date: {text}")


def _parse_rule(text):
    try:
        return _parse_rule_parts(text)
    except ValueError as error:
        raise ValueError(f"Malformed TZ string {text}: {error}") from None


def _parse_rule_parts(text):
    match = _RULE.fullmatch(text)
    if match is None:
        raise ValueError("it does not follow the syntax")
    standard_offset = -_parse_time(match["stdoff"], 24)
    standard = _Period(standard_offset, 0, match["std"].strip("<>"))
    if match["dst"] is None:
        return _FixedRule(standard)
    if match["start"] is None:
        raise ValueError("the days of the changes are missing")
    offset = -_parse_time(match["dstoff"], 24) if match["dstoff"] else standard_offset + 3600
    daylight = _Period(offset, offset - standard_offset, match["dst"].strip("<>"))
    return _YearlyRule(standard, daylight, _parse_day(match["start"]), _parse_day(match["end"]))
