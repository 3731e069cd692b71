// The module _imugi_bugs: mistakes on purpose, so that tests can show that each checker finds its
// kind. Only in builds with assertions.
#include "base/platform.h"

#ifdef IMUGI_CHECKS

#include "memory/refcount.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native.h"

namespace imugi {
namespace {

// A reference goes that was somebody else's: the count is one too small.
bool drop_twice(Thread&, Value object) {
    if (object.is_object()) decref(object.object());  // lint: allow ownership: on purpose
    return true;
}

// A reference is forgotten: the object never dies.
bool lose(Thread&, Value object) {
    (void)Owned::share(object).release();
    return true;
}

// Writes an item's word plainly, without the list's Lock, as no code may.
bool write_unlocked(Thread&, List& list, int64_t times) {
    for (int64_t i = 0; i < times; i++) {
        auto* array = list.array.load(std::memory_order_relaxed);
        auto* word = reinterpret_cast<volatile uint64_t*>(&array->items[0]);
        *word = Value::small_int(i).bits();
    }
    return true;
}

// Reads an object after it is freed.
Owned use_after_free(Thread& thread) {
    Ref<List> list = TRY(make_list(thread));
    List* gone = list.get();
    list = {};
    auto* word = reinterpret_cast<volatile uint64_t*>(&gone->size);
    return Owned::small_int(static_cast<int64_t>(*word & 1));
}

const MethodRow rows[] = {
    {"drop_twice", "(object, /)", fn<drop_twice>, "Drop a reference that is not ours."},
    {"lose", "(object, /)", fn<lose>, "Take a reference and forget it."},
    {"write_unlocked", "(list, times, /)", fn<write_unlocked>, "Write to a list without its lock."},
    {"use_after_free", "()", fn<use_after_free>, "Look into a freed object."},
    {},
};

ModuleSpec spec("_imugi_bugs", "Mistakes on purpose, for the tests of the checkers.", rows);

}  // namespace
}  // namespace imugi

#endif
