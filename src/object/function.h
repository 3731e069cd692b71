// Function objects, bound methods, cells. Mutable fields of a function are read with read_slot and
// written under its Lock.
#pragma once

#include "object/code.h"

namespace imugi {

struct Function : Object {
    Slot code;      // Code; replaced as a whole (f.__code__ = ...), running frames keep theirs
    Slot globals;   // Dict, immutable
    Slot builtins;  // Dict, immutable
    Slot closure;   // tuple of Cells, immutable; empty for none
    Slot defaults;  // tuple; empty for none
    Slot keyword_defaults;  // Dict; empty for none
    Slot name, qualname, module, doc;
    Slot annotations;      // Dict; empty: not evaluated
    Slot annotate;         // callable or None
    Slot type_parameters;  // tuple; empty for ()
};

// Those that have attributes of their own, as a decorator leaves them, differ in shape.
inline bool is_python_function(Value value) {
    return has_shape(value, k_function_shape) ||
           (value.is_object() && &type_of(value) == &function_type);
}
Ref<Function> make_function(Thread& thread, Code& code, Dict& globals, Value qualname);

struct BoundMethod : Object {
    Slot function, self;  // immutable
};
Ref<BoundMethod> make_bound_method(Thread& thread, Value function, Value self);

struct Cell : Object {
    Slot content;  // lock-free reads, writes under the Lock
};
Ref<Cell> make_cell(Thread& thread, Value content);
void store_cell(Thread& thread, Cell& cell, Value content);  // empty: unbinds
Owned cell_load(Thread& thread, Cell& cell);                 // nothing when empty

}  // namespace imugi
