"""A simulated operating system kernel that schedules tasks which send each other packets.

After Martin Richards' benchmark: attribute access, method calls and small objects.
"""

import harness

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
DEVICE_PACKET, WORK_PACKET = 0, 1
PACKET_SIZE = 4


class Packet:
    def __init__(self, owner, kind):
        self.next = None
        self.owner = owner
        self.kind = kind
        self.datum = 0
        self.data = [0] * PACKET_SIZE

    def behind(self, queue):
        """Appends itself to a linked queue and returns the queue's head."""
        self.next = None
        if queue is None:
            return self
        last = queue
        while last.next is not None:
            last = last.next
        last.next = self
        return queue


class Task:
    def __init__(self, kernel, number, priority, queue):
        self.kernel = kernel
        self.number = number
        self.priority = priority
        self.queue = queue
        self.waiting = False
        self.held = False
        kernel.add(self)

    def runnable(self):
        return not self.held and not (self.waiting and self.queue is None)

    def next_packet(self):
        packet = self.queue
        if packet is not None:
            self.queue = packet.next
            packet.next = None
        return packet

    def resume(self):
        packet = None
        if self.waiting:
            self.waiting = False
            packet = self.next_packet()
        return self.step(packet)

    def wait(self):
        self.waiting = True
        return self

    def receive(self, packet, sender):
        """Takes a packet; returns who is to run now."""
        self.queue = packet.behind(self.queue)
        return self if self.priority > sender.priority else sender


class IdleTask(Task):
    def __init__(self, kernel, rounds):
        super().__init__(kernel, IDLE, 0, None)
        self.control = 1
        self.rounds = rounds

    def step(self, packet):
        self.rounds -= 1
        if self.rounds == 0:
            return self.kernel.hold(self)
        if self.control & 1:
            self.control = (self.control >> 1) ^ 0xD008
            return self.kernel.release(DEVICE_B, self)
        self.control >>= 1
        return self.kernel.release(DEVICE_A, self)


class WorkTask(Task):
    def __init__(self, kernel, queue):
        super().__init__(kernel, WORKER, 1000, queue)
        self.destination = HANDLER_A
        self.letter = 0

    def step(self, packet):
        if packet is None:
            return self.wait()
        self.destination = HANDLER_B if self.destination == HANDLER_A else HANDLER_A
        packet.owner = self.destination
        packet.datum = 0
        for place in range(PACKET_SIZE):
            self.letter = self.letter % 26 + 1
            packet.data[place] = 64 + self.letter
        return self.kernel.send(packet, self)


class HandlerTask(Task):
    def __init__(self, kernel, number, priority, queue, device):
        super().__init__(kernel, number, priority, queue)
        self.device = device
        self.work = None
        self.devices = None

    def step(self, packet):
        if packet is not None:
            if packet.kind == WORK_PACKET:
                self.work = packet.behind(self.work)
            else:
                self.devices = packet.behind(self.devices)
        work = self.work
        if work is not None:
            count = work.datum
            if count >= PACKET_SIZE:
                self.work = work.next
                work.owner = WORKER
                return self.kernel.send(work, self)
            device = self.devices
            if device is not None:
                self.devices = device.next
                device.owner = self.device
                device.datum = work.data[count]
                work.datum = count + 1
                return self.kernel.send(device, self)
        return self.wait()


class DeviceTask(Task):
    def __init__(self, kernel, number, priority, handler):
        super().__init__(kernel, number, priority, None)
        self.handler = handler
        self.pending = None
        self.waiting = True

    def step(self, packet):
        if packet is not None:
            self.pending = packet
            self.kernel.trace(packet.datum)
            return self.kernel.hold(self)
        packet = self.pending
        if packet is None:
            return self.wait()
        self.pending = None
        packet.owner = self.handler
        return self.kernel.send(packet, self)


class Kernel:
    def __init__(self):
        self.tasks = [None] * 6
        self.order = []
        self.queued = 0
        self.holds = 0
        self.checksum = 0

    def add(self, task):
        self.tasks[task.number] = task
        self.order.append(task)
        self.order.sort(key=lambda task: -task.priority)

    def trace(self, datum):
        self.checksum = (self.checksum * 31 + datum) & 0xFFFFFF

    def next_runnable(self):
        for task in self.order:
            if task.runnable():
                return task
        return None

    def hold(self, task):
        self.holds += 1
        task.held = True
        return self.next_runnable()

    def release(self, number, sender):
        task = self.tasks[number]
        task.held = False
        return task if task.priority > sender.priority else sender

    def send(self, packet, sender):
        self.queued += 1
        return self.tasks[packet.owner].receive(packet, sender)

    def schedule(self):
        task = self.order[0]
        while task is not None:
            if task.runnable():
                task = task.resume()
            else:
                task = self.next_runnable()


def queue_of(kind, owner, count):
    queue = None
    for _ in range(count):
        queue = Packet(owner, kind).behind(queue)
    return queue


def simulate(rounds):
    kernel = Kernel()
    IdleTask(kernel, rounds)
    WorkTask(kernel, queue_of(WORK_PACKET, WORKER, 2))
    HandlerTask(kernel, HANDLER_A, 2000, queue_of(DEVICE_PACKET, DEVICE_A, 3), DEVICE_A)
    HandlerTask(kernel, HANDLER_B, 3000, queue_of(DEVICE_PACKET, DEVICE_B, 3), DEVICE_B)
    DeviceTask(kernel, DEVICE_A, 4000, HANDLER_A)
    DeviceTask(kernel, DEVICE_B, 5000, HANDLER_B)
    kernel.schedule()
    return kernel.queued, kernel.holds, kernel.checksum


def run(scale):
    return simulate(80000 * scale)


if __name__ == "__main__":
    harness.main(run)
