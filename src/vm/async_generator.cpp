// What awaiting a step of an async generator does. The step that runs has claimed the generator by
// its `running_async`; another one gets RuntimeError.
#include "vm/async_generator.h"

#include "memory/collector.h"
#include "object/call.h"
#include "object/errors.h"
#include "object/generic_alias.h"
#include "object/interpreter.h"
#include "object/iterators.h"
#include "object/list.h"
#include "object/module.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "vm/frame_object.h"
#include "vm/slow.h"

namespace imugi {

uint64_t wrap_async_value(Thread& thread, uint64_t owned_bits) {
    Owned value = Owned::adopt(owned_bits);
    auto* wrapped = allocate<AsyncGenWrappedValue>(thread, async_generator_wrapped_value_type);
    if (!wrapped) return 0;
    wrapped->value.init(std::move(value));
    track(wrapped);
    return Owned::adopt(wrapped).release();
}

Owned exception_to_throw(Thread& thread, Value type, Value value, Value traceback) {
    if (!traceback.is_empty() && !is_none(traceback) && !has_shape(traceback, k_traceback_shape))
        return raise(thread, exc::TypeError, "throw() third argument must be a traceback object");
    bool given = !value.is_empty() && !is_none(value);
    Owned exception;
    if (is_type(type) && is_subtype(type.as<Type>(), exc::BaseException)) {
        if (given && is_instance_of(value, type.as<Type>()))
            exception = Owned::share(value);
        else if (!given)
            exception = call(thread, type);
        else if (is_tuple(value))
            exception = call_with(thread, type, value.as<Tuple>(), nullptr);
        else
            exception = call(thread, type, value);
        if (exception && !is_exception(exception))
            exception = raise(thread, exc::TypeError,
                              "calling {} should have returned an instance of BaseException, not "
                              "{}",
                              repr_of(type), type_name_of(exception));
        // What fails here is raised inside the generator instead.
        if (!exception) exception = take_exception(thread);
    } else if (is_exception(type)) {
        if (given)
            return raise(thread, exc::TypeError,
                         "instance exception may not have a separate value");
        exception = Owned::share(type);
    } else {
        return raise(thread, exc::TypeError,
                     "exceptions must be classes or instances deriving from BaseException, not {}",
                     type_name_of(type));
    }
    if (exception && !traceback.is_empty() && !is_none(traceback)) {
        if (!set_attribute(thread, exception, ID(__traceback__), traceback)) return {};
    }
    return exception;
}

Owned coroutine_origin(Thread& thread) {
    Ref<List> frames = make_list(thread);
    if (!frames) return {};
    Frame* frame = thread.frame;
    for (uint64_t depth = thread.coroutine_origin_depth; frame && depth;
         depth--, frame = frame->previous) {
        Owned line = Owned::small_int(frame_line(*frame));
        Ref<Tuple> entry = make_tuple(thread, frame->code->filename.borrow(), line.value(),
                                      frame->code->name.borrow());
        if (!entry || !list_append(thread, *frames, std::move(entry).owned())) return {};
    }
    return list_to_tuple(thread, *frames).owned();
}

void warn_unawaited(Thread& thread, Generator& coroutine) {
    // The module knows how to show where the coroutine was made.
    if (!interpreter_of(thread).finalizing.load(std::memory_order_relaxed)) {
        Owned module = import_module(thread, ID(warnings));
        Owned show = module
                         ? get_attribute_or_nothing(thread, module, ID(_warn_unawaited_coroutine))
                         : Owned();
        if (show && !show.is_nothing()) {
            Owned result = call(thread, show, Value::of(coroutine));
            if (result) return;
        }
        if (has_exception(thread)) report_unraisable(thread, Value::of(coroutine));
    }
    Ref<Str> text = format(thread, "coroutine '{}' was never awaited", coroutine.qualname.borrow());
    if (!text || !warn(thread, exc::RuntimeWarning, 1, std::move(text)))
        report_unraisable(thread, Value::of(coroutine));
}

// --- steps ---

namespace {

Generator& generator_of(AsyncGenStep& step) {
    return step.generator.as<Generator>();
}

// First use of an async generator: the event loop's hooks.
bool call_hooks(Thread& thread, Generator& generator) {
    if (generator.hooks_called.exchange(true, std::memory_order_relaxed)) return true;
    if (thread.async_gen_finalizer)
        generator.finalizer.init(Owned::share(Value::from_bits(thread.async_gen_finalizer)));
    if (!thread.async_gen_firstiter) return true;
    Owned hook = Owned::share(Value::from_bits(thread.async_gen_firstiter));
    Owned result = call(thread, hook, Value::of(generator));
    return static_cast<bool>(result);
}

Owned make_step(Thread& thread, Type& type, Generator& generator, Value value, Value exception) {
    if (!call_hooks(thread, generator)) return {};
    auto* step = allocate<AsyncGenStep>(thread, type);
    if (!step) return {};
    step->generator.init(Owned::share(generator));
    if (!value.is_empty()) step->value.init(Owned::share(value));
    if (!exception.is_empty()) step->exception.init(Owned::share(exception));
    track(step);
    return Owned::adopt(step);
}

void end_step(AsyncGenStep& step) {
    step.state.store(kStepClosed, std::memory_order_release);
    generator_of(step).running_async.store(false, std::memory_order_release);
}

// The outcome of resuming: a wrapped value ends the step by StopIteration(value), anything else is
// awaited further.
Owned finish(Thread& thread, AsyncGenStep& step, Step outcome) {
    Generator& generator = generator_of(step);
    if (outcome.result == StepResult::kYielded) {
        if (has_shape(outcome.value, k_async_generator_wrapped_value_shape)) {
            end_step(step);
            Owned value = outcome.value.as<AsyncGenWrappedValue>().value.share();
            // StopIteration always carries the value, None too: the await ends with it.
            Owned exception = call(thread, Value::of(exc::StopIteration), value);
            if (exception) set_exception(thread, std::move(exception));
            return {};
        }
        return std::move(outcome.value);
    }
    end_step(step);
    if (outcome.result == StepResult::kReturned) {
        generator.closed.store(true, std::memory_order_relaxed);
        return raise_bare(thread, exc::StopAsyncIteration);
    }
    if (exception_matches(thread, exc::StopAsyncIteration) ||
        exception_matches(thread, exc::GeneratorExit))
        generator.closed.store(true, std::memory_order_relaxed);
    return {};
}

bool claim(Thread& thread, AsyncGenStep& step, const char* message) {
    bool expected = false;
    if (generator_of(step).running_async.compare_exchange_strong(expected, true,
                                                                 std::memory_order_acq_rel))
        return true;
    step.state.store(kStepClosed, std::memory_order_release);
    return raise(thread, exc::RuntimeError, message);
}

Owned asend_send(Thread& thread, Value self, Value value) {
    AsyncGenStep& step = self.as<AsyncGenStep>();
    Owned sent = Owned::share(value);
    switch (step.state.load(std::memory_order_acquire)) {
        case kStepClosed:
            return raise(thread, exc::RuntimeError,
                         "cannot reuse already awaited __anext__()/asend()");
        case kStepInit:
            if (!claim(thread, step, "anext(): asynchronous generator is already running"))
                return {};
            if (is_none(sent) && !step.value.is_empty()) sent = step.value.share();
            step.state.store(kStepRunning, std::memory_order_release);
            break;
        default:
            break;
    }
    return finish(thread, step, generator_send(thread, generator_of(step), sent));
}

Owned asend_throw(Thread& thread, Value self, Value type, Value value, Value traceback) {
    AsyncGenStep& step = self.as<AsyncGenStep>();
    uint8_t state = step.state.load(std::memory_order_acquire);
    if (state == kStepClosed)
        return raise(thread, exc::RuntimeError, "cannot reuse already awaited __anext__()/asend()");
    if (state == kStepInit) {
        if (!claim(thread, step, "anext(): asynchronous generator is already running")) return {};
        step.state.store(kStepRunning, std::memory_order_release);
    }
    Owned exception = exception_to_throw(thread, type, value, traceback);
    if (!exception) {
        end_step(step);
        return {};
    }
    return finish(thread, step, generator_throw(thread, generator_of(step), std::move(exception)));
}

Owned step_next(Thread& thread, Value self) {
    return call_method(thread, self, ID(send), none());
}
void step_fields(Object* self, FieldVisitor& visitor) {
    auto& step = *static_cast<AsyncGenStep*>(self);
    visitor.visit(step.generator);
    visitor.visit(step.value);
    visitor.visit(step.exception);
}

Owned step_close(Thread& thread, Value self) {
    AsyncGenStep& step = self.as<AsyncGenStep>();
    if (step.state.load(std::memory_order_acquire) == kStepClosed) return Owned::share(none());
    Owned result = call_method(thread, self, ID(throw), Value::of(exc::GeneratorExit));
    if (result) return raise(thread, exc::RuntimeError, "coroutine ignored GeneratorExit");
    if (clear_exception_if(thread, exc::StopIteration) ||
        clear_exception_if(thread, exc::StopAsyncIteration) ||
        clear_exception_if(thread, exc::GeneratorExit))
        return Owned::share(none());
    return {};
}

bool is_close(const AsyncGenStep& step) {
    return step.exception.is_empty();
}

// A step that nobody awaited.
void step_finalize(Thread& thread, Value self) {
    auto& step = self.as<AsyncGenStep>();
    if (step.state.load(std::memory_order_acquire) != kStepInit) return;
    SavedException saved(thread);
    const char* method = &type_of(self) == &async_generator_asend_type ? "asend"
                         : is_close(step)                              ? "aclose"
                                                                       : "athrow";
    Ref<Str> text = format(thread, "coroutine method '{}' of '{}' was never awaited", method,
                           generator_of(step).qualname.borrow());
    if (!text || !warn(thread, exc::RuntimeWarning, 1, std::move(text)))
        report_unraisable(thread, Value::of(generator_of(step)));
}

// athrow() raises StopAsyncIteration as is; aclose() is content with it.
Owned athrow_finish(Thread& thread, AsyncGenStep& step, Step outcome) {
    if (!is_close(step)) return finish(thread, step, std::move(outcome));
    if (outcome.result == StepResult::kYielded) {
        if (has_shape(outcome.value, k_async_generator_wrapped_value_shape)) {
            end_step(step);
            return raise(thread, exc::RuntimeError, "async generator ignored GeneratorExit");
        }
        return std::move(outcome.value);
    }
    end_step(step);
    if (outcome.result == StepResult::kReturned) return raise_stop_iteration(thread);
    if (clear_exception_if(thread, exc::StopAsyncIteration) ||
        clear_exception_if(thread, exc::GeneratorExit))
        return raise_stop_iteration(thread);
    return {};
}

Owned athrow_send(Thread& thread, Value self, Value value) {
    AsyncGenStep& step = self.as<AsyncGenStep>();
    Generator& generator = generator_of(step);
    uint8_t state = step.state.load(std::memory_order_acquire);
    if (state == kStepClosed)
        return raise(thread, exc::RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    if (state == kStepRunning)
        return athrow_finish(thread, step, generator_send(thread, generator, value));
    if (generator.state.load(std::memory_order_acquire) == kGeneratorFinished) {
        step.state.store(kStepClosed, std::memory_order_release);
        return raise_stop_iteration(thread);
    }
    if (!claim(thread, step,
               is_close(step) ? "aclose(): asynchronous generator is already running"
                              : "athrow(): asynchronous generator is already running"))
        return {};
    if (generator.closed.load(std::memory_order_relaxed)) {
        end_step(step);
        return raise_bare(thread, exc::StopAsyncIteration);
    }
    if (!is_none(value)) {
        generator.running_async.store(false, std::memory_order_release);
        return raise(thread, exc::RuntimeError,
                     "can't send non-None value to a just-started coroutine");
    }
    step.state.store(kStepRunning, std::memory_order_release);
    Owned exception;
    if (is_close(step)) {
        generator.closed.store(true, std::memory_order_relaxed);
        exception = call(thread, Value::of(exc::GeneratorExit));
    } else {
        Tuple& parts = step.exception.as<Tuple>();
        exception = exception_to_throw(thread, parts[0], parts.size > 1 ? parts[1] : Value(),
                                       parts.size > 2 ? parts[2] : Value());
    }
    if (!exception) {
        end_step(step);
        return {};
    }
    return athrow_finish(thread, step, generator_throw(thread, generator, std::move(exception)));
}

Owned athrow_throw(Thread& thread, Value self, Value type, Value value, Value traceback) {
    AsyncGenStep& step = self.as<AsyncGenStep>();
    uint8_t state = step.state.load(std::memory_order_acquire);
    if (state == kStepClosed)
        return raise(thread, exc::RuntimeError, "cannot reuse already awaited aclose()/athrow()");
    if (state == kStepInit) {
        if (!claim(thread, step,
                   is_close(step) ? "aclose(): asynchronous generator is already running"
                                  : "athrow(): asynchronous generator is already running"))
            return {};
        step.state.store(kStepRunning, std::memory_order_release);
    }
    Owned exception = exception_to_throw(thread, type, value, traceback);
    if (!exception) {
        end_step(step);
        return {};
    }
    return athrow_finish(thread, step,
                         generator_throw(thread, generator_of(step), std::move(exception)));
}

Owned method_asend(Thread& thread, Value self, Value value) {
    return make_step(thread, async_generator_asend_type, self.as<Generator>(), value, {});
}
Owned method_athrow(Thread& thread, Value self, Value type, Value value, Value traceback) {
    if (!value.is_empty() || !traceback.is_empty()) {
        Ref<Str> text = make_str(thread,
                                 "the (type, exc, tb) signature of athrow() is deprecated, use the "
                                 "single-arg signature instead.");
        if (!text || !warn(thread, exc::DeprecationWarning, 1, std::move(text))) return {};
    }
    Ref<Tuple> parts = value.is_empty()       ? make_tuple(thread, type)
                       : traceback.is_empty() ? make_tuple(thread, type, value)
                                              : make_tuple(thread, type, value, traceback);
    if (!parts) return {};
    return make_step(thread, async_generator_athrow_type, self.as<Generator>(), {}, parts);
}
Owned method_aclose(Thread& thread, Value self) {
    return make_step(thread, async_generator_athrow_type, self.as<Generator>(), {}, {});
}

void wrapped_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<AsyncGenWrappedValue*>(self)->value);
}

const MethodRow asend_methods[] = {
    {"send", "(self, object, /)", fn<asend_send>, nullptr},
    {"throw", "(self, type, value=<unrepresentable>, traceback=<unrepresentable>, /) -> None",
     fn<asend_throw>, nullptr},
    {"close", "(self, /)", fn<step_close>, nullptr},
    {},
};
const MethodRow athrow_methods[] = {
    {"send", "(self, object, /)", fn<athrow_send>, nullptr},
    {"throw", "(self, type, value=<unrepresentable>, traceback=<unrepresentable>, /) -> None",
     fn<athrow_throw>, nullptr},
    {"close", "(self, /)", fn<step_close>, nullptr},
    {},
};

}  // namespace

Owned async_generator_next(Thread& thread, Value self) {
    return make_step(thread, async_generator_asend_type, self.as<Generator>(), {}, {});
}

namespace {

Owned class_getitem(Thread& thread, Type& cls, Value item) {
    return make_generic_alias(thread, Value::of(cls), item);
}

}  // namespace

const MethodRow async_generator_methods[] = {
    {"asend", "(self, object, /)", fn<method_asend>, "Send 'value' into the async generator."},
    {"athrow", "(self, type, value=<unrepresentable>, traceback=<unrepresentable>, /) -> None",
     fn<method_athrow>, "Raise exception in the async generator."},
    {"aclose", "(self, /)", fn<method_aclose>, "Raise GeneratorExit inside the async generator."},
    {"__class_getitem__", "(type, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {},
};

Type async_generator_asend_type;
const TypeSpec async_generator_asend_type_spec = {
    .name = "async_generator_asend",
    .size = sizeof(AsyncGenStep),
    .flags = kTypeTracked | kTypeImmutable | kTypeNoInstantiate,
    .slots = {.get_attribute = generic_get_attribute,
              .iter = iterator_self,
              .next = step_next,
              .finalize = step_finalize,
              .fields = step_fields,
              .await = iterator_self},
    .methods = asend_methods,
};
Type async_generator_athrow_type;
const TypeSpec async_generator_athrow_type_spec = {
    .name = "async_generator_athrow",
    .size = sizeof(AsyncGenStep),
    .flags = kTypeTracked | kTypeImmutable | kTypeNoInstantiate,
    .slots = {.get_attribute = generic_get_attribute,
              .iter = iterator_self,
              .next = step_next,
              .finalize = step_finalize,
              .fields = step_fields,
              .await = iterator_self},
    .methods = athrow_methods,
};
Type async_generator_wrapped_value_type;
const TypeSpec async_generator_wrapped_value_type_spec = {
    .name = "async_generator_wrapped_value",
    .size = sizeof(AsyncGenWrappedValue),
    .flags = kTypeTracked | kTypeImmutable | kTypeNoInstantiate,
    .slots = {.get_attribute = generic_get_attribute, .fields = wrapped_fields},
};

}  // namespace imugi
