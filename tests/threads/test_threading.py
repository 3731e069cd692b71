"""threading, _thread, queue and executors: what they promise."""

import sys
import threading
import time

sys.path.insert(0, __file__.rpartition("/")[0] + "/..")

import support
from support import check, equal, is_, raises


def test_thread():
    log = []
    t = threading.Thread(target=log.append, args=(1,), name="worker")
    check(not t.is_alive() and t.ident is None and t.name == "worker" and not t.daemon)
    t.start()
    t.join()
    check(not t.is_alive() and t.ident is not None)
    equal(log, [1])
    raises(RuntimeError, t.start, message="threads can only be started once")
    raises(RuntimeError, threading.Thread().join, message="cannot join thread before it is started")
    raises(RuntimeError, threading.current_thread().join, message="cannot join current thread")
    class T(threading.Thread):
        def run(self): self.result = threading.get_ident()
    t = T()
    t.start()
    t.join()
    check(t.result != threading.get_ident())
    is_(threading.current_thread(), threading.main_thread())
    equal(threading.active_count(), len(threading.enumerate()))
    check(threading.get_native_id() > 0)


def test_many():
    for _ in range(5):
        threads = [threading.Thread(target=sum, args=([1, 2],)) for _ in range(50)]
        for t in threads: t.start()
        for t in threads: t.join()
    equal(threading.active_count(), 1)


def test_excepthook():
    caught = []
    old = threading.excepthook
    threading.excepthook = lambda args: caught.append((args.exc_type, str(args.exc_value), args.thread.name))
    try:
        def fail(): raise ValueError("in thread")
        t = threading.Thread(target=fail, name="f")
        t.start()
        t.join()
        def leave(): raise SystemExit
        t = threading.Thread(target=leave)
        t.start()
        t.join()
    finally:
        threading.excepthook = old
    equal(caught[0], (ValueError, "in thread", "f"))
    # A hook of one's own is told of SystemExit too; the default one keeps quiet.
    is_(caught[1][0], SystemExit)


def test_lock():
    lock = threading.Lock()
    check(lock.acquire())
    check(lock.locked() and not lock.acquire(False) and not lock.acquire(timeout=0.01))
    lock.release()
    raises(RuntimeError, lock.release, message="release unlocked lock")
    with lock:
        check(lock.locked())
    check(not lock.locked())
    raises(ValueError, lock.acquire, False, 1, message="can't specify a timeout for a non-blocking call")
    raises(ValueError, lock.acquire, timeout=-5, message="timeout value must be a non-negative number")
    raises(OverflowError, lock.acquire, timeout=1e300)
    lock.acquire()
    t = threading.Thread(target=lock.release)
    t.start()
    with lock:
        pass
    t.join()
    start = time.monotonic()
    lock.acquire()
    check(not lock.acquire(timeout=0.05))
    check(time.monotonic() - start >= 0.04)


def test_rlock():
    lock = threading.RLock()
    with lock, lock:
        result = []
        t = threading.Thread(target=lambda: result.append(lock.acquire(False)))
        t.start()
        t.join()
        equal(result, [False])
    raises(RuntimeError, lock.release, message="cannot release un-acquired lock")


def test_condition_event_semaphore_barrier():
    condition = threading.Condition()
    items, got = [], []
    def consume():
        with condition:
            while not items:
                condition.wait(10)
            got.append(items.pop())
    threads = [threading.Thread(target=consume) for _ in range(3)]
    for t in threads: t.start()
    for i in range(3):
        with condition:
            items.append(i)
            condition.notify()
    for t in threads: t.join()
    equal(sorted(got), [0, 1, 2])
    with condition:
        check(not condition.wait(0.01))
        check(condition.wait_for(lambda: True))
    raises(RuntimeError, condition.notify, message="cannot notify on un-acquired lock")
    event = threading.Event()
    check(not event.is_set() and not event.wait(0.01))
    threading.Timer(0.02, event.set).start()
    check(event.wait(10))
    semaphore = threading.BoundedSemaphore(2)
    check(semaphore.acquire() and semaphore.acquire() and not semaphore.acquire(False))
    semaphore.release(2)
    raises(ValueError, semaphore.release, message="Semaphore released too many times")
    barrier = threading.Barrier(3)
    places = []
    threads = [threading.Thread(target=lambda: places.append(barrier.wait())) for _ in range(3)]
    for t in threads: t.start()
    for t in threads: t.join()
    equal(sorted(places), [0, 1, 2])


def test_local():
    local = threading.local()
    local.x = "main"
    seen = []
    def work():
        seen.append(hasattr(local, "x"))
        local.x = "worker"
        seen.append(local.x)
    t = threading.Thread(target=work)
    t.start()
    t.join()
    equal((seen, local.x), ([False, "worker"], "main"))
    class L(threading.local):
        def __init__(self, n): self.n = n
    l = L(5)
    l.n = 6
    t = threading.Thread(target=lambda: seen.append(l.n))
    t.start()
    t.join()
    equal((seen[-1], l.n), (5, 6))


def test_queue():
    import queue
    q = queue.Queue(maxsize=10)
    got = []
    def produce(n):
        for i in range(200):
            q.put((n, i))
    def consume():
        while (item := q.get()) is not None:
            got.append(item)
    producers = [threading.Thread(target=produce, args=(n,)) for n in range(3)]
    consumers = [threading.Thread(target=consume) for _ in range(2)]
    for t in producers + consumers: t.start()
    for t in producers: t.join()
    for _ in consumers: q.put(None)
    for t in consumers: t.join()
    equal(sorted(got), [(n, i) for n in range(3) for i in range(200)])
    raises(queue.Empty, q.get_nowait)
    raises(queue.Empty, q.get, timeout=0.01)
    s = queue.SimpleQueue()
    s.put(1)
    equal((s.get(), s.empty()), (1, True))
    raises(queue.Empty, s.get, timeout=0.01)
    p = queue.PriorityQueue()
    for n in (3, 1, 2): p.put(n)
    equal([p.get() for _ in range(3)], [1, 2, 3])


def test_executor():
    from concurrent.futures import ThreadPoolExecutor, as_completed, wait
    with ThreadPoolExecutor(3) as pool:
        equal(list(pool.map(lambda x: x * x, range(10))), [x * x for x in range(10)])
        futures = [pool.submit(pow, 2, n) for n in range(5)]
        equal(sorted(f.result() for f in as_completed(futures)), [1, 2, 4, 8, 16])
        bad = pool.submit(lambda: 1 / 0)
        raises(ZeroDivisionError, bad.result)
        check(isinstance(bad.exception(), ZeroDivisionError))
        done, pending = wait(futures)
        equal((len(done), len(pending)), (5, 0))
    raises(RuntimeError, pool.submit, print, message="cannot schedule new futures after shutdown")


def test_daemon_and_exit():
    import subprocess
    source = """
import threading, time
threading.Thread(target=lambda: time.sleep(60), daemon=True).start()
def spin():
    while True: pass
threading.Thread(target=spin, daemon=True).start()
def late():
    time.sleep(0.1)
    print("late", flush=True)
threading.Thread(target=late).start()
print("main done", flush=True)
"""
    done = subprocess.run([sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    equal((done.returncode, done.stdout.decode()), (0, "main done\nlate\n"))


def test_sleep_and_io_let_others_run():
    def asleep_at_once():
        start = time.monotonic()
        threads = [threading.Thread(target=time.sleep, args=(0.1,)) for _ in range(8)]
        for t in threads: t.start()
        for t in threads: t.join()
        return time.monotonic() - start < 0.7
    # A busy machine may take its time once; one after the other they never need less.
    check(any(asleep_at_once() for _ in range(20)))


def test_raw_threads():
    import _thread
    done = _thread.allocate_lock()
    done.acquire()
    log = []
    def work(a, b=0):
        log.append((a, b))
        done.release()
    ident = _thread.start_new_thread(work, (1,), {"b": 2})
    done.acquire()
    check(isinstance(ident, int))
    equal(log, [(1, 2)])
    raises(TypeError, _thread.start_new_thread, 5, (), message="first arg must be callable")
    raises(TypeError, _thread.start_new_thread, work, 5, message="2nd arg must be a tuple")
    check(_thread.stack_size() >= 0)
    check(_thread._count() >= 0)


def run_child(source):
    import subprocess
    done = subprocess.run([sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def test_excepthook_without_help():
    """The report of a thread's exception needs neither sys.stderr nor the traceback module."""
    source = """
import sys, threading
go = threading.Event()
def fail():
    go.wait()
    1 / 0
thread = threading.Thread(target=fail, name="worker")
thread.start()
%s
go.set()
thread.join()
"""
    for trouble in ("sys.stderr = None", "import traceback; del traceback._print_exception_bltin, traceback.print_exception"):
        status, out, err = run_child(source % trouble)
        equal((status, out), (0, ""))
        check("Exception in thread worker:\nTraceback (most recent call last):\n" in err, err)
        check("ZeroDivisionError: " in err, err)


def test_interrupt_main_at_once():
    import _thread, signal
    def attempt():
        _thread.interrupt_main()
        return "not at once"
    # Whoever started this may have had it ignored.
    old = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for _ in range(20):
            raises(KeyboardInterrupt, attempt)
    finally:
        signal.signal(signal.SIGINT, old)


def test_threads_have_ended_after_fork():
    import os
    if not hasattr(os, "fork"):
        support.skip("no fork")
    import warnings
    for _ in range(20):
        thread = threading.Thread(target=lambda: None)
        thread.start()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pid = os.fork()
        if pid == 0:
            os._exit(11 if thread.is_alive() else 10)
        thread.join()
        equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 10)


def test_main_has_ended_in_a_thread_s_fork():
    import os
    if not hasattr(os, "fork"):
        support.skip("no fork")
    import warnings
    main = threading.current_thread()
    statuses = []
    def worker():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pid = os.fork()
        if pid == 0:
            main.join(20)
            os._exit(11 if main.is_alive() else 10)
        statuses.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    thread = threading.Thread(target=worker)
    thread.start()
    thread.join()
    equal(statuses, [10])


def test_interrupt():
    import signal, os
    def handler(*a): raise KeyError("signal")
    def interrupted(function, *arguments):
        # Whoever sends it stays until it has come: what a thread leaves behind may be cleared away by the
        # main thread, in callbacks, and an exception that a handler raises in those goes no further.
        arrived = threading.Event()
        def send():
            time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGUSR1)
            arrived.wait()
        sender = threading.Thread(target=send)
        sender.start()
        try:
            raises(KeyError, function, *arguments)
        finally:
            arrived.set()
            sender.join()
    def wait():
        end = time.monotonic() + 10
        while time.monotonic() < end:
            pass
    lock = threading.Lock()
    lock.acquire()
    old = signal.signal(signal.SIGUSR1, handler)
    try:
        interrupted(wait)
        interrupted(time.sleep, 10)
        interrupted(lock.acquire)
    finally:
        signal.signal(signal.SIGUSR1, old)


def test_fork():
    import os
    if not hasattr(os, "fork"):
        support.skip("no fork")
    import warnings
    stop = threading.Event()
    others = [threading.Thread(target=stop.wait) for _ in range(3)]
    for t in others: t.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pid = os.fork()
        if pid == 0:
            code = 1
            try:
                x = [i for i in range(1000)]
                t = threading.Thread(target=x.clear)
                t.start()
                t.join()
                code = 0 if x == [] and threading.active_count() == 1 else 2
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        equal(os.waitstatus_to_exitcode(status), 0)
    finally:
        stop.set()
        for t in others: t.join()


support.run(globals())
