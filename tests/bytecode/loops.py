# options: --dump-bytecode
# imugi only
def total(items, limit=10):
    result = 0
    for item in items:
        if item in (1, 2):
            continue
        if item > limit:
            break
        result += item
    else:
        result = -1
    while result > 0 and limit:
        result -= 1
    return [x * result for x in range(limit) if x]
