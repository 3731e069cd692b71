// Frame objects: when they are made and detached, the variables of a frame, and its attributes.
#include "vm/frame_object.h"

#include <optional>

#include "memory/array.h"
#include "memory/collector.h"
#include "object/audit.h"
#include "object/bytes.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/int.h"
#include "object/native.h"
#include "object/native_thunk.h"
#include "object/positions.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "thread/safepoint.h"
#include "vm/frame_locals.h"
#include "vm/generator.h"
#include "vm/instrument.h"
#include "vm/registers.h"

namespace imugi {

Ref<FrameObject> frame_object(Thread& thread, Frame& frame) {
    if (frame.object) return Ref<FrameObject>::share(*frame.object);
    FrameObject* made = allocate<FrameObject>(thread, frame_type);
    if (!made) return {};
    made->frame.store(&frame, std::memory_order_relaxed);
    made->code.init(Owned::share(*frame.code));
    made->globals.init(Owned::share(*frame.globals));
    made->builtins.init(Owned::share(*frame.builtins));
    if (frame.namespace_word)
        made->names.init(Owned::share(Value::from_bits(frame.namespace_word)));
    made->trace_lines.store(true, std::memory_order_relaxed);
    made->local_count = frame.first_temporary;
    track(made);
    frame.object = made;
    incref(made);
    return Ref<FrameObject>::adopt(made);
}

Frame* python_frame(Thread& thread, size_t depth) {
    Frame* frame = thread.frame;
    for (; frame && depth; depth--) frame = frame->previous;
    return frame;
}

int frame_line(const Frame& frame) {
    return find_line(*frame.code, static_cast<uint32_t>(frame.pc - frame.code->words));
}

void detach_frame_object(Thread& thread, Frame& frame) {
    FrameObject* object = frame.object;
    Owned held = Owned::adopt(object);
    Ref<FrameObject> back;
    bool failed = false;
    for (;;) {
        // A frame that is alone with its object needs nothing kept.
        if (frame.previous && !back && !failed && !is_unique(object)) {
            SavedException unwinding(thread);
            back = frame_object(thread, *frame.previous);
            failed = !back;
            if (failed) clear_exception(thread);
        }
        // While this thread waits for the lock others may find the object in the frame, as they
        // must: they would make another.
        Lock guard(thread, *object);
        bool shared = !is_unique(object);
        if (frame.previous && !back && !failed && shared) continue;
        auto* locals = shared ? static_cast<Slot*>(
                                    array_allocate_zeroed((object->local_count + 1) * sizeof(Slot)))
                              : nullptr;
        if (locals)
            for (uint32_t i = 0; i < object->local_count; i++)
                locals[i].init(Owned::share(Value::from_bits(frame.registers[i])));
        object->instruction = static_cast<int32_t>(frame.pc - frame.code->words);
        object->locals = locals;
        if (back) object->back.init(std::move(back).owned());
        frame.object = nullptr;
        object->frame.store(nullptr, std::memory_order_release);
        return;
    }
}

namespace {

// The frame of an object while it can be looked at: this thread runs it, or the world is stopped.
class FrameLook {
  public:
    explicit FrameLook(const FrameObject& object) {
        Thread& thread = current_thread();
        frame_ = object.frame.load(std::memory_order_acquire);  // pairs with detach_frame_object
        if (!frame_ || runs(thread, frame_)) return;
        stopped_.emplace(thread);
        frame_ = object.frame.load(std::memory_order_acquire);
    }
    // Null when the frame has ended: then the object has what is left of it.
    Frame* get() const { return frame_; }

  private:
    static bool runs(const Thread& thread, const Frame* frame) {
        if (frame >= thread.frames_begin && frame < thread.frames_end) return true;
        for (const Frame* at = thread.frame; at; at = at->previous)
            if (at == frame) return true;
        return false;
    }
    std::optional<StopTheWorld> stopped_;
    Frame* frame_;
};

}  // namespace

static int32_t instruction_of(const FrameObject& object) {
    FrameLook look(object);
    Frame* frame = look.get();
    return frame ? static_cast<int32_t>(frame->pc - frame->code->words) : object.instruction;
}

int frame_object_line(const FrameObject& object) {
    return find_line(object.code.as<Code>(), static_cast<uint32_t>(instruction_of(object)));
}

// --- variables ---

uint32_t frame_variable_count(const FrameObject& object) {
    return object.local_count;
}

Str& frame_variable_name(FrameObject& object, uint32_t i) {
    Code& code = object.code.as<Code>();
    return (i < code.local_count ? code.local_names.as<Tuple>()[i]
                                 : code.free_names.as<Tuple>()[i - code.local_count])
        .as<Str>();
}

bool frame_variable_hidden(FrameObject& object, uint32_t i) {
    return object.code.as<Code>().local_kinds.as<Bytes>().data()[i] &
           (kLocalHidden | kLocalInlined);
}

static bool is_cell_variable(FrameObject& object, uint32_t i) {
    return object.code.as<Code>().local_kinds.as<Bytes>().data()[i] & (kLocalCell | kLocalFree);
}

// The argument of a generator expression, which its code moves to the first temporary at once.
static bool is_moved_iterator(FrameObject& object, uint32_t i) {
    Code& code = object.code.as<Code>();
    return i == 0 && code.register_count > code.local_count &&
           (code.flags & (kCodeGenerator | kCodeAsyncGenerator)) &&
           str_equal(frame_variable_name(object, 0), ".0");
}

// The register's word, shared; empty when unbound. A frame of another thread is read with the world
// stopped.
static Owned variable_word(Thread& thread, FrameObject& object, uint32_t i) {
    FrameLook look(object);
    if (Frame* frame = look.get()) {
        uint64_t bits = frame->registers[i];
        if (!bits && is_moved_iterator(object, i)) bits = frame->registers[object.local_count];
        return Owned::share(Value::from_bits(bits));
    }
    return object.locals ? object.locals[i].share() : Owned();
}

Owned frame_variable(Thread& thread, FrameObject& object, uint32_t i) {
    Owned word = variable_word(thread, object, i);
    if (!word) return Owned::nothing();
    if (is_cell_variable(object, i) && has_shape(word, k_cell_shape))
        return cell_load(thread, word.as<Cell>());
    return word;
}

bool set_frame_variable(Thread& thread, FrameObject& object, uint32_t i, Value value) {
    Owned word = variable_word(thread, object, i);
    Owned old;
    if (is_cell_variable(object, i) && word && has_shape(word, k_cell_shape)) {
        Lock guard(thread, word.as<Cell>());
        old = word.as<Cell>().content.exchange(Owned::share(value));
        return true;
    }
    FrameLook look(object);
    if (Frame* frame = look.get()) {
        // The old value may be lent to a callee: it stays with the frame, in its object.
        old = Owned::share(Value::from_bits(frame->registers[i]));
        drop_bits(std::exchange(frame->registers[i], Owned::share(value).release()));
        if (old) return park_frame_value(thread, object, std::move(old));
    } else if (object.locals) {
        old = object.locals[i].exchange(Owned::share(value));
    }
    return true;
}

static bool has_hidden_names(const Code& code) {
    Bytes& kinds = code.local_kinds.as<Bytes>();
    for (uint32_t i = 0; i < code.local_count && i < kinds.size; i++)
        if (kinds.data()[i] & kLocalHidden) return true;
    return false;
}

Owned frame_locals(Thread& thread, Frame& frame) {
    if (frame.namespace_word && !has_hidden_names(*frame.code))
        return Owned::share(Value::from_bits(frame.namespace_word));
    Ref<FrameObject> object = frame_object(thread, frame);
    if (!object) return {};
    if (frame.namespace_word)
        return has_hidden_variables(thread, *object)
                   ? frame_locals_snapshot(thread, *object)
                   : Owned::share(Value::from_bits(frame.namespace_word));
    return frame_locals_snapshot(thread, *object);
}

// --- the type ---

static void frame_fields(Object* self, FieldVisitor& visitor) {
    auto& object = *static_cast<FrameObject*>(self);
    for (Slot* slot : {&object.code, &object.globals, &object.builtins, &object.names, &object.back,
                       &object.trace, &object.extra, &object.parked, &object.generator})
        visitor.visit(*slot);
    if (object.locals) visitor.visit(object.locals, object.local_count);
}

static void frame_release(Object* self) {
    array_free(static_cast<FrameObject*>(self)->locals);
}

static Owned slot_or_none(const Slot& slot) {
    return slot.is_empty() ? Owned::share(none()) : slot.share();
}

static Owned frame_get_back(Thread& thread, Value self) {
    auto& object = self.as<FrameObject>();
    FrameLook look(object);
    if (Frame* frame = look.get()) {
        if ((frame->flags & kFrameGenerator) &&
            frame->generator->state.load(std::memory_order_relaxed) != kGeneratorRunning)
            return Owned::share(none());
        return frame->previous ? frame_object(thread, *frame->previous).owned()
                               : Owned::share(none());
    }
    return slot_or_none(object.back);
}
static Owned frame_get_code(Thread& thread, Value self) {
    TRY(audit(thread, "object.__getattr__", self, "f_code"));
    return self.as<FrameObject>().code.share();
}
static Owned frame_get_globals(Thread&, Value self) {
    return self.as<FrameObject>().globals.share();
}
static Owned frame_get_builtins(Thread&, Value self) {
    return self.as<FrameObject>().builtins.share();
}
static Owned frame_get_lasti(Thread&, Value self) {
    return Owned::small_int(instruction_of(self.as<FrameObject>()) * 4);
}
static Owned frame_get_line(Thread&, Value self) {
    int line = frame_object_line(self.as<FrameObject>());
    return line ? Owned::small_int(line) : Owned::share(none());
}
static bool frame_set_line(Thread& thread, Value self, Value value) {
    if (value.is_empty()) return raise(thread, exc::AttributeError, "cannot delete attribute");
    if (!is_int(value)) return raise(thread, exc::ValueError, "lineno must be an integer");
    int line = TRY(convert_int(thread, value));
    return jump_to_line(thread, self.as<FrameObject>(), line);
}
static Owned frame_get_locals(Thread& thread, Value self) {
    auto& object = self.as<FrameObject>();
    if (!object.names.is_empty())
        return has_hidden_names(object.code.as<Code>()) && has_hidden_variables(thread, object)
                   ? make_frame_locals_proxy(thread, object)
                   : object.names.share();
    return make_frame_locals_proxy(thread, object);
}
static Owned frame_get_trace(Thread& thread, Value self) {
    Lock guard(thread, self.as<FrameObject>());
    return slot_or_none(self.as<FrameObject>().trace);
}
static bool frame_set_trace(Thread& thread, Value self, Value value) {
    Owned old;
    Lock guard(thread, self.as<FrameObject>());
    old = self.as<FrameObject>().trace.exchange(
        value.is_empty() || is_none(value) ? Owned() : Owned::share(value));
    return true;
}
static Owned frame_get_trace_lines(Thread&, Value self) {
    return Owned::share(
        boolean(self.as<FrameObject>().trace_lines.load(std::memory_order_relaxed)));
}
static bool frame_set_trace_lines(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::TypeError, "can't delete numeric/char attribute");
    bool on = TRY(is_true(thread, value));
    self.as<FrameObject>().trace_lines.store(on, std::memory_order_relaxed);
    return true;
}
static Owned frame_get_trace_opcodes(Thread&, Value self) {
    return Owned::share(
        boolean(self.as<FrameObject>().trace_opcodes.load(std::memory_order_relaxed)));
}
static bool frame_set_trace_opcodes(Thread& thread, Value self, Value value) {
    if (value.is_empty())
        return raise(thread, exc::TypeError, "can't delete numeric/char attribute");
    bool on = TRY(is_true(thread, value));
    self.as<FrameObject>().trace_opcodes.store(on, std::memory_order_relaxed);
    return !on || watch_opcodes(thread, self.as<FrameObject>().code.as<Code>());
}
static Owned frame_get_generator(Thread&, Value self) {
    FrameLook look(self.as<FrameObject>());
    Frame* frame = look.get();
    return frame && frame->generator ? Owned::share(*frame->generator) : Owned::share(none());
}

static Owned frame_clear(Thread& thread, FrameObject& self) {
    Owned generator;
    bool ended, suspended = false;
    {
        FrameLook look(self);
        Frame* frame = look.get();
        ended = !frame;
        if (frame && frame->generator &&
            frame->generator->state.load(std::memory_order_acquire) != kGeneratorRunning) {
            generator = Owned::share(*frame->generator);
            suspended =
                frame->generator->state.load(std::memory_order_acquire) == kGeneratorSuspended;
        }
    }
    if (!ended) {
        if (!generator) return raise(thread, exc::RuntimeError, "cannot clear an executing frame");
        if (suspended) return raise(thread, exc::RuntimeError, "cannot clear a suspended frame");
        // As if it were dropped: a coroutine that was never awaited warns.
        type_of(generator).slots.finalize(thread, generator);
        return Owned::share(none());
    }
    for (uint32_t i = 0; self.locals && i < self.local_count; i++) {
        Owned dropped;
        Lock guard(thread, self);
        dropped = self.locals[i].take();
    }
    return Owned::share(none());
}

static Owned frame_repr(Thread& thread, Value self) {
    auto& object = self.as<FrameObject>();
    Code& code = object.code.as<Code>();
    char address[32];
    snprintf(address, sizeof(address), "0x%lx", static_cast<unsigned long>(self.identity()));
    return format(thread, "<frame at {}, file {}, line {}, code {}>", address,
                  repr_of(code.filename.borrow()), frame_object_line(object), code.name.borrow())
        .owned();
}

IMUGI_BUILTIN_TYPE_BY_OBJECT(FrameObject, frame_type);

static const MethodRow frame_methods[] = {
    {"clear", "(self, /)", fn<frame_clear>, "Clear all references held by the frame."},
    {},
};
static const GetSetRow frame_getsets[] = {
    {"f_back", frame_get_back, nullptr, "Return the previous frame, if any."},
    {"f_code", frame_get_code, nullptr, "Return the code object being executed in this frame."},
    {"f_globals", frame_get_globals, nullptr, "Return the global variables in this frame."},
    {"f_builtins", frame_get_builtins, nullptr, "Return the built-in variables in the frame."},
    {"f_locals", frame_get_locals, nullptr,
     "Return the mapping used by the frame to look up local variables."},
    {"f_lasti", frame_get_lasti, nullptr,
     "Return the index of the last attempted instruction in the frame."},
    {"f_lineno", frame_get_line, frame_set_line, "Return the current line number in the frame."},
    {"f_trace", frame_get_trace, frame_set_trace,
     "Return the trace function for this frame, or None if no trace function is set."},
    computed_member("f_trace_lines", frame_get_trace_lines, frame_set_trace_lines, nullptr),
    {"f_trace_opcodes", frame_get_trace_opcodes, frame_set_trace_opcodes, nullptr},
    {"f_generator", frame_get_generator, nullptr,
     "Return the generator or coroutine associated with this frame, or None."},
    {},
};

Type frame_type;
const TypeSpec frame_type_spec = {
    .name = "frame",
    .size = sizeof(FrameObject),
    .flags = kTypeTracked | kTypeImmutable | kTypeNoInstantiate,
    .slots = {.repr = frame_repr,
              .get_attribute = generic_get_attribute,
              .fields = frame_fields,
              .release = frame_release},
    .methods = frame_methods,
    .getsets = frame_getsets,
};

}  // namespace imugi
