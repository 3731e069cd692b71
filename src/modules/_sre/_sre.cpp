// The _sre module: what Lib/re builds on. compile() checks its code before anything runs it.
#include "memory/collector.h"
#include "memory/heap.h"
#include "modules/_sre/characters.h"
#include "modules/_sre/pattern.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/tuple.h"

namespace imugi::sre {

namespace {

bool read_code(Thread& thread, List& list, Pattern& pattern) {
    auto size = static_cast<size_t>(list_size(list));
    pattern.code = static_cast<uint32_t*>(array_allocate(size * sizeof(uint32_t) + 1));
    if (!pattern.code) return raise_memory_error(thread);
    pattern.code_size = size;
    for (size_t i = 0; i < size; i++) {
        Owned item = TRY(list_item(thread, list, static_cast<Index>(i)));
        if (item.is_nothing()) return raise(thread, exc::RuntimeError, "invalid SRE code");
        uint64_t word = TRY(to_uint64(thread, item));
        if (word > UINT32_MAX)
            return raise(thread, exc::OverflowError, "regular expression code size limit exceeded");
        pattern.code[i] = static_cast<uint32_t>(word);
    }
    return true;
}

Owned compile(Thread& thread, Value text, int flags, List& code, Index groups, Dict& groupindex,
              Tuple& indexgroup) {
    Type* type = pattern_class.get(thread);
    auto* pattern = type ? allocate<Pattern>(thread, *type) : nullptr;
    if (!pattern) return {};
    Ref<Pattern> result = Ref<Pattern>::adopt(pattern);
    TRY(read_code(thread, code, *pattern));
    pattern->flags = static_cast<uint32_t>(flags);
    pattern->pattern.init(Owned::share(text));
    pattern->group_index.init(Owned::share(groupindex));
    pattern->index_group.init(Owned::share(indexgroup));
    if (is_none(text)) {
        pattern->is_bytes = -1;
    } else {
        Subject subject(thread);
        TRY(subject.load(text, nullptr));
        pattern->is_bytes = subject.is_bytes();
    }
    if (groups < 0 || groups > static_cast<Index>(kMaxGroups) ||
        !is_valid_code(thread, pattern->code, pattern->code_size, static_cast<uint32_t>(groups)))
        return raise(thread, exc::RuntimeError, "invalid SRE code");
    pattern->groups = static_cast<uint32_t>(groups);
    track(pattern);
    return std::move(result);
}

// [literal, index, literal, index, ..., literal]
Owned make_template(Thread& thread, Pattern& pattern, List& parts) {
    auto size = static_cast<size_t>(list_size(parts));
    if (size % 2 == 0) return raise(thread, exc::TypeError, "invalid template");
    Type* type = template_class.get(thread);
    auto* made = type ? allocate<Template>(thread, *type) : nullptr;
    if (!made) return {};
    Ref<Template> result = Ref<Template>::adopt(made);
    made->count = size / 2;
    made->indexes = static_cast<Index*>(array_allocate(sizeof(Index) * made->count + 1));
    if (!made->indexes) return raise_memory_error(thread);
    Ref<Tuple> literals = TRY(make_tuple_blank(thread, made->count));
    made->literal.init(TRY(list_item(thread, parts, 0)));
    for (size_t i = 0; i < made->count; i++) {
        Owned index = TRY(list_item(thread, parts, static_cast<Index>(2 * i + 1)));
        Owned literal = TRY(list_item(thread, parts, static_cast<Index>(2 * i + 2)));
        if (index.is_nothing() || literal.is_nothing())
            return raise(thread, exc::TypeError, "invalid template");
        made->indexes[i] = TRY(to_ssize(thread, index));
        if (made->indexes[i] < 0 || made->indexes[i] > static_cast<Index>(pattern.groups))
            return raise(thread, exc::TypeError, "invalid template");
        bool empty = (is_str(literal) && literal.as<Str>().length() == 0) ||
                     (is_bytes(literal) && literal.as<Bytes>().size == 0);
        literals->items[i].init(empty ? Owned::share(none()) : std::move(literal));
    }
    if (made->count) track(literals.get());
    made->literals.init(std::move(literals));
    track(made);
    return std::move(result);
}

Owned getcodesize(Thread&) {
    return Owned::small_int(sizeof(uint32_t));
}
Result<bool> ascii_iscased(Thread&, int character) {
    auto c = static_cast<uint32_t>(character);
    return (c | 32) - 'a' < 26;
}
Result<bool> unicode_iscased(Thread&, int character) {
    auto c = static_cast<uint32_t>(character);
    if (c > 0x10FFFF) return false;
    return lower_unicode(c) != c || upper_unicode(c) != c;
}
Owned ascii_tolower(Thread&, int character) {
    return Owned::small_int(lower_ascii(static_cast<uint32_t>(character)));
}
Owned unicode_tolower(Thread&, int character) {
    auto c = static_cast<uint32_t>(character);
    return Owned::small_int(c > 0x10FFFF ? c : lower_unicode(c));
}

const MethodRow functions[] = {
    {"compile", "(pattern, flags, code, groups, groupindex, indexgroup)", fn<compile>,
     "A Pattern of compiled code."},
    {"template", "(pattern, template, /)", fn<make_template>,
     "A replacement of literals and group numbers in turn."},
    {"getcodesize", "()", fn<getcodesize>},
    {"ascii_iscased", "(character, /)", fn<ascii_iscased>},
    {"unicode_iscased", "(character, /)", fn<unicode_iscased>},
    {"ascii_tolower", "(character, /)", fn<ascii_tolower>},
    {"unicode_tolower", "(character, /)", fn<unicode_tolower>},
    {},
};

bool execute(Thread& thread, Module& module) {
    // The types exist from now on, so that instances can be recognised.
    return pattern_class.get(thread) && match_class.get(thread) && scanner_class.get(thread) &&
           template_class.get(thread) &&
           module_set(thread, module, "MAGIC", Owned::small_int(kMagic)) &&
           module_set(thread, module, "CODESIZE", Owned::small_int(sizeof(uint32_t))) &&
           module_set(thread, module, "MAXREPEAT", Owned::small_int(kMaxRepeat)) &&
           module_set(thread, module, "MAXGROUPS", Owned::small_int(kMaxGroups)) &&
           module_set(thread, module, "copyright",
                      Owned(make_str(thread, " imugi's regular expressions ")));
}

ModuleSpec sre_module("_sre", nullptr, functions, execute);

}  // namespace

}  // namespace imugi::sre
