// Start-up of the object layer: shapes and slots of all builtin types first, without the heap; then
// names; then dicts of the types, exceptions, singletons. Runs once, on one thread.
#include "object/interpreter.h"

#include <cstdio>

#include "object/context.h"
#include "object/descriptor.h"
#include "object/exception.h"
#include "object/int.h"
#include "object/names.h"
#include "object/typevar.h"

namespace imugi {

Interpreter main_interpreter;

namespace {

struct BuiltinType {
    Type* type;
    const TypeSpec* spec;
};
const BuiltinType builtin_types[] = {
#define TYPE(Struct, prefix) {&prefix##_type, &prefix##_type_spec},
#include "object/builtin_types.def"
#undef TYPE
};

bool complain(Thread& thread, const char* what) {
    fprintf(stderr, "imugi: cannot start: %s\n", what);
    return false;
}

void set_singleton(Object& object, uint32_t shape) {
    object.shape_index.store(shape, std::memory_order_relaxed);
}

}  // namespace

bool init_objects(Thread& thread) {
    static bool done = false;
    if (done) return true;
    uint32_t number = 0;
    for (const BuiltinType& row : builtin_types)
        if (!prepare_type(*row.type, *row.spec, builtin_shape_index(number++)))
            return complain(thread, "no memory for the builtin types");
    set_singleton(none_object, k_none_shape);
    set_singleton(ellipsis_object, k_ellipsis_shape);
    set_singleton(not_implemented_object, k_not_implemented_shape);
    set_singleton(true_object, k_bool_shape);
    set_singleton(false_object, k_bool_shape);
    set_singleton(no_default_object, k_no_default_shape);
    if (!init_names(thread) || !init_slot_defs(thread))
        return complain(thread, "no memory for names");
    for (const BuiltinType& row : builtin_types)
        if (!init_type(thread, *row.type, *row.spec)) return complain(thread, row.spec->name);
    if (!init_exception_types(thread)) return complain(thread, "exception types");
    if (!init_exception_group(thread)) return complain(thread, "ExceptionGroup");
    if (!init_templates(thread) || !init_contexts(thread)) return complain(thread, "types");
    done = true;
    return true;
}

}  // namespace imugi
