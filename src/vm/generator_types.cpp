// The types generator, coroutine, async_generator and coroutine_wrapper: their Python face.
#include <cstddef>

#include "memory/collector.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/errors.h"
#include "object/generic_alias.h"
#include "object/iterators.h"
#include "object/list.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "thread/safepoint.h"
#include "vm/async_generator.h"
#include "vm/frame_object.h"
#include "vm/generator.h"
#include "vm/registers.h"
#include "vm/slow.h"

namespace imugi {

namespace {

// A step as next() and send() give it: a value, or StopIteration raised.
Owned step_to_value(Thread& thread, Step step) {
    if (step.result == StepResult::kReturned) return raise_stop_iteration(thread, step.value);
    return std::move(step.value);
}

Owned generator_next(Thread& thread, Value self) {
    Step step = generator_send(thread, self.as<Generator>(), none());
    if (step.result != StepResult::kReturned) return std::move(step.value);
    if (is_none(step.value)) return Owned::nothing();
    return raise_stop_iteration(thread, step.value);
}

Owned generator_slot_send(Thread& thread, Value self, Value value, bool* returned) {
    Step step = generator_send(thread, self.as<Generator>(), value);
    *returned = step.result == StepResult::kReturned;
    return std::move(step.value);
}

Owned method_send(Thread& thread, Value self, Value value) {
    return step_to_value(thread, generator_send(thread, self.as<Generator>(), value));
}

Owned method_throw(Thread& thread, Value self, Value type, Value value, Value traceback) {
    if (!value.is_empty() || !traceback.is_empty()) {
        Ref<Str> text = make_str(thread,
                                 "the (type, exc, tb) signature of throw() is deprecated, use the "
                                 "single-arg signature instead.");
        if (!text || !warn(thread, exc::DeprecationWarning, 1, std::move(text))) return {};
    }
    Owned exception = exception_to_throw(thread, type, value, traceback);
    if (!exception) return {};
    return step_to_value(thread,
                         generator_throw(thread, self.as<Generator>(), std::move(exception)));
}

Owned method_close(Thread& thread, Value self) {
    return generator_close(thread, self.as<Generator>());
}

Owned generator_repr(Thread& thread, Value self) {
    char address[32];
    snprintf(address, sizeof(address), "0x%lx", static_cast<unsigned long>(self.identity()));
    const char* kind = has_shape(self, k_coroutine_shape)         ? "coroutine"
                       : has_shape(self, k_async_generator_shape) ? "async_generator"
                                                                  : "generator";
    return format(thread, "<{} object {} at {}>", kind, self.as<Generator>().qualname.borrow(),
                  address)
        .owned();
}

void generator_fields(Object* self, FieldVisitor& visitor) {
    auto& generator = *static_cast<Generator*>(self);
    visitor.visit(generator.name);
    visitor.visit(generator.qualname);
    visitor.visit(generator.origin);
    visitor.visit(generator.finalizer);
    auto visit_word = [&](uint64_t& word) {
        visitor.visit(reinterpret_cast<std::atomic<uint64_t>&>(word));
    };
    visit_word(generator.exc_state.value);
    for (uint32_t i = 0; i < generator.register_count; i++) visit_word(generator.registers[i]);
    visit_word(generator.frame.namespace_word);
    visit_word(generator.frame.globals_word);
    visit_word(generator.frame.builtins_word);
    if (generator.frame.object) {
        uint64_t word = reinterpret_cast<uint64_t>(generator.frame.object);
        visit_word(word);
        if (visitor.destroying && word == 0) generator.frame.object = nullptr;
    }
    visit_word(generator.frame.function_word);
    // Lent, as a frame on the stack has it: the function may have ended or got another code. It
    // may die with this generator, and first.
    if (visitor.destroying) {
        generator.frame.code = nullptr;
    } else if (generator.frame.code) {
        uint64_t word = Value::of(generator.frame.code).bits();
        visit_word(word);
    }
}

// A suspended generator that is dropped is closed; a coroutine that was never awaited is warned
// about.
void generator_finalize(Thread& thread, Value self) {
    Generator& generator = self.as<Generator>();
    uint8_t state = generator.state.load(std::memory_order_acquire);
    if (state == kGeneratorFinished || !generator.frame.code) return;
    SavedException saved(thread);
    uint32_t flags = generator.frame.code->flags;
    if (flags & kCodeAsyncGenerator && !generator.finalizer.is_empty() &&
        !generator.closed.load(std::memory_order_relaxed)) {
        Owned finalizer = generator.finalizer.share();
        Owned result = call(thread, finalizer, self);
        if (!result) report_unraisable(thread, self);
        return;
    }
    if (flags & kCodeCoroutine && state == kGeneratorCreated) {
        warn_unawaited(thread, generator);
    }
    Owned result = generator_close(thread, generator);
    if (!result) report_unraisable(thread, self, "Exception ignored while closing generator");
}

Owned get_name(Thread& thread, Value self) {
    return self.as<Generator>().name.share();
}
Owned get_qualname(Thread& thread, Value self) {
    return self.as<Generator>().qualname.share();
}
bool set_text(Thread& thread, Object& self, Slot& slot, Value value, const char* what) {
    if (value.is_empty() || !is_str(value))
        return raise(thread, exc::TypeError, "{} must be set to a string object", what);
    Owned old;
    Lock guard(thread, self);
    old = slot.exchange(Owned::share(value));
    return true;
}
bool set_name(Thread& thread, Value self, Value value) {
    return set_text(thread, *self.object(), self.as<Generator>().name, value, "__name__");
}
bool set_qualname(Thread& thread, Value self, Value value) {
    return set_text(thread, *self.object(), self.as<Generator>().qualname, value, "__qualname__");
}
Owned get_delegate(Thread& thread, Value self) {
    Owned delegate = generator_delegate(thread, self.as<Generator>());
    return delegate ? std::move(delegate) : Owned::share(none());
}
bool in_state(Value self, GeneratorState state) {
    return self.as<Generator>().state.load(std::memory_order_acquire) == state;
}
Owned get_running(Thread&, Value self) {
    return Owned::share(boolean(in_state(self, kGeneratorRunning)));
}
Owned get_running_async(Thread&, Value self) {
    return Owned::share(
        boolean(self.as<Generator>().running_async.load(std::memory_order_relaxed)));
}
Owned get_suspended(Thread&, Value self) {
    return Owned::share(boolean(in_state(self, kGeneratorSuspended)));
}
constexpr char gi_frame[] = "gi_frame", cr_frame[] = "cr_frame", ag_frame[] = "ag_frame",
               gi_code[] = "gi_code", cr_code[] = "cr_code", ag_code[] = "ag_code";
template <const char* name>
Owned get_frame(Thread& thread, Value self) {
    TRY(audit(thread, "object.__getattr__", self, static_cast<const char*>(name)));
    // Another thread may be resuming it, or asking for the same.
    StopTheWorld stopped(thread);
    if (in_state(self, kGeneratorFinished)) return Owned::share(none());
    return frame_object(thread, self.as<Generator>().frame).owned();
}
template <const char* name>
Owned get_code(Thread& thread, Value self) {
    TRY(audit(thread, "object.__getattr__", self, static_cast<const char*>(name)));
    return Owned::share(*self.as<Generator>().frame.code);
}
Owned get_origin(Thread&, Value self) {
    Slot& origin = self.as<Generator>().origin;
    return origin.is_empty() ? Owned::share(none()) : origin.share();
}

Owned coroutine_await(Thread& thread, Value self) {
    auto* wrapper = allocate<CoroutineWrapper>(thread, coroutine_wrapper_type);
    if (!wrapper) return {};
    wrapper->coroutine.init(Owned::share(self));
    track(wrapper);
    return Owned::adopt(wrapper);
}

Owned class_getitem(Thread& thread, Type& cls, Value item) {
    return make_generic_alias(thread, Value::of(cls), item);
}

const MethodRow generator_methods[] = {
    {"send", "(self, object, /)", fn<method_send>,
     "Send 'value' into generator.\n\nReturn next yielded value or raise StopIteration."},
    {"throw", "(self, type, value=<unrepresentable>, traceback=<unrepresentable>, /) -> None",
     fn<method_throw>,
     "Raise exception in generator, return next yielded value or raise\nStopIteration."},
    {"close", "(self, /)", fn<method_close>, "Raise GeneratorExit inside generator."},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};
const MethodRow coroutine_methods[] = {
    {"send", "(self, object, /)", fn<method_send>,
     "Send 'value' into coroutine,\nreturn next iterated value or raise StopIteration."},
    {"throw", "(self, type, value=<unrepresentable>, traceback=<unrepresentable>, /) -> None",
     fn<method_throw>,
     "Raise exception in coroutine, return next iterated value or raise\nStopIteration."},
    {"close", "(self, /)", fn<method_close>, "Raise GeneratorExit inside coroutine."},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};
const GetSetRow generator_getsets[] = {
    {"__name__", get_name, set_name, "name of the generator"},
    {"__qualname__", get_qualname, set_qualname, "qualified name of the generator"},
    {"gi_yieldfrom", get_delegate, nullptr, "object being iterated by yield from, or None"},
    {"gi_running", get_running, nullptr, nullptr},
    {"gi_frame", get_frame<gi_frame>, nullptr, nullptr},
    {"gi_suspended", get_suspended, nullptr, nullptr},
    {"gi_code", get_code<gi_code>, nullptr, nullptr},
    {},
};
const GetSetRow coroutine_getsets[] = {
    {"__name__", get_name, set_name, "name of the coroutine"},
    {"__qualname__", get_qualname, set_qualname, "qualified name of the coroutine"},
    {"cr_await", get_delegate, nullptr, "object being awaited on, or None"},
    {"cr_running", get_running, nullptr, nullptr},
    {"cr_frame", get_frame<cr_frame>, nullptr, nullptr},
    {"cr_code", get_code<cr_code>, nullptr, nullptr},
    {"cr_suspended", get_suspended, nullptr, nullptr},
    computed_member("cr_origin", get_origin, nullptr, nullptr),
    {},
};
const GetSetRow async_generator_getsets[] = {
    {"__name__", get_name, set_name, "name of the async generator"},
    {"__qualname__", get_qualname, set_qualname, "qualified name of the async generator"},
    {"ag_await", get_delegate, nullptr, "object being awaited on, or None"},
    {"ag_frame", get_frame<ag_frame>, nullptr, nullptr},
    computed_member("ag_running", get_running_async, nullptr, nullptr),
    {"ag_code", get_code<ag_code>, nullptr, nullptr},
    {"ag_suspended", get_suspended, nullptr, nullptr},
    {},
};

// --- coroutine_wrapper: what coroutine.__await__() gives ---

void wrapper_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<CoroutineWrapper*>(self)->coroutine);
}
Value coroutine_of(Value self) {
    return self.as<CoroutineWrapper>().coroutine.borrow();
}
Owned wrapper_next(Thread& thread, Value self) {
    return generator_next(thread, coroutine_of(self));
}
Owned wrapper_send(Thread& thread, Value self, Value value) {
    return method_send(thread, coroutine_of(self), value);
}
Owned wrapper_throw(Thread& thread, Value self, Value type, Value value, Value traceback) {
    return method_throw(thread, coroutine_of(self), type, value, traceback);
}
Owned wrapper_close(Thread& thread, Value self) {
    return method_close(thread, coroutine_of(self));
}

const MethodRow wrapper_methods[] = {
    {"send", "(self, object, /)", fn<wrapper_send>,
     "Send 'value' into coroutine,\nreturn next iterated value or raise StopIteration."},
    {"throw", "(self, type, value=<unrepresentable>, traceback=<unrepresentable>, /) -> None",
     fn<wrapper_throw>,
     "Raise exception in coroutine, return next iterated value or raise\nStopIteration."},
    {"close", "(self, /)", fn<wrapper_close>, "Raise GeneratorExit inside coroutine."},
    {},
};

}  // namespace

Type generator_type;
const TypeSpec generator_type_spec = {
    .name = "generator",
    .size = offsetof(Generator, registers),
    .flags = kTypeTracked | kTypeImmutable | kTypeNoInstantiate | kTypeHasWeakrefs,
    .slots = {.repr = generator_repr,
              .get_attribute = generic_get_attribute,
              .iter = iterator_self,
              .next = generator_next,
              .finalize = generator_finalize,
              .fields = generator_fields,
              .send = generator_slot_send},
    .methods = generator_methods,
    .getsets = generator_getsets,
};

Type coroutine_type;
const TypeSpec coroutine_type_spec = {
    .name = "coroutine",
    .size = offsetof(Generator, registers),
    .flags = kTypeTracked | kTypeImmutable | kTypeNoInstantiate | kTypeHasWeakrefs,
    .slots = {.repr = generator_repr,
              .get_attribute = generic_get_attribute,
              .finalize = generator_finalize,
              .fields = generator_fields,
              .await = coroutine_await,
              .send = generator_slot_send},
    .methods = coroutine_methods,
    .getsets = coroutine_getsets,
};

Type async_generator_type;
const TypeSpec async_generator_type_spec = {
    .name = "async_generator",
    .size = offsetof(Generator, registers),
    .flags = kTypeTracked | kTypeImmutable | kTypeNoInstantiate | kTypeHasWeakrefs,
    .slots = {.repr = generator_repr,
              .get_attribute = generic_get_attribute,
              .finalize = generator_finalize,
              .fields = generator_fields,
              .async_iter = iterator_self,
              .async_next = async_generator_next},
    .methods = async_generator_methods,
    .getsets = async_generator_getsets,
};

Type coroutine_wrapper_type;
const TypeSpec coroutine_wrapper_type_spec = {
    .name = "coroutine_wrapper",
    .doc = "A wrapper object implementing __await__ for coroutines.",
    .size = sizeof(CoroutineWrapper),
    .flags = kTypeTracked | kTypeImmutable | kTypeNoInstantiate,
    .slots = {.get_attribute = generic_get_attribute,
              .iter = iterator_self,
              .next = wrapper_next,
              .fields = wrapper_fields},
    .methods = wrapper_methods,
};

}  // namespace imugi
