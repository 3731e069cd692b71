"""The two-argument form of the builtin anext()."""


async def anext_with_default(awaitable, default):
    """The awaitable's result, or the default once the iterator has ended."""
    try:
        return await awaitable
    except StopAsyncIteration:
        return default
