// Weak references: the table, and the type weakref.ref.
//
// Each bucket's mutex guards its lists and the `referent` of their references. A referent is marked
// may-be-shared when it gets its first weak reference, so that a try-increment on it and its
// owner's last drop decide in one atomic word who was first. The references themselves, which the
// table gives out again, are treated the same.
#include "object/weakref.h"

#include "memory/array.h"
#include "memory/collector.h"
#include "memory/garbage.h"
#include "memory/heap.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/list.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/weakref_proxy.h"
#include "thread/lock.h"

namespace imugi {

namespace {

// A part of the table: few of them, so that a program of few references touches little memory.
// Each has as many lists as its references need, first the one that is in it.
struct Bucket {
    LeafMutex mutex;
    uint8_t bits = 0;  // it has 1 << bits lists
    uint32_t count = 0;
    WeakRef* only = nullptr;
    WeakRef** lists = nullptr;
};
constexpr size_t kBucketBits = 9;
// References that a bucket holds, on average over its lists, before it gets twice the lists.
constexpr size_t kReferencesPerList = 4;
Bucket buckets[1 << kBucketBits];

uint64_t hash_of(const Object* object) {
    return reinterpret_cast<uintptr_t>(object) * 0x9E3779B97F4A7C15u;
}

Bucket& bucket_of(const Object* object) {
    return buckets[hash_of(object) >> (64 - kBucketBits)];
}

WeakRef*& list_of(Bucket& bucket, const Object* object) {
    if (bucket.bits == 0) return bucket.only;
    return bucket.lists[hash_of(object) << kBucketBits >> (64 - bucket.bits)];
}

// A reference to an object that may be dying; empty when it is too late.
Owned take(Object* object) {
    if (object->has_flag(kImmortal)) return Owned::share(*object);
    if (object->owner.load(std::memory_order_relaxed) == current_heap_id) {
        if (object->local.load(std::memory_order_relaxed) == 0) return Owned();
        return Owned::share(*object);
    }
    return try_incref(object) ? Owned::adopt(object) : Owned();
}

void push_front(WeakRef*& first, WeakRef& reference) {
    reference.previous = nullptr;
    reference.next = first;
    if (first) first->previous = &reference;
    first = &reference;
}

// Twice the lists; when there is no memory they stay long. The order within a list stays.
void grow(Bucket& bucket) {
    size_t old_count = size_t{1} << bucket.bits;
    auto* lists = static_cast<WeakRef**>(array_allocate_zeroed(2 * old_count * sizeof(WeakRef*)));
    if (!lists) return;
    WeakRef** old = bucket.bits == 0 ? &bucket.only : bucket.lists;
    WeakRef** grown = bucket.lists;
    bucket.lists = lists;
    bucket.bits++;
    for (size_t i = 0; i < old_count; i++) {
        WeakRef* last = old[i];
        while (last && last->next) last = last->next;
        while (last) {
            WeakRef* before = last->previous;
            const Object* object = last->referent.load(std::memory_order_relaxed);
            push_front(list_of(bucket, object), *last);
            last = before;
        }
    }
    bucket.only = nullptr;
    array_free(grown);
}

void link(Bucket& bucket, Object* object, WeakRef& reference) {
    if (bucket.count >= kReferencesPerList << bucket.bits) grow(bucket);
    reference.referent.store(object, std::memory_order_release);
    push_front(list_of(bucket, object), reference);
    bucket.count++;
}

void unlink(Bucket& bucket, WeakRef& reference) {
    if (reference.previous)
        reference.previous->next = reference.next;
    else
        list_of(bucket, reference.referent.load(std::memory_order_relaxed)) = reference.next;
    if (reference.next) reference.next->previous = reference.previous;
    reference.next = reference.previous = nullptr;
    reference.referent.store(nullptr, std::memory_order_release);
    bucket.count--;
}

WeakRef* next_of(WeakRef* reference, const Object* object) {
    while (reference && reference->referent.load(std::memory_order_relaxed) != object)
        reference = reference->next;
    return reference;
}

WeakRef* first_of(Bucket& bucket, const Object* object) {
    return next_of(list_of(bucket, object), object);
}

bool is_plain(const WeakRef& reference, const Type& type) {
    return reference.callback.is_empty() && reference.shape()->type == &type;
}

}  // namespace

// --- what the memory layer asks ---

bool has_weakref_callbacks(const Object* object) {
    Bucket& bucket = bucket_of(object);
    MutexGuard guard(bucket.mutex);
    for (WeakRef* r = first_of(bucket, object); r; r = next_of(r->next, object))
        if (!r->callback.is_empty()) return true;
    return false;
}

void clear_garbage_weakrefs(Object* object) {
    Bucket& bucket = bucket_of(object);
    MutexGuard guard(bucket.mutex);
    bool left = false;
    for (WeakRef* r = first_of(bucket, object); r;) {
        WeakRef* next = next_of(r->next, object);
        if (r->lock.load(std::memory_order_relaxed) & kGarbageMark)
            unlink(bucket, *r);
        else
            left = true;
        r = next;
    }
    if (!left) object->clear_flag(kHasWeakrefs);
}

void clear_weakrefs(Object* object) {
    Bucket& bucket = bucket_of(object);
    MutexGuard guard(bucket.mutex);
    for (WeakRef* r = first_of(bucket, object); r;) {
        WeakRef* next = next_of(r->next, object);
        unlink(bucket, *r);
        r = next;
    }
    object->clear_flag(kHasWeakrefs);
}

void clear_and_call_weakrefs(Thread& thread, Object* object) {
    Bucket& bucket = bucket_of(object);
    size_t count = 0;
    {
        MutexGuard guard(bucket.mutex);
        for (WeakRef* r = first_of(bucket, object); r; r = next_of(r->next, object))
            count += !r->callback.is_empty();
    }
    auto* held = static_cast<Owned*>(array_allocate_zeroed((count + 1) * sizeof(Owned)));
    size_t taken = 0;
    {
        MutexGuard guard(bucket.mutex);
        for (WeakRef* r = first_of(bucket, object); r;) {
            WeakRef* next = next_of(r->next, object);
            if (held && taken < count && !r->callback.is_empty()) {
                held[taken] = take(r);
                if (held[taken]) taken++;
            }
            unlink(bucket, *r);
            r = next;
        }
        object->clear_flag(kHasWeakrefs);
    }
    for (size_t i = 0; i < taken; i++) {
        Owned callback = held[i].as<WeakRef>().callback.take();
        SavedException saved(thread);
        Owned result = call(thread, callback, held[i]);
        if (!result)
            report_unraisable(thread, callback, "Exception ignored while calling weakref callback");
        held[i] = Owned();
    }
    array_free(held);
}

// --- making and reading ---

Owned weakref_get(WeakRef& reference) {
    Object* object = reference.referent.load(std::memory_order_acquire);
    if (!object) return Owned::nothing();
    MutexGuard guard(bucket_of(object).mutex);
    if (reference.referent.load(std::memory_order_relaxed) != object) return Owned::nothing();
    Owned result = take(object);
    return result ? std::move(result) : Owned::nothing();
}

static Owned refer_weakly(Thread& thread, Type& type, Value value, Value callback) {
    Object* object = value.object();
    bool plain = callback.is_empty() && type.spec;
    Bucket& bucket = bucket_of(object);
    if (plain) {
        MutexGuard guard(bucket.mutex);
        for (WeakRef* r = first_of(bucket, object); r; r = next_of(r->next, object))
            if (is_plain(*r, type))
                if (Owned known = take(r)) return known;
    }
    auto* reference = allocate<WeakRef>(thread, type);
    if (!reference) return {};
    Owned result = Owned::adopt(reference);
    if (!callback.is_empty()) reference->callback.init(Owned::share(callback));
    reference->cached_hash.store(-1, std::memory_order_relaxed);
    mark_shared(reference);
    reference->set_flag(kHasWeakrefs);
    track(reference);
    mark_shared(object);
    Owned other;
    {
        MutexGuard guard(bucket.mutex);
        for (WeakRef* r = first_of(bucket, object); plain && r && !other;
             r = next_of(r->next, object))
            if (is_plain(*r, type)) other = take(r);
        if (!other) {
            link(bucket, object, *reference);
            object->set_flag(kHasWeakrefs);
        }
    }
    return other ? std::move(other) : std::move(result);
}

Owned make_weakref(Thread& thread, Type& type, Value value, Value callback) {
    if (!type_of(value).has(kTypeHasWeakrefs))
        return raise(thread, exc::TypeError, "cannot create weak reference to '{}' object",
                     type_name_of(value));
    return refer_weakly(thread, type, value, callback);
}

Ref<WeakRef> make_weakref_to_any(Thread& thread, Object& object) {
    return Ref<WeakRef>::adopt(refer_weakly(thread, weakref_type, Value::of(object), Value()));
}

Owned first_weakref(Thread& thread, Object* object) {
    Bucket& bucket = bucket_of(object);
    MutexGuard guard(bucket.mutex);
    for (WeakRef* r = first_of(bucket, object); r; r = next_of(r->next, object))
        if (Owned known = take(r)) return known;
    return Owned::share(none());
}

size_t weakref_count(Object* object) {
    Bucket& bucket = bucket_of(object);
    MutexGuard guard(bucket.mutex);
    size_t count = 0;
    for (WeakRef* r = first_of(bucket, object); r; r = next_of(r->next, object)) count++;
    return count;
}

Ref<List> list_weakrefs(Thread& thread, Object* object) {
    Bucket& bucket = bucket_of(object);
    size_t room = weakref_count(object) + 4;
    auto* held = static_cast<Owned*>(array_allocate_zeroed(room * sizeof(Owned)));
    if (!held) return raise_memory_error(thread);
    size_t count = 0;
    {
        MutexGuard guard(bucket.mutex);
        for (WeakRef* r = first_of(bucket, object); r && count < room;
             r = next_of(r->next, object)) {
            held[count] = take(r);
            if (held[count]) count++;
        }
    }
    // The one that everybody shares, then the oldest first.
    Ref<List> result = make_list(thread, count);
    for (bool shared : {true, false})
        for (size_t i = count; i-- > 0;) {
            if (!held[i]) continue;
            Type& type = type_of(held[i]);
            if (shared != (type.spec && is_plain(held[i].as<WeakRef>(), type))) continue;
            if (result && !list_append(thread, *result, std::move(held[i]))) result = {};
            held[i] = Owned();
        }
    array_free(held);
    return result;
}

// --- the type ---

void weakref_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<WeakRef*>(object)->callback);
}

void weakref_release(Object* self) {
    auto& reference = *static_cast<WeakRef*>(self);
    for (;;) {
        Object* object = reference.referent.load(std::memory_order_acquire);
        if (!object) return;
        Bucket& bucket = bucket_of(object);
        MutexGuard guard(bucket.mutex);
        if (reference.referent.load(std::memory_order_relaxed) != object) continue;
        unlink(bucket, reference);
        if (!first_of(bucket, object)) object->clear_flag(kHasWeakrefs);
        return;
    }
}

void leave_referent(Object* object) {
    if (type_of(Value::of(object)).slots.release == weakref_release) weakref_release(object);
}

namespace {

Owned referent_of(Value self) {
    return weakref_get(self.as<WeakRef>());
}

Owned ref_make(Thread& thread, Type& type, const Arguments& arguments) {
    // Keywords are for a subclass's __init__.
    Arguments positional = arguments.positional();
    TRY(check_positional(thread, "__new__", positional, 1, 2));
    Value callback = arguments.count > 1 && !is_none(arguments[1]) ? arguments[1] : Value();
    return make_weakref(thread, type, arguments[0], callback);
}

bool ref_init(Thread& thread, Value self, const Arguments& arguments) {
    TRY(reject_keywords(thread, "ref", arguments));
    return check_positional(thread, "__init__", arguments, 1, 2);
}

Owned ref_call(Thread& thread, Value self, const Arguments& arguments) {
    TRY(reject_keywords(thread, "weakref.ReferenceType", arguments));
    TRY(check_positional(thread, "__call__", arguments, 0, 0));
    Owned object = referent_of(self);
    return object.is_nothing() ? Owned::share(none()) : std::move(object);
}

Owned ref_repr(Thread& thread, Value self) {
    Owned object = referent_of(self);
    if (object.is_nothing()) return format(thread, "<weakref at {}; dead>", address_of(self));
    Owned name = get_attribute_or_nothing(thread, object, ID(__name__));
    if (!name) clear_exception(thread);
    if (!name || !is_str(name))
        return format(thread, "<weakref at {}; to '{}' at {}>", address_of(self),
                      type_full_name_of(object), address_of(object));
    return format(thread, "<weakref at {}; to '{}' at {} ({})>", address_of(self),
                  type_full_name_of(object), address_of(object), name);
}

Result<int64_t> ref_hash(Thread& thread, Value self) {
    auto& reference = self.as<WeakRef>();
    int64_t known = reference.cached_hash.load(std::memory_order_relaxed);
    if (known != -1) return known;
    Owned object = referent_of(self);
    if (object.is_nothing()) return raise(thread, exc::TypeError, "weak object has gone away");
    int64_t h = TRY(hash(thread, object));
    reference.cached_hash.store(h, std::memory_order_relaxed);
    return h;
}

Owned ref_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) || !is_instance_of(right, weakref_type))
        return Owned::share(not_implemented());
    Owned a = referent_of(left), b = referent_of(right);
    if (a.is_nothing() || b.is_nothing())
        return Owned::share(boolean(same(left, right) == (op == CompareOp::kEq)));
    return compare(thread, a, b, op);
}

Owned get_callback(Thread& thread, Value self) {
    auto& reference = self.as<WeakRef>();
    Owned object = referent_of(self);
    if (object.is_nothing() || reference.callback.is_empty()) return Owned::share(none());
    return read_locked(thread, reference, reference.callback);
}

const MethodRow ref_methods[] = {
    {"__class_getitem__", "(cls, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};
const GetSetRow ref_getsets[] = {computed_member("__callback__", get_callback), {}};

}  // namespace

Type weakref_type;
const TypeSpec weakref_type_spec = {
    .name = "weakref.ReferenceType",
    .size = sizeof(WeakRef),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.repr = ref_repr,
              .hash = ref_hash,
              .call = ref_call,
              .compare = ref_compare,
              .make = ref_make,
              .init = ref_init,
              .fields = weakref_fields,
              .release = weakref_release},
    .methods = ref_methods,
    .getsets = ref_getsets,
};

}  // namespace imugi
