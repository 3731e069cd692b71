// The references that structures of the object layer hold outside of objects, for the verifier. The
// world is stopped.
#include "memory/verify.h"
#include "object/interpreter.h"
#include "object/shape.h"

namespace imugi {

void visit_runtime_words(void (*visit)(void* context, uint64_t word), void* context) {
    visit_shape_names(visit, context);
    Interpreter& interpreter = main_interpreter;
    for (const Slot* slot :
         {&interpreter.modules, &interpreter.builtins, &interpreter.builtins_dict, &interpreter.sys,
          &interpreter.sys_dict, &interpreter.importlib, &interpreter.import_function,
          &interpreter.codec_search_path, &interpreter.codec_cache, &interpreter.codec_errors,
          &interpreter.warnings_filters, &interpreter.warnings_default_action,
          &interpreter.warnings_once_registry, &interpreter.warnings_context,
          &interpreter.warnings_lock, &interpreter.ast_types, &interpreter.at_exit,
          &interpreter.audit_hooks, &interpreter.main_thread_error})
        visit(context, slot->borrow().bits());
}

}  // namespace imugi
