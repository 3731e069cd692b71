"""What the thread tests share: running bodies at once, and waiting with an end."""

import threading


def race(*bodies, timeout=60):
    """Runs the bodies at once, each in a thread; the first exception of any is raised here."""
    barrier = threading.Barrier(len(bodies))
    errors = []

    def run(body):
        try:
            barrier.wait()
            body()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(body,), daemon=True) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
        if thread.is_alive():
            raise AssertionError("a thread does not end: deadlock?")
    if errors:
        raise errors[0]


def each(function, count=4):
    """One body for each thread number."""
    def body(number):
        return lambda: function(number)
    return [body(number) for number in range(count)]


def tolerating(allowed, *functions):
    """Calls the functions in turn; exceptions of the allowed kinds are part of the race."""
    for function in functions:
        try:
            function()
        except allowed:
            pass
