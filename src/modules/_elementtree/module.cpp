// The module _elementtree: its types are made anew by each import, with a state of their own.
#include "modules/_elementtree/elementtree.h"
#include "modules/native_class.h"
#include "modules/native_types.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi::etree {

namespace {

NativeException parse_error("xml.etree.ElementTree.ParseError", exc::SyntaxError);

Owned set_factories(Thread& thread, Value module_value, Value comment_factory, Value pi_factory) {
    for (Value factory : {comment_factory, pi_factory})
        if (!is_none(factory) && !is_callable(factory))
            return raise(thread, exc::TypeError, "{} factory must be callable, not {}",
                         same(factory, comment_factory) ? "Comment" : "PI", type_name_of(factory));
    auto& module = module_value.as<Module>();
    auto& state = module_state<State>(module);
    auto given = [](Value factory) { return is_none(factory) ? Owned() : Owned::share(factory); };
    Owned comment = given(comment_factory), pi = given(pi_factory);
    {
        Lock guard(thread, module);
        comment = state.comment_factory.exchange(std::move(comment));
        pi = state.pi_factory.exchange(std::move(pi));
    }
    auto shown = [](Owned word) { return word ? std::move(word) : Owned::share(none()); };
    Owned old_comment = shown(std::move(comment)), old_pi = shown(std::move(pi));
    return make_tuple(thread, old_comment, old_pi);
}

const MethodRow rows[] = {
    {"SubElement", "(*args, **kwargs) -> None", fn<sub_element>},
    {"_set_factories", "(module, comment_factory, pi_factory, /)", fn<set_factories>,
     "Change the factories used to create comments and processing instructions.\n\n"
     "For internal use only."},
    {},
};

void state_fields(void* address, FieldVisitor& visitor) {
    auto& state = *static_cast<State*>(address);
    for (Slot* slot :
         {&state.find, &state.find_text, &state.find_all, &state.find_iter, &state.deep_copy,
          &state.parse_error, &state.comment_factory, &state.pi_factory})
        visitor.visit(*slot);
}

bool load_helpers(Thread& thread, State& state) {
    Ref<Str> path = TRY(make_str(thread, "xml.etree.ElementPath"));
    state.find.init(TRY(module_attribute(thread, *path, ID(find))));
    state.find_text.init(TRY(module_attribute(thread, *path, ID(findtext))));
    state.find_all.init(TRY(module_attribute(thread, *path, ID(findall))));
    state.find_iter.init(TRY(module_attribute(thread, *path, ID(iterfind))));
    state.deep_copy.init(TRY(module_attribute(thread, ID(copy), ID(deepcopy))));
    return true;
}

bool execute(Thread& thread, Module& module) {
    auto* state = make_module_state<State>(thread, module, state_fields);
    if (!state) return false;
    TRY(load_helpers(thread, *state));
    state->parse_error.init(Owned::share(Value::of(parse_error.type(thread))));
    TRY(parse_error.add_to(thread, module));
    state->element = module_add_type(thread, module, element_spec);
    state->tree_builder = module_add_type(thread, module, tree_builder_spec);
    state->element_iterator = module_add_type(thread, module, element_iterator_spec);
    Type* parser = module_add_type(thread, module, parser_spec);
    return state->element && state->tree_builder && state->element_iterator && parser;
}

ModuleSpec spec("_elementtree", nullptr, rows, execute);

}  // namespace

}  // namespace imugi::etree
