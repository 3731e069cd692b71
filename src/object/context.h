// contextvars: Context, ContextVar, Token (PEP 567).
#pragma once

#include "object/type.h"

namespace imugi {

// The values of a context are a Dict that is never changed: a new one replaces it, so copying a
// context copies nothing.
struct Context : Object {
    Slot values;    // Dict, ContextVar -> value; replaced by the thread that runs in the context
    Slot previous;  // the Context to go back to; empty when not entered, or entered from none
    std::atomic<bool> entered;
};
struct ContextVar : Object {
    Slot name;           // str, immutable
    Slot default_value;  // immutable; empty for none
};
struct ContextToken : Object {
    Slot context, variable;
    Slot old_value;  // empty: there was none
    std::atomic<bool> used;
};

// A context with the same values as the thread's current one.
Ref<Context> copy_current_context(Thread& thread);
Ref<Context> make_context(Thread& thread);
// RuntimeError when it is entered already. exit_context goes back to the previous one.
[[nodiscard]] bool enter_context(Thread& thread, Context& context);
void exit_context(Thread& thread, Context& context);

Ref<ContextVar> make_context_var(Thread& thread, Str& name, Value default_value);
// The variable's value here, its default, or nothing.
Owned context_var_get(Thread& thread, ContextVar& variable);
Owned context_var_set(Thread& thread, ContextVar& variable, Value value);  // a token

bool init_contexts(Thread& thread);

}  // namespace imugi
