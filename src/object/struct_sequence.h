// Struct sequences: tuples with named fields, some of them beyond the tuple's length
// (os.stat_result, time.struct_time, sys.flags...).
//
// Immutable once published, like tuples. The type's field table is made once and stays as long as
// the process.
#pragma once

#include "object/tuple.h"

namespace imugi {

struct StructField {
    const char* name;  // null: reachable by index only
    const char* doc = nullptr;
};

struct StructSequenceSpec {
    const char* name;  // "posix.stat_result"
    const char* doc;
    const StructField* fields;
    uint32_t count;    // all fields
    uint32_t visible;  // those that belong to the tuple
    bool instantiable = true;
};

// Null with an exception. `module` may be null.
Ref<Type> make_struct_sequence_type(Thread& thread, const StructSequenceSpec& spec, Module* module);
// All fields empty; the caller fills items[0 .. count) with init() before anybody sees it, then
// track()s it.
Ref<Tuple> make_struct_sequence(Thread& thread, Type& type);

}  // namespace imugi
