// The _pickle module: its functions and exceptions, and PickleBuffer (PEP 574).
#include "modules/_pickle/pickle_module.h"

#include "memory/collector.h"
#include "object/call.h"
#include "object/memoryview.h"
#include "object/protocol.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi::pickle {

namespace {

NativeException base_error("_pickle.PickleError", exc::Exception);

}  // namespace

Type& pickle_error(Thread& thread) {
    return base_error.type(thread);
}
Type& pickling_error(Thread& thread) {
    static NativeException error("_pickle.PicklingError", pickle_error(thread));
    return error.type(thread);
}
Type& unpickling_error(Thread& thread) {
    static NativeException error("_pickle.UnpicklingError", pickle_error(thread));
    return error.type(thread);
}

Owned library(Thread& thread, const char* module, Str& attribute) {
    Ref<Str> name = TRY(make_str(thread, module));
    Owned found = TRY(import_module(thread, *name));
    return get_attribute(thread, found, attribute);
}

Owned dotted_attribute(Thread& thread, Value from, Str& path) {
    Owned at = Owned::share(from);
    for (size_t begin = 0; begin <= path.length();) {
        Index dot = str_find_char(path, '.', begin, path.length());
        size_t end = dot < 0 ? path.length() : static_cast<size_t>(dot);
        Ref<Str> part = TRY(str_substring(thread, path, begin, end));
        Ref<Str> name = TRY(intern(thread, std::move(part)));
        at = TRY(get_attribute(thread, at, *name));
        begin = end + 1;
    }
    return at;
}

// --- PickleBuffer ---

namespace {

Owned buffer_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value object[1];
    TRY(bind_arguments(thread, "PickleBuffer", "(object, /)", arguments, object, 1));
    auto* buffer = allocate<PickleBuffer>(thread, type);
    if (!buffer) return {};
    new (&buffer->view) BufferView();
    Ref<PickleBuffer> result = Ref<PickleBuffer>::adopt(buffer);
    TRY(get_buffer(thread, object[0], buffer->view, kBufferFullRo));
    track(buffer);
    return std::move(result);
}

PickleBuffer& of(Value self) {
    return self.as<PickleBuffer>();
}
Raised raise_buffer_released(Thread& thread) {
    return raise(thread, exc::ValueError, "operation forbidden on released PickleBuffer object");
}

// The exporter, for the time that its buffer is asked for again.
Owned exporter(Thread& thread, PickleBuffer& buffer) {
    Lock guard(thread, buffer);
    if (!buffer.view.owner) return raise_buffer_released(thread);
    return buffer.view.owner.share();
}

bool buffer_get_buffer(Thread& thread, Value self, BufferView& view, int flags) {
    Owned owner = TRY(exporter(thread, of(self)));
    return get_buffer(thread, owner, view, flags);
}

bool release(Thread& thread, PickleBuffer& buffer) {
    BufferView view;
    {
        Lock guard(thread, buffer);
        view = std::exchange(buffer.view, BufferView());
    }
    release_buffer(thread, view);
    return true;
}

Owned raw(Thread& thread, PickleBuffer& buffer) {
    Owned owner = TRY(exporter(thread, buffer));
    Owned view = TRY(make_memoryview(thread, owner));
    auto& memory = view.as<MemoryView>();
    BufferView shape;
    shape.dimensions = memory.dimensions;
    shape.shape = memory.shape();
    shape.strides = memory.strides();
    shape.suboffsets = memory.suboffsets();
    shape.item_size = memory.item_size;
    shape.size = memory.size;
    if (!is_contiguous(shape, 'A')) {
        TRY(release_memoryview(thread, memory));
        return raise(thread, exc::BufferError,
                     "cannot extract raw buffer from non-contiguous buffer");
    }
    // One dimension of bytes, whatever the elements are.
    if (memory.dimensions == 1 && !strcmp(memory.format, "B")) return view;
    Owned plain = make_memoryview_of(thread, memory.data, static_cast<size_t>(memory.size),
                                     memory.read_only, view);
    return plain;
}

void buffer_fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(
        reinterpret_cast<std::atomic<uint64_t>&>(static_cast<PickleBuffer*>(self)->view.owner));
}
void buffer_finalize(Thread& thread, Value self) {
    release_buffer(thread, of(self).view);
}

const MethodRow buffer_methods[] = {
    {"raw", "(self, /)", fn<raw>,
     "Return a memoryview of the raw memory underlying this buffer.\n\nWill raise BufferError is "
     "the buffer isn't contiguous."},
    {"release", "(self, /)", fn<release>,
     "Release the underlying buffer held by the PickleBuffer object."},
    {},
};

const TypeSpec buffer_spec = {
    .name = "pickle.PickleBuffer",
    .doc = "Wrapper for potentially out-of-band buffers",
    .size = sizeof(PickleBuffer),
    .flags = kTypeBase | kTypeTracked | kTypeHasWeakrefs | kTypeHasFinalizer,
    .slots = {.make = buffer_make,
              .finalize = buffer_finalize,
              .fields = buffer_fields,
              .get_buffer = buffer_get_buffer},
    .methods = buffer_methods,
    .signature = "(object, /)",
};

const MethodRow functions[] = {
    {"dump", "(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)", fn<dump>,
     "Write a pickled representation of obj to the open file object file."},
    {"dumps", "(obj, protocol=None, *, fix_imports=True, buffer_callback=None)", fn<dumps>,
     "Return the pickled representation of the object as a bytes object."},
    {"load", "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", fn<load>,
     "Read and return an object from the pickle data stored in a file."},
    {"loads", "(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
     fn<loads>, "Read and return an object from the given pickle data."},
    {},
};

bool execute(Thread& thread, Module& module) {
    return module_set(thread, module, "PickleError", Value::of(pickle_error(thread))) &&
           module_set(thread, module, "PicklingError", Value::of(pickling_error(thread))) &&
           module_set(thread, module, "UnpicklingError", Value::of(unpickling_error(thread))) &&
           buffer_class.add_to(thread, module) && pickler_class.add_to(thread, module) &&
           unpickler_class.add_to(thread, module);
}

ModuleSpec spec("_pickle", "Optimized C implementation for the Python pickle module.", functions,
                execute);

}  // namespace

NativeClass buffer_class(buffer_spec);

}  // namespace imugi::pickle
