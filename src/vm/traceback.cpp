// Entries added to tracebacks as exceptions pass frames, and the type that Python sees.
#include "vm/traceback.h"

#include "memory/collector.h"
#include "object/audit.h"
#include "object/errors.h"
#include "object/exception_parts.h"
#include "object/int.h"
#include "object/list.h"
#include "object/native.h"
#include "object/positions.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/lock.h"
#include "vm/frame_object.h"

namespace imugi {

Ref<Traceback> make_traceback(Thread& thread, Value next, FrameObject& frame, int32_t lasti,
                              int32_t line) {
    Traceback* made = allocate<Traceback>(thread, traceback_type);
    if (!made) return {};
    if (!next.is_empty()) made->next.init(Owned::share(next));
    made->frame.init(Owned::share(frame));
    made->lasti = lasti;
    made->line.store(line, std::memory_order_relaxed);
    track(made);
    return Ref<Traceback>::adopt(made);
}

bool add_traceback(Thread& thread, Exception& exception, Frame& frame) {
    Ref<FrameObject> object = frame_object(thread, frame);
    if (!object) return false;
    Owned next;
    {
        Lock guard(thread, exception);
        next = exception.traceback.share();
    }
    auto lasti = static_cast<int32_t>(4 * (frame.pc - frame.code->words));
    Ref<Traceback> entry = make_traceback(thread, next, *object, lasti, -1);
    if (!entry) return false;
    write_field(thread, &exception, exception.traceback, std::move(entry).owned());
    return true;
}

void note_traceback(Thread& thread, Frame& frame) {
    if (!has_exception(thread))
        raise(thread, exc::SystemError, "error return without exception set");
    Owned exception = take_exception(thread);
    if (!add_traceback(thread, exception.as<Exception>(), frame)) clear_exception(thread);
    set_exception(thread, std::move(exception));
}

// --- the type ---

static void traceback_fields(Object* self, FieldVisitor& visitor) {
    auto& traceback = *static_cast<Traceback*>(self);
    visitor.visit(traceback.next);
    visitor.visit(traceback.frame);
}

static int line_of(const Traceback& traceback) {
    int32_t line = traceback.line.load(std::memory_order_relaxed);
    if (line >= 0) return line;
    return find_line(traceback.frame.as<FrameObject>().code.as<Code>(),
                     static_cast<uint32_t>(traceback.word()));
}

static Owned traceback_get_next(Thread& thread, Value self) {
    Lock guard(thread, self.as<Traceback>());
    Owned next = self.as<Traceback>().next.share();
    return next ? std::move(next) : Owned::share(none());
}

static bool traceback_set_next(Thread& thread, Value self, Value value) {
    if (value.is_empty()) return raise(thread, exc::TypeError, "can't delete tb_next attribute");
    if (!is_none(value) && !has_shape(value, k_traceback_shape))
        return raise(thread, exc::TypeError, "expected traceback object or None, got '{}'",
                     type_name_of(value));
    for (Value at = value; at.is_object() && !is_none(at); at = at.as<Traceback>().next.borrow())
        if (same(at, self)) return raise(thread, exc::ValueError, "traceback loop detected");
    Owned old;
    Lock guard(thread, self.as<Traceback>());
    old = self.as<Traceback>().next.exchange(is_none(value) ? Owned() : Owned::share(value));
    return true;
}

static Owned traceback_get_frame(Thread& thread, Value self) {
    TRY(audit(thread, "object.__getattr__", self, "tb_frame"));
    return self.as<Traceback>().frame.share();
}
static Owned traceback_get_lasti(Thread&, Value self) {
    return Owned::small_int(self.as<Traceback>().lasti);
}
static Owned traceback_get_line(Thread&, Value self) {
    int line = line_of(self.as<Traceback>());
    return line ? Owned::small_int(line) : Owned::share(none());
}

static Owned traceback_make(Thread& thread, Type&, const Arguments& arguments) {
    Value bound[4];
    if (!bind_arguments(thread, "traceback", "(tb_next, tb_frame, tb_lasti, tb_lineno)", arguments,
                        bound, 4))
        return {};
    if (!is_none(bound[0]) && !has_shape(bound[0], k_traceback_shape))
        return raise(thread, exc::TypeError, "expected traceback object or None, got '{}'",
                     type_name_of(bound[0]));
    if (!has_shape(bound[1], k_frame_shape))
        return raise(thread, exc::TypeError,
                     "traceback() argument 'tb_frame' must be frame, not {}",
                     type_name_of(bound[1]));
    int64_t lasti = TRY(to_int64(thread, bound[2]));
    int64_t line = TRY(to_int64(thread, bound[3]));
    return make_traceback(thread, is_none(bound[0]) ? Value() : bound[0],
                          bound[1].as<FrameObject>(), static_cast<int32_t>(lasti),
                          static_cast<int32_t>(line))
        .owned();
}

static Owned traceback_dir(Thread& thread, Value) {
    Ref<List> names = TRY(make_list(thread));
    for (Str* name : {&ID(tb_frame), &ID(tb_next), &ID(tb_lasti), &ID(tb_lineno)})
        TRY(list_append(thread, *names, Owned::share(*name)));
    return std::move(names).owned();
}

static const MethodRow traceback_methods[] = {
    {"__dir__", "(self, /)", fn<traceback_dir>, nullptr},
    {},
};
static const GetSetRow traceback_getsets[] = {
    {"tb_next", traceback_get_next, traceback_set_next, nullptr},
    computed_member("tb_frame", traceback_get_frame, nullptr, nullptr),
    computed_member("tb_lasti", traceback_get_lasti, nullptr, nullptr),
    {"tb_lineno", traceback_get_line, nullptr, nullptr},
    {},
};

Type traceback_type;
const TypeSpec traceback_type_spec = {
    .name = "traceback",
    .doc = "Create a new traceback object.",
    .size = sizeof(Traceback),
    .flags = kTypeTracked | kTypeImmutable,
    .slots = {.get_attribute = generic_get_attribute,
              .make = traceback_make,
              .fields = traceback_fields},
    .methods = traceback_methods,
    .getsets = traceback_getsets,
    .signature = "(tb_next, tb_frame, tb_lasti, tb_lineno)",
};

}  // namespace imugi
