// What the files of the exception types share; private to them.
#pragma once

#include "object/exception.h"
#include "object/native.h"

namespace imugi {

// Fields of a layout: those of Exception, then `count` slots behind them.
template <size_t count>
void visit_exception(Object* object, FieldVisitor& visitor) {
    auto& e = *static_cast<Exception*>(object);
    visitor.visit(e.args);
    visitor.visit(e.notes);
    visitor.visit(e.traceback);
    visitor.visit(e.context);
    visitor.visit(e.cause);
    if constexpr (count > 0)
        visitor.visit(reinterpret_cast<Slot*>(reinterpret_cast<char*>(object) + sizeof(Exception)),
                      count);
}

Owned exception_make(Thread& thread, Type& type, const Arguments& arguments);
bool exception_init(Thread& thread, Value self, const Arguments& arguments);
Owned exception_str(Thread& thread, Value self);
Owned exception_repr(Thread& thread, Value self);
// A field of an exception: shared, empty when it holds nothing.
Owned read_field(Thread& thread, Object* object, Slot& slot);
void write_field(Thread& thread, Object* object, Slot& slot, Owned value);
// The instance's __dict__ for pickling; None when it has no attributes.
Owned exception_state(Thread& thread, Object* object);
[[nodiscard]] bool set_args(Thread& thread, Value self, const Arguments& arguments);

// Adds what an exception type has of its own to its spec.
void customize_os_errors(Type& type, TypeSpec& spec);
void customize_group(Type& type, TypeSpec& spec);
void customize_syntax_errors(Type& type, TypeSpec& spec);
void customize_unicode_errors(Type& type, TypeSpec& spec);
void customize_simple_errors(Type& type, TypeSpec& spec);

IMUGI_BUILTIN_TYPE_BY_OBJECT(Exception, exc::BaseException);
IMUGI_BUILTIN_TYPE_BY_OBJECT(ExceptionGroup, exc::BaseExceptionGroup);
IMUGI_BUILTIN_TYPE_BY_OBJECT(OSFailure, exc::OSError);
IMUGI_BUILTIN_TYPE_BY_OBJECT(ImportFailure, exc::ImportError);
IMUGI_BUILTIN_TYPE_BY_OBJECT(AttributeLookupError, exc::AttributeError);

// The type ExceptionGroup(BaseExceptionGroup, Exception), which has two bases.
Type& exception_group_type();

}  // namespace imugi
