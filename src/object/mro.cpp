// Method resolution order: the C3 linearisation. Works on tuples the caller holds; no locks.
#include "memory/heap.h"
#include "object/descriptor.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

bool in_tail(Tuple& sequence, size_t position, Value candidate) {
    for (size_t i = position + 1; i < sequence.size; i++)
        if (same(sequence[i], candidate)) return true;
    return false;
}

Raised raise_conflict(Thread& thread, Tuple** sequences, size_t* positions, size_t count) {
    // The heads of the sequences, each once, name the bases that contradict each other.
    StrBuilder names(thread);
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (positions[i] >= sequences[i]->size) continue;
        Value head = (*sequences[i])[positions[i]];
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = positions[j] < sequences[j]->size && same((*sequences[j])[positions[j]], head);
        if (seen) continue;
        if (!first && !names.append(", ")) return {};
        if (!names.append(type_name(head.as<Type>()))) return {};
        first = false;
    }
    Ref<Str> text = names.finish();
    if (!text) return {};
    return raise(thread, exc::TypeError,
                 "Cannot create a consistent method resolution order (MRO) for bases {}", *text);
}

}  // namespace

Ref<Tuple> compute_mro(Thread& thread, Type& type, Tuple& bases) {
    // Sequences to merge: the mro of each base, and the bases themselves.
    size_t count = bases.size + 1;
    Ref<Tuple> held = TRY(make_tuple_blank(thread, count));
    for (size_t i = 0; i < bases.size; i++) {
        auto& base = bases[i].as<Type>();
        for (size_t j = 0; j < i; j++)
            if (same(bases[j], bases[i]))
                return raise(thread, exc::TypeError, "duplicate base class {}", base);
        Owned mro = base.mro.share();
        if (!mro)
            return raise(thread, exc::TypeError, "Cannot extend an incomplete type '{}'", base);
        held->items[i].init(std::move(mro));
    }
    held->items[bases.size].init(Owned::share(bases));
    auto* sequences = static_cast<Tuple**>(array_allocate(count * sizeof(Tuple*)));
    auto* positions = static_cast<size_t*>(array_allocate_zeroed(count * sizeof(size_t)));
    Ref<List> order = make_list(thread);
    bool ok = sequences && positions && order;
    if (!sequences || !positions) raise_memory_error(thread);
    if (ok) ok = list_append(thread, *order, Owned::share(type));
    for (size_t i = 0; ok && i < count; i++) sequences[i] = &(*held)[i].as<Tuple>();
    while (ok) {
        Value chosen;
        bool left = false;
        for (size_t i = 0; i < count && chosen.is_empty(); i++) {
            if (positions[i] >= sequences[i]->size) continue;
            left = true;
            Value candidate = (*sequences[i])[positions[i]];
            bool blocked = false;
            for (size_t j = 0; j < count && !blocked; j++)
                blocked = in_tail(*sequences[j], positions[j], candidate);
            if (!blocked) chosen = candidate;
        }
        if (!left) break;
        if (chosen.is_empty()) {
            raise_conflict(thread, sequences, positions, count);
            ok = false;
            break;
        }
        ok = list_append(thread, *order, Owned::share(chosen));
        for (size_t i = 0; i < count; i++)
            if (positions[i] < sequences[i]->size && same((*sequences[i])[positions[i]], chosen))
                positions[i]++;
    }
    array_free(sequences);
    array_free(positions);
    if (!ok) return {};
    return list_to_tuple(thread, *order);
}

}  // namespace imugi
