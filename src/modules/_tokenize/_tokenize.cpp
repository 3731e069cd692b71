// The module _tokenize: TokenizerIter, the tokenizer behind Lib/tokenize.py.
//
// The source is read to its end by readline() at the first token, by one thread while the others
// that want a token wait; then tokens come from memory, under the iterator's Lock.
#include <new>

#include "compile/compile.h"
#include "modules/native_class.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/iterators.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "syntax/token_stream.h"
#include "thread/lock.h"
#include "thread/parking_lot.h"
#include "thread/safepoint.h"

namespace imugi {
namespace {

struct TokenizerState {
    Arena arena;
    BytesBuilder source;
    syntax::TokenStream* stream = nullptr;

    explicit TokenizerState(Thread& thread) : source(thread) {}
    ~TokenizerState() {
        if (stream) stream->~TokenStream();
    }
};

enum Phase : uint32_t { kNew, kReading, kReady };

struct TokenizerIter : Object {
    Slot readline, encoding;
    bool extra_tokens;
    bool done;                     // under the Lock
    std::atomic<uint32_t> phase;   // others park on it while one thread reads
    std::atomic<uint64_t> reader;  // its Thread::id
    TokenizerState* state;         // written by the reader
};

Owned tokenizer_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value values[3];
    TRY(bind_arguments(thread, "tokenizeriter", "(readline, *, encoding=None, extra_tokens=False)",
                       arguments, values, 3));
    auto* object = allocate<TokenizerIter>(thread, type);
    if (!object) return {};
    Owned result = Owned::adopt(object);
    bool extra = TRY(is_true(thread, values[2]));
    object->extra_tokens = extra;
    object->readline.init(Owned::share(values[0]));
    object->encoding.init(Owned::share(values[1]));
    return result;
}

// Reads all lines.
bool read_source(Thread& thread, TokenizerIter& self, TokenizerState& state) {
    for (bool unfinished = false;;) {
        Owned line = call(thread, self.readline.borrow());
        if (!line) return clear_exception_if(thread, exc::StopIteration);
        bool decode = !is_none(self.encoding.borrow());
        if (decode) {
            if (!is_bytes(line))
                return raise(thread, exc::TypeError, "readline() returned a non-bytes object");
            const char* encoding = str_utf8(thread, self.encoding.as<Str>());
            if (!encoding) return false;
            line = TRY(call_method(thread, line, ID(decode), self.encoding.borrow(),
                                   Value::of(ID(replace))));
        }
        if (!is_str(line))
            return raise(thread, exc::TypeError, "readline() returned a non-string object");
        size_t size;
        const char* utf8 = str_utf8(thread, line.as<Str>(), &size);
        if (!utf8) return false;
        if (size == 0) return true;
        // Each is a line, even without its newline.
        if (unfinished) TRY(state.source.append("\n", 1));
        unfinished = utf8[size - 1] != '\n';
        TRY(state.source.append(utf8, size));
    }
}

Owned raise_token_error(Thread& thread, const syntax::Error& error) {
    Ref<Str> filename = TRY(intern(thread, "<string>"));
    if (error.text.data() == nullptr && error.line == 0) {
        Ref<Str> message = TRY(make_str(thread, error.message.data(), error.message.size()));
        return raise_value(thread, exc::SyntaxError, message);
    }
    (void)compile::raise_syntax_error(thread, error, *filename);
    if (error.kind != syntax::ErrorKind::Indentation && error.kind != syntax::ErrorKind::Tab)
        return {};
    // These, which the caller lets through, have no end.
    Owned exception = take_exception(thread);
    if (!set_attribute(thread, exception, ID(end_lineno), none()) ||
        !set_attribute(thread, exception, ID(end_offset), none()))
        return {};
    raise_exception(thread, std::move(exception));
    return {};
}

// What the reader does; it alone looks at `state`.
bool make_state(Thread& thread, TokenizerIter& self) {
    auto* state = static_cast<TokenizerState*>(malloc(sizeof(TokenizerState)));
    if (!state) return raise_memory_error(thread);
    new (state) TokenizerState(thread);
    if (read_source(thread, self, *state)) {
        std::string_view text{reinterpret_cast<const char*>(state->source.data()),
                              state->source.size()};
        state->stream =
            state->arena.make<syntax::TokenStream>(text, self.extra_tokens, state->arena);
        if (state->stream) {
            self.state = state;
            return true;
        }
        (void)raise_memory_error(thread);
    }
    state->~TokenizerState();
    free(state);
    return false;
}

bool get_ready(Thread& thread, TokenizerIter& self) {
    for (;;) {
        uint32_t phase = self.phase.load(std::memory_order_acquire);  // pairs with the reader's
        if (phase == kReady) return true;
        if (phase == kNew) {
            if (!self.phase.compare_exchange_strong(phase, kReading, std::memory_order_acquire))
                continue;
            self.reader.store(thread.id, std::memory_order_relaxed);
            bool made = make_state(thread, self);
            self.reader.store(0, std::memory_order_relaxed);
            self.phase.store(made ? kReady : kNew, std::memory_order_release);
            unpark_all(&self.phase);
            return made;
        }
        if (self.reader.load(std::memory_order_relaxed) == thread.id)
            return raise(thread, exc::ValueError, "tokenizer iterator is already executing");
        {
            Detached detached(thread);
            park(&self.phase, kReading, 4, thread.is_main ? 50'000'000 : -1);
        }
        TRY(safepoint(thread));
    }
}

Owned tokenizer_next(Thread& thread, Value value) {
    TokenizerIter& self = value.as<TokenizerIter>();
    TRY(get_ready(thread, self));
    syntax::TextToken token;
    Ref<Str> text, line;
    {
        // The texts of a token hold until the next one is asked for.
        Lock lock(thread, self);
        if (self.done) return Owned::nothing();
        if (!self.state->stream->next(token))
            return raise_token_error(thread, self.state->stream->error());
        if (token.type == 0) self.done = true;
        text = TRY(make_str(thread, token.text.data(), token.text.size()));
        line = TRY(make_str(thread, token.source.data(), token.source.size()));
    }
    Ref<Tuple> start =
        TRY(make_tuple(thread, Value::small_int(token.line), Value::small_int(token.column)));
    Ref<Tuple> end = TRY(
        make_tuple(thread, Value::small_int(token.end_line), Value::small_int(token.end_column)));
    return make_tuple(thread, Value::small_int(token.type), text, start, end, line);
}

void tokenizer_fields(Object* object, FieldVisitor& visitor) {
    auto& self = *static_cast<TokenizerIter*>(object);
    visitor.visit(self.readline);
    visitor.visit(self.encoding);
}

void tokenizer_release(Object* object) {
    auto& self = *static_cast<TokenizerIter*>(object);
    if (!self.state) return;
    self.state->~TokenizerState();
    free(self.state);
}

const TypeSpec tokenizer_spec = {
    .name = "_tokenize.TokenizerIter",
    .size = sizeof(TokenizerIter),
    .slots = {.iter = iterator_self,
              .next = tokenizer_next,
              .make = tokenizer_make,
              .fields = tokenizer_fields,
              .release = tokenizer_release},
};
NativeClass tokenizer_class(tokenizer_spec);

bool execute(Thread& thread, Module& module) {
    return tokenizer_class.add_to(thread, module);
}

ModuleSpec spec("_tokenize", nullptr, nullptr, execute);

}  // namespace
}  // namespace imugi
