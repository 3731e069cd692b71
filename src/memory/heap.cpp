// Segments of 1 MiB are cut into slices of 64 KiB; a page is a run of slices with blocks of one
// size class. A segment's header lists the page of each slice, so a block finds its page by masking
// its address. Objects over 32 KiB have a segment of their own.
//
// Protection: a page's `free` list and counts belong to its heap's thread; `remote` is atomic;
// segments, the heap table and orphans are under `heap_mutex` (a plain mutex: nothing under it
// blocks or runs Python).
#include "memory/heap.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include <new>

#include "memory/array.h"
#include "memory/merge.h"
#include "memory/verify.h"
#include "thread/grace.h"
#include "thread/lock_bias.h"

#ifdef IMUGI_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)0)
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)0)
#endif

namespace imugi {

alignas(4096) __attribute__((no_sanitize("address"))) char shape_region[kShapeRegionBytes];

static constexpr size_t kSegmentBytes = kBiasRegionBytes;
static constexpr size_t kSliceBytes = kBiasSliceBytes;
static constexpr size_t kSlices = kBiasSlices;
static constexpr size_t kMediumSlices = 4;
static constexpr size_t kCachedSpans = 8;
// What the cache may hold in all: fresh pages cost more than what is done with them.
static constexpr size_t kCachedSpanBytes = size_t{4} << 20;
static constexpr size_t kLargestCachedSpan = size_t{4} << 20;

// Neighbours may be different heaps', which write to them all the time: no pair of cache lines,
// which processors fetch together, is two pages'.
struct alignas(128) Page {
    Heap* heap;
    FreeBlock* free;                 // freed by the owner while not the current page
    std::atomic<FreeBlock*> remote;  // freed by others
    uint32_t block_size;
    uint32_t reciprocal;  // 2**32 / block_size rounded up: a block's number without a division
    uint32_t capacity;    // blocks that fit
    uint32_t carved;      // blocks given out at least once
    uint32_t used;        // live blocks, or all carved ones while current
    char* begin;          // first block
    uint32_t* side;       // the collector's words
    Page* next;
    Page* remote_next;  // in heap->remote_pages
    uint16_t size_class;
    uint8_t slices;
    bool listed;                      // in heap->pages
    std::atomic<bool> remote_listed;  // in heap->remote_pages
};

struct Segment {
    LockBias bias;  // first: found by masking an object's address
    Segment* next;
    Segment* previous;
    // Among those with free slices: a heap of many gigabytes is not searched for each new page.
    Segment* next_open;
    Segment* previous_open;
    size_t bytes;
    uint16_t free_slices;  // bit set: slice is free
    bool large;
    Page* page_of[kSlices];
    Page pages[kSlices];  // the page that begins at the slice
};
static constexpr size_t kHeaderBytes = (sizeof(Segment) + 63) & ~size_t{63};

static pthread_mutex_t heap_mutex = PTHREAD_MUTEX_INITIALIZER;
static Segment* segments;
static Segment* open_segments;
static Segment* span_cache[kCachedSpans];  // freed spans, the newest first
static size_t cached_span_bytes;
static std::atomic<Heap*> heap_table[65535];  // written under the mutex
static Heap* orphans;
static uint16_t heap_count;

namespace {
struct HeapGuard {
    HeapGuard() { pthread_mutex_lock(&heap_mutex); }
    ~HeapGuard() { pthread_mutex_unlock(&heap_mutex); }
};

size_t class_of(size_t bytes) {
    size_t small = (bytes + kSizeClassStep - 1) / kSizeClassStep;
    if (small < kSmallClasses) return small;
    size_t size_class = kSmallClasses, size = kLargestSmall;
    for (;; size *= 2)
        for (size_t quarter = 1; quarter <= 4; quarter++, size_class++)
            if (bytes <= size + size / 4 * quarter) return size_class;
}

size_t class_bytes(size_t size_class) {
    if (size_class < kSmallClasses) return size_class * kSizeClassStep;
    size_t n = size_class - kSmallClasses;
    size_t size = kLargestSmall << (n / 4);
    return size + size / 4 * (n % 4 + 1);
}

Segment* segment_of(const void* address) {
    return reinterpret_cast<Segment*>(reinterpret_cast<uintptr_t>(address) & ~(kSegmentBytes - 1));
}

Page* page_of(const Object* object) {
    Segment* segment = segment_of(object);
    size_t slice = (reinterpret_cast<uintptr_t>(object) & (kSegmentBytes - 1)) / kSliceBytes;
    return segment->page_of[slice];
}

void* map_aligned(size_t bytes) {
    if (!plausible_block(bytes)) return nullptr;
    char* raw = static_cast<char*>(mmap(nullptr, bytes + kSegmentBytes, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    if (raw == MAP_FAILED) return nullptr;
    uintptr_t address = reinterpret_cast<uintptr_t>(raw);
    uintptr_t aligned = (address + kSegmentBytes - 1) & ~(kSegmentBytes - 1);
    if (aligned > address) munmap(raw, aligned - address);
    size_t tail = address + bytes + kSegmentBytes - (aligned + bytes);
    if (tail) munmap(reinterpret_cast<void*>(aligned + bytes), tail);
    return reinterpret_cast<void*>(aligned);
}

// Segments are in two lists: of all, and of those with room for a page.
template <Segment* Segment::* next, Segment* Segment::* previous>
void link(Segment*& first, Segment* segment) {
    segment->*next = first;
    segment->*previous = nullptr;
    if (first) first->*previous = segment;
    first = segment;
}

template <Segment* Segment::* next, Segment* Segment::* previous>
void unlink(Segment*& first, Segment* segment) {
    (segment->*previous ? (segment->*previous)->*next : first) = segment->*next;
    if (segment->*next) (segment->*next)->*previous = segment->*previous;
}

void link_segment(Segment* segment) {
    link<&Segment::next, &Segment::previous>(segments, segment);
}
void unlink_segment(Segment* segment) {
    unlink<&Segment::next, &Segment::previous>(segments, segment);
}
void open_segment(Segment* segment) {
    link<&Segment::next_open, &Segment::previous_open>(open_segments, segment);
}
void close_segment(Segment* segment) {
    unlink<&Segment::next_open, &Segment::previous_open>(open_segments, segment);
}

// A run of `slices` free slices in some segment. Under heap_mutex.
Page* take_slices(size_t slices) {
    uint16_t run = static_cast<uint16_t>((1u << slices) - 1);
    for (Segment* segment = open_segments;; segment = segment->next_open) {
        if (!segment) {
            segment = static_cast<Segment*>(map_aligned(kSegmentBytes));
            if (!segment) return nullptr;
            segment->bytes = kSegmentBytes;
            segment->free_slices = 0xFFFF;
            segment->large = false;
            link_segment(segment);
            open_segment(segment);
        }
        for (size_t at = 0; at + slices <= kSlices; at += slices) {
            if ((segment->free_slices >> at & run) != run) continue;
            segment->free_slices &= static_cast<uint16_t>(~(run << at));
            if (segment->free_slices == 0) close_segment(segment);
            Page* page = &segment->pages[at];
            memset(static_cast<void*>(page), 0, sizeof(Page));
            page->slices = static_cast<uint8_t>(slices);
            size_t header = at == 0 ? kHeaderBytes : 0;
            page->begin = reinterpret_cast<char*>(segment) + at * kSliceBytes + header;
            page->capacity = static_cast<uint32_t>(slices * kSliceBytes - header);  // bytes for now
            for (size_t i = 0; i < slices; i++) segment->page_of[at + i] = page;
            return page;
        }
    }
}

// After the grace period: nobody looks at the page's headers any more.
void give_back_page(void* pointer) {
    Page* page = static_cast<Page*>(pointer);
    Segment* segment = segment_of(page);
    HeapGuard guard;
    ASAN_UNPOISON_MEMORY_REGION(page->begin, size_t{page->block_size} * page->capacity);
    size_t at = static_cast<size_t>(page - segment->pages);
    uint16_t run = static_cast<uint16_t>(((1u << page->slices) - 1) << at);
    for (size_t i = 0; i < page->slices; i++) segment->page_of[at + i] = nullptr;
    if (segment->free_slices == 0) open_segment(segment);
    segment->free_slices |= run;
    if (segment->free_slices == 0xFFFF) {
        close_segment(segment);
        unlink_segment(segment);
        munmap(segment, segment->bytes);
    }
}

Object* set_header(FreeBlock* block, Heap& heap, size_t block_size, size_t payload,
                   uint32_t shape_index) {
    ASAN_UNPOISON_MEMORY_REGION(block, block_size);
    memset(static_cast<void*>(reinterpret_cast<char*>(block) + sizeof(Object)), 0, payload);
    block->owner.store(heap.id, std::memory_order_relaxed);
    block->flags.store(0, std::memory_order_relaxed);
    block->local.store(1, std::memory_order_relaxed);
    block->shared.store(0, std::memory_order_relaxed);
    block->shape_index.store(shape_index,
                             std::memory_order_release);  // pairs with readers of the shape
    return block;
}

void set_dead(Object* object) {
    object->shared.store(kSharedDead, std::memory_order_release);  // pairs with try_incref
    object->owner.store(0, std::memory_order_release);
    object->shape_index.store(0, std::memory_order_relaxed);
    object->flags.store(0, std::memory_order_relaxed);
    object->lock.store(0, std::memory_order_relaxed);
    object->local.store(0, std::memory_order_relaxed);
}

// Blocks of the page as a free list: freed ones first, then a batch carved anew. Null when the page
// is full.
FreeBlock* refill(Page& page) {
    FreeBlock* remote =
        page.remote.exchange(nullptr, std::memory_order_acquire);  // pairs with heap_free
    for (FreeBlock* block = remote; block;) {
        FreeBlock* next = block->next;
        block->next = page.free;
        page.free = block;
        page.used--;
        block = next;
    }
    FreeBlock* list = page.free;
    page.free = nullptr;
    if (list) {
        for (FreeBlock* block = list; block; block = block->next) page.used++;
        return list;
    }
    uint32_t batch = page.capacity - page.carved;
    if (batch == 0) return nullptr;
    uint32_t most = page.block_size < 4096 ? 4096 / page.block_size : 1;
    if (batch > most) batch = most;
    for (uint32_t i = page.carved + batch; i-- > page.carved;) {
        FreeBlock* block = reinterpret_cast<FreeBlock*>(page.begin + size_t{i} * page.block_size);
        set_dead(block);
        block->next = list;
        list = block;
    }
    page.carved += batch;
    page.used += batch;
    return list;
}

Page* fresh_page(Heap& heap, size_t size_class) {
    HeapGuard guard;
    Page* page = take_slices(size_class < kSmallClasses ? 1 : kMediumSlices);
    if (!page) return nullptr;
    page->heap = &heap;
    Segment* segment = segment_of(page);
    set_lock_bias(segment->bias, static_cast<size_t>(page - segment->pages), page->slices, heap.id);
    page->size_class = static_cast<uint16_t>(size_class);
    page->block_size = static_cast<uint32_t>(class_bytes(size_class));
    page->reciprocal = static_cast<uint32_t>((uint64_t{1} << 32) / page->block_size + 1);
    page->capacity /= page->block_size;
    return page;
}

// Lists the pages of which others have freed blocks.
void take_remote_pages(Heap& heap) {
    Page* page = heap.remote_pages.exchange(nullptr, std::memory_order_acquire);
    while (page) {
        Page* next = page->remote_next;
        page->remote_listed.store(false, std::memory_order_release);  // pairs with heap_free
        if (!page->listed && heap.current[page->size_class] != page) {
            page->listed = true;
            page->next = heap.pages[page->size_class];
            heap.pages[page->size_class] = page;
        }
        page = next;
    }
}

// The current page is used up: hands its remaining list back and finds the next page with free
// blocks.
FreeBlock* next_page(Heap& heap, size_t size_class) {
    Page* old = heap.current[size_class];
    if (old) {
        if (FreeBlock* list = refill(*old)) return list;
        old->next = heap.pages[size_class];
        old->listed = true;
        heap.pages[size_class] = old;
        heap.current[size_class] = nullptr;
    }
    if (heap.remote_pages.load(std::memory_order_relaxed)) take_remote_pages(heap);
    // Look at a few of the other pages; full ones go to the end by being passed over.
    Page** link = &heap.pages[size_class];
    for (int tries = 0; *link && tries < 16; tries++) {
        Page* page = *link;
        FreeBlock* list = refill(*page);
        if (list) {
            *link = page->next;
            page->listed = false;
            heap.current[size_class] = page;
            return list;
        }
        *link = page->next;
        page->listed = false;  // comes back when a block of it is freed
    }
    Page* page = fresh_page(heap, size_class);
    if (!page) return nullptr;
    heap.current[size_class] = page;
    return refill(*page);
}

// Under the mutex.
Segment* take_cached_span(size_t index) {
    Segment* segment = span_cache[index];
    memmove(&span_cache[index], &span_cache[index + 1],
            (kCachedSpans - index - 1) * sizeof(Segment*));
    span_cache[kCachedSpans - 1] = nullptr;
    cached_span_bytes -= segment->bytes;
    return segment;
}

Object* allocate_large(Heap& heap, size_t bytes, uint32_t shape_index, size_t zeroed) {
    size_t need = kHeaderBytes + bytes;
    if (need < bytes) return nullptr;
    need = (need + 4095) & ~size_t{4095};
    Segment* segment = nullptr;
    {
        HeapGuard guard;
        for (size_t i = 0; i < kCachedSpans && span_cache[i] && !segment; i++)
            if (span_cache[i]->bytes >= need && span_cache[i]->bytes <= 2 * need)
                segment = take_cached_span(i);
    }
    bool fresh = segment == nullptr;
    if (!segment) {
        segment = static_cast<Segment*>(map_aligned(need));
        if (!segment) return nullptr;
        segment->bytes = need;
    }
    segment->large = true;
    segment->free_slices = 0;
    Page* page = &segment->pages[0];
    memset(static_cast<void*>(page), 0, sizeof(Page));
    page->heap = &heap;
    page->begin = reinterpret_cast<char*>(segment) + kHeaderBytes;
    page->block_size = 0;  // large: the size is the segment's
    page->capacity = page->carved = page->used = 1;
    page->size_class = kSizeClasses;
    for (Page*& slot : segment->page_of) slot = page;
    set_lock_bias(segment->bias, 0, kSlices, heap.id);
    FreeBlock* block = reinterpret_cast<FreeBlock*>(page->begin);
    // The end of the block too: attributes of instances that vary in size lie there.
    size_t size = segment->bytes - kHeaderBytes;
    size_t payload = fresh ? 0 : std::min(zeroed, size - sizeof(Object));
    Object* object = set_header(block, heap, size, payload, shape_index);
    HeapGuard guard;
    link_segment(segment);
    return object;
}

void give_back_span(void* pointer) {
    Segment* segment = static_cast<Segment*>(pointer);
    Segment* gone[kCachedSpans + 1];
    size_t count = 0;
    {
        HeapGuard guard;
        unlink_segment(segment);
        if (segment->bytes <= kLargestCachedSpan) {
            size_t last = kCachedSpans;
            while (last > 0 && !span_cache[last - 1]) last--;
            while (last > 0 &&
                   (last == kCachedSpans || cached_span_bytes + segment->bytes > kCachedSpanBytes))
                gone[count++] = take_cached_span(--last);
            memmove(&span_cache[1], &span_cache[0], last * sizeof(Segment*));
            span_cache[0] = segment;
            cached_span_bytes += segment->bytes;
        } else {
            gone[count++] = segment;
        }
    }
    while (count) {
        segment = gone[--count];
        munmap(segment, segment->bytes);
    }
}
}  // namespace

Object* heap_allocate_slow(Thread& thread, size_t bytes, uint32_t shape_index, size_t zeroed) {
    Heap& heap = *thread.heap;
    if (bytes < sizeof(FreeBlock)) bytes = sizeof(FreeBlock);
    if (bytes > kLargestMedium) return allocate_large(heap, bytes, shape_index, zeroed);
    size_t size_class = class_of(bytes);
    FreeBlock* block = heap.free[size_class];
    if (!block) block = next_page(heap, size_class);
    if (!block) return nullptr;
    ASAN_UNPOISON_MEMORY_REGION(block, sizeof(FreeBlock));
    heap.free[size_class] = block->next;
    size_t size = class_bytes(size_class);
    return set_header(block, heap, size, size - sizeof(Object), shape_index);
}

void heap_free(Object* object) {
    Page* page = page_of(object);
    FreeBlock* block = static_cast<FreeBlock*>(object);
    if (page->block_size == 0) {
        set_dead(object);
        Segment* segment = segment_of(object);
        retire(segment, segment->bytes, give_back_span);
        return;
    }
    set_dead(object);
    if (page->heap->id != current_heap_id) {
        // Once pushed it is the owner's.
        ASAN_POISON_MEMORY_REGION(block + 1, page->block_size - sizeof(FreeBlock));
        FreeBlock* head = page->remote.load(std::memory_order_relaxed);
        do block->next = head;
        while (
            !page->remote.compare_exchange_weak(head, block, std::memory_order_release,
                                                std::memory_order_relaxed));  // pairs with refill
        if (!page->remote_listed.exchange(true, std::memory_order_acq_rel)) {
            Page* first = page->heap->remote_pages.load(std::memory_order_relaxed);
            do page->remote_next = first;
            while (!page->heap->remote_pages.compare_exchange_weak(
                first, page, std::memory_order_release,
                std::memory_order_relaxed));  // pairs with take_remote_pages
        }
        return;
    }
    Heap& heap = *page->heap;
    size_t size_class = page->size_class;
    if (heap.current[size_class] == page) {
#ifndef IMUGI_ASAN
        block->next = heap.free[size_class];
        heap.free[size_class] = block;
        return;
#endif
    }
    block->next = page->free;
    page->free = block;
    page->used--;
    ASAN_POISON_MEMORY_REGION(block + 1, page->block_size - sizeof(FreeBlock));
    if (heap.current[size_class] == page) return;
    if (page->used == 0 && !page->listed && !page->remote_listed.load(std::memory_order_relaxed)) {
        retire(page, 0, give_back_page);
    } else if (!page->listed) {
        page->listed = true;
        page->next = heap.pages[size_class];
        heap.pages[size_class] = page;
    }
}

size_t heap_block_size(const Object* object) {
    Page* page = page_of(object);
    if (page->block_size) return page->block_size;
    return segment_of(object)->bytes - kHeaderBytes;
}

Heap* acquire_heap(Thread& thread) {
    HeapGuard guard;
    for (Heap** link = &orphans; *link; link = &(*link)->next_orphan) {
        Heap* heap = *link;
        if (!adopt_queue(*heap, thread)) continue;
        *link = heap->next_orphan;
        heap->next_orphan = nullptr;
        return heap;
    }
    if (heap_count == 65534) return nullptr;
    void* memory = array_allocate_zeroed(sizeof(Heap));
    if (!memory) return nullptr;
    Heap* heap = new (memory) Heap;
    if (!(heap->queue = make_merge_queue())) {
        array_free(memory);
        return nullptr;
    }
    heap->id = ++heap_count;
    heap->thread.store(&thread, std::memory_order_release);       // pairs with try_claim
    heap_table[heap->id].store(heap, std::memory_order_release);  // pairs with heap_by_id
    return heap;
}

Heap* heap_by_id(uint16_t id) {
    return id < 65535 ? heap_table[id].load(std::memory_order_acquire) : nullptr;
}

void orphan_heap(Heap* heap) {
    leave_queue(*heap);
    HeapGuard guard;
    heap->next_orphan = orphans;
    orphans = heap;
}

namespace {
template <class Visit>
void for_each_page(Visit visit) {
    for (Segment* segment = segments; segment; segment = segment->next)
        for (size_t i = 0; i < kSlices; i++) {
            Page* page = segment->page_of[i];
            if (page == &segment->pages[i]) visit(*page);
        }
}
bool is_live(const Object* object) {
    return object->shape_index.load(std::memory_order_relaxed) != 0 &&
           object->shared.load(std::memory_order_relaxed) != kSharedDead;
}
}  // namespace

void walk_objects(void (*visit)(void* context, Object* object), void* context) {
    for_each_page([&](Page& page) {
        for (uint32_t i = 0; i < page.carved; i++) {
            Object* object = reinterpret_cast<Object*>(page.begin + size_t{i} * page.block_size);
            if (is_live(object)) visit(context, object);
        }
    });
}

void verify_pages() {
    for_each_page([](Page& page) {
        IMUGI_CHECK(page.used <= page.carved && page.carved <= page.capacity);
        for (FreeBlock* block = page.free; block; block = block->next)
            IMUGI_CHECK(page_of(block) == &page && !is_live(block));
        for (uint32_t i = 0; i < page.carved; i++) {
            auto* object = reinterpret_cast<Object*>(page.begin + size_t{i} * page.block_size);
            uint32_t shape = object->shape_index.load(std::memory_order_relaxed);
            bool dead = object->shared.load(std::memory_order_relaxed) == kSharedDead;
            // A dead header and a live one have nothing in common.
            IMUGI_CHECK(dead == (shape == 0));
            IMUGI_CHECK(!dead || object->owner.load(std::memory_order_relaxed) == 0);
        }
    });
    for (uint32_t id = 1; Heap* heap = heap_by_id(static_cast<uint16_t>(id)); id++)
        for (size_t size_class = 0; size_class < kSizeClasses; size_class++)
            for (FreeBlock* block = heap->free[size_class]; block; block = block->next)
                IMUGI_CHECK(page_of(block)->heap == heap && !is_live(block));
}

bool begin_side_words() {
    bool ok = true;
    for_each_page([&](Page& page) {
        page.side =
            page.carved ? static_cast<uint32_t*>(array_allocate_zeroed(page.carved * 4)) : nullptr;
        ok = ok && (page.side || !page.carved);
    });
    if (!ok) end_side_words();
    return ok;
}

uint32_t& side_word(const Object* object) {
    Page* page = page_of(object);
    size_t offset = static_cast<size_t>(reinterpret_cast<const char*>(object) - page->begin);
    // Exact: offsets are multiples of the size and far below 2**32. 0 for a large object.
    return page->side[offset * page->reciprocal >> 32];
}

void end_side_words() {
    for_each_page([](Page& page) {
        array_free(page.side);
        page.side = nullptr;
    });
}

void heap_before_fork() {
    pthread_mutex_lock(&heap_mutex);
}
void heap_after_fork() {
    pthread_mutex_unlock(&heap_mutex);
}

void orphan_other_heaps(Thread& survivor) {
    // Who was revoking the bias of a slice is not there to finish it, and nobody is in a section.
    for (Segment* segment = segments; segment; segment = segment->next)
        for (std::atomic<uint16_t>& holder : segment->bias.holder)
            if (holder.load(std::memory_order_relaxed) == kRevoking)
                holder.store(kUnbiased, std::memory_order_relaxed);
    for (uint32_t id = 1; Heap* heap = heap_by_id(static_cast<uint16_t>(id)); id++) {
        Thread* thread = heap->thread.load(std::memory_order_relaxed);
        if (thread && thread != &survivor) orphan_heap(heap);
    }
}

size_t count_live_mortal_objects() {
    size_t count = 0;
    walk_objects(
        [](void* context, Object* object) {
            *static_cast<size_t*>(context) += !object->has_flag(kImmortal);
        },
        &count);
    return count;
}

size_t heap_resident_bytes() {
    HeapGuard guard;
    size_t bytes = 0;
    for (Segment* segment = segments; segment; segment = segment->next) bytes += segment->bytes;
    return bytes;
}

}  // namespace imugi
