// The module _lsprof: cProfile's profiler, on sys.monitoring. It records the thread that enabled
// it; tables and stack are used under the object's Lock, under which nothing runs Python: the timer
// is asked before.
#include <time.h>

#include <cstring>

#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/shared_struct.h"
#include "modules/shared_type.h"
#include "object/call.h"
#include "object/code.h"
#include "object/descriptor.h"
#include "object/float.h"
#include "object/int.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi {

namespace lsprof {

// Numbers from 0 on for keys, in the order in which they came.
struct Numbering {
    struct Cell {
        uint64_t key;
        uint32_t number;  // + 1; 0: empty
    };
    Cell* cells;
    size_t capacity, count;

    // False when memory is short. *number is `count` as it was for a new key.
    bool find_or_add(uint64_t key, uint32_t* number) {
        if (count * 2 >= capacity && !grow()) return false;
        Cell& cell = place(key);
        if (!cell.number) cell = {key, static_cast<uint32_t>(++count)};
        *number = cell.number - 1;
        return true;
    }
    void release() {
        array_free(cells);
        *this = {};
    }

  private:
    Cell& place(uint64_t key) {
        size_t at = (key * 0x9E3779B97F4A7C15) >> 20 & (capacity - 1);
        while (cells[at].number && cells[at].key != key) at = (at + 1) & (capacity - 1);
        return cells[at];
    }
    bool grow() {
        size_t larger = capacity ? capacity * 2 : 64;
        auto* fresh = static_cast<Cell*>(array_allocate_zeroed(larger * sizeof(Cell)));
        if (!fresh) return false;
        Cell* old = cells;
        size_t old_capacity = capacity;
        cells = fresh;
        capacity = larger;
        for (size_t i = 0; i < old_capacity; i++)
            if (old[i].number) place(old[i].key) = old[i];
        array_free(old);
        return true;
    }
};

struct Counts {
    int64_t calls, recursive;
    double total, own;
    int64_t level;  // activations that run
};
struct Entry {
    Counts counts;
    Slot object;  // Code, or the name of a native function
};
struct SubEntry {
    Counts counts;
    uint32_t parent, child;
};
struct Activation {
    uint32_t entry;
    uint32_t sub_entry;  // kNone without a caller
    double start, inner;
};
constexpr uint32_t kNone = UINT32_MAX;

template <class T>
struct Array {
    T* items;
    size_t count, capacity;

    bool reserve_one() {
        if (count < capacity) return true;
        size_t larger = capacity ? capacity * 2 : 32;
        void* grown = array_reallocate(items, larger * sizeof(T));
        if (!grown) return false;
        items = static_cast<T*>(grown);
        memset(static_cast<void*>(items + capacity), 0, (larger - capacity) * sizeof(T));
        capacity = larger;
        return true;
    }
    void release() {
        array_free(items);
        *this = {};
    }
};

struct Profiler : Object {
    Slot timer;  // callable; empty for the system's clock; under the Lock
    double unit;
    bool subcalls, builtins;
    std::atomic<bool> in_timer;    // the callable runs: it may not turn to the profiler
    std::atomic<uint64_t> thread;  // ident of who is watched; 0 while disabled
    Numbering entry_numbers, sub_numbers;
    Array<Entry> entries;
    Array<SubEntry> sub_entries;
    Array<Activation> stack;
};

extern const TypeSpec profiler_spec;
constinit SharedType profiler_class(profiler_spec);

}  // namespace lsprof

IMUGI_SHARED_TYPE(lsprof::Profiler, lsprof::profiler_class);

namespace lsprof {

namespace {

const StructField entry_fields[] = {{"code"},      {"callcount"},  {"reccallcount"},
                                    {"totaltime"}, {"inlinetime"}, {"calls"}};
constexpr StructSequenceSpec entry_spec{"_lsprof.profiler_entry", nullptr, entry_fields, 6, 6};
constexpr StructSequenceSpec sub_entry_spec{"_lsprof.profiler_subentry", nullptr, entry_fields, 5,
                                            5};
constinit SharedStruct entry_struct(entry_spec), sub_entry_struct(sub_entry_spec);

constexpr int kTool = 2;  // sys.monitoring.PROFILER_ID

// The time in units of the timer. A failing timer counts as no time passed.
double now(Thread& thread, Profiler& self) {
    Owned timer;
    {
        Lock guard(thread, self);
        timer = self.timer.share();
    }
    if (!timer) {
        timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
    }
    self.in_timer = true;
    Owned value = call(thread, timer);
    self.in_timer = false;
    if (value) {
        auto number = to_double(thread, value);
        if (number) return *number;
    }
    report_unraisable(thread, timer);
    return 0;
}

// --- recording; under the Lock ---

bool push(Profiler& self, uint64_t key, Owned* object, double time) {
    uint32_t number, sub_number = kNone;
    if (!self.stack.reserve_one() || !self.entries.reserve_one() ||
        !self.entry_numbers.find_or_add(key, &number))
        return false;
    if (number == self.entries.count) {
        self.entries.items[number].object.init(std::move(*object));
        self.entries.count++;
    }
    if (self.subcalls && self.stack.count) {
        uint32_t parent = self.stack.items[self.stack.count - 1].entry;
        if (!self.sub_entries.reserve_one() ||
            !self.sub_numbers.find_or_add(uint64_t{parent} << 32 | number, &sub_number))
            return false;
        if (sub_number == self.sub_entries.count) {
            self.sub_entries.items[sub_number].parent = parent;
            self.sub_entries.items[sub_number].child = number;
            self.sub_entries.count++;
        }
        self.sub_entries.items[sub_number].counts.level++;
    }
    self.entries.items[number].counts.level++;
    self.stack.items[self.stack.count++] = {number, sub_number, time, 0};
    return true;
}

void count(Counts& counts, double total, double own) {
    counts.calls++;
    // What an activation below this one counts is not counted again.
    if (--counts.level == 0)
        counts.total += total;
    else
        counts.recursive++;
    counts.own += own;
}

void pop(Profiler& self, double time) {
    Activation& top = self.stack.items[--self.stack.count];
    double total = time - top.start, own = total - top.inner;
    if (self.stack.count) self.stack.items[self.stack.count - 1].inner += total;
    count(self.entries.items[top.entry].counts, total, own);
    if (top.sub_entry != kNone) count(self.sub_entries.items[top.sub_entry].counts, total, own);
}

bool watches(const Thread& thread, const Profiler& self) {
    return self.thread.load(std::memory_order_relaxed) == thread.ident;
}

bool enter(Thread& thread, Profiler& self, uint64_t key, Owned object) {
    double time = now(thread, self);
    bool done;
    {
        Lock guard(thread, self);
        done = push(self, key, &object, time);
    }
    return done || raise_memory_error(thread);
}

// Leaves the newest activation if it is this one's: what ran when profiling began is unknown.
bool leave(Thread& thread, Profiler& self, uint64_t key) {
    double time = now(thread, self);
    Lock guard(thread, self);
    if (!self.stack.count) return true;
    uint32_t number;
    if (!self.entry_numbers.find_or_add(key, &number)) return true;
    if (number == self.entries.count) {
        // A key that never came in: its number is not to be wasted.
        if (!self.entries.reserve_one()) return true;
        self.entries.count++;
        return true;
    }
    if (self.stack.items[self.stack.count - 1].entry == number) pop(self, time);
    return true;
}

// --- what sys.monitoring calls ---

uint64_t key_of(Value value) {
    return value.identity();
}

bool on_start(Thread& thread, Profiler& self, Args arguments) {
    if (!watches(thread, self) || arguments.count < 1) return true;
    return enter(thread, self, key_of(arguments[0]), Owned::share(arguments[0]));
}
bool on_return(Thread& thread, Profiler& self, Args arguments) {
    if (!watches(thread, self) || arguments.count < 1) return true;
    return leave(thread, self, key_of(arguments[0]));
}

// The row behind a native callable, and how the statistics show it.
const MethodRow* native_row(Value callable) {
    if (!callable.is_object()) return nullptr;
    const Type* type = &type_of(callable);
    if (type == &native_function_type) return callable.as<NativeFunction>().row;
    if (type == &method_descriptor_type) return callable.as<MethodDescriptor>().row;
    return nullptr;
}
Owned native_name(Thread& thread, Value callable) {
    if (&type_of(callable) == &method_descriptor_type) return repr(thread, callable);
    auto& function = callable.as<NativeFunction>();
    if (function.defining_type) {
        Ref<Str> name = TRY(intern(thread, function.row->name));
        Value self = function.self.borrow();
        if (!self.is_empty()) {
            Owned descriptor = lookup_in_mro(thread, *function.defining_type, *name, nullptr);
            if (descriptor && !descriptor.is_nothing() &&
                &type_of(descriptor) == &method_descriptor_type)
                return repr(thread, descriptor);
            clear_exception(thread);
        }
        return format(thread, "<built-in method {}>", function.row->name);
    }
    Value home = function.module.borrow();
    if (!home.is_empty() && is_str(home))
        return format(thread, "<built-in method {}.{}>", home, function.row->name);
    return format(thread, "<built-in method {}>", function.row->name);
}

bool on_call(Thread& thread, Profiler& self, Args arguments) {
    if (!watches(thread, self) || arguments.count < 3) return true;
    const MethodRow* row = native_row(arguments[2]);
    if (!row) return true;
    return enter(thread, self, reinterpret_cast<uint64_t>(row),
                 TRY(native_name(thread, arguments[2])));
}
bool on_native_return(Thread& thread, Profiler& self, Args arguments) {
    if (!watches(thread, self) || arguments.count < 3) return true;
    const MethodRow* row = native_row(arguments[2]);
    return !row || leave(thread, self, reinterpret_cast<uint64_t>(row));
}

// --- control ---

struct Hook {
    const char* event;
    const char* method;
    bool native;
};
constexpr Hook kHooks[] = {
    {"PY_START", "_pystart_callback", false},  {"PY_RESUME", "_pystart_callback", false},
    {"PY_THROW", "_pystart_callback", false},  {"PY_RETURN", "_pyreturn_callback", false},
    {"PY_YIELD", "_pyreturn_callback", false}, {"PY_UNWIND", "_pyreturn_callback", false},
    {"CALL", "_ccall_callback", true},         {"C_RETURN", "_creturn_callback", true},
    {"C_RAISE", "_creturn_callback", true},
};

// Registers (or takes back) the callbacks and the events.
bool connect(Thread& thread, Profiler& self, Value monitoring, bool on) {
    Owned events = TRY(get_attribute(thread, monitoring, ID(events)));
    int64_t mask = 0;
    for (const Hook& hook : kHooks) {
        if (on && hook.native && !self.builtins) continue;
        Ref<Str> name = TRY(intern(thread, hook.event)), method = TRY(intern(thread, hook.method));
        Owned event = TRY(get_attribute(thread, events, *name));
        // C_RETURN and C_RAISE come with CALL, and cannot be asked for alone.
        int64_t number = TRY(to_int64(thread, event));
        mask |= number;
        Owned callback =
            on ? get_attribute(thread, Value::of(self), *method) : Owned::share(none());
        if (!callback) return false;
        if (!call_method(thread, monitoring, ID(register_callback), Value::small_int(kTool), event,
                         callback))
            return false;
    }
    return static_cast<bool>(call_method(thread, monitoring, ID(set_events),
                                         Value::small_int(kTool), Value::small_int(on ? mask : 0)));
}

Owned monitoring_of(Thread& thread) {
    return module_attribute(thread, ID(sys), ID(monitoring));
}

bool enable(Thread& thread, Profiler& self, bool subcalls, bool builtins) {
    Owned monitoring = TRY(monitoring_of(thread));
    Owned tool = TRY(call_method(thread, monitoring, ID(get_tool), Value::small_int(kTool)));
    if (!is_none(tool))
        return raise(thread, exc::ValueError, "Another profiling tool is already active");
    Ref<Str> name = TRY(make_str(thread, "cProfile"));
    if (!call_method(thread, monitoring, ID(use_tool_id), Value::small_int(kTool), name))
        return false;
    self.subcalls = subcalls;
    self.builtins = builtins;
    if (!connect(thread, self, monitoring, true)) return false;
    self.thread.store(thread.ident, std::memory_order_relaxed);
    return true;
}

bool disable(Thread& thread, Profiler& self) {
    if (self.in_timer)
        return raise(thread, exc::RuntimeError, "cannot disable profiler in external timer");
    if (self.thread.load(std::memory_order_relaxed) == 0) return true;
    self.thread.store(0, std::memory_order_relaxed);
    Owned monitoring = TRY(monitoring_of(thread));
    if (!connect(thread, self, monitoring, false)) return false;
    if (!call_method(thread, monitoring, ID(free_tool_id), Value::small_int(kTool))) return false;
    double time = now(thread, self);
    Lock guard(thread, self);
    while (self.stack.count) pop(self, time);
    return true;
}

bool clear(Thread& thread, Profiler& self) {
    if (self.in_timer)
        return raise(thread, exc::RuntimeError, "cannot clear profiler in external timer");
    Array<Entry> entries{};
    {
        Lock guard(thread, self);
        std::swap(entries, self.entries);
        self.sub_entries.release();
        self.stack.count = 0;
        self.entry_numbers.release();
        self.sub_numbers.release();
    }
    for (size_t i = 0; i < entries.count; i++) (void)entries.items[i].object.take();
    entries.release();
    return true;
}

// --- results ---

Ref<Tuple> make_row(Thread& thread, SharedStruct& kind, const Counts& counts, Owned object,
                    double unit) {
    Type* type = kind.get(thread);
    if (!type) return {};
    Ref<Tuple> row = TRY(make_struct_sequence(thread, *type));
    row->items[0].init(std::move(object));
    row->items[1].init(TRY(make_int(thread, counts.calls)));
    row->items[2].init(TRY(make_int(thread, counts.recursive)));
    row->items[3].init(TRY(make_float(thread, counts.total * unit)));
    row->items[4].init(TRY(make_float(thread, counts.own * unit)));
    return row;
}

Owned getstats(Thread& thread, Profiler& self) {
    // A copy of the numbers; what they belong to is held by it.
    Array<Entry> entries{};
    Array<SubEntry> subs{};
    bool copied = true;
    {
        Lock guard(thread, self);
        for (size_t i = 0; copied && i < self.entries.count; i++) {
            copied = entries.reserve_one();
            if (!copied) break;
            Entry& entry = entries.items[entries.count++];
            entry.counts = self.entries.items[i].counts;
            if (!self.entries.items[i].object.is_empty())
                entry.object.init(self.entries.items[i].object.share());
        }
        for (size_t i = 0; copied && i < self.sub_entries.count; i++) {
            copied = subs.reserve_one();
            if (copied) subs.items[subs.count++] = self.sub_entries.items[i];
        }
    }
    auto build = [&]() -> Owned {
        if (!copied) return raise_memory_error(thread);
        double unit = self.unit;
        Ref<List> result = TRY(make_list(thread));
        for (size_t i = 0; i < entries.count; i++) {
            Entry& entry = entries.items[i];
            if (entry.counts.calls == 0 || entry.object.is_empty()) continue;
            Ref<Tuple> row =
                TRY(make_row(thread, entry_struct, entry.counts, entry.object.share(), unit));
            Ref<List> calls;
            for (size_t k = 0; k < subs.count; k++) {
                const SubEntry& sub = subs.items[k];
                if (sub.parent != i || sub.counts.calls == 0) continue;
                if (!calls) calls = TRY(make_list(thread));
                Ref<Tuple> call = TRY(make_row(thread, sub_entry_struct, sub.counts,
                                               entries.items[sub.child].object.share(), unit));
                track(call.get());
                TRY(list_append(thread, *calls, std::move(call)));
            }
            row->items[5].init(calls ? std::move(calls).owned() : Owned::share(none()));
            track(row.get());
            TRY(list_append(thread, *result, std::move(row)));
        }
        return result;
    };
    Owned result = build();
    for (size_t i = 0; i < entries.count; i++) (void)entries.items[i].object.take();
    entries.release();
    subs.release();
    return result;
}

// --- the object ---

Owned profiler_make(Thread& thread, Type& type, const Arguments&) {
    auto* self = allocate<Profiler>(thread, type);
    if (!self) return {};
    self->unit = 1e-9;
    self->subcalls = self->builtins = true;
    track(self);
    return Owned::adopt(self);
}

bool profiler_init(Thread& thread, Value value, const Arguments& arguments) {
    Value values[4];
    TRY(bind_arguments(thread, "Profiler",
                       "(timer=None, timeunit=0.0, subcalls=True, builtins=True)", arguments,
                       values, 4));
    auto& self = value.as<Profiler>();
    double unit = TRY(to_double(thread, values[1]));
    self.subcalls = TRY(is_true(thread, values[2]));
    self.builtins = TRY(is_true(thread, values[3]));
    bool own_timer = !is_none(values[0]);
    // A timer of somebody's own gives seconds unless told otherwise.
    self.unit = !own_timer ? 1e-9 : unit > 0 ? unit : 1;
    Owned old;
    Lock guard(thread, self);
    old = self.timer.exchange(own_timer ? Owned::share(values[0]) : Owned());
    return true;
}

void profiler_fields(Object* object, FieldVisitor& visitor) {
    auto* self = static_cast<Profiler*>(object);
    visitor.visit(self->timer);
    for (size_t i = 0; i < self->entries.count; i++) visitor.visit(self->entries.items[i].object);
}
void profiler_release(Object* object) {
    auto* self = static_cast<Profiler*>(object);
    self->entries.release();
    self->sub_entries.release();
    self->stack.release();
    self->entry_numbers.release();
    self->sub_numbers.release();
}

const MethodRow profiler_rows[] = {
    {"enable", "(self, /, subcalls=True, builtins=True)", fn<enable>,
     "Starts collecting: by caller as well if subcalls is true, native functions too if builtins "
     "is."},
    {"disable", "(self, /)", fn<disable>, "Stops collecting."},
    {"clear", "(self, /)", fn<clear>, "Forgets all that was collected."},
    {"getstats", "(self, /)", fn<getstats>,
     "A list of profiler_entry tuples: code, callcount, reccallcount, totaltime, inlinetime, "
     "calls;\n"
     "calls is None or a list of the same without calls, of what was called from there."},
    {"_pystart_callback", "(self, /, *args)", fn<on_start>, nullptr},
    {"_pyreturn_callback", "(self, /, *args)", fn<on_return>, nullptr},
    {"_ccall_callback", "(self, /, *args)", fn<on_call>, nullptr},
    {"_creturn_callback", "(self, /, *args)", fn<on_native_return>, nullptr},
    {},
};

bool execute(Thread& thread, Module& module) {
    return profiler_class.add_to(thread, module) && entry_struct.add_to(thread, module) &&
           sub_entry_struct.add_to(thread, module);
}

ModuleSpec spec("_lsprof", "Fast profiler", nullptr, execute);

}  // namespace

const TypeSpec profiler_spec = {
    .name = "_lsprof.Profiler",
    .doc = "A profiler. timer is called for the time; timeunit says how many seconds its unit is.",
    .size = sizeof(Profiler),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.make = profiler_make,
              .init = profiler_init,
              .fields = profiler_fields,
              .release = profiler_release},
    .methods = profiler_rows,
    .signature = "(timer=None, timeunit=0.0, subcalls=True, builtins=True)",
};

}  // namespace lsprof

}  // namespace imugi
