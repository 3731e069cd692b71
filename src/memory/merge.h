// Merge queues: objects of a heap whose `shared` count went negative; the queue holds the reference
// that was being dropped. The heap's thread merges them at its next safepoint; if it is detached,
// whoever queues claims the heap and merges.
#pragma once

#include "memory/object.h"
#include "thread/thread.h"

namespace imugi {

struct MergeQueue;
MergeQueue* make_merge_queue();  // null when memory is short
// Gives an orphaned heap to a thread, unless its queue is being merged just now.
bool adopt_queue(Heap& heap, Thread& thread);
// Takes the heap from its thread, which has ended.
void leave_queue(Heap& heap);
// The caller's reference goes to the queue of the owner's heap.
void queue_merge(Object* object, uint16_t owner);
// Gives the owner's count to `shared`, less `dropped`; destroys the object when nothing is left.
// The caller is the owner or has claimed its heap.
void merge_counts(Object* object, uint32_t dropped);
// Asks another thread to look at what is queued for one that is detached or has ended.
void hand_over_merges();
// What was queued for threads that cannot see it: after a stop-the-world.
void merge_detached_heaps();
// Gives what threads counted for themselves to the objects' headers; the world is stopped.
void settle_all_counts();
// All heaps, settled first, until nothing is queued; the world is stopped.
void merge_all_heaps();

}  // namespace imugi
