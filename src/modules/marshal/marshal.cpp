// The module marshal.
#include "compile/marshal.h"
#include "object/audit.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/module.h"
#include "object/native.h"

namespace imugi {
namespace {

Owned marshal_dump(Thread& thread, Value value, Value file, int version, bool allow_code) {
    TRY(audit(thread, "marshal.dumps", value, version));
    Ref<Bytes> data = TRY(compile::marshal_dumps(thread, value, version, allow_code));
    return call_method(thread, file, ID(write), data);
}

Owned marshal_load(Thread& thread, Value file, bool allow_code) {
    TRY(audit(thread, "marshal.load"));
    return compile::marshal_load(thread, file, allow_code);
}

Owned marshal_dumps(Thread& thread, Value value, int version, bool allow_code) {
    TRY(audit(thread, "marshal.dumps", value, version));
    return compile::marshal_dumps(thread, value, version, allow_code);
}

Owned marshal_loads(Thread& thread, Value data, bool allow_code) {
    StableBuffer buffer(thread);
    if (!buffer.get(data)) return {};
    if (is_audited(thread)) {
        Ref<Bytes> told = TRY(make_bytes(thread, buffer.data(), buffer.size()));
        TRY(audit(thread, "marshal.loads", told));
    }
    return compile::marshal_loads(thread, buffer.data(), buffer.size(), allow_code);
}

const MethodRow functions[] = {
    {"dump", "(value, file, version=5, /, *, allow_code=True)", fn<marshal_dump>,
     "Write the value on the open file."},
    {"load", "(file, /, *, allow_code=True)", fn<marshal_load>,
     "Read one value from the open file and return it."},
    {"dumps", "(value, version=5, /, *, allow_code=True)", fn<marshal_dumps>,
     "Return the bytes object that would be written to a file by dump(value, file)."},
    {"loads", "(bytes, /, *, allow_code=True)", fn<marshal_loads>,
     "Convert the bytes-like object to a value."},
    {}};

bool execute(Thread& thread, Module& module) {
    return module_set(thread, module, "version", Value::small_int(compile::kMarshalVersion));
}

ModuleSpec spec("marshal",
                "Functions that read and write Python values in a binary format of the "
                "interpreter's own.",
                functions, execute);

}  // namespace
}  // namespace imugi
