// What zip and map share.
#include "object/parallel.h"

#include "memory/collector.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

bool parse_strict(Thread& thread, const char* function, const Arguments& arguments, bool* strict) {
    *strict = false;
    if (arguments.names == nullptr || arguments.names->size == 0) return true;
    if (arguments.names->size > 1)
        return raise(thread, exc::TypeError, "{}() takes at most 1 keyword argument ({} given)",
                     function, arguments.names->size);
    auto& name = (*arguments.names)[0].as<Str>();
    if (!str_equal(name, "strict"))
        return raise(thread, exc::TypeError, "{}() got an unexpected keyword argument '{}'",
                     function, name);
    *strict = TRY(is_true(thread, arguments[arguments.count]));
    return true;
}

Ref<Tuple> iterate_all(Thread& thread, const Value* iterables, size_t count) {
    if (count == 0) return empty_tuple();
    Ref<Tuple> iterators = TRY(make_tuple_blank(thread, count));
    for (size_t i = 0; i < count; i++) iterators->items[i].init(TRY(iterate(thread, iterables[i])));
    track(iterators.get());
    return iterators;
}

Owned finish_strictly(Thread& thread, const char* function, Tuple& iterators, size_t at) {
    if (at > 0)
        return raise(thread, exc::ValueError, "{}() argument {} is shorter than argument{}{}",
                     function, at + 1, at == 1 ? " " : "s 1-", at);
    for (size_t i = 1; i < iterators.size; i++) {
        Owned item = TRY(next(thread, iterators[i]));
        if (!item.is_nothing())
            return raise(thread, exc::ValueError, "{}() argument {} is longer than argument{}{}",
                         function, i + 1, i == 1 ? " " : "s 1-", i);
    }
    return Owned::nothing();
}

}  // namespace imugi
