// The hooks of sys.addaudithook(): a tuple, which nobody can take one from; a new one replaces it
// under the interpreter's lock.
#include "object/audit.h"

#include "object/attribute.h"
#include "object/call.h"
#include "object/errors.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi {

// What a hook does is traced only when it says so.
static Owned call_hook(Thread& thread, Value hook, Value event, Value arguments) {
    Owned mark = TRY(get_attribute_or_nothing(thread, hook, ID(__cantrace__)));
    bool traced = !mark.is_nothing() && TRY(is_true(thread, mark));
    if (traced) return call(thread, hook, event, arguments);
    thread.tracing++;
    Owned result = call(thread, hook, event, arguments);
    thread.tracing--;
    return result;
}

static Owned current_hooks(Thread& thread) {
    Interpreter& interpreter = interpreter_of(thread);
    Lock guard(thread, interpreter);
    return interpreter.audit_hooks.share();
}

bool tell_audit_hooks(Thread& thread, Value event, const Value* arguments, size_t count) {
    if (!is_audited(thread)) return true;
    Owned hooks = current_hooks(thread);
    Ref<Tuple> tuple = TRY(make_tuple(thread, arguments, count));
    for (size_t i = 0; i < hooks.as<Tuple>().size; i++)
        (void)TRY(call_hook(thread, hooks.as<Tuple>()[i], event, tuple));
    return true;
}

bool tell_audit_hooks(Thread& thread, const char* event, const Owned* arguments, size_t count) {
    constexpr size_t kMost = 12;
    Value values[kMost];
    for (size_t i = 0; i < count; i++) {
        if (!arguments[i]) return false;
        values[i] = arguments[i];
    }
    Ref<Str> name = TRY(make_str(thread, event));
    return tell_audit_hooks(thread, name, values, count);
}

bool add_audit_hook(Thread& thread, Value hook) {
    Interpreter& interpreter = interpreter_of(thread);
    // Those that are there may refuse; what they say is heard only when it is no Exception.
    if (!audit(thread, "sys.addaudithook")) return clear_exception_if(thread, exc::Exception);
    Ref<Tuple> one = TRY(make_tuple(thread, hook));
    for (;;) {
        Owned old = current_hooks(thread);
        Ref<Tuple> grown = old ? tuple_concat(thread, old.as<Tuple>(), *one) : one.share();
        if (!grown) return false;
        Owned dropped;
        Lock guard(thread, interpreter);
        bool same_hooks =
            old ? same(interpreter.audit_hooks.borrow(), old) : interpreter.audit_hooks.is_empty();
        if (!same_hooks) continue;
        dropped = interpreter.audit_hooks.exchange(std::move(grown).owned());
        return true;
    }
}

}  // namespace imugi
