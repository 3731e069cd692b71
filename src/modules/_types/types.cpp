// The module _types: the types of things that have no name of their own.
#include "object/module.h"
#include "object/native.h"

namespace imugi {

namespace {

bool execute(Thread& thread, Module& module) {
    const struct {
        const char* name;
        Type& type;
    } types[] = {
        {"AsyncGeneratorType", async_generator_type},
        {"BuiltinFunctionType", native_function_type},
        {"BuiltinMethodType", native_function_type},
        {"CapsuleType", capsule_type},
        {"CellType", cell_type},
        {"ClassMethodDescriptorType", classmethod_descriptor_type},
        {"CodeType", code_type},
        {"CoroutineType", coroutine_type},
        {"EllipsisType", ellipsis_type},
        {"FrameLocalsProxyType", frame_locals_proxy_type},
        {"FrameType", frame_type},
        {"FunctionType", function_type},
        {"GeneratorType", generator_type},
        {"GenericAlias", generic_alias_type},
        {"GetSetDescriptorType", getset_descriptor_type},
        {"LambdaType", function_type},
        {"MappingProxyType", mappingproxy_type},
        {"MemberDescriptorType", member_descriptor_type},
        {"MethodDescriptorType", method_descriptor_type},
        {"MethodType", bound_method_type},
        {"MethodWrapperType", method_wrapper_type},
        {"ModuleType", module_type},
        {"NoneType", none_type},
        {"NotImplementedType", not_implemented_type},
        {"SimpleNamespace", simple_namespace_type},
        {"TracebackType", traceback_type},
        {"UnionType", union_type},
        {"WrapperDescriptorType", slot_wrapper_type},
    };
    for (auto& row : types)
        if (!module_set(thread, module, row.name, Value::of(row.type))) return false;
    return true;
}

ModuleSpec spec{"_types", "Define names for built-in types.", nullptr, execute};

}  // namespace

}  // namespace imugi
