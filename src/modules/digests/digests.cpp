// The modules _md5, _sha1 and _sha2: hashes that hashlib falls back on. The state of an object is
// used under its Lock.
#include "base/digest.h"

#include "modules/native_class.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/int.h"
#include "object/str.h"
#include "thread/lock.h"

namespace imugi::digests {

struct HashObject : Object {
    Digest digest;
};

// The classes, one for each digest size of a module, as CPython has them.
extern const TypeSpec md5_spec, sha1_spec, sha224_spec, sha256_spec, sha384_spec, sha512_spec;
constinit NativeClass classes[] = {
    NativeClass(md5_spec),    NativeClass(sha1_spec),   NativeClass(sha224_spec),
    NativeClass(sha256_spec), NativeClass(sha384_spec), NativeClass(sha512_spec),
};

}  // namespace imugi::digests

namespace imugi {
template <>
struct BuiltinTypeOf<digests::HashObject> {
    static Type& type() { return object_type; }
    static bool check(Value value) {
        for (NativeClass& native_class : digests::classes)
            if (native_class.is_instance(value)) return true;
        return false;
    }
};
}  // namespace imugi

namespace imugi::digests {
namespace {

Owned make(Thread& thread, DigestKind kind) {
    Type* type = classes[static_cast<int>(kind)].get(thread);
    if (type == nullptr) return {};
    auto* self = allocate<HashObject>(thread, *type);
    if (self == nullptr) return {};
    self->digest = Digest(kind);
    return Owned::adopt(self);
}

bool update(Thread& thread, HashObject& self, Value data) {
    if (is_str(data))
        return raise(thread, exc::TypeError, "Strings must be encoded before hashing");
    Buffer buffer(thread);
    TRY(buffer.get(data));
    Lock guard(thread, self);
    self.digest.update(static_cast<const uint8_t*>(buffer.data()),
                       static_cast<size_t>(buffer.size()));
    return true;
}

template <DigestKind kind>
Owned open(Thread& thread, Value data, bool, Value string) {
    if (!data.is_empty() && !string.is_empty() && !is_none(string))
        return raise(thread, exc::TypeError, "'data' and 'string' are mutually exclusive");
    Owned made = TRY(make(thread, kind));
    Value initial = data.is_empty() ? string : data;
    if (!initial.is_empty() && !is_none(initial))
        TRY(update(thread, made.value().as<HashObject>(), initial));
    return made;
}

Owned copy(Thread& thread, HashObject& self) {
    Owned made = TRY(make(thread, self.digest.kind()));
    Lock guard(thread, self);
    made.value().as<HashObject>().digest = self.digest;
    return made;
}

void finish(Thread& thread, HashObject& self, uint8_t* out) {
    Lock guard(thread, self);
    self.digest.finish(out);
}

Owned digest(Thread& thread, HashObject& self) {
    uint8_t bytes[Digest::kMaxDigestSize];
    finish(thread, self, bytes);
    return make_bytes(thread, bytes, self.digest.digest_size()).owned();
}

Owned hexdigest(Thread& thread, HashObject& self) {
    uint8_t bytes[Digest::kMaxDigestSize];
    char text[2 * Digest::kMaxDigestSize];
    finish(thread, self, bytes);
    size_t size = self.digest.digest_size();
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    return make_str(thread, text, size * 2).owned();
}

const MethodRow hash_rows[] = {
    {"copy", "(self, /)", fn<copy>, "Return a copy of the hash object."},
    {"digest", "(self, /)", fn<digest>, "Return the digest value as a bytes object."},
    {"hexdigest", "(self, /)", fn<hexdigest>,
     "Return the digest value as a string of hexadecimal digits."},
    {"update", "(self, obj, /)", fn<update>,
     "Update this hash object's state with the provided string."},
    {},
};

Owned get_block_size(Thread& thread, Value self) {
    return make_int(thread, static_cast<int64_t>(self.as<HashObject>().digest.block_size()));
}
Owned get_digest_size(Thread& thread, Value self) {
    return make_int(thread, static_cast<int64_t>(self.as<HashObject>().digest.digest_size()));
}
Owned get_name(Thread& thread, Value self) {
    const char* name = self.as<HashObject>().digest.name();
    return make_str(thread, name, strlen(name)).owned();
}

const GetSetRow hash_getsets[] = {
    {"block_size", get_block_size},
    {"digest_size", get_digest_size},
    {"name", get_name},
    {},
};

constexpr TypeSpec spec_of(const char* name) {
    return {.name = name,
            .size = sizeof(HashObject),
            .flags = kTypeNoInstantiate,
            .methods = hash_rows,
            .getsets = hash_getsets};
}

constexpr const char* kSignature =
    "(data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)";

const MethodRow md5_rows[] = {
    {"md5", kSignature, fn<open<DigestKind::kMd5>>,
     "Return a new MD5 hash object; optionally initialized with a string."},
    {},
};
const MethodRow sha1_rows[] = {
    {"sha1", kSignature, fn<open<DigestKind::kSha1>>,
     "Return a new SHA1 hash object; optionally initialized with a string."},
    {},
};
const MethodRow sha2_rows[] = {
    {"sha224", kSignature, fn<open<DigestKind::kSha224>>,
     "Return a new SHA-224 hash object; optionally initialized with a string."},
    {"sha256", kSignature, fn<open<DigestKind::kSha256>>,
     "Return a new SHA-256 hash object; optionally initialized with a string."},
    {"sha384", kSignature, fn<open<DigestKind::kSha384>>,
     "Return a new SHA-384 hash object; optionally initialized with a string."},
    {"sha512", kSignature, fn<open<DigestKind::kSha512>>,
     "Return a new SHA-512 hash object; optionally initialized with a string."},
    {},
};

template <int first, int last>
bool add_classes(Thread& thread, Module& module) {
    // The classes are not the functions that make their instances.
    constexpr const char* kNames[] = {"MD5Type",    "SHA1Type",   "SHA224Type",
                                      "SHA256Type", "SHA384Type", "SHA512Type"};
    for (int i = first; i <= last; i++) {
        Type* type = classes[i].get(thread);
        if (!type || !module_set(thread, module, kNames[i], Value::of(type))) return false;
    }
    return true;
}

ModuleSpec md5_module("_md5", nullptr, md5_rows, add_classes<0, 0>);
ModuleSpec sha1_module("_sha1", nullptr, sha1_rows, add_classes<1, 1>);
ModuleSpec sha2_module("_sha2", nullptr, sha2_rows, add_classes<2, 5>);

}  // namespace

const TypeSpec md5_spec = spec_of("_md5.md5");
const TypeSpec sha1_spec = spec_of("_sha1.sha1");
const TypeSpec sha224_spec = spec_of("_sha2.SHA224Type");
const TypeSpec sha256_spec = spec_of("_sha2.SHA256Type");
const TypeSpec sha384_spec = spec_of("_sha2.SHA384Type");
const TypeSpec sha512_spec = spec_of("_sha2.SHA512Type");

}  // namespace imugi::digests
