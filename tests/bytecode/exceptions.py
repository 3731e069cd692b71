# options: --dump-bytecode
# imugi only
def read(path, log):
    try:
        with open(path) as file:
            return file.read()
    except (OSError, ValueError) as error:
        log(error)
        raise
    finally:
        log("done")


def maybe(flag):
    if flag:
        value = 1
    return value


def groups(f):
    try:
        f()
    except* ValueError:
        pass
