// The module _random: Random, the Mersenne Twister as an object. Every use of its state is under
// the object's Lock.
#include "base/random.h"

#include <cerrno>

#include "memory/array.h"
#include "memory/collector.h"
#include "modules/native_class.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi::random_module {

extern const TypeSpec random_spec;
constinit NativeClass random_class(random_spec);

struct Random : Object {
    MersenneTwister generator;
};

}  // namespace imugi::random_module

namespace imugi {
IMUGI_NATIVE_CLASS(random_module::Random, random_module::random_class);
}  // namespace imugi

namespace imugi::random_module {
namespace {

Owned random_make(Thread& thread, Type& type, const Arguments&) {
    auto* self = allocate<Random>(thread, type);
    if (self == nullptr) return {};
    constexpr uint32_t first_seed = 5489;
    self->generator.seed(&first_seed, 1);
    if (type.has(kTypeTracked)) track(self);
    return Owned::adopt(self);
}

bool seed_from_system(Thread& thread, Random& self) {
    uint32_t words[MersenneTwister::state_size];
    if (!os_entropy(words, sizeof words)) return raise_os_error(thread, errno);
    Lock guard(thread, self);
    self.generator.seed(words, MersenneTwister::state_size);
    return true;
}

// The magnitude of an int, or the hash of anything else, taken as unsigned.
bool seed(Thread& thread, Random& self, Value n) {
    if (n.is_empty() || is_none(n)) return seed_from_system(thread, self);
    uint64_t hashed;
    const uint64_t* limbs = &hashed;
    size_t count = 1;
    IntView view(is_int(n) ? n : Value::small_int(0));
    if (is_int(n)) {
        limbs = view.limbs;
        count = view.size;
    } else {
        hashed = static_cast<uint64_t>(TRY(hash(thread, n)));
    }
    auto* words = static_cast<uint32_t*>(array_allocate((count * 2 + 1) * sizeof(uint32_t)));
    if (words == nullptr) return raise_memory_error(thread);
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        words[size++] = static_cast<uint32_t>(limbs[i]);
        words[size++] = static_cast<uint32_t>(limbs[i] >> 32);
    }
    while (size > 1 && words[size - 1] == 0) size--;
    if (size == 0) words[size++] = 0;
    {
        Lock guard(thread, self);
        self.generator.seed(words, size);
    }
    array_free(words);
    return true;
}

bool random_init(Thread& thread, Value value, const Arguments& arguments) {
    TRY(check_positional(thread, "Random", arguments, 0, 1));
    Random& self = value.as<Random>();
    return seed(thread, self, arguments.count ? arguments.values[0] : Value());
}

Owned random(Thread& thread, Random& self) {
    double number;
    {
        Lock guard(thread, self);
        number = self.generator.next_double();
    }
    return make_float(thread, number);
}

Owned getrandbits(Thread& thread, Random& self, Value value) {
    int64_t bits = TRY(convert_int64(thread, value));
    if (bits < 0) return raise(thread, exc::ValueError, "number of bits must be non-negative");
    if (bits <= 32) {
        if (bits == 0) return make_int(thread, 0);
        Lock guard(thread, self);
        return make_int(thread, self.generator.next() >> (32 - bits));
    }
    size_t limb_count = static_cast<size_t>(bits + 63) / 64;
    auto* limbs = static_cast<uint64_t*>(array_allocate_zeroed(limb_count * sizeof(uint64_t)));
    if (limbs == nullptr) return raise_memory_error(thread);
    {
        Lock guard(thread, self);
        self.generator.fill_bits(reinterpret_cast<uint32_t*>(limbs), static_cast<uint64_t>(bits));
    }
    while (limb_count > 0 && limbs[limb_count - 1] == 0) limb_count--;
    Owned result = make_int_from_limbs(thread, false, limbs, limb_count);
    array_free(limbs);
    return result;
}

constexpr size_t kStateItems = MersenneTwister::state_size + 1;

Owned getstate(Thread& thread, Random& self) {
    uint32_t words[kStateItems];
    {
        Lock guard(thread, self);
        for (size_t i = 0; i < MersenneTwister::state_size; i++) words[i] = self.generator.state[i];
        words[MersenneTwister::state_size] = self.generator.index;
    }
    Value items[kStateItems];
    for (size_t i = 0; i < kStateItems; i++) items[i] = Value::small_int(words[i]);
    return make_tuple(thread, items, kStateItems).owned();
}

bool setstate(Thread& thread, Random& self, Value state) {
    if (!is_tuple(state)) return raise(thread, exc::TypeError, "state vector must be a tuple");
    Tuple& items = state.as<Tuple>();
    if (items.size != kStateItems)
        return raise(thread, exc::ValueError, "state vector is the wrong size");
    uint32_t words[kStateItems];
    for (size_t i = 0; i < kStateItems; i++) {
        uint64_t word = TRY(convert_uint64(thread, items[i]));
        if (i == MersenneTwister::state_size && word > MersenneTwister::state_size)
            return raise(thread, exc::ValueError, "invalid state");
        words[i] = static_cast<uint32_t>(word);
    }
    Lock guard(thread, self);
    for (size_t i = 0; i < MersenneTwister::state_size; i++) self.generator.state[i] = words[i];
    self.generator.index = words[MersenneTwister::state_size];
    return true;
}

const MethodRow random_rows[] = {
    {"random", "(self, /)", fn<random>, "random() -> x in the interval [0, 1)."},
    {"seed", "(self, n=None, /)", fn<seed>,
     "seed([n]) -> None.\n\nDefaults to use urandom and falls back to a combination\n"
     "of the current time and the process identifier."},
    {"getstate", "(self, /)", fn<getstate>, "getstate() -> tuple containing the current state."},
    {"setstate", "(self, state, /)", fn<setstate>,
     "setstate(state) -> None.  Restores generator state."},
    {"getrandbits", "(self, k, /)", fn<getrandbits>,
     "getrandbits(k) -> x.  Generates an int with k random bits."},
    {},
};

bool execute(Thread& thread, Module& module) {
    return random_class.add_to(thread, module);
}

ModuleSpec spec("_random", "Module implements the Mersenne Twister random number generator.",
                nullptr, execute);

}  // namespace

const TypeSpec random_spec = {
    .name = "_random.Random",
    .doc = "Random() -> create a random number generator with its own internal state.",
    .size = sizeof(Random),
    .flags = kTypeBase,
    .slots = {.make = random_make, .init = random_init},
    .methods = random_rows,
};

}  // namespace imugi::random_module
