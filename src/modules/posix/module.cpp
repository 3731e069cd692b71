// The posix module: its tables put together.
#include "object/module.h"
#include "modules/native_types.h"
#include "modules/posix/posix.h"
#include "modules/posix/state.h"
#include "object/call.h"
#include "object/list.h"
#include "object/names.h"
#include "object/str.h"

namespace imugi::posix {

namespace {

void visit_state(void* state, FieldVisitor& visitor) {
    auto* self = static_cast<PosixState*>(state);
    visitor.visit(self->before_fork);
    visitor.visit(self->after_in_child);
    visitor.visit(self->after_in_parent);
}

bool make_state(Thread& thread, Module& module) {
    auto* state = make_module_state<PosixState>(thread, module, visit_state);
    if (!state) return false;
    for (Slot PosixState::* slot :
         {&PosixState::before_fork, &PosixState::after_in_child, &PosixState::after_in_parent})
        (state->*slot).init(TRY(make_list(thread)).owned());
    return true;
}

bool execute(Thread& thread, Module& module) {
    TRY(make_state(thread, module));
    Ref<Str> name = TRY(make_str(thread, "posix"));
    for (const MethodRow* rows :
         {path_functions, file_functions, stat_functions, directory_functions, process_functions,
          spawn_functions, identity_functions, system_functions, entry_functions,
          terminal_functions})
        for (const MethodRow* row = rows; row->name; row++)
            TRY(module_set(thread, module, row->name,
                           make_native_function(thread, *row, Value::of(module), name).owned()));
    return add_stat_types(thread, module) && add_directory_types(thread, module) &&
           add_process_types(thread, module) && add_system_types(thread, module) &&
           add_constants(thread, module);
}

ModuleSpec spec{"posix",
                "This module provides access to operating system functionality that is\n"
                "standardized by the C Standard and the POSIX standard (a thinly\n"
                "disguised Unix interface).  Refer to the library manual and\n"
                "corresponding Unix manual entries for more information on calls.",
                nullptr, execute};

}  // namespace

}  // namespace imugi::posix
