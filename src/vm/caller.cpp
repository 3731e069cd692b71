// What native code asks of the Python frame that calls it: super() without arguments, and the
// module a class or type parameter is made in. Frames are the calling thread's own.
#include "object/bytes.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/type_parts.h"
#include "vm/frame.h"

namespace imugi {

static Owned caller_globals(Thread& thread) {
    if (!thread.frame) return Owned::nothing();
    return Owned::share(*thread.frame->globals);
}

static Owned super_arguments(Thread& thread, Owned* type, Owned* self) {
    Frame* frame = thread.frame;
    if (!frame) return raise(thread, exc::RuntimeError, "super(): no current frame");
    Code& code = *frame->code;
    if (code.argument_count == 0) return raise(thread, exc::RuntimeError, "super(): no arguments");
    Value first = Value::from_bits(frame->registers[0]);
    // The argument may live in a cell that inner functions see.
    if (has_shape(first, k_cell_shape) && code.local_kinds.as<Bytes>().size > 0 &&
        (code.local_kinds.as<Bytes>().data()[0] & kLocalCell)) {
        *self = cell_load(thread, first.as<Cell>());
        if (self->is_nothing()) first = Value();
    } else if (!first.is_empty()) {
        *self = Owned::share(first);
    }
    if (first.is_empty()) return raise(thread, exc::RuntimeError, "super(): arg[0] deleted");
    auto& free = code.free_names.as<Tuple>();
    for (size_t i = 0; i < free.size; i++) {
        if (!str_equal(free[i].as<Str>(), "__class__")) continue;
        Value cell = Value::from_bits(frame->registers[code.local_count + i]);
        if (!has_shape(cell, k_cell_shape))
            return raise(thread, exc::RuntimeError, "super(): bad __class__ cell");
        *type = cell_load(thread, cell.as<Cell>());
        if (type->is_nothing())
            return raise(thread, exc::RuntimeError, "super(): empty __class__ cell");
        if (!is_type(*type))
            return raise(thread, exc::RuntimeError, "super(): __class__ is not a type ({})",
                         type_name_of(*type));
        return Owned::share(none());
    }
    return raise(thread, exc::RuntimeError, "super(): __class__ cell not found");
}

static bool find_in_frame(Thread& thread, Owned* type, Owned* self) {
    return static_cast<bool>(super_arguments(thread, type, self));
}

Owned (*find_caller_globals)(Thread& thread) = caller_globals;
bool (*find_super_arguments)(Thread& thread, Owned* type, Owned* self) = find_in_frame;

// Running code may have builtins that are no dict.
Owned builtin_named(Thread& thread, Str& name) {
    Frame* frame = python_frame(thread);
    Owned names =
        frame ? Owned::share(*frame->builtins) : interpreter_of(thread).builtins_dict.share();
    Owned found;
    if (is_exact_dict(names)) {
        found = TRY(dict_get(thread, names.as<Dict>(), name));
    } else {
        found = get_item(thread, names, Value::of(name));
        if (!found) {
            if (!clear_exception_if(thread, exc::KeyError)) return {};
            found = Owned::nothing();
        }
    }
    if (found.is_nothing()) return raise(thread, exc::AttributeError, "{}", name);
    return found;
}

}  // namespace imugi
