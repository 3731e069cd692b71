// Parsing of native signatures, and their table: open addressing by the address of the text.
//
// The table is read lock-free; entries are published by a release store, a full table is replaced
// and the old one retired. Writers hold a mutex. Nothing here runs Python.
#include "object/native_signature.h"

#include <cstdlib>

#include "memory/heap.h"
#include "object/bytes.h"
#include "object/float.h"
#include "object/int.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/grace.h"
#include "thread/lock.h"

namespace imugi {

namespace {

struct Entry {
    std::atomic<const char*> text;
    NativeSignature* signature;
};
struct Table {
    size_t mask, used;
    Entry entries[1];
};
std::atomic<Table*> table{nullptr};
RuntimeMutex table_mutex;

size_t hash_text(const char* text) {
    return reinterpret_cast<uintptr_t>(text) * 0x9E3779B97F4A7C15u >> 20;
}

NativeSignature* find(Table* in, const char* text) {
    for (size_t i = hash_text(text); in; i++) {
        Entry& entry = in->entries[i & in->mask];
        const char* found = entry.text.load(std::memory_order_acquire);  // pairs with insert
        if (found == text) return entry.signature;
        if (!found) return nullptr;
    }
    return nullptr;
}

void insert(Table& in, const char* text, NativeSignature* signature) {
    size_t i = hash_text(text);
    while (in.entries[i & in.mask].text.load(std::memory_order_relaxed)) i++;
    in.entries[i & in.mask].signature = signature;
    in.entries[i & in.mask].text.store(text, std::memory_order_release);
    in.used++;
}

bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool equals_text(const char* begin, const char* end, const char* text) {
    size_t size = strlen(text);
    return static_cast<size_t>(end - begin) == size && memcmp(begin, text, size) == 0;
}

Value keep(Owned value) {
    if (!value) return Value();
    if (value.value().is_object()) make_immortal(value.value().object());
    Value result = Value::from_bits(value.release());
    return result.is_object() ? Value::of(result.object()) : result;
}

// The value of a default as written; empty when it has none that can be written.
Value parse_default(Thread& thread, const char* begin, const char* end) {
    if (equals_text(begin, end, "None")) return none();
    if (equals_text(begin, end, "True")) return boolean(true);
    if (equals_text(begin, end, "False")) return boolean(false);
    if (equals_text(begin, end, "()")) return keep(empty_tuple());
    if (equals_text(begin, end, "sys.maxsize")) return keep(make_int(thread, INT64_MAX));
    if (*begin == 'b' && end - begin > 2 && (begin[1] == '\'' || begin[1] == '"'))
        return keep(make_bytes(thread, begin + 2, static_cast<size_t>(end - begin - 3)));
    if (*begin == '\'' || *begin == '"') {
        char text[64];
        size_t size = 0;
        for (const char* at = begin + 1; at < end - 1 && size < sizeof text; at++) {
            char c = *at;
            if (c == '\\' && at + 1 < end - 1) {
                c = *++at;
                c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == '0' ? '\0' : c;
            }
            text[size++] = c;
        }
        Ref<Str> made = make_str(thread, text, size);
        if (!made) return Value();
        return keep(intern(thread, std::move(made)));
    }
    if ((*begin >= '0' && *begin <= '9') || *begin == '-' || *begin == '.') {
        bool real = false;
        for (const char* at = begin; at < end; at++)
            real = real || *at == '.' || (*at == 'e' && begin[1] != 'x');
        char* stop;
        if (real) {
            double d = strtod(begin, &stop);
            return stop == end ? keep(make_float(thread, d)) : Value();
        }
        int64_t n = strtoll(begin, &stop, 0);
        return stop == end ? keep(make_int(thread, n)) : Value();
    }
    return Value();
}

NativeSignature* parse(Thread& thread, const char* text) {
    size_t commas = 1;
    for (const char* at = text; *at; at++) commas += *at == ',';
    auto* result = static_cast<NativeSignature*>(
        array_allocate_zeroed(sizeof(NativeSignature) + commas * sizeof(NativeParameter)));
    if (!result) return raise_memory_error(thread);
    result->args_at = result->kwargs_at = -1;
    const char* at = text;
    while (*at == '(' || *at == ' ') at++;
    bool keyword_only = false;
    while (*at && *at != ')') {
        while (*at == ' ' || *at == ',' || *at == '\n') at++;
        if (*at == ')' || !*at) break;
        if (*at == '/') {
            for (uint8_t i = 0; i < result->count; i++)
                result->parameters[i].kind = ParameterKind::kPositionalOnly;
            at++;
            continue;
        }
        ParameterKind kind = keyword_only ? ParameterKind::kKeywordOnly : ParameterKind::kEither;
        if (*at == '*') {
            at++;
            keyword_only = true;
            if (*at == '*') {
                at++;
                kind = ParameterKind::kKwargs;
            } else if (!is_name_char(*at)) {
                continue;
            } else {
                kind = ParameterKind::kArgs;
            }
        }
        if (*at == '$') at++;
        const char* begin = at;
        while (is_name_char(*at)) at++;
        IMUGI_CHECK(at > begin);
        Ref<Str> name =
            intern(thread, Ref<Str>(make_str(thread, begin, static_cast<size_t>(at - begin))));
        if (!name) return nullptr;
        make_immortal(name.get());
        NativeParameter& parameter = result->parameters[result->count];
        parameter.name = name.get();
        (void)name.release();
        parameter.kind = kind;
        while (*at == ' ') at++;
        if (*at == '=') {
            at++;
            while (*at == ' ') at++;
            begin = at;
            int depth = 0;
            char quote = 0;
            for (; *at; at++) {
                if (quote) {
                    if (*at == '\\' && at[1])
                        at++;
                    else if (*at == quote)
                        quote = 0;
                } else if (*at == '\'' || *at == '"') {
                    quote = *at;
                } else if (*at == '(' || *at == '[' || *at == '{') {
                    depth++;
                } else if ((*at == ',' || *at == ')') && depth == 0) {
                    break;
                } else if (*at == ')' || *at == ']' || *at == '}') {
                    depth--;
                }
            }
            const char* end = at;
            while (end > begin && end[-1] == ' ') end--;
            parameter.has_default = true;
            parameter.fallback = parse_default(thread, begin, end);
            if (has_exception(thread)) return nullptr;
        }
        if (kind == ParameterKind::kArgs) result->args_at = static_cast<int8_t>(result->count);
        if (kind == ParameterKind::kKwargs) result->kwargs_at = static_cast<int8_t>(result->count);
        result->count++;
    }
    result->simple = result->direct = true;
    for (uint8_t i = 0; i < result->count; i++) {
        NativeParameter& parameter = result->parameters[i];
        if (i == 0) {
            const Str& name = *parameter.name;
            result->first_module = str_equal(name, "module");
            bool is_self = result->first_module || str_equal(name, "self") ||
                           str_equal(name, "cls") || str_equal(name, "type");
            // self itself is never passed by name.
            if (is_self && parameter.kind == ParameterKind::kEither)
                parameter.kind = ParameterKind::kPositionalOnly;
        }
        bool positional = parameter.kind <= ParameterKind::kEither;
        result->positional += positional;
        result->positional_only += parameter.kind == ParameterKind::kPositionalOnly;
        result->required += positional && !parameter.has_default;
        result->simple = result->simple && parameter.kind == ParameterKind::kPositionalOnly;
        result->direct = result->direct && parameter.kind != ParameterKind::kArgs &&
                         parameter.kind != ParameterKind::kKwargs &&
                         (positional || parameter.has_default);
        result->keywords = result->keywords || parameter.kind == ParameterKind::kEither ||
                           parameter.kind >= ParameterKind::kKeywordOnly;
    }
    result->plain = result->direct && result->positional == result->count ? result->count : 0;
    return result;
}

}  // namespace

const NativeSignature* signature_of(Thread& thread, const char* text) {
    if (NativeSignature* found = find(table.load(std::memory_order_acquire), text)) return found;
    NativeSignature* made = parse(thread, text);
    if (!made) return nullptr;
    Table* retired = nullptr;
    {
        MutexGuard guard(table_mutex);
        Table* current = table.load(std::memory_order_relaxed);
        if (NativeSignature* found = find(current, text)) {
            array_free(made);
            return found;
        }
        if (!current || current->used * 2 > current->mask) {
            size_t capacity = current ? (current->mask + 1) * 2 : 1024;
            auto* bigger = static_cast<Table*>(
                array_allocate_zeroed(sizeof(Table) + capacity * sizeof(Entry)));
            if (!bigger) return raise_memory_error(thread);
            bigger->mask = capacity - 1;
            for (size_t i = 0; current && i <= current->mask; i++)
                if (const char* old = current->entries[i].text.load(std::memory_order_relaxed))
                    insert(*bigger, old, current->entries[i].signature);
            table.store(bigger, std::memory_order_release);
            retired = current;
            current = bigger;
        }
        insert(*current, text, made);
    }
    if (retired)
        retire(retired, (retired->mask + 1) * sizeof(Entry), [](void* old) { array_free(old); });
    return made;
}

Owned text_signature(Thread& thread, const MethodRow& row, bool of_type) {
    if (!row.signature) return Owned::share(none());
    if (const char* arrow = strstr(row.signature, ") -> ")) {
        const char* shown = arrow + strlen(") -> ");
        if (!strcmp(shown, "None")) return Owned::share(none());
        return make_str(thread, shown);
    }
    const NativeSignature* signature = signature_of(thread, row.signature);
    if (!signature) return {};
    StrBuilder out(thread);
    TRY(out.append("("));
    const char* at = row.signature + 1;
    bool takes_self = of_type ? !(row.flags & kMethodStatic) : signature->first_module;
    if (takes_self && signature->count > 0) {
        TRY(out.append(!of_type ? "$module" : (row.flags & kMethodClass) ? "$type" : "$self"));
        if (*at == '$') at++;
        while (is_name_char(*at)) at++;
        bool marked = strstr(at, "/)") || strstr(at, "/,");
        if (!marked && (*at == ')' || *at == ',')) TRY(out.append(", /"));
    } else if (!of_type) {
        bool marked = signature->count && signature->positional_only;
        TRY(out.append(!signature->count ? "$module, /" : marked ? "$module, " : "$module, /, "));
    }
    TRY(out.append_utf8(at, strlen(at)));
    return out.finish();
}

}  // namespace imugi
