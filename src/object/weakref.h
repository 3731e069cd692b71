// Weak references and proxies. The referent's references are found by its address in a table of
// buckets, each with its own mutex; kHasWeakrefs says that there are some.
#pragma once

#include "object/type.h"

namespace imugi {

struct WeakRef : Object {
    std::atomic<Object*> referent;  // borrowed; null once cleared. Written under the bucket's mutex
    Slot callback;                  // immutable until cleared; empty for none
    std::atomic<int64_t> cached_hash;  // -1: not known yet
    WeakRef* next;                     // of the same bucket, under its mutex
    WeakRef* previous;
};

// The referent, or nothing when it has died.
Owned weakref_get(WeakRef& reference);
// weakref.ref(object, callback); callback may be empty.
Owned make_weakref(Thread& thread, Type& type, Value object, Value callback);
// To an object of any type, also of those that Python makes no weak references to.
Ref<WeakRef> make_weakref_to_any(Thread& thread, Object& object);
// The reference without a callback that weakref.ref gives out again; None when there is none.
Owned first_weakref(Thread& thread, Object* object);
size_t weakref_count(Object* object);
Ref<List> list_weakrefs(Thread& thread, Object* object);

}  // namespace imugi
