import threading
lock = threading.Lock()
total = 0
def work(n):
    global total
    for _ in range(n):
        with lock:
            total += 1
threads = [threading.Thread(target=work, args=(1000,)) for _ in range(4)]
for t in threads: t.start()
for t in threads: t.join()
print(total)
shared = []
def push(k):
    for i in range(1000): shared.append((k, i))
threads = [threading.Thread(target=push, args=(k,)) for k in range(4)]
for t in threads: t.start()
for t in threads: t.join()
print(len(shared), len(set(shared)))
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    print(list(pool.map(lambda x: x * x, range(6))))
