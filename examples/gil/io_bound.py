"""I/O-bound work on one thread and on many, against a local server that answers after a delay.

Waiting needs no GIL: it is let go before a thread blocks, so threads help here in either mode.
"""

import os
import socket
import sys
import threading
import time

sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import interpreter


class SlowServer:
    """Answers every connection with the request's line in capitals, `delay` seconds late."""

    def __init__(self, delay):
        self.delay = delay
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, value, traceback):
        # A request of no bytes ends the server.
        socket.create_connection(self.address).close()
        self.thread.join()
        self.listener.close()

    def serve(self):
        handlers = []
        while True:
            connection, _ = self.listener.accept()
            request = connection.recv(1024)
            if not request:
                connection.close()
                break
            handler = threading.Thread(target=self.answer, args=(connection, request))
            handler.start()
            handlers.append(handler)
        for handler in handlers:
            handler.join()

    def answer(self, connection, request):
        with connection:
            time.sleep(self.delay)
            connection.sendall(request.upper())


def fetch(address, text):
    with socket.create_connection(address) as connection:
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)
        parts = []
        while part := connection.recv(1024):
            parts.append(part)
    return b"".join(parts).decode()


def one_thread(address, requests):
    return [fetch(address, request) for request in requests]


def many_threads(address, requests):
    answers = [None] * len(requests)

    def work(place):
        answers[place] = fetch(address, requests[place])

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def measure(count=5, delay=0.1):
    """Returns {gil: (seconds on one thread, seconds on `count` threads)}."""
    requests = ["request %d" % number for number in range(count)]
    expected = [request.upper() for request in requests]
    results = {}
    with SlowServer(delay) as server:
        for gil in interpreter.gil_modes():
            seconds = []
            with interpreter.gil_mode(gil):
                for way in (one_thread, many_threads):
                    start = time.perf_counter()
                    answers = way(server.address, requests)
                    seconds.append(time.perf_counter() - start)
                    assert answers == expected, answers
            results[gil] = tuple(seconds)
    return results


def main():
    print("five requests to a server that takes 0.1 s for each")
    for gil, (one, many) in measure().items():
        print("    GIL %-3s  one thread %.3f s, five threads %.3f s: %.1fx"
              % (interpreter.on_off(gil), one, many, one / many))


if __name__ == "__main__":
    main()
