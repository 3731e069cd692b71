"""Smaller native modules: digests, queues, mappings, time zones, locale, accounts."""

import sys

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import bisect
import collections
import functools
import grp
import hashlib
import heapq
import io
import itertools
import locale
import mmap
import os
import pickle
import pwd
import queue
import random
import select
import struct
import subprocess
import tempfile
import threading
import zoneinfo
from datetime import datetime, timedelta

import support
from support import check, equal, raises


def test_digests():
    equal(hashlib.md5(b"abc").hexdigest(), "900150983cd24fb0d6963f7d28e17f72")
    equal(hashlib.sha3_256(b"abc").hexdigest(), "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")
    equal(hashlib.shake_128(b"").hexdigest(8), "7f9c2ba4e88f827d")
    equal(hashlib.blake2s(b"abc").hexdigest(), "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982")
    equal(hashlib.blake2b(b"abc", digest_size=8, key=b"k", salt=b"s", person=b"p").digest_size, 8)
    pieces = hashlib.blake2b()
    for _ in range(1000): pieces.update(b"abc")
    equal(pieces.digest(), hashlib.blake2b(b"abc" * 1000).digest())
    raises(ValueError, hashlib.blake2b, fanout=256)


def test_openssl():
    import hmac
    equal(hashlib.new("sha512_256", b"abc").hexdigest(), "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23")
    equal(hashlib.pbkdf2_hmac("sha1", b"password", b"salt", 2).hex(), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957")
    equal(hashlib.scrypt(b"", salt=b"", n=16, r=1, p=1).hex()[:16], "77d6576238657b20")
    equal(hmac.new(b"key", b"The quick brown fox jumps over the lazy dog", "sha256").hexdigest(),
          "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
    check(hmac.compare_digest("abc", "abc") and not hmac.compare_digest(b"abc", b"abd"))
    raises(ValueError, hashlib.new, "no such hash", message="unsupported hash type no such hash")
    raises(ValueError, hashlib.pbkdf2_hmac, "sha1", b"", b"", 0, message="iteration value must be greater than 0.")
    shared = hashlib.sha256()
    threads = [threading.Thread(target=lambda: [shared.update(b"x" * 5000) for _ in range(20)]) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    equal(shared.hexdigest(), hashlib.sha256(b"x" * 400000).hexdigest())


def test_simple_queue():
    q = queue.SimpleQueue()
    raises(queue.Empty, q.get_nowait)
    raises(queue.Empty, q.get, True, 0.01)
    raises(ValueError, q.get, True, -1, message="'timeout' must be a non-negative number")
    got = []
    def take():
        for item in iter(q.get, None): got.append(item)
    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads: thread.start()
    for i in range(3000): q.put(i)
    for _ in threads: q.put(None)
    for thread in threads: thread.join()
    equal(sorted(got), list(range(3000)))
    check(q.empty())


def test_mmap():
    with tempfile.TemporaryFile() as file:
        file.write(b"hello world, hello")
        file.flush()
        with mmap.mmap(file.fileno(), 0) as m:
            equal((len(m), m[:5], m[0], m.find(b"hello", 1), m.rfind(b"hello"), m[::-7]), (18, b"hello", 104, 13, 13, b"odl"))
            m[0:5] = b"HELLO"
            m.write(b"J")
            m.resize(10)
            view = memoryview(m)
            raises(BufferError, m.close, message="cannot close exported pointers exist")
            view.release()
            raises(IndexError, m.__getitem__, 10, message="mmap index out of range")
            # The file is not cut when the mapping cannot follow.
            raises(OSError, m.resize, 0)
            equal((len(m), m[:5], os.fstat(file.fileno()).st_size), (10, b"JELLO", 10))
        raises(ValueError, m.read, message="mmap closed or invalid")
        file.seek(0)
        equal(file.read(), b"JELLO worl")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as m:
            raises(TypeError, m.write, b"x", message="mmap can't modify a readonly memory map.")


def zone(rule):
    header = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 0, 0)
    return zoneinfo.ZoneInfo.from_file(io.BytesIO(header + header + b"\n" + rule + b"\n"), key="Test")


def test_zoneinfo():
    berlin = zone(b"CET-1CEST,M3.5.0,M10.5.0/3")
    def at(*when, fold=0):
        moment = datetime(*when, tzinfo=berlin, fold=fold)
        return moment.tzname(), moment.utcoffset() // timedelta(hours=1)
    equal((at(2024, 1, 1), at(2024, 7, 1)), (("CET", 1), ("CEST", 2)))
    # The gap in March, and the hour in October that comes twice.
    equal((at(2024, 3, 31, 2, 30), at(2024, 3, 31, 2, 30, fold=1)), (("CET", 1), ("CEST", 2)))
    equal((at(2024, 10, 27, 2, 30), at(2024, 10, 27, 2, 30, fold=1)), (("CEST", 2), ("CET", 1)))
    second = datetime(2024, 10, 27, 1, 30, tzinfo=zone(b"UTC0")).astimezone(berlin)
    equal((second.hour, second.fold), (2, 1))
    raises(ValueError, zone, b"AAA", contains="AAA")
    raises(zoneinfo.ZoneInfoNotFoundError, zoneinfo.ZoneInfo, "No/Such_Zone")
    check("/usr/share/zoneinfo" in zoneinfo.TZPATH)
    if os.path.exists("/usr/share/zoneinfo/Europe/Berlin"):
        equal(str(datetime(2020, 7, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))), "2020-07-01 00:00:00+02:00")
        check("Europe/Berlin" in zoneinfo.available_timezones())
    raises(pickle.PicklingError, pickle.dumps, berlin)


def test_expat():
    from xml.etree import ElementTree
    from xml.parsers import expat
    seen = []
    p = expat.ParserCreate()
    p.StartElementHandler = lambda name, attributes: seen.append((name, attributes))
    p.EndElementHandler = lambda name: seen.append(name)
    p.CharacterDataHandler = seen.append
    p.buffer_text = True
    for piece in ("<a x='1' y='&lt;'>te", "xt<b/>&#233;", "</a>"):
        p.Parse(piece)
    p.Parse(b"", True)
    equal(seen, [("a", {"x": "1", "y": "<"}), "te", "xt", ("b", {}), "b", "\xe9", "a"])
    error = raises(expat.ExpatError, expat.ParserCreate().Parse, "<a><b></a>", True, message="mismatched tag: line 1, column 8")
    equal((error.code, error.lineno, error.offset), (7, 1, 8))
    p = expat.ParserCreate()
    def handler(name, attributes): raise KeyError(name)
    p.StartElementHandler = handler
    raises(KeyError, p.Parse, "<a><b/></a>", message="'a'")
    if hasattr(p, "GetReparseDeferralEnabled"):
        p.SetReparseDeferralEnabled(False)
        equal(p.GetReparseDeferralEnabled(), False)
    tree = ElementTree.fromstring("<r><i n='1'>x</i><i n='2'>y</i></r>")
    equal([(i.get("n"), i.text) for i in tree.iter("i")], [("1", "x"), ("2", "y")])
    results = []
    def parse():
        root = ElementTree.fromstring("<r>" + "<i>t</i>" * 500 + "</r>")
        results.append(len(root))
    threads = [threading.Thread(target=parse) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    equal(results, [500] * 4)


def test_process_locks():
    import multiprocessing
    context = multiprocessing.get_context("fork")
    lock, semaphore = context.RLock(), context.BoundedSemaphore(2)
    with lock, lock:
        check(lock.acquire(False))
        lock.release()
    raises(AssertionError, lock.release, message="attempt to release recursive lock not owned by thread")
    check(semaphore.acquire() and semaphore.acquire())
    check(not semaphore.acquire(timeout=0.01))
    semaphore.release()
    semaphore.release()
    raises(ValueError, semaphore.release, message="semaphore or lock released too many times")


def test_locale():
    equal(locale.setlocale(locale.LC_NUMERIC, "C"), "C")
    equal((locale.localeconv()["decimal_point"], locale.nl_langinfo(locale.RADIXCHAR)), (".", "."))
    raises(locale.Error, locale.setlocale, locale.LC_ALL, "no such locale", message="unsupported locale setting")
    check(locale.strcoll("a", "b") < 0 < locale.strcoll("b", "a"))


def test_time_zones_of_the_system():
    import os
    check("/usr/share/zoneinfo" in zoneinfo.TZPATH)
    if os.path.exists("/usr/share/zoneinfo/Europe/Paris"):
        paris = zoneinfo.ZoneInfo("Europe/Paris")
        equal(datetime(2024, 7, 1, tzinfo=paris).utcoffset(), timedelta(hours=2))


def test_accounts():
    user, group = pwd.getpwuid(0), grp.getgrgid(0)
    equal((user, group), (pwd.getpwnam(user.pw_name), grp.getgrnam(group.gr_name)))
    check(user in pwd.getpwall() and group in grp.getgrall())
    raises(KeyError, pwd.getpwnam, "no such", message="\"getpwnam(): name not found: 'no such'\"")
    raises(KeyError, pwd.getpwuid, -5, message="'getpwuid(): uid not found'")
    raises(OverflowError, grp.getgrgid, 1 << 70, message="gid is greater than maximum")
    raises(TypeError, grp.getgrgid, "0", message="gid should be integer, not str")


def test_ids_of_children():
    for name, kind in ("user", "uid"), ("group", "gid"):
        raises(OverflowError, lambda: subprocess.call([sys.executable], **{name: 2 ** 64}), message=kind + " is greater than maximum")
        raises(ValueError, lambda: subprocess.call([sys.executable], **{name: -1}))


def test_select_of_a_list_that_changes():
    class File:
        def fileno(self):
            del files[-1]
            return writer
    reader, writer = os.pipe()
    files = []
    files.extend([File()] * 10)
    ready = select.select([], files, [])
    equal((len(ready[1]), len(files)), (5, 5))
    equal(select.select((), (writer,), [reader], 0), ([], [writer], []))
    os.close(reader)
    os.close(writer)


def test_order_of_kinds():
    chance = random.Random(5)
    kinds = (chance.random, lambda: chance.random() * 1e300, lambda: str(chance.random()), lambda: chance.randrange(50),
             lambda: chance.randrange(10**30), lambda: (chance.randrange(9), chance.random()),
             lambda: chance.choice((1, 2.5, True, 10**30, 1e300)))
    for make in kinds:
        values = [make() for _ in range(200)]
        wanted = sorted(values)
        heap = []
        for value in values:
            heapq.heappush(heap, value)
        equal([heapq.heappop(heap) for _ in values], wanted)
        inserted = []
        for value in values:
            bisect.insort(inserted, value)
        equal(inserted, wanted)
        for value in values[:20]:
            equal(bisect.bisect_left(wanted, value), sum(other < value for other in wanted))
            equal(bisect.bisect_right(wanted, value), sum(other <= value for other in wanted))
    for order in (lambda: heapq.heappush([1], "a"), lambda: bisect.insort([1], "a"), lambda: bisect.bisect(["a"], 1.5)):
        raises(TypeError, order)


def test_greatest_sizes():
    """Sizes that do not fit in a word with a tag."""
    most = sys.maxsize
    equal(functools.lru_cache(most)(abs).cache_info().maxsize, most)
    bounded = collections.deque([1], most)
    equal((bounded.__reduce__()[1], (bounded + bounded).maxlen), (((), most), most))
    equal(pickle.loads(pickle.dumps(bounded)).maxlen, most)
    equal((struct.calcsize(f"{most}x"), struct.Struct(f"{most}x").size), (most, most))
    equal(itertools.repeat(0, most).__length_hint__(), most)
    at = iter(type("Sequence", (), {"__getitem__": None})())
    at.__setstate__(most)
    equal(at.__reduce__()[2], most)


support.run(globals())
