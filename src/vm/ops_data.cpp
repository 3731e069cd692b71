// Attributes, items, displays, unpacking, formatting, pattern tests. See dispatch.h for the rules
// of the loop.
#include "object/list.h"
#include "object/tuple.h"
#include "vm/attribute_cache.h"
#include "vm/call.h"
#include "vm/dispatch.h"
#include "vm/quick_items.h"
#include "vm/slow.h"

namespace imugi {

// --- attributes ---

// The attribute that a LOAD_ATTR site has cached at a fixed place of objects like this; 0: ask
// cached_attribute. Then thread.return_bits may hold a word to drop.
static IMUGI_ALWAYS_INLINE uint64_t quick_attribute(Thread& thread, uint64_t owner,
                                                    const std::atomic<uint64_t>& cache) {
    uint64_t entry = cache.load(std::memory_order_acquire);  // pairs with publish_cache
    Value value = Value::from_bits(owner);
    if (IMUGI_UNLIKELY(!value.is_object() || (entry & 3) != kCacheSlot)) return 0;
    Object* object = value.object();
    uint32_t shape_index = object->shape_index.load(std::memory_order_acquire);
    if (IMUGI_UNLIKELY(entry >> 40 != shape_index || !is_current(entry) ||
                       (entry >> 24 & kOffsetOverflow)))
        return 0;
    if (IMUGI_UNLIKELY(object->owner.load(std::memory_order_relaxed) != current_heap_id &&
                       !(object->shared.load(std::memory_order_relaxed) & kSharedStateMask)))
        return 0;
    uint64_t bits = quick_load_slot(
        *(reinterpret_cast<std::atomic<uint64_t>*>(object) + (entry >> 24 & kOffsetMask)));
    if (IMUGI_LIKELY(object->shape_index.load(std::memory_order_acquire) == shape_index))
        return bits;
    thread.return_bits = bits;
    return 0;
}

GENERAL_OP(op_general_load_attr) {
    drop_bits(std::exchange(thread.return_bits, 0));
    uint32_t b = D::b(word);
    uint64_t owner = r[b];
    uint64_t bits = cached_attribute(owner, frame->caches[EXTRA(1)]);
    if (IMUGI_UNLIKELY(bits == 0)) {
        SAVE();
        bool failed = false;
        Frame* callee = push_getter(thread, frame, r, b, frame->caches[EXTRA(1)], &failed);
        if (callee) {
            callee->result_register = D::a(word);
            callee->resume_words = 2;
            IMUGI_MUSTTAIL return op_enter(OP_ARGUMENTS);
        }
        if (failed) RAISE();
        bits = slow_load_attr(thread, frame, Value::from_bits(owner), D::c(word),
                              frame->caches[EXTRA(1)]);
        if (bits == 0) RAISE();
    }
    // A class attribute found through a temporary instance may live no longer than it: it was
    // shared unless deferred.
    uint32_t a = D::a(word);
    if (is_temporary(frame, b)) {
        r[b] = 0;
        drop_bits(b != a ? std::exchange(r[a], bits) : 0);
        r[a] = bits;
        drop_bits(owner);
        NEXT_DROPPED(2);
    }
    set_register(r, a, bits);
    NEXT_DROPPED(2);
}

DEFINE_OP(LOAD_ATTR) {
    uint32_t b = D::b(word);
    uint64_t bits = quick_attribute(thread, r[b], frame->caches[EXTRA(1)]);
    if (IMUGI_UNLIKELY(bits == 0)) GENERAL(op_general_load_attr);
    SET_NEXT_USED(b, D::a(word), bits, 2);
}

GENERAL_OP(op_general_store_attr) {
    uint32_t a = D::a(word), c = D::c(word);
    if (IMUGI_LIKELY(store_cached_attribute(thread, frame, r, a, c, frame->caches[EXTRA(1)])))
        NEXT_DROPPED(2);
    SAVE();
    if (!slow_store_attr(thread, frame, r, a, D::b(word), c, frame->caches[EXTRA(1)])) RAISE();
    NEXT_DROPPED(2);
}

// Stores r[c], if that takes no call, in an object whose lock takes none either. False: the general
// way has to be gone.
static IMUGI_ALWAYS_INLINE bool quick_store(const Thread& thread, const Frame* frame, uint64_t* r,
                                            uint32_t c, Object* object, uint64_t entry,
                                            uint64_t* old) {
    const QuickLock lock(thread, *object);
    std::atomic<uint64_t>* slot = place_for_store(lock, object, entry);
    if (IMUGI_UNLIKELY(!slot)) return false;
    uint64_t bits = r[c];
    if (is_temporary(frame, c)) {
        if (Value::from_bits(bits).is_lent() && IMUGI_UNLIKELY((bits = quick_own(bits)) == 0))
            return false;
        r[c] = 0;
    } else if (IMUGI_UNLIKELY((bits = quick_own(bits)) == 0)) {
        return false;
    }
    *old = exchange_word(*slot, Owned::adopt(bits)).release();
    return true;
}

// As store_cached_attribute, for what is neither overflow nor a site of several shapes.
DEFINE_OP(STORE_ATTR) {
    uint32_t a = D::a(word), c = D::c(word);
    uint64_t entry = frame->caches[EXTRA(1)].load(std::memory_order_acquire);
    Value owner = value_at(r, a);
    if (IMUGI_UNLIKELY(!owner.is_object() || (entry & 3) != kCacheSlot || is_temporary(frame, a)))
        GENERAL(op_general_store_attr);
    Object* object = owner.object();
    if (IMUGI_UNLIKELY(!is_current(entry) || (entry >> 24 & kOffsetOverflow) ||
                       object->owner.load(std::memory_order_relaxed) != current_heap_id))
        GENERAL(op_general_store_attr);
    uint64_t old;
    if (IMUGI_UNLIKELY(!quick_store(thread, frame, r, c, object, entry, &old)))
        GENERAL(op_general_store_attr);
    pc += 2;
    DROP_DISPATCH(old);
}

DEFINE_OP(DELETE_ATTR) {
    SAVE();
    if (!slow_delete_attr(thread, frame, r, D::a(word), D::d(word))) RAISE();
    NEXT_DROPPED(1);
}

GENERAL_OP(op_general_load_method) {
    uint32_t a = D::a(word), b = D::b(word);
    uint64_t owner = r[b];
    uint64_t method = cached_method(owner, frame->caches[EXTRA(1)]);
    bool bound = false;
    if (IMUGI_UNLIKELY(method == 0)) {
        method = cached_attribute(owner, frame->caches[EXTRA(1)]);
        bound = method != 0;
    }
    if (IMUGI_UNLIKELY(method == 0)) {
        SAVE();
        method = slow_load_method(thread, frame, Value::from_bits(owner), D::c(word),
                                  frame->caches[EXTRA(1)], &bound);
        if (method == 0) RAISE();
    }
    if (is_temporary(frame, b)) {
        r[b] = 0;
        if (bound) {
            r[a + 1] = 0;
            r[a] = method;
            drop_bits(owner);
            NEXT_DROPPED(2);
        }
    } else {
        // The local stays bound during the call: lent.
        if (Value::from_bits(owner).is_owning()) owner |= Value::kLentBit;
    }
    r[a] = method;
    r[a + 1] = bound ? 0 : owner;
    NEXT(2);
}

DEFINE_OP(LOAD_METHOD) {
    uint32_t a = D::a(word), b = D::b(word);
    uint64_t owner = r[b];
    Value value = Value::from_bits(owner);
    if (IMUGI_UNLIKELY(!value.is_object())) GENERAL(op_general_load_method);
    const AttributeRecord* record =
        find_record(frame->caches[EXTRA(1)].load(std::memory_order_acquire),
                    value.object()->shape_index.load(std::memory_order_acquire));
    if (IMUGI_UNLIKELY(!record || record->kind != RecordKind::kMethod ||
                       value.object()->shape()->type->version.load(std::memory_order_acquire) !=
                           record->version))
        GENERAL(op_general_load_method);
    uint64_t method = quick_share(record->value.load(std::memory_order_relaxed));
    if (IMUGI_UNLIKELY(method == 0)) GENERAL(op_general_load_method);
    if (is_temporary(frame, b))
        r[b] = 0;
    else
        owner |= Value::kLentBit;  // the local stays bound during the call
    r[a] = method;
    r[a + 1] = owner;
    NEXT(2);
}

DEFINE_OP(LOAD_SUPER_ATTR) {
    SAVE();
    uint64_t bits = slow_load_super(thread, frame, r, D::b(word), D::c(word), EXTRA(2), nullptr);
    if (bits == 0) RAISE();
    discard_range(r, D::b(word), 3);
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(3);
}

DEFINE_OP(LOAD_SUPER_METHOD) {
    SAVE();
    uint32_t a = D::a(word), b = D::b(word);
    bool bound = false;
    uint64_t method = slow_load_super(thread, frame, r, b, D::c(word), EXTRA(2), &bound);
    if (method == 0) RAISE();
    uint64_t self = r[b + 2];
    r[b + 2] = 0;
    discard_range(r, b, 2);
    if (bound) {
        drop_bits(self);
        self = 0;
    }
    r[a] = method;
    r[a + 1] = self;
    NEXT_DROPPED(3);
}

DEFINE_OP(LOAD_SPECIAL) {
    SAVE();
    uint32_t a = D::a(word);
    bool bound = false;
    uint64_t owner = r[D::b(word)];
    uint64_t method = slow_load_special(thread, Value::from_bits(owner), D::c(word), &bound);
    if (method == 0) RAISE();
    r[a] = method;
    r[a + 1] = bound ? 0 : share_bits(owner);
    NEXT(1);
}

// --- items ---

GENERAL_OP(op_general_get_item) {
    SAVE();
    drop_bits(std::exchange(thread.return_bits, 0));
    uint32_t b = D::b(word), c = D::c(word);
    uint64_t bits = slow_get_item(thread, value_at(r, b), value_at(r, c));
    if (bits == 0) RAISE();
    discard(frame, r, c);
    discard(frame, r, b);
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(2);
}

DEFINE_OP(GET_ITEM) {
    uint32_t b = D::b(word), c = D::c(word);
    Value container = value_at(r, b), key = value_at(r, c);
    if (IMUGI_UNLIKELY(!key.is_small_int() || !container.is_object())) GENERAL(op_general_get_item);
    uint64_t bits;
    uint32_t shape = container.object()->shape_index.load(std::memory_order_relaxed);
    if (IMUGI_LIKELY(shape == k_list_shape)) {
        List& list = container.as<List>();
        int64_t index = key.small_int();
        bits = IMUGI_LIKELY(index >= 0)
                   ? quick_list_item(thread, list, static_cast<uint64_t>(index))
                   : quick_list_item_from_end(thread, list, index);
    } else if (shape == k_tuple_shape) {
        bits = quick_tuple_item(container.as<Tuple>(), key.small_int());
    } else {
        GENERAL(op_general_get_item);
    }
    if (IMUGI_UNLIKELY(bits == 0)) GENERAL(op_general_get_item);
    if (is_temporary(frame, c)) r[c] = 0;
    SET_NEXT_USED(b, D::a(word), bits, 2);
}

DEFINE_OP(SET_ITEM) {
    uint32_t a = D::a(word), b = D::b(word);
    Value container = value_at(r, a), key = value_at(r, b);
    if (IMUGI_LIKELY(key.is_small_int()) && is_exact_list(container) &&
        quick_list_store(thread, frame, r, container.as<List>(), key.small_int(), D::c(word))) {
        discard(frame, r, a);
        NEXT_DROPPED(2);
    }
    SAVE();
    if (!slow_set_item(thread, frame, r, D::a(word), D::b(word), D::c(word))) RAISE();
    NEXT_DROPPED(2);
}

DEFINE_OP(DELETE_ITEM) {
    SAVE();
    if (!delete_item(thread, value_at(r, D::a(word)), value_at(r, D::b(word)))) RAISE();
    discard(frame, r, D::b(word));
    discard(frame, r, D::a(word));
    NEXT_DROPPED(1);
}

DEFINE_OP(GET_SLICE) {
    SAVE();
    uint32_t b = D::b(word), c = D::c(word);
    uint64_t bits = slow_get_slice(thread, value_at(r, b), value_at(r, c), value_at(r, c + 1));
    if (bits == 0) RAISE();
    discard_range(r, c, 2);
    discard(frame, r, b);
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(1);
}

DEFINE_OP(SET_SLICE) {
    SAVE();
    uint32_t a = D::a(word), b = D::b(word), c = D::c(word);
    if (!slow_set_slice(thread, value_at(r, a), value_at(r, b), value_at(r, b + 1), value_at(r, c)))
        RAISE();
    discard_range(r, b, 2);
    discard(frame, r, c);
    discard(frame, r, a);
    NEXT_DROPPED(1);
}

// --- displays: slow_build_* consume their registers ---

#define BUILD_OP(NAME, expression)               \
    DEFINE_OP(NAME) {                            \
        SAVE();                                  \
        uint32_t b = D::b(word), c = D::c(word); \
        uint64_t bits = (expression);            \
        if (bits == 0) RAISE();                  \
        set_register(r, D::a(word), bits);       \
        NEXT_DROPPED(1);                         \
    }
BUILD_OP(BUILD_TUPLE, slow_build_tuple(thread, r, b, c))
BUILD_OP(BUILD_LIST, slow_build_list(thread, r, b, c))
BUILD_OP(BUILD_SET, slow_build_set(thread, r, b, c))
BUILD_OP(BUILD_DICT, slow_build_dict(thread, r, b, c))
BUILD_OP(BUILD_STRING, slow_build_string(thread, r, b, c))
BUILD_OP(BUILD_SLICE, slow_build_slice(thread, r, b, c))
BUILD_OP(BUILD_TEMPLATE, slow_build_template(thread, frame, r, b, c))
BUILD_OP(BUILD_INTERPOLATION, slow_build_interpolation(thread, r, b, c))
BUILD_OP(FORMAT_VALUE, slow_format_value(thread, frame, r, b, c))
BUILD_OP(FORMAT_WITH_SPEC, slow_format_with_spec(thread, r, b, c))
BUILD_OP(LIST_TO_TUPLE, (static_cast<void>(c), slow_list_to_tuple(thread, r, b)))

#define FILL_OP(NAME, expression)                                \
    DEFINE_OP(NAME) {                                            \
        SAVE();                                                  \
        uint32_t a = D::a(word), b = D::b(word), c = D::c(word); \
        static_cast<void>(c);                                    \
        if (!(expression)) RAISE();                              \
        NEXT_DROPPED(1);                                         \
    }
DEFINE_OP(LIST_APPEND) {
    uint32_t a = D::a(word), b = D::b(word);
    Value list = value_at(r, a);
    if (IMUGI_LIKELY(has_shape(list, k_list_shape) &&
                     quick_list_append(thread, frame, r, list.as<List>(), b)))
        NEXT_DROPPED(1);
    SAVE();
    if (!slow_list_append(thread, frame, r, a, b)) RAISE();
    NEXT_DROPPED(1);
}
FILL_OP(SET_ADD, slow_set_add(thread, frame, r, a, b))
FILL_OP(DICT_ADD, slow_dict_add(thread, r, a, b))
FILL_OP(LIST_EXTEND, slow_list_extend(thread, frame, r, a, b, c))
FILL_OP(SET_UPDATE, slow_set_update(thread, frame, r, a, b))
FILL_OP(DICT_UPDATE, slow_dict_update(thread, frame, r, a, b))
FILL_OP(DICT_MERGE, slow_dict_merge(thread, frame, r, a, b, c))

GENERAL_OP(op_general_unpack) {
    SAVE();
    if (!slow_unpack(thread, frame, r, D::a(word), D::b(word), D::c(word))) RAISE();
    NEXT_DROPPED(1);
}

DEFINE_OP(UNPACK) {
    uint32_t a = D::a(word), b = D::b(word), count = D::c(word);
    Value whole = value_at(r, b);
    // A tuple that dies with this gives its items away, in general.
    if (IMUGI_UNLIKELY(!has_shape(whole, k_tuple_shape) || whole.as<Tuple>().size != count ||
                       b - a < count || (whole.is_owning() && is_unique(whole.object()))))
        GENERAL(op_general_unpack);
    Tuple& tuple = whole.as<Tuple>();
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bits = quick_share(tuple[i].bits());
        if (IMUGI_UNLIKELY(bits == 0)) GENERAL(op_general_unpack);
        if (IMUGI_UNLIKELY(!quick_drop(r[a + i]))) {
            // The item has other references, the tuple's at least.
            (void)quick_drop(bits);
            GENERAL(op_general_unpack);
        }
        r[a + i] = bits;
    }
    pc++;
    if (is_temporary(frame, b)) {
        r[b] = 0;
        DROP_DISPATCH(whole.bits());
    }
    DISPATCH();
}

DEFINE_OP(UNPACK_EX) {
    SAVE();
    if (!slow_unpack_ex(thread, frame, r, D::a(word), D::b(word), D::c(word), EXTRA(1))) RAISE();
    NEXT_DROPPED(2);
}

// --- pattern matching ---

DEFINE_OP(MATCH_MAPPING) {
    bool is = has_type_flag(value_at(r, D::b(word)), kTypeMapping);
    set_register(r, D::a(word), boolean(is).bits());
    NEXT(1);
}

DEFINE_OP(MATCH_SEQUENCE) {
    bool is = has_type_flag(value_at(r, D::b(word)), kTypeSequence);
    set_register(r, D::a(word), boolean(is).bits());
    NEXT(1);
}

DEFINE_OP(MATCH_KEYS) {
    SAVE();
    uint64_t bits = slow_match_keys(thread, value_at(r, D::b(word)), value_at(r, D::c(word)));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(1);
}

DEFINE_OP(MATCH_CLASS) {
    SAVE();
    uint64_t bits = slow_match_class(thread, frame, value_at(r, D::b(word)),
                                     value_at(r, D::c(word)), EXTRA(1), EXTRA(2));
    if (bits == 0) RAISE();
    discard(frame, r, D::c(word));
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(3);
}

DEFINE_OP(GET_LENGTH) {
    SAVE();
    uint64_t bits = slow_length(thread, value_at(r, D::b(word)));
    if (bits == 0) RAISE();
    set_register(r, D::a(word), bits);
    NEXT_DROPPED(1);
}

}  // namespace imugi
