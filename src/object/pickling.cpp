// What builtin types need for copying, pickling and annotations.
#include "object/pickling.h"

#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

Owned reduce_to_builtin(Thread& thread, Str& name, Value argument, Value state) {
    Owned function = TRY(builtin_named(thread, name));
    return reduce_to(thread, function, argument, state);
}

Owned reduce_to(Thread& thread, Value function, Value argument, Value state) {
    Ref<Tuple> arguments = TRY(argument.is_empty() ? empty_tuple() : make_tuple(thread, argument));
    if (state.is_empty()) return make_tuple(thread, function, arguments);
    return make_tuple(thread, function, arguments, state);
}

Owned call_getstate(Thread& thread, Value object) {
    return call_method(thread, object, ID(__getstate__));
}

Owned class_getitem(Thread& thread, Type& type, Value item) {
    return call(thread, Value::of(generic_alias_type), Value::of(type), item);
}

}  // namespace imugi
