// None, Ellipsis and NotImplemented. Immortal and without state.
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

Object none_object, ellipsis_object, not_implemented_object;

namespace {

bool check_no_arguments(Thread& thread, const char* name, const Arguments& arguments) {
    if (!arguments.count && (!arguments.names || !arguments.names->size)) return true;
    return raise(thread, exc::TypeError, "{} takes no arguments", name);
}

Owned none_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(check_no_arguments(thread, "NoneType", arguments));
    return Owned::share(none());
}
Owned none_repr(Thread& thread, Value self) {
    return intern(thread, "None");
}
Result<bool> none_bool(Thread& thread, Value self) {
    return false;
}
Result<int64_t> none_hash(Thread& thread, Value self) {
    return int64_t{0xfca86420};
}

Owned ellipsis_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(check_no_arguments(thread, "EllipsisType", arguments));
    return Owned::share(ellipsis());
}
Owned ellipsis_repr(Thread& thread, Value self) {
    return intern(thread, "Ellipsis");
}
Owned ellipsis_reduce(Thread& thread, Value self) {
    return intern(thread, "Ellipsis");
}

Owned not_implemented_make(Thread& thread, Type& type, const Arguments& arguments) {
    TRY(check_no_arguments(thread, "NotImplementedType", arguments));
    return Owned::share(not_implemented());
}
Owned not_implemented_repr(Thread& thread, Value self) {
    return intern(thread, "NotImplemented");
}
Owned not_implemented_reduce(Thread& thread, Value self) {
    return intern(thread, "NotImplemented");
}
Result<bool> not_implemented_bool(Thread& thread, Value self) {
    return raise(thread, exc::TypeError, "NotImplemented should not be used in a boolean context");
}

const MethodRow ellipsis_methods[] = {
    {"__reduce__", "(self, /)", fn<ellipsis_reduce>, nullptr},
    {},
};
const MethodRow not_implemented_methods[] = {
    {"__reduce__", "(self, /)", fn<not_implemented_reduce>, nullptr},
    {},
};

}  // namespace

Type none_type;
const TypeSpec none_type_spec = {
    .name = "NoneType",
    .doc = "The type of the None singleton.",
    .slots = {.repr = none_repr, .hash = none_hash, .make = none_make, .boolean = none_bool},
    .signature = "()",
};

Type ellipsis_type;
const TypeSpec ellipsis_type_spec = {
    .name = "ellipsis",
    .doc = "The type of the Ellipsis singleton.",
    .slots = {.repr = ellipsis_repr, .make = ellipsis_make},
    .methods = ellipsis_methods,
    .signature = "()",
};

Type not_implemented_type;
const TypeSpec not_implemented_type_spec = {
    .name = "NotImplementedType",
    .doc = "The type of the NotImplemented singleton.",
    .slots = {.repr = not_implemented_repr,
              .make = not_implemented_make,
              .boolean = not_implemented_bool},
    .methods = not_implemented_methods,
    .signature = "()",
};

}  // namespace imugi
