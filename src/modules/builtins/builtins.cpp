// The module builtins: types, exceptions, constants, and the functions of the other files here.
#include "modules/builtins/builtins.h"

#include "object/config.h"
#include "object/dict.h"
#include "object/interpreter.h"
#include "object/module.h"
#include "object/names.h"
#include "object/str.h"
#include "object/vm_support.h"

namespace imugi {

namespace {

bool add_rows(Thread& thread, Module& module, const MethodRow* rows) {
    for (; rows->name; rows++) {
        Ref<NativeFunction> function =
            TRY(make_native_function(thread, *rows, Value::of(module), Value::of(ID(builtins))));
        TRY(module_set(thread, module, rows->name, std::move(function).owned()));
    }
    return true;
}

struct NamedType {
    const char* name;
    Type* type;
};
const NamedType types[] = {
    {"object", &object_type},
    {"type", &type_type},
    {"int", &int_type},
    {"bool", &bool_type},
    {"float", &float_type},
    {"complex", &complex_type},
    {"str", &str_type},
    {"bytes", &bytes_type},
    {"bytearray", &bytearray_type},
    {"memoryview", &memoryview_type},
    {"tuple", &tuple_type},
    {"list", &list_type},
    {"dict", &dict_type},
    {"set", &set_type},
    {"frozenset", &frozenset_type},
    {"range", &range_type},
    {"slice", &slice_type},
    {"property", &property_type},
    {"staticmethod", &staticmethod_type},
    {"classmethod", &classmethod_type},
    {"super", &super_type},
    {"enumerate", &enumerate_type},
    {"reversed", &reversed_type},
    {"zip", &zip_type},
    {"map", &map_type},
    {"filter", &filter_type},
#define EXC(Name, Base, Layout, doc) {#Name, &exc::Name},
#include "object/exceptions.def"
#undef EXC
};

bool execute(Thread& thread, Module& module) {
    for (const NamedType& row : types)
        TRY(module_set(thread, module, row.name, Value::of(row.type)));
    TRY(module_set(thread, module, "ExceptionGroup", Value::of(exception_group_type())));
    TRY(module_set(thread, module, "EnvironmentError", Value::of(exc::OSError)));
    TRY(module_set(thread, module, "IOError", Value::of(exc::OSError)));
    TRY(module_set(thread, module, "None", none()));
    TRY(module_set(thread, module, "True", boolean(true)));
    TRY(module_set(thread, module, "False", boolean(false)));
    TRY(module_set(thread, module, "Ellipsis", ellipsis()));
    TRY(module_set(thread, module, "NotImplemented", not_implemented()));
    TRY(module_set(thread, module, "__debug__", boolean(!interpreter_of(thread).config->optimize)));
    return add_rows(thread, module, builtin_function_rows) &&
           add_rows(thread, module, builtin_run_rows) &&
           add_rows(thread, module, builtin_compile_rows);
}

ModuleSpec spec{"builtins",
                "Built-in functions, types, exceptions, and other objects.\n\nThis module provides "
                "direct access to all 'built-in'\nidentifiers of Python; for example, builtins.len "
                "is\nthe full name for the built-in function len().",
                nullptr, execute};

}  // namespace

}  // namespace imugi
