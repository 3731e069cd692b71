# options: --dump-bytecode
# imugi only
def walk(tree):
    got = yield tree
    yield from got


async def fetch(source):
    async with source as stream:
        async for item in stream:
            await item.done()
    return f"{source!r:>10}"
