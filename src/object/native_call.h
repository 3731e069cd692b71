// The short way to call a native function: for the interpreter and for call().
#pragma once

#include "object/descriptor.h"
#include "object/native_signature.h"

namespace imugi {

// What runs a method of an object of its very type that is called with a word for each parameter:
// the usual case. Null: the call must be looked at.
IMUGI_ALWAYS_INLINE NativeThunk own_method_thunk(Thread& thread, const MethodDescriptor& method,
                                                 const Value* argv, uint32_t count) {
    const NativeSignature* signature = method.signature.load(std::memory_order_acquire);
    if (IMUGI_UNLIKELY(!signature || signature->plain != count || !argv[0].is_object() ||
                       argv[0].object()->shape()->type != method.type || !stack_is_ample(thread)))
        return nullptr;
    const MethodRow* row = method.row;
    native_call_note = {row->name, argv, signature, true};
    return row->entry.thunk;
}

// Calls a native function or unbound method when positional arguments, the defaults behind them,
// are all that binding is about. False: the general way.
IMUGI_ALWAYS_INLINE bool call_native_directly(Thread& thread, Value callable, const Value* argv,
                                              uint32_t count, uint64_t* result) {
    const MethodRow* row;
    const NativeSignature* signature;
    Value self;
    bool has_self = true;
    if (callable.object()->shape_index.load(std::memory_order_relaxed) ==
        k_method_descriptor_shape) {
        auto& method = callable.as<MethodDescriptor>();
        if (IMUGI_UNLIKELY(count == 0 || !is_instance_of(argv[0], *method.type))) return false;
        row = method.row;
        signature = method.signature.load(std::memory_order_acquire);
        if (IMUGI_UNLIKELY(!signature)) return false;
    } else {
        auto& function = callable.as<NativeFunction>();
        row = function.row;
        signature = function.signature.load(std::memory_order_acquire);
        if (IMUGI_UNLIKELY(!signature)) return false;
        self = function.self.borrow();
        has_self = !self.is_empty() && (function.defining_type ? !(row->flags & kMethodStatic)
                                                               : signature->first_module);
        if (!has_self) self = Value();
    }
    uint32_t bound = count + !self.is_empty();
    if (IMUGI_UNLIKELY(!signature->direct || bound < signature->required ||
                       bound > signature->positional || !row->entry.thunk ||
                       !stack_is_ample(thread)))
        return false;
    if (IMUGI_LIKELY(count == signature->count)) {
        native_call_note = {row->name, argv, signature, has_self};
        *result = row->entry.thunk(thread, argv).release();
    } else {
        *result = call_with_defaults(thread, *row, *signature, self, has_self, argv, count);
    }
    return true;
}

}  // namespace imugi
