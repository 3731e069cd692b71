// datetime: any text read as ISO 8601 leads back to itself when written; pickled states, which may
// hold any bytes, and time zone files crash nothing.
#include "cli/fuzz_runtime.h"

using namespace imugi;

static const char kSource[] = R"(
import io
import pickle
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

FORMAT = "%Y %m %d %H %M %S %f %z %:z %Z %j %G %V %C %F"

def attempt(function, *arguments):
    try:
        return function(*arguments)
    except (ValueError, OverflowError, OSError):
        return None

def use(value):
    for name in ("isoformat", "ctime", "timetuple", "utctimetuple", "isocalendar", "toordinal", "weekday",
                 "timestamp", "astimezone", "utcoffset", "date", "timetz"):
        if hasattr(value, name):
            attempt(getattr(value, name))
    repr(value), attempt(hash, value), value == value
    attempt(value.strftime, FORMAT)
    assert type(pickle.loads(pickle.dumps(value))) is type(value)
    if not isinstance(value, time):
        for delta in (timedelta(1), timedelta(-1), timedelta.max):
            attempt(value.__add__, delta)
            attempt(value.__sub__, delta)

def read(data):
    text = data.decode("latin-1")
    for kind in (date, time, datetime):
        value = attempt(kind.fromisoformat, text)
        if value is not None:
            assert kind.fromisoformat(value.isoformat()) == value, (text, value)

def restore(data):
    zone = timezone(timedelta(minutes=data[0] * 11 - 1400)) if data else None
    for kind, size in ((date, 4), (time, 6), (datetime, 10)):
        try:
            use(kind(data[:size]))
            if kind is not date:
                use(kind(data[:size], zone))
        except TypeError:
            pass

def target(data):
    read(data)
    restore(data)
    try:
        zone = ZoneInfo.from_file(io.BytesIO(data))
    except Exception:
        return
    for year in (1, 1970, 2024, 9999):
        moment = datetime(year, 6, 1, tzinfo=zone)
        attempt(zone.fromutc, moment)
        repr((attempt(moment.utcoffset), zone.tzname(moment), zone.dst(moment)))
)";

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static PythonTarget target(kSource);
    target.run(data, size);
    return 0;
}
