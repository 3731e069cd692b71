// types.GenericAlias (list[int]) and unions (int | str).
#pragma once

#include "object/type.h"

namespace imugi {

struct GenericAlias : Object {
    Slot origin;      // immutable
    Slot args;        // tuple, immutable
    Slot parameters;  // tuple, made on demand under the Lock; empty until then
    bool starred;     // *tuple[int, ...]
};
// `item` that is no tuple counts as the only argument.
Owned make_generic_alias(Thread& thread, Value origin, Value item);

struct Union : Object {
    Slot args;             // tuple of the members, deduplicated; immutable
    Slot hashable_args;    // frozenset; empty when there is none
    Slot unhashable_args;  // tuple; empty when there is none
    Slot parameters;       // made on demand under the Lock
};
// left | right for types and what counts as one; NotImplemented otherwise.
Owned union_of(Thread& thread, Value left, Value right);
Owned make_union(Thread& thread, Tuple& args);

// Type parameters in a tuple of arguments, each once.
Ref<Tuple> collect_parameters(Thread& thread, Tuple& args);
// Those of an alias or union: kept in its slot `parameters` once they are asked for.
Ref<Tuple> parameters_of(Thread& thread, Object& self, const Slot& args, Slot& parameters);
// args with the parameters replaced by `item`; messages show `self`.
Ref<Tuple> substitute_parameters(Thread& thread, Value self, Tuple& args, Tuple& parameters,
                                 Value item);
// repr as annotations show it: "int", "typing.Any", "...".
[[nodiscard]] bool append_type_repr(Thread& thread, class StrBuilder& out, Value value);

}  // namespace imugi
