// BaseException and the pending exception of a thread. Fields of exceptions are written under the
// object's Lock; a thread's pending exception is its own.
#include "object/exception.h"

#include <cstring>

#include "memory/collector.h"
#include "memory/heap.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/exception_parts.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

namespace exc {
#define EXC(Name, Base, Layout, doc) Type Name;
#include "object/exceptions.def"
#undef EXC
}  // namespace exc

// Raised when there is no memory for a MemoryError: immortal and everybody's, so its fields stay as
// they are. Links would keep frames alive for ever, with what had used up the memory.
static Object* spare_memory_error;

// --- the pending exception ---

Owned take_exception(Thread& thread) {
    return Owned::adopt(std::exchange(thread.exception, 0));
}

void set_exception(Thread& thread, Owned exception) {
    Owned old = Owned::adopt(std::exchange(thread.exception, exception.release()));
}

void clear_exception(Thread& thread) {
    Owned old = take_exception(thread);
}

bool exception_matches(const Thread& thread, const Type& type) {
    return thread.exception && is_instance_of(Value::from_bits(thread.exception), type);
}

bool clear_exception_if(Thread& thread, const Type& type) {
    if (!exception_matches(thread, type)) return false;
    clear_exception(thread);
    return true;
}

Value handled_exception(const Thread& thread) {
    // A chain of a million generators is searched once, not at each of its levels.
    ExcState* end = thread.exc_state;
    while (!end->value && !end->nearest && end->previous) end = end->previous;
    ExcState* found = end->value || !end->nearest ? end : end->nearest;
    for (ExcState* state = thread.exc_state; state != end; state = state->previous)
        state->nearest = found;
    return found->value ? Value::from_bits(found->value) : Value();
}

void raise_exception(Thread& thread, Owned exception) {
    Value handled = handled_exception(thread);
    if (!handled.is_empty() && !same(handled, exception)) {
        // The exception must not come again further down the chain of contexts: it is cut out
        // there. A chain that is already a cycle ends the search. One that never was a context
        // is in no chain: deep recursion in `except` blocks searches nothing.
        Owned at = Owned::share(handled), slow = Owned::share(handled);
        bool advance = false;
        while (exception.as<Exception>().was_context.load(std::memory_order_relaxed)) {
            Owned next = read_field(thread, at.value().object(), at.as<Exception>().context);
            if (!next) break;
            if (same(next, exception)) {
                write_field(thread, at.value().object(), at.as<Exception>().context, Owned());
                break;
            }
            at = std::move(next);
            if (same(at, slow)) break;
            if (advance)
                slow = read_field(thread, slow.value().object(), slow.as<Exception>().context);
            advance = !advance;
            if (!slow) break;
        }
        set_exception_context(thread, exception.as<Exception>(), Owned::share(handled));
    }
    set_exception(thread, std::move(exception));
}

void set_exception_context(Thread& thread, Exception& exception, Owned context) {
    // Relaxed: a raise in another thread that misses it may close a cycle, which all that follow
    // contexts put up with.
    if (context) context.as<Exception>().was_context.store(true, std::memory_order_relaxed);
    write_field(thread, &exception, exception.context, std::move(context));
}

Raised raise_memory_error(Thread& thread) {
    auto* error = static_cast<Exception*>(heap_allocate(thread, exc::MemoryError.instance_size,
                                                        exc::MemoryError.root_shape->index()));
    if (!error) {
        set_exception(thread, Owned::share(*spare_memory_error));
        return {};
    }
    error->args.init(empty_tuple());
    track(error);
    raise_exception(thread, Owned::adopt(error));
    return {};
}

// --- fields ---

Owned read_field(Thread& thread, Object* object, Slot& slot) {
    SlotRead read = read_slot(slot.word());
    if (!read.retry) return std::move(read.value);
    Lock guard(thread, *object);
    return share_locked(slot.word());
}

void write_field(Thread& thread, Object* object, Slot& slot, Owned value) {
    if (object == spare_memory_error) return;
    Owned old;
    Lock guard(thread, *object);
    old = slot.exchange(std::move(value));
}

static Owned field_or_none(Thread& thread, Value self, Slot& slot) {
    Owned value = read_field(thread, self.object(), slot);
    return value ? std::move(value) : Owned::share(none());
}

bool set_args(Thread& thread, Value self, const Arguments& arguments) {
    Ref<Tuple> args = TRY(make_tuple(thread, arguments.values, arguments.count));
    write_field(thread, self.object(), self.as<Exception>().args, std::move(args).owned());
    return true;
}

// --- making ---

Owned exception_make(Thread& thread, Type& type, const Arguments& arguments) {
    auto* e = allocate<Exception>(thread, type);
    if (!e) return {};
    Owned result = Owned::adopt(e);
    e->args.init(TRY(make_tuple(thread, arguments.values, arguments.count)));
    track(e);
    return result;
}

bool exception_init(Thread& thread, Value self, const Arguments& arguments) {
    if (arguments.names && arguments.names->size)
        return raise(thread, exc::TypeError, "{}() takes no keyword arguments", type_of(self));
    return set_args(thread, self, arguments);
}

Owned make_exception(Thread& thread, Type& type, Value argument) {
    Owned result = TRY(exception_make(thread, type, {&argument, 1, nullptr}));
    // What __init__ would do with one argument.
    Owned own = Owned::share(argument);
    if (is_subtype(type, exc::StopIteration))
        result.as<StopIterationError>().value.init(std::move(own));
    else if (is_subtype(type, exc::SystemExit))
        result.as<SystemExitError>().code.init(std::move(own));
    else if (is_subtype(type, exc::ImportError))
        result.as<ImportFailure>().message.init(std::move(own));
    else if (is_subtype(type, exc::SyntaxError))
        result.as<SyntaxFailure>().message.init(std::move(own));
    else if (is_subtype(type, exc::OSError))
        result.as<OSFailure>().characters_written.store(-1, std::memory_order_relaxed);
    return result;
}

Owned exception_str(Thread& thread, Value self) {
    Owned args = read_field(thread, self.object(), self.as<Exception>().args);
    if (!args || args.as<Tuple>().size == 0) return empty_str();
    if (args.as<Tuple>().size == 1) return str(thread, args.as<Tuple>()[0]);
    return str(thread, args);
}

Owned exception_repr(Thread& thread, Value self) {
    Owned args = read_field(thread, self.object(), self.as<Exception>().args);
    if (!args) return format(thread, "{}()", type_name(type_of(self)));
    if (args.as<Tuple>().size == 1)
        return format(thread, "{}({})", type_name(type_of(self)), repr_of(args.as<Tuple>()[0]));
    return format(thread, "{}{}", type_name(type_of(self)), repr_of(args));
}

Owned exception_state(Thread& thread, Object* object) {
    Shape& shape = *object->shape();
    if (!shape.dict_mode && shape.count == 0) return Owned::share(none());
    return instance_dict(thread, object);
}

// --- methods ---

namespace {

Owned exception_reduce(Thread& thread, Exception& self) {
    Owned args = read_field(thread, &self, self.args);
    Owned state = TRY(exception_state(thread, &self));
    Value type = Value::of(type_of(Value::of(self)));
    if (is_none(state)) return make_tuple(thread, type, args.value());
    return make_tuple(thread, type, args.value(), state.value());
}

Owned exception_setstate(Thread& thread, Exception& self, Value state) {
    if (is_none(state)) return Owned::share(none());
    if (!is_dict(state)) return raise(thread, exc::TypeError, "state is not a dictionary");
    size_t position = 0;
    Owned key, value;
    while (dict_next(thread, state.as<Dict>(), &position, &key, &value)) {
        if (!is_str(key)) return raise(thread, exc::TypeError, "attribute name must be string");
        TRY(set_attribute(thread, Value::of(self), key.as<Str>(), value));
    }
    return Owned::share(none());
}

bool set_traceback(Thread& thread, Value self, Value value) {
    if (value.is_empty()) return raise(thread, exc::TypeError, "__traceback__ may not be deleted");
    if (!is_none(value) && !is_instance_of(value, traceback_type))
        return raise(thread, exc::TypeError, "__traceback__ must be a traceback or None");
    write_field(thread, self.object(), self.as<Exception>().traceback,
                is_none(value) ? Owned() : Owned::share(value));
    return true;
}

Owned with_traceback(Thread& thread, Exception& self, Value tb) {
    TRY(set_traceback(thread, Value::of(self), tb));
    return Owned::share(self);
}

Owned add_note(Thread& thread, Exception& self, Value note) {
    if (!is_str(note))
        return raise(thread, exc::TypeError, "note must be a str, not '{}'", type_name_of(note));
    Value object = Value::of(self);
    Owned notes = TRY(get_attribute_or_nothing(thread, object, ID(__notes__)));
    if (notes.is_nothing()) {
        notes = TRY(make_list(thread));
        TRY(set_attribute(thread, object, ID(__notes__), notes));
    } else if (!is_list(notes)) {
        return raise(thread, exc::TypeError, "Cannot add note: __notes__ is not a list");
    }
    TRY(list_append(thread, notes.as<List>(), Owned::share(note)));
    return Owned::share(none());
}

Owned get_args(Thread& thread, Value self) {
    return field_or_none(thread, self, self.as<Exception>().args);
}
bool set_args_attribute(Thread& thread, Value self, Value value) {
    if (value.is_empty()) return raise(thread, exc::TypeError, "args may not be deleted");
    Ref<Tuple> args = TRY(to_tuple(thread, value));
    write_field(thread, self.object(), self.as<Exception>().args, std::move(args).owned());
    return true;
}
Owned get_traceback(Thread& thread, Value self) {
    return field_or_none(thread, self, self.as<Exception>().traceback);
}
Owned get_context(Thread& thread, Value self) {
    return field_or_none(thread, self, self.as<Exception>().context);
}
Owned get_cause(Thread& thread, Value self) {
    return field_or_none(thread, self, self.as<Exception>().cause);
}

bool set_link(Thread& thread, Value self, Slot& slot, Value value, const char* name,
              const char* text) {
    if (value.is_empty()) return raise(thread, exc::TypeError, "{} may not be deleted", name);
    if (!is_none(value) && !is_exception(value))
        return raise(thread, exc::TypeError,
                     "exception {} must be None or derive from BaseException", text);
    write_field(thread, self.object(), slot, is_none(value) ? Owned() : Owned::share(value));
    return true;
}
bool set_context(Thread& thread, Value self, Value value) {
    if (!value.is_empty() && is_exception(value))
        value.as<Exception>().was_context.store(true, std::memory_order_relaxed);
    return set_link(thread, self, self.as<Exception>().context, value, "__context__", "context");
}
bool set_cause(Thread& thread, Value self, Value value) {
    TRY(set_link(thread, self, self.as<Exception>().cause, value, "__cause__", "cause"));
    self.as<Exception>().suppress_context.store(true, std::memory_order_relaxed);
    return true;
}
Owned get_dict(Thread& thread, Value self) {
    return instance_dict(thread, self.object());
}
bool set_dict(Thread& thread, Value self, Value value) {
    if (value.is_empty()) return raise(thread, exc::TypeError, "__dict__ may not be deleted");
    return set_instance_dict(thread, self.object(), value);
}

const MethodRow exception_methods[] = {
    {"__reduce__", "(self, /)", fn<exception_reduce>, "Helper for pickle."},
    {"__setstate__", "(self, state, /)", fn<exception_setstate>, nullptr},
    {"with_traceback", "(self, tb, /)", fn<with_traceback>,
     "Set self.__traceback__ to tb and return self."},
    {"add_note", "(self, note, /)", fn<add_note>, "Add a note to the exception"},
    {},
};
const MemberRow exception_members[] = {
    {"__suppress_context__", MemberKind::kBool, offsetof(Exception, suppress_context), false},
    {},
};
const GetSetRow exception_getsets[] = {
    {"__dict__", get_dict, set_dict},
    {"args", get_args, set_args_attribute},
    {"__traceback__", get_traceback, set_traceback},
    {"__context__", get_context, set_context, "exception context"},
    {"__cause__", get_cause, set_cause, "exception cause"},
    {},
};

TypeSpec specs[] = {
#define EXC(Name, Base, Layout, doc_) \
    {.name = #Name, .doc = doc_, .base = nullptr, .size = sizeof(Layout), .flags = kTypeBase},
#include "object/exceptions.def"
#undef EXC
};

}  // namespace

// In here the names of exceptions are types, not structs; `object` is the only other base.
namespace exc::bases {
static Type& object = object_type;
#define EXC(Name, Base, Layout, doc) \
    static Type& base_of_##Name() {  \
        return Base;                 \
    }
#include "object/exceptions.def"
#undef EXC
}  // namespace exc::bases

bool init_exception_types(Thread& thread) {
    struct Row {
        Type* type;
        Type* base;
    };
    const Row rows[] = {
#define EXC(Name, Base, Layout, doc) {&exc::Name, &exc::bases::base_of_##Name()},
#include "object/exceptions.def"
#undef EXC
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        TypeSpec& spec = specs[i];
        Type& type = *rows[i].type;
        spec.base = rows[i].base;
        if (&type == &exc::BaseException) {
            spec.flags |= kTypeIsException | kTypeTracked | kTypeHasDict;
            spec.slots.repr = exception_repr;
            spec.slots.str = exception_str;
            spec.slots.fields = visit_exception<0>;
            spec.methods = exception_methods;
            spec.members = exception_members;
            spec.getsets = exception_getsets;
        }
        bool root = &type == &exc::BaseException;
        spec.slots.make = root ? exception_make : spec.base->slots.make;
        spec.slots.init = root ? exception_init : spec.base->slots.init;
        customize_simple_errors(type, spec);
        customize_os_errors(type, spec);
        customize_group(type, spec);
        customize_syntax_errors(type, spec);
        customize_unicode_errors(type, spec);
        if (!prepare_type(type, spec, 0) || !init_type(thread, type, spec)) return false;
    }
    Owned spare = TRY(exception_make(thread, exc::MemoryError, {}));
    make_immortal(spare.value().object());
    spare_memory_error = spare.value().object();
    return true;
}

}  // namespace imugi
