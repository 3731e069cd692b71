"""What asyncio.tools wants of a debugger of other processes.

The records are there, so that `python -m asyncio` starts and code that handles them can be tested. Reading them out
of a running process is not: RemoteUnwinder says so.
"""

from collections import namedtuple

FrameInfo = namedtuple("FrameInfo", "filename lineno funcname", module=__name__)
CoroInfo = namedtuple("CoroInfo", "call_stack task_name", module=__name__)
TaskInfo = namedtuple("TaskInfo", "task_id task_name coroutine_stack awaited_by", module=__name__)
ThreadInfo = namedtuple("ThreadInfo", "thread_id frame_list", module=__name__)
AwaitedInfo = namedtuple("AwaitedInfo", "thread_id awaited_by", module=__name__)

PROCESS_VM_READV_SUPPORTED = False


class RemoteUnwinder:
    """Stack frames and tasks of the process `pid`: refused with RuntimeError, whatever the process."""

    def __init__(self, pid, *, all_threads=False, only_active_thread=False, debug=False):
        raise RuntimeError("imugi cannot read the stacks of another process")
