"""What the test scripts need, and nothing a young runtime may still lack.

A test file is a plain script: functions named test_*, then `support.run(globals())`.
It runs on imugi and on CPython with the same result.
"""

import sys


class Failure(AssertionError):
    pass


class Skip(Exception):
    pass


def skip(reason):
    raise Skip(reason)


def fail(message):
    raise Failure(message)


def check(condition, message="condition is false"):
    if not condition:
        raise Failure(message)


def equal(actual, expected):
    """Equal, and of the same type (so that 1, 1.0 and True are told apart)."""
    if type(actual) is not type(expected):
        raise Failure("got %r of type %s, expected %r of type %s"
                      % (actual, type(actual).__name__, expected, type(expected).__name__))
    if not actual == expected:
        raise Failure("got %r, expected %r" % (actual, expected))


def same(actual, expected):
    """Equal as shown: for nested values where -0.0, nan and the types inside count."""
    if repr(actual) != repr(expected):
        raise Failure("got %r, expected %r" % (actual, expected))


def is_(actual, expected):
    if actual is not expected:
        raise Failure("got %r, expected the same object as %r" % (actual, expected))


def raises(kind, function, *arguments, message=None, contains=None, **keywords):
    """Calls; the exception must be of that very class. `message` may be a tuple of accepted texts.

    Returns the exception, its traceback cut off so that it keeps nothing alive.
    """
    try:
        result = function(*arguments, **keywords)
    except kind as error:
        caught = error.with_traceback(None)
    else:
        raise Failure("%s was not raised; got %r" % (kind.__name__, result))
    if type(caught) is not kind:
        raise Failure("raised %s, expected %s" % (type(caught).__name__, kind.__name__))
    if message is not None:
        accepted = message if type(message) is tuple else (message,)
        if str(caught) not in accepted:
            raise Failure("message is %r, expected %r" % (str(caught), message))
    if contains is not None and contains not in str(caught):
        raise Failure("message is %r, which lacks %r" % (str(caught), contains))
    return caught


def raises_code(kind, source, namespace=None, message=None, contains=None):
    """Executes source text, which must raise (a SyntaxError included)."""
    def execute():
        exec(source, {} if namespace is None else namespace)
    try:
        return raises(kind, execute, message=message, contains=contains)
    except Failure as failure:
        raise Failure("%s; source: %r" % (failure, source)) from None


def execute(source, **names):
    """Executes source text in a fresh namespace and returns the namespace."""
    exec(source, names)
    return names


VERSION = sys.version_info[:2]
# Python 3.14 changed the wording of some messages; tests pick by this.
NEW = VERSION >= (3, 14)


def show(name, error):
    try:
        import traceback
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        text = "".join(lines)
    except Exception as problem:
        text = "%s: %s (no traceback: %r)\n" % (type(error).__name__, error, problem)
    sys.stdout.write("FAILED %s\n%s" % (name, text))


def run(namespace):
    """Runs every test_* of the namespace, in order of definition; exits 1 when one failed.

    Arguments on the command line pick tests whose name contains one of them.
    """
    if namespace.get("__name__") != "__main__":
        return
    wanted = sys.argv[1:]
    passed = failed = skipped = 0
    for name in list(namespace):
        if not name.startswith("test_"):
            continue
        if wanted and not any(part in name for part in wanted):
            continue
        test = namespace[name]
        try:
            test()
        except Skip as reason:
            skipped += 1
            sys.stdout.write("skipped %s: %s\n" % (name, reason))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            failed += 1
            show(name, error)
        else:
            passed += 1
    tail = ", %d skipped" % skipped if skipped else ""
    sys.stdout.write("%d passed, %d failed%s\n" % (passed, failed, tail))
    sys.stdout.flush()
    if failed:
        sys.exit(1)
