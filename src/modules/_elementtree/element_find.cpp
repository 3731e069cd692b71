// find(), findtext(), findall(), iterfind(): by a plain tag here, by a path in ElementPath.
#include "modules/_elementtree/elementtree.h"
#include "object/call.h"
#include "object/protocol.h"

namespace imugi::etree {

namespace {

// Whether a text has anything that makes a path of it, outside of {namespace}.
bool is_path(const Str& text) {
    size_t size = text.length();
    if (size >= 3 && text[0] == '{' && (text[1] == '}' || (text[1] == '*' && text[2] == '}')))
        return true;  // a wildcard
    bool inside = false;
    for (size_t i = 0; i < size; i++) {
        uint32_t c = text[i];
        if (c == '{')
            inside = true;
        else if (c == '}')
            inside = false;
        else if (!inside && (c == '/' || c == '*' || c == '[' || c == '@' || c == '.'))
            return true;
    }
    return false;
}

bool is_plain(Value path, Value namespaces) {
    return is_none(namespaces) && is_exact_str(path) && !is_path(path.as<Str>());
}

// Child number *at or later with that tag; nothing when there is none. *at is then the next.
Owned next_with_tag(Thread& thread, const Element& self, Value tag, Index* at) {
    for (;;) {
        Owned child = TRY(child_at(thread, self, (*at)++));
        if (child.is_nothing()) return child;
        if (!is_element(child)) continue;
        auto& element = child.as<Element>();
        Owned its_tag = word_of(thread, element, element.tag);
        if (TRY(compare_bool(thread, its_tag, tag, CompareOp::kEq))) return child;
    }
}

}  // namespace

Owned element_find(Thread& thread, Element& self, Value path, Value namespaces) {
    if (!is_plain(path, namespaces))
        return call(thread, state_of(Value::of(self)).find.borrow(), Value::of(self), path,
                    namespaces);
    Index at = 0;
    Owned found = TRY(next_with_tag(thread, self, path, &at));
    return found.is_nothing() ? Owned::share(none()) : std::move(found);
}

Owned element_find_text(Thread& thread, Element& self, Value path, Value otherwise,
                        Value namespaces) {
    if (!is_plain(path, namespaces))
        return call(thread, state_of(Value::of(self)).find_text.borrow(), Value::of(self), path,
                    otherwise, namespaces);
    Index at = 0;
    Owned found = TRY(next_with_tag(thread, self, path, &at));
    if (found.is_nothing()) return Owned::share(otherwise);
    auto& element = found.as<Element>();
    Owned text = word_of(thread, element, element.text);
    return is_none(text) ? empty_str().owned() : std::move(text);
}

Owned element_find_all(Thread& thread, Element& self, Value path, Value namespaces) {
    if (!is_plain(path, namespaces))
        return call(thread, state_of(Value::of(self)).find_all.borrow(), Value::of(self), path,
                    namespaces);
    Ref<List> all = TRY(make_list(thread));
    for (Index at = 0;;) {
        Owned found = TRY(next_with_tag(thread, self, path, &at));
        if (found.is_nothing()) return std::move(all);
        TRY(list_append(thread, *all, std::move(found)));
    }
}

Owned element_find_iter(Thread& thread, Element& self, Value path, Value namespaces) {
    return call(thread, state_of(Value::of(self)).find_iter.borrow(), Value::of(self), path,
                namespaces);
}

}  // namespace imugi::etree
