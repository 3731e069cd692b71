// The module _hashlib over OpenSSL's libcrypto: digests by name, HMAC, key derivation. A digest's
// state is used by one call at a time (`busy`); long input is taken detached.
// HMAC_CTX is deprecated in OpenSSL 3 and stays throughout it; EVP_MAC costs a look-up a message.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <climits>
#include <cstring>

#include "modules/codec_stream.h"
#include "modules/native_class.h"
#include "object/call.h"
#include "object/int.h"
#include "object/list.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

namespace hashes {

struct Hash : Object {
    EVP_MD_CTX* state;
    std::atomic<uint32_t> busy;
};
struct Hmac : Object {
    HMAC_CTX* state;
    std::atomic<uint32_t> busy;
};

extern const TypeSpec hash_spec, xof_spec, hmac_spec;
constinit SharedType hash_class(hash_spec), xof_class(xof_spec, &hash_class), hmac_class(hmac_spec);

}  // namespace hashes

IMUGI_SHARED_TYPE(hashes::Hash, hashes::hash_class);
IMUGI_SHARED_TYPE(hashes::Hmac, hashes::hmac_class);

namespace hashes {

namespace {

using codecs::ExclusiveUse;

NativeException unsupported_class("_hashlib.UnsupportedDigestmodError", exc::ValueError);

constexpr size_t kLongInput = 2048;  // from here on others may run meanwhile

// Python's names where they differ from OpenSSL's.
struct Name {
    const char* python;
    const char* openssl;
};
constexpr Name kNames[] = {
    {"sha1", "SHA1"},
    {"sha224", "SHA2-224"},
    {"sha256", "SHA2-256"},
    {"sha384", "SHA2-384"},
    {"sha512", "SHA2-512"},
    {"sha512_224", "SHA2-512/224"},
    {"sha512_256", "SHA2-512/256"},
    {"sha3_224", "SHA3-224"},
    {"sha3_256", "SHA3-256"},
    {"sha3_384", "SHA3-384"},
    {"sha3_512", "SHA3-512"},
    {"shake_128", "SHAKE-128"},
    {"shake_256", "SHAKE-256"},
    {"blake2b", "BLAKE2B-512"},
    {"blake2s", "BLAKE2S-256"},
    {"md5", "MD5"},
    {"md5-sha1", "MD5-SHA1"},
    {"ripemd160", "RIPEMD-160"},
    {"sm3", "SM3"},
};

Raised raise_openssl(Thread& thread, Type& type) {
    unsigned long code = ERR_peek_last_error();
    const char* library = code ? ERR_lib_error_string(code) : nullptr;
    const char* reason = code ? ERR_reason_error_string(code) : nullptr;
    ERR_clear_error();
    if (library && reason) return raise(thread, type, "[{}] {}", library, reason);
    if (reason) return raise(thread, type, "{}", reason);
    return raise(thread, type, "unknown reason");
}

Raised raise_unsupported(Thread& thread) {
    ERR_clear_error();
    return raise(thread, unsupported_class.type(thread), "[digital envelope routines] unsupported");
}

// The algorithms that were fetched once, with a reference of the process: looking one up takes
// longer than a short digest.
std::atomic<EVP_MD*> fetched[std::size(kNames)];

EVP_MD* fetch_known(size_t index) {
    // Acquire: pairs with the publication below.
    EVP_MD* algorithm = fetched[index].load(std::memory_order_acquire);
    if (!algorithm) {
        algorithm = EVP_MD_fetch(nullptr, kNames[index].openssl, nullptr);
        EVP_MD* expected = nullptr;
        if (!algorithm ||
            !fetched[index].compare_exchange_strong(expected, algorithm, std::memory_order_acq_rel))
            return algorithm;
    }
    EVP_MD_up_ref(algorithm);
    return algorithm;
}

// The algorithm of a name, null with an exception. To be freed by EVP_MD_free.
EVP_MD* fetch(Thread& thread, const char* name) {
    size_t index = 0;
    while (index < std::size(kNames) && strcasecmp(kNames[index].python, name) != 0) index++;
    EVP_MD* algorithm =
        index < std::size(kNames) ? fetch_known(index) : EVP_MD_fetch(nullptr, name, nullptr);
    if (!algorithm) (void)raise_unsupported(thread);
    return algorithm;
}

// Of a name or of one of this module's constructors, as hmac takes it.
EVP_MD* fetch(Thread& thread, Value digest) {
    if (is_str(digest)) {
        const char* name = str_utf8(thread, digest.as<Str>());
        return name ? fetch(thread, name) : nullptr;
    }
    constexpr const char* kPrefix = "openssl_";
    if (digest.is_object() && &type_of(digest) == &native_function_type) {
        const char* name = digest.as<NativeFunction>().row->name;
        if (strncmp(name, kPrefix, strlen(kPrefix)) == 0)
            return fetch(thread, name + strlen(kPrefix));
    }
    (void)raise(thread, unsupported_class.type(thread), "Unsupported digestmod {}",
                repr_of(digest));
    return nullptr;
}

const char* python_name(const EVP_MD* algorithm) {
    for (const Name& known : kNames)
        if (EVP_MD_is_a(algorithm, known.openssl)) return known.python;
    return EVP_MD_get0_name(algorithm);
}

bool load_data(Thread& thread, Buffer& buffer, Value data) {
    if (is_str(data))
        return raise(thread, exc::TypeError, "Strings must be encoded before hashing");
    return buffer.get(data);
}

// Runs `work` on the bytes, detached when there are many.
template <class Work>
auto run(Thread& thread, size_t size, Work&& work) {
    if (size < kLongInput) return work();
    Detached detached(thread);
    return work();
}

// --- HASH ---

bool update(Thread& thread, Hash& self, Value data) {
    Buffer buffer(thread);
    TRY(load_data(thread, buffer, data));
    ExclusiveUse use(thread, self.busy);
    int done = run(thread, buffer.size(),
                   [&] { return EVP_DigestUpdate(self.state, buffer.data(), buffer.size()); });
    return done || raise_openssl(thread, exc::ValueError);
}

Owned open(Thread& thread, const char* name, Value data, Value string) {
    bool both = !data.is_empty() && !string.is_empty() && !is_none(string);
    if (both) return raise(thread, exc::TypeError, "'data' and 'string' are mutually exclusive");
    EVP_MD* algorithm = fetch(thread, name);
    if (!algorithm) return {};
    bool any_length = EVP_MD_get_flags(algorithm) & EVP_MD_FLAG_XOF;
    auto* self = allocate<Hash>(thread, any_length ? xof_class.type() : hash_class.type());
    Owned result;
    if (self) {
        result = Owned::adopt(self);
        self->state = EVP_MD_CTX_new();
    }
    bool ready = self && self->state && EVP_DigestInit_ex2(self->state, algorithm, nullptr);
    EVP_MD_free(algorithm);
    if (!self) return {};
    if (!ready) return raise_openssl(thread, exc::ValueError);
    Value initial = data.is_empty() ? string : data;
    if (!initial.is_empty() && !is_none(initial)) TRY(update(thread, *self, initial));
    return result;
}

Owned new_function(Thread& thread, Value, Value name, Value data, bool, Value string) {
    if (!is_str(name)) return raise(thread, exc::TypeError, "name must be a string");
    const char* text = str_utf8(thread, name.as<Str>());
    return text ? open(thread, text, data, string) : Owned();
}
template <size_t index>
Owned open_known(Thread& thread, Value, Value data, bool, Value string) {
    return open(thread, kNames[index].python, data, string);
}

Owned copy(Thread& thread, Hash& self) {
    auto* other = allocate<Hash>(thread, type_of(Value::of(self)));
    if (!other) return {};
    Owned result = Owned::adopt(other);
    other->state = EVP_MD_CTX_new();
    ExclusiveUse use(thread, self.busy);
    if (!other->state || !EVP_MD_CTX_copy_ex(other->state, self.state))
        return raise_openssl(thread, exc::ValueError);
    return result;
}
void hash_release(Object* object) {
    EVP_MD_CTX_free(static_cast<Hash*>(object)->state);
}

// The digest of what was taken so far: of a copy, as finishing ends the state.
bool finish(Thread& thread, Hash& self, uint8_t* out, size_t size, bool any_length) {
    EVP_MD_CTX* state = EVP_MD_CTX_new();
    bool done;
    {
        ExclusiveUse use(thread, self.busy);
        done = state && EVP_MD_CTX_copy_ex(state, self.state);
    }
    done = done && (any_length ? EVP_DigestFinalXOF(state, out, size)
                               : EVP_DigestFinal_ex(state, out, nullptr));
    EVP_MD_CTX_free(state);
    return done || raise_openssl(thread, exc::ValueError);
}

Owned hex_of(Thread& thread, const uint8_t* bytes, size_t size) {
    constexpr const char* kDigits = "0123456789abcdef";
    Ref<Str> text = TRY(make_str_blank(thread, size * 2, 0x7F));
    auto* out = static_cast<char*>(str_blank_data(*text));
    for (size_t i = 0; i < size; i++) {
        *out++ = kDigits[bytes[i] >> 4];
        *out++ = kDigits[bytes[i] & 15];
    }
    return text;
}

size_t digest_size_of(const Hash& self) {
    return static_cast<size_t>(EVP_MD_CTX_get_size(self.state));
}
Owned digest(Thread& thread, Hash& self) {
    uint8_t bytes[EVP_MAX_MD_SIZE];
    TRY(finish(thread, self, bytes, 0, false));
    return make_bytes(thread, bytes, digest_size_of(self));
}
Owned hexdigest(Thread& thread, Hash& self) {
    uint8_t bytes[EVP_MAX_MD_SIZE];
    TRY(finish(thread, self, bytes, 0, false));
    return hex_of(thread, bytes, digest_size_of(self));
}
Ref<Bytes> long_digest(Thread& thread, Hash& self, Index length) {
    if (length < 0) return raise(thread, exc::ValueError, "value must be positive");
    Ref<Bytes> result = TRY(make_bytes_blank(thread, static_cast<size_t>(length)));
    if (length) TRY(finish(thread, self, bytes_blank_data(*result), result->size, true));
    return result;
}
Owned xof_digest(Thread& thread, Hash& self, Index length) {
    return long_digest(thread, self, length);
}
Owned xof_hexdigest(Thread& thread, Hash& self, Index length) {
    Ref<Bytes> bytes = TRY(long_digest(thread, self, length));
    return hex_of(thread, bytes->data(), bytes->size);
}

Owned get_digest_size(Thread& thread, Value self) {
    // Any length has no size of its own.
    if (xof_class.is_instance(self)) return Owned::small_int(0);
    return Owned::small_int(static_cast<int64_t>(digest_size_of(self.as<Hash>())));
}
Owned get_block_size(Thread& thread, Value self) {
    return Owned::small_int(EVP_MD_CTX_get_block_size(self.as<Hash>().state));
}
Owned get_name(Thread& thread, Value self) {
    return make_str(thread, python_name(EVP_MD_CTX_get0_md(self.as<Hash>().state)));
}
Owned hash_repr(Thread& thread, Value self) {
    return format(thread, "<{} {} object @ {}>",
                  python_name(EVP_MD_CTX_get0_md(self.as<Hash>().state)), type_full_name_of(self),
                  address_of(self));
}

// --- HMAC ---

Owned hmac_new(Thread& thread, Value, Value key, Value msg, Value digestmod);

bool hmac_update(Thread& thread, Hmac& self, Value msg) {
    Buffer buffer(thread);
    TRY(load_data(thread, buffer, msg));
    ExclusiveUse use(thread, self.busy);
    int done = run(thread, buffer.size(),
                   [&] { return HMAC_Update(self.state, buffer.data(), buffer.size()); });
    return done || raise_openssl(thread, exc::ValueError);
}
Owned hmac_new(Thread& thread, Value, Value key, Value msg, Value digestmod) {
    Buffer secret(thread);
    TRY(secret.get(key));
    if (secret.size() > INT_MAX) return raise(thread, exc::OverflowError, "key is too long.");
    if (is_none(digestmod))
        return raise(thread, exc::TypeError, "Missing required parameter 'digestmod'.");
    EVP_MD* algorithm = fetch(thread, digestmod);
    if (!algorithm) return {};
    auto* self = allocate<Hmac>(thread, hmac_class.type());
    Owned result;
    if (self) {
        result = Owned::adopt(self);
        self->state = HMAC_CTX_new();
    }
    static const uint8_t no_key = 0;
    bool ready = self && self->state &&
                 HMAC_Init_ex(self->state, secret.size() ? secret.data() : &no_key,
                              static_cast<int>(secret.size()), algorithm, nullptr);
    EVP_MD_free(algorithm);
    if (!self) return {};
    if (!ready) return raise_openssl(thread, exc::ValueError);
    if (!msg.is_empty() && !is_none(msg)) TRY(hmac_update(thread, *self, msg));
    return result;
}
Owned hmac_copy(Thread& thread, Hmac& self) {
    auto* other = allocate<Hmac>(thread, hmac_class.type());
    if (!other) return {};
    Owned result = Owned::adopt(other);
    other->state = HMAC_CTX_new();
    ExclusiveUse use(thread, self.busy);
    if (!other->state || !HMAC_CTX_copy(other->state, self.state))
        return raise_openssl(thread, exc::ValueError);
    return result;
}
void hmac_release(Object* object) {
    HMAC_CTX_free(static_cast<Hmac*>(object)->state);
}
bool hmac_finish(Thread& thread, Hmac& self, uint8_t* out, unsigned* size) {
    HMAC_CTX* state = HMAC_CTX_new();
    bool done;
    {
        ExclusiveUse use(thread, self.busy);
        done = state && HMAC_CTX_copy(state, self.state);
    }
    done = done && HMAC_Final(state, out, size);
    HMAC_CTX_free(state);
    return done || raise_openssl(thread, exc::ValueError);
}
Owned hmac_digest_row(Thread& thread, Hmac& self) {
    uint8_t bytes[EVP_MAX_MD_SIZE];
    unsigned size;
    TRY(hmac_finish(thread, self, bytes, &size));
    return make_bytes(thread, bytes, size);
}
Owned hmac_hexdigest(Thread& thread, Hmac& self) {
    uint8_t bytes[EVP_MAX_MD_SIZE];
    unsigned size;
    TRY(hmac_finish(thread, self, bytes, &size));
    return hex_of(thread, bytes, size);
}
const EVP_MD* algorithm_of(Value self) {
    return HMAC_CTX_get_md(self.as<Hmac>().state);
}
Owned get_hmac_digest_size(Thread&, Value self) {
    return Owned::small_int(EVP_MD_get_size(algorithm_of(self)));
}
Owned get_hmac_block_size(Thread&, Value self) {
    return Owned::small_int(EVP_MD_get_block_size(algorithm_of(self)));
}
Owned get_hmac_name(Thread& thread, Value self) {
    return format(thread, "hmac-{}", python_name(algorithm_of(self)));
}
Owned hmac_repr(Thread& thread, Value self) {
    return format(thread, "<{} HMAC object @ {}>", python_name(algorithm_of(self)),
                  address_of(self));
}

Owned hmac_digest(Thread& thread, Value, Value key, Value msg, Value digest_value) {
    Buffer secret(thread), message(thread);
    TRY(secret.get(key));
    TRY(message.get(msg));
    if (secret.size() > INT_MAX) return raise(thread, exc::OverflowError, "key is too long.");
    EVP_MD* algorithm = fetch(thread, digest_value);
    if (!algorithm) return {};
    static const uint8_t no_key = 0;
    uint8_t bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    bool done = run(thread, message.size(), [&] {
        return HMAC(algorithm, secret.size() ? secret.data() : &no_key,
                    static_cast<int>(secret.size()), message.data(), message.size(), bytes,
                    &size) != nullptr;
    });
    EVP_MD_free(algorithm);
    if (!done) return raise_openssl(thread, exc::ValueError);
    return make_bytes(thread, bytes, size);
}

// --- key derivation ---

Owned pbkdf2_hmac(Thread& thread, Value, Str& hash_name, Value password, Value salt,
                  Value iterations_value, Value length_value) {
    Buffer secret(thread), salting(thread);
    TRY(secret.get(password));
    TRY(salting.get(salt));
    int64_t iterations = TRY(to_int64(thread, iterations_value));
    if (iterations < 1)
        return raise(thread, exc::ValueError, "iteration value must be greater than 0.");
    if (iterations > INT_MAX)
        return raise(thread, exc::OverflowError, "iteration value is too great.");
    if (secret.size() > INT_MAX) return raise(thread, exc::OverflowError, "password is too long.");
    if (salting.size() > INT_MAX) return raise(thread, exc::OverflowError, "salt is too long.");
    const char* name = str_utf8(thread, hash_name);
    EVP_MD* algorithm = name ? fetch(thread, name) : nullptr;
    if (!algorithm) return {};
    int64_t length = EVP_MD_get_size(algorithm);
    Ref<Bytes> key;
    bool done = false;
    auto wanted = is_none(length_value) ? Result<int64_t>(length) : to_int64(thread, length_value);
    if (wanted && *wanted < 1)
        (void)raise(thread, exc::ValueError, "key length must be greater than 0.");
    else if (wanted && *wanted > INT_MAX)
        (void)raise(thread, exc::OverflowError, "key length is too great.");
    else if (wanted)
        key = make_bytes_blank(thread, static_cast<size_t>(*wanted));
    if (key) {
        Detached detached(thread);
        done = PKCS5_PBKDF2_HMAC(reinterpret_cast<const char*>(secret.data()),
                                 static_cast<int>(secret.size()), salting.data(),
                                 static_cast<int>(salting.size()), static_cast<int>(iterations),
                                 algorithm, static_cast<int>(*wanted), bytes_blank_data(*key));
    }
    EVP_MD_free(algorithm);
    if (!key) return {};
    if (!done) return raise_openssl(thread, exc::ValueError);
    return key;
}

Owned scrypt(Thread& thread, Value, Value password, Value salt, Value n_value, Value r_value,
             Value p_value, int64_t maxmem, int64_t dklen) {
    Buffer secret(thread), salting(thread);
    TRY(secret.get(password));
    if (is_none(salt)) return raise(thread, exc::TypeError, "salt is required");
    TRY(salting.get(salt));
    auto required = [&](Value value, const char* name, uint64_t* out) -> bool {
        if (!is_int(value))
            return raise(thread, exc::TypeError, "{} is required and must be an unsigned int",
                         name);
        *out = TRY(int_to_uint64(thread, value));
        return true;
    };
    uint64_t n, r, p;
    TRY(required(n_value, "n", &n));
    if (n < 2 || (n & (n - 1))) return raise(thread, exc::ValueError, "n must be a power of 2.");
    TRY(required(r_value, "r", &r));
    TRY(required(p_value, "p", &p));
    if (maxmem < 0 || maxmem > INT_MAX)
        return raise(thread, exc::ValueError, "maxmem must be positive and smaller than {}",
                     INT_MAX);
    if (dklen < 1 || dklen > INT_MAX)
        return raise(thread, exc::ValueError, "dklen must be greater than 0 and smaller than {}",
                     INT_MAX);
    // Without output OpenSSL only looks whether the numbers make sense.
    if (!EVP_PBE_scrypt(nullptr, 0, nullptr, 0, n, r, p, static_cast<uint64_t>(maxmem), nullptr,
                        0)) {
        unsigned long code = ERR_peek_last_error();
        if (code) return raise_openssl(thread, exc::ValueError);
        return raise(thread, exc::ValueError, "Invalid parameter combination for n, r, p, maxmem.");
    }
    Ref<Bytes> key = TRY(make_bytes_blank(thread, static_cast<size_t>(dklen)));
    int done;
    {
        Detached detached(thread);
        done = EVP_PBE_scrypt(reinterpret_cast<const char*>(secret.data()), secret.size(),
                              salting.data(), salting.size(), n, r, p,
                              static_cast<uint64_t>(maxmem), bytes_blank_data(*key), key->size);
    }
    if (!done) return raise_openssl(thread, exc::ValueError);
    return key;
}

// --- the rest ---

Owned compare_digest(Thread& thread, Value, Value a, Value b) {
    if (is_str(a) && is_str(b)) {
        if (!a.as<Str>().is_ascii() || !b.as<Str>().is_ascii())
            return raise(thread, exc::TypeError,
                         "comparing strings with non-ASCII characters is not supported");
        Str &left = a.as<Str>(), &right = b.as<Str>();
        bool equal = left.length() == right.length() &&
                     CRYPTO_memcmp(left.data(), right.data(), left.length()) == 0;
        return Owned::share(boolean(equal));
    }
    Buffer left(thread), right(thread);
    TRY(left.get(a));
    TRY(right.get(b));
    bool equal =
        left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
    return Owned::share(boolean(equal));
}
Owned get_fips_mode(Thread&, Value) {
    return Owned::small_int(EVP_default_properties_is_fips_enabled(nullptr));
}

constexpr const char* kOpen =
    "(module, /, data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)";
constexpr const char* kOpenDoc = "A hash object of that algorithm, begun with the data.";
template <size_t index>
constexpr MethodRow open_row(const char* name) {
    return {name, kOpen, fn<open_known<index>>, kOpenDoc};
}
const MethodRow functions[] = {
    {"new",
     "(module, /, name, data=<unrepresentable>, *, usedforsecurity=True, string=<unrepresentable>)",
     fn<new_function>, "A hash object of the named algorithm, begun with the data."},
    open_row<0>("openssl_sha1"),
    open_row<1>("openssl_sha224"),
    open_row<2>("openssl_sha256"),
    open_row<3>("openssl_sha384"),
    open_row<4>("openssl_sha512"),
    open_row<7>("openssl_sha3_224"),
    open_row<8>("openssl_sha3_256"),
    open_row<9>("openssl_sha3_384"),
    open_row<10>("openssl_sha3_512"),
    open_row<11>("openssl_shake_128"),
    open_row<12>("openssl_shake_256"),
    open_row<15>("openssl_md5"),
    {"hmac_new", "(module, /, key, msg=<unrepresentable>, digestmod=None)", fn<hmac_new>,
     "An HMAC object of a key, begun with the message."},
    {"hmac_digest", "(module, /, key, msg, digest)", fn<hmac_digest>, "The HMAC of a message."},
    {"pbkdf2_hmac", "(module, /, hash_name, password, salt, iterations, dklen=None)",
     fn<pbkdf2_hmac>, "A key from a password, by PBKDF2 (PKCS #5) with HMAC."},
    {"scrypt", "(module, /, password, *, salt=None, n=None, r=None, p=None, maxmem=0, dklen=64)",
     fn<scrypt>, "A key from a password, by scrypt (RFC 7914)."},
    {"compare_digest", "(module, a, b, /)", fn<compare_digest>,
     "Whether two strings or bytes are equal, in a time that tells nothing of where they differ."},
    {"get_fips_mode", "(module, /)", fn<get_fips_mode>, "OpenSSL's FIPS mode: 0 for off."},
    {},
};

constexpr const char* kCopyDoc = "Return a copy of the hash object.";
constexpr const char* kUpdateDoc = "Update this hash object's state with the provided string.";
constexpr const char* kDigestDoc = "Return the digest value as a bytes object.";
constexpr const char* kHexDoc = "Return the digest value as a string of hexadecimal digits.";
const MethodRow hash_rows[] = {
    {"copy", "(self, /)", fn<copy>, kCopyDoc},
    {"digest", "(self, /)", fn<digest>, kDigestDoc},
    {"hexdigest", "(self, /)", fn<hexdigest>, kHexDoc},
    {"update", "(self, obj, /)", fn<update>, kUpdateDoc},
    {},
};
const MethodRow xof_rows[] = {
    {"digest", "(self, /, length)", fn<xof_digest>, kDigestDoc},
    {"hexdigest", "(self, /, length)", fn<xof_hexdigest>, kHexDoc},
    {},
};
const MethodRow hmac_rows[] = {
    {"copy", "(self, /)", fn<hmac_copy>, kCopyDoc},
    {"digest", "(self, /)", fn<hmac_digest_row>, kDigestDoc},
    {"hexdigest", "(self, /)", fn<hmac_hexdigest>, kHexDoc},
    {"update", "(self, /, msg)", fn<hmac_update>, kUpdateDoc},
    {},
};
const GetSetRow hash_getsets[] = {
    {"digest_size", get_digest_size},
    {"block_size", get_block_size},
    {"name", get_name, nullptr, "algorithm name."},
    {},
};
const GetSetRow hmac_getsets[] = {
    {"digest_size", get_hmac_digest_size},
    {"block_size", get_hmac_block_size},
    {"name", get_hmac_name},
    {},
};

bool execute(Thread& thread, Module& module) {
    struct Entry {
        SharedType& type;
        const char* name;
    };
    const Entry entries[] = {{hash_class, "HASH"}, {xof_class, "HASHXOF"}, {hmac_class, "HMAC"}};
    for (const Entry& entry : entries) {
        Type* type = entry.type.make(thread);
        if (!type || !module_set(thread, module, entry.name, Value::of(type))) return false;
    }
    TRY(unsupported_class.add_to(thread, module));
    TRY(module_set(thread, module, "_GIL_MINSIZE", Value::small_int(kLongInput)));
    // Those that the library, as it is set up, has got.
    Ref<List> names = TRY(make_list(thread));
    for (const Name& known : kNames) {
        EVP_MD* algorithm = EVP_MD_fetch(nullptr, known.openssl, nullptr);
        ERR_clear_error();
        if (!algorithm) continue;
        EVP_MD_free(algorithm);
        TRY(list_append(thread, *names, make_str(thread, known.python)));
    }
    return module_set(thread, module, "openssl_md_meth_names",
                      call(thread, Value::of(frozenset_type), names));
}

ModuleSpec spec("_hashlib", "OpenSSL interface for hashlib module", functions, execute);

}  // namespace

const TypeSpec hash_spec = {
    .name = "_hashlib.HASH",
    .doc = "A hash is an object used to calculate a checksum of a string of information.",
    .size = sizeof(Hash),
    .flags = kTypeBase | kTypeNoInstantiate,
    .slots = {.repr = hash_repr, .release = hash_release},
    .methods = hash_rows,
    .getsets = hash_getsets,
};
const TypeSpec xof_spec = {
    .name = "_hashlib.HASHXOF",
    .doc = "A hash whose digest may have any length.",
    .size = sizeof(Hash),
    .flags = kTypeNoInstantiate,
    .slots = {.repr = hash_repr, .release = hash_release},
    .methods = xof_rows,
};
const TypeSpec hmac_spec = {
    .name = "_hashlib.HMAC",
    .doc = "The object used to calculate HMAC of a message.",
    .size = sizeof(Hmac),
    .flags = kTypeNoInstantiate,
    .slots = {.repr = hmac_repr, .release = hmac_release},
    .methods = hmac_rows,
    .getsets = hmac_getsets,
};

}  // namespace hashes

}  // namespace imugi
