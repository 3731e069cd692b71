// See str_iterator.h. Steps of racing threads give each character once.
#include "object/str_iterator.h"

#include "memory/collector.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/iterators.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/str_methods.h"
#include "object/tuple.h"

namespace imugi {

namespace {

constexpr size_t kExhausted = SIZE_MAX;

// The text and the position in it; null at the end. Who does not own the iterator tells its owner
// first, so that the text is not let go meanwhile.
Str* text_of(StrIterator& iterator, size_t* at) {
    mark_reader(&iterator);
    *at = iterator.position.load(std::memory_order_seq_cst);  // pairs with end
    return *at == kExhausted ? nullptr : &iterator.text.as<Str>();
}

bool is_mine_alone(const StrIterator& iterator) {
    return iterator.owner.load(std::memory_order_relaxed) == current_heap_id &&
           iterator.shared.load(std::memory_order_seq_cst) == 0;
}

// The text is let go at once if nobody else looks at it, and whoever comes sees the end.
void end(StrIterator& iterator) {
    iterator.position.exchange(kExhausted, std::memory_order_seq_cst);  // before `shared` is read
    if (is_mine_alone(iterator)) Owned done = iterator.text.take();
}

Owned iterator_next(Thread& thread, Value self) {
    auto& iterator = self.as<StrIterator>();
    size_t at;
    Str* text = text_of(iterator, &at);
    if (!text) return Owned::nothing();
    if (at >= text->length()) {
        end(iterator);
        return Owned::nothing();
    }
    if (is_mine_alone(iterator)) {
        iterator.position.store(at + 1, std::memory_order_relaxed);
    } else {
        while (!iterator.position.compare_exchange_weak(at, at + 1, std::memory_order_relaxed))
            if (at >= text->length()) return Owned::nothing();
    }
    return make_str_from_char(thread, (*text)[at]);
}

Owned length_hint(Thread&, Value self) {
    size_t at;
    Str* text = text_of(self.as<StrIterator>(), &at);
    return Owned::small_int(text && at < text->length() ? static_cast<int64_t>(text->length() - at)
                                                        : 0);
}

Owned reduce(Thread& thread, Value self) {
    // Looking for the name may run Python, which may use the iterator up.
    Owned iter = TRY(builtin_named(thread, ID(iter)));
    size_t at;
    Str* text = text_of(self.as<StrIterator>(), &at);
    if (!text || at >= text->length()) {
        Ref<Tuple> arguments = TRY(make_tuple(thread, empty_str()));
        return make_tuple(thread, iter, arguments);
    }
    Ref<Tuple> arguments = TRY(make_tuple(thread, Value::of(*text)));
    return make_tuple(thread, iter, arguments, Value::small_int(static_cast<int64_t>(at)));
}

bool set_state(Thread& thread, Value self, Value state) {
    Index to = TRY(to_ssize(thread, state, exc::OverflowError));
    auto& iterator = self.as<StrIterator>();
    size_t at;
    Str* text = text_of(iterator, &at);
    if (!text) return true;
    size_t clamped = to < 0 ? 0 : std::min(static_cast<size_t>(to), text->length());
    iterator.position.store(clamped, std::memory_order_relaxed);
    return true;
}

void fields(Object* self, FieldVisitor& visitor) {
    visitor.visit(static_cast<StrIterator*>(self)->text);
}

const MethodRow rows[] = {
    {"__length_hint__", "(self, /)", fn<length_hint>, "An estimate of what is left."},
    {"__reduce__", "(self, /)", fn<reduce>, "State for pickling."},
    {"__setstate__", "(self, object, /)", fn<set_state>, "Moves to the position that state says."},
    {},
};

constexpr Slots slots = {.iter = iterator_self, .next = iterator_next, .fields = fields};

}  // namespace

Type str_iterator_type;
const TypeSpec str_iterator_type_spec = {
    .name = "str_iterator", .size = sizeof(StrIterator), .slots = slots, .methods = rows};
Type str_ascii_iterator_type;
const TypeSpec str_ascii_iterator_type_spec = {
    .name = "str_ascii_iterator", .size = sizeof(StrIterator), .slots = slots, .methods = rows};

Owned str_iterate(Thread& thread, Value self) {
    // Of texts of subclasses CPython makes the general one.
    Str& text = self.as<Str>();
    Type& type =
        text.is_ascii() && !text.is_external() ? str_ascii_iterator_type : str_iterator_type;
    auto* iterator = allocate<StrIterator>(thread, type);
    if (!iterator) return {};
    iterator->text.init(Owned::share(self));
    return Owned::adopt(iterator);
}

}  // namespace imugi
