// The module _suggestions: what traceback asks for the name that was meant.
#include "object/suggestions.h"

#include "object/list.h"
#include "object/module.h"
#include "object/native.h"
#include "object/protocol.h"

namespace imugi {

namespace {

Owned generate_suggestions(Thread& thread, Value candidates, Value item) {
    if (!is_exact_list(candidates))
        return raise(thread, exc::TypeError, "candidates must be a list");
    // A copy, which others cannot change meanwhile.
    Ref<List> names = TRY(list_from(thread, candidates));
    for (Index i = 0; i < list_size(*names); i++) {
        Owned name = list_item(thread, *names, i);
        if (!is_str(name))
            return raise(thread, exc::TypeError, "all elements in 'candidates' must be strings");
    }
    if (!is_str(item))
        return raise(thread, exc::TypeError,
                     "_generate_suggestions() argument 2 must be str, not {}", type_name_of(item));
    Owned found = TRY(suggest_name(thread, *names, item.as<Str>()));
    return found.is_nothing() ? Owned::share(none()) : std::move(found);
}

const MethodRow functions[] = {
    {"_generate_suggestions", "(candidates, item, /)", fn<generate_suggestions>,
     "Returns the candidate in candidates that's most similar to item."},
    {},
};

ModuleSpec spec{"_suggestions", "Suggestions for names that were not found.", functions, nullptr};

}  // namespace

}  // namespace imugi
