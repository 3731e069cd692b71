// sys.audit(): native code tells the hooks of sys.addaudithook() what it is about to do (PEP 578).
// Without hooks an event costs one load. With them Python runs: no Lock may be relied upon across
// it, and false means that a hook has raised.
#pragma once

#include <concepts>

#include "object/int.h"
#include "object/interpreter.h"
#include "object/str.h"

namespace imugi {

// `arguments` may be empty words: None is told.
[[nodiscard]] bool tell_audit_hooks(Thread& thread, Value event, const Value* arguments,
                                    size_t count);
[[nodiscard]] bool tell_audit_hooks(Thread& thread, const char* event, const Owned* arguments,
                                    size_t count);
// sys.addaudithook().
[[nodiscard]] bool add_audit_hook(Thread& thread, Value hook);

inline bool is_audited(Thread& thread) {
    return !interpreter_of(thread).audit_hooks.is_empty();
}

inline Owned audit_argument(Thread&, Value value) {
    return Owned::share(value.is_empty() ? none() : value);
}
inline Owned audit_argument(Thread& thread, std::integral auto number) {
    return make_int(thread, static_cast<int64_t>(number));
}
inline Owned audit_argument(Thread& thread, const char* text) {
    return text ? make_str(thread, text).owned() : Owned::share(none());
}

template <class... A>
[[gnu::noinline, gnu::cold]] bool audit_hooked(Thread& thread, const char* event,
                                               const A&... arguments) {
    const Owned made[] = {audit_argument(thread, arguments)..., Owned()};
    return tell_audit_hooks(thread, event, made, sizeof...(A));
}

template <class... A>
[[nodiscard]] IMUGI_ALWAYS_INLINE bool audit(Thread& thread, const char* event,
                                             const A&... arguments) {
    return IMUGI_LIKELY(!is_audited(thread)) || audit_hooked(thread, event, arguments...);
}

}  // namespace imugi
