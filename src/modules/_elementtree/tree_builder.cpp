// TreeBuilder: start, data and end to a tree. See elementtree.h for what protects it; calls that
// race with each other may build a strange tree, never a broken one.
#include "memory/array.h"
#include "memory/collector.h"
#include "modules/_elementtree/elementtree.h"
#include "object/call.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi::etree {

namespace {

// --- the open elements ---

// Under the Lock.
[[nodiscard]] bool push_open(TreeBuilder& self, Owned element) {
    if (self.open_count == self.open_capacity) {
        size_t capacity = self.open_capacity ? self.open_capacity * 2 : 16;
        auto* bigger = static_cast<Slot*>(array_allocate_zeroed(capacity * sizeof(Slot)));
        if (!bigger) return false;
        if (self.open_count)
            memcpy(static_cast<void*>(bigger), self.open, self.open_count * sizeof(Slot));
        array_free(self.open);
        self.open = bigger;
        self.open_capacity = capacity;
    }
    self.open[self.open_count++].init(std::move(element));
    return true;
}

// --- text ---

// Text or tail of the element, which it may have already, for what is no element of ours.
bool extend_attribute(Thread& thread, Value element, Str& name, Value text) {
    Owned before = TRY(get_attribute(thread, element, name));
    if (is_none(before)) return set_attribute(thread, element, name, text);
    Owned joined = TRY(binary_op(thread, BinaryOp::kAdd, before, text));
    return set_attribute(thread, element, name, joined);
}

bool extend_word(Thread& thread, Element& element, Slot& slot, Owned text) {
    Owned before = word_of(thread, element, slot);
    if (!is_none(before)) text = TRY(binary_op(thread, BinaryOp::kAdd, before, text));
    replace(thread, element, slot, std::move(text));
    return true;
}

// Gives the text that was kept to the element it belongs to.
bool flush(Thread& thread, TreeBuilder& self) {
    Owned text, pieces, target;
    bool is_tail;
    {
        Lock guard(thread, self);
        if (self.text.is_empty()) return true;
        text = self.text.take();
        pieces = self.pieces.take();
        is_tail = !self.tail_of.is_empty();
        target = is_tail ? self.tail_of.share() : self.last.share();
    }
    if (pieces) text = TRY(str_join(thread, *empty_str(), pieces));
    if (!target) return true;
    if (!is_exact_element(target))
        return extend_attribute(thread, target, is_tail ? ID(tail) : ID(text), text);
    auto& element = target.as<Element>();
    return extend_word(thread, element, is_tail ? element.tail : element.text, std::move(text));
}

// --- elements ---

bool add_to(Thread& thread, Value parent, Value child) {
    if (is_exact_element(parent)) return add_child(thread, parent.as<Element>(), child);
    return static_cast<bool>(call_method(thread, parent, ID(append), child));
}

Owned make_node(Thread& thread, TreeBuilder& self, Value tag, Owned attributes) {
    Owned factory = read_locked(thread, self, self.factory);
    if (!factory) {
        State& state = state_of(type_of(Value::of(self)), tree_builder_spec);
        if (attributes && dict_size(attributes.as<Dict>()) == 0) attributes = Owned();
        return make_element(thread, *state.element, tag, std::move(attributes));
    }
    if (!attributes) attributes = TRY(make_dict(thread));
    return call(thread, factory, tag, attributes);
}

// A comment or processing instruction, into the tree if it is wanted there.
bool insert_single(Thread& thread, TreeBuilder& self, Value node, bool wanted) {
    if (!wanted) return true;
    Owned parent = read_locked(thread, self, self.current);
    if (!parent) return true;
    TRY(add_to(thread, parent, node));
    replace(thread, self, self.tail_of, Owned::share(node));
    return true;
}

}  // namespace

bool builder_report(Thread& thread, TreeBuilder& self, Event event, Value value) {
    if (self.report.is_empty()) return true;
    Owned report, name;
    {
        Lock guard(thread, self);
        report = self.report.share();
        name = self.events[event].share();
    }
    if (!report || !name) return true;
    Ref<Tuple> pair = TRY(make_tuple(thread, name.value(), value));
    return static_cast<bool>(call(thread, report, pair));
}

Owned builder_start(Thread& thread, TreeBuilder& self, Value tag, Owned attributes) {
    TRY(flush(thread, self));
    Owned node = TRY(make_node(thread, self, tag, std::move(attributes)));
    Owned parent = read_locked(thread, self, self.current);
    if (parent) {
        TRY(add_to(thread, parent, node));
    } else {
        bool is_first;
        {
            Lock guard(thread, self);
            is_first = self.root.is_empty();
            if (is_first) (void)self.root.exchange(node.share());
        }
        if (!is_first) {
            State& state = state_of(type_of(Value::of(self)), tree_builder_spec);
            return raise(thread, state.parse_error.as<Type>(), "multiple elements on top level");
        }
    }
    Owned current = node.share(), last = node.share(), tail_of;
    bool pushed;
    {
        Lock guard(thread, self);
        pushed = push_open(self, parent ? std::move(parent) : Owned::share(none()));
        current = self.current.exchange(std::move(current));
        last = self.last.exchange(std::move(last));
        tail_of = self.tail_of.take();
    }
    if (!pushed) return raise_memory_error(thread);
    TRY(builder_report(thread, self, kStartEvent, node));
    return node;
}

bool builder_data(Thread& thread, TreeBuilder& self, Value data) {
    Owned first, pieces;
    {
        Lock guard(thread, self);
        if (self.text.is_empty()) {
            if (!self.last.is_empty()) (void)self.text.exchange(Owned::share(data));
            return true;
        }
        if (self.pieces.is_empty())
            first = self.text.share();
        else
            pieces = self.pieces.share();
    }
    if (!pieces) {
        const Value values[] = {first};
        pieces = TRY(make_list_from(thread, values, 1));
        TRY(list_append(thread, pieces.as<List>(), Owned::share(data)));
        replace(thread, self, self.pieces, std::move(pieces));
        return true;
    }
    return list_append(thread, pieces.as<List>(), Owned::share(data));
}

Owned builder_end(Thread& thread, TreeBuilder& self) {
    TRY(flush(thread, self));
    Owned outer, closed, tail_of;
    {
        Lock guard(thread, self);
        if (self.open_count > 0) {
            outer = self.open[--self.open_count].take();
            if (is_none(outer)) outer = Owned();
            closed = self.current.exchange(std::move(outer));
            Owned last = self.last.exchange(closed.share());
            tail_of = self.tail_of.exchange(closed.share());
            outer = std::move(last);
        }
    }
    if (!closed) return raise(thread, exc::IndexError, "pop from empty stack");
    TRY(builder_report(thread, self, kEndEvent, closed));
    return closed;
}

Owned builder_comment(Thread& thread, TreeBuilder& self, Value text) {
    TRY(flush(thread, self));
    Owned factory = read_locked(thread, self, self.comment_factory);
    Owned node = Owned::share(text);
    if (factory) {
        node = TRY(call(thread, factory, text));
        TRY(insert_single(thread, self, node,
                          self.insert_comments.load(std::memory_order_relaxed)));
    }
    TRY(builder_report(thread, self, kCommentEvent, node));
    return node;
}

Owned builder_pi(Thread& thread, TreeBuilder& self, Value target, Value text) {
    TRY(flush(thread, self));
    Owned factory = read_locked(thread, self, self.pi_factory);
    Owned node;
    if (factory) {
        node = TRY(call(thread, factory, target, text));
        TRY(insert_single(thread, self, node, self.insert_pis.load(std::memory_order_relaxed)));
    } else {
        node = TRY(make_tuple(thread, target, text));
    }
    TRY(builder_report(thread, self, kInstructionEvent, node));
    return node;
}

Owned builder_close(Thread& thread, TreeBuilder& self) {
    Owned root = read_locked(thread, self, self.root);
    return root ? std::move(root) : Owned::share(none());
}

Owned make_builder(Thread& thread, Type& type) {
    auto* self = allocate<TreeBuilder>(thread, type);
    if (!self) return {};
    track(self);
    return Owned::adopt(self);
}

// --- the class ---

namespace {

Owned builder_make(Thread& thread, Type& type, const Arguments&) {
    return make_builder(thread, type);
}

Owned given_or(Thread& thread, Value given, Slot& otherwise, Module& module) {
    if (!is_none(given)) return Owned::share(given);
    return read_locked(thread, module, otherwise);
}

bool builder_init(Thread& thread, Value value, const Arguments& arguments) {
    Value bound[5];
    TRY(bind_arguments(thread, "TreeBuilder",
                       "(element_factory=None, *, comment_factory=None, pi_factory=None, "
                       "insert_comments=False, insert_pis=False)",
                       arguments, bound, 5));
    bool insert_comments = TRY(is_true(thread, bound[3]));
    bool insert_pis = TRY(is_true(thread, bound[4]));
    auto& self = value.as<TreeBuilder>();
    Type& type = *native_base(type_of(value), tree_builder_spec);
    State& state = state_of(type, tree_builder_spec);
    auto& module = type.module_object.as<Module>();
    Owned factory = is_none(bound[0]) ? Owned() : Owned::share(bound[0]);
    Owned comment = given_or(thread, bound[1], state.comment_factory, module);
    Owned pi = given_or(thread, bound[2], state.pi_factory, module);
    Lock guard(thread, self);
    factory = self.factory.exchange(std::move(factory));
    comment = self.comment_factory.exchange(std::move(comment));
    pi = self.pi_factory.exchange(std::move(pi));
    self.insert_comments.store(insert_comments, std::memory_order_relaxed);
    self.insert_pis.store(insert_pis, std::memory_order_relaxed);
    return true;
}

void builder_fields(Object* object, FieldVisitor& visitor) {
    auto& self = static_cast<TreeBuilder&>(*object);
    for (Slot* slot :
         {&self.root, &self.current, &self.last, &self.tail_of, &self.text, &self.pieces,
          &self.factory, &self.comment_factory, &self.pi_factory, &self.report})
        visitor.visit(*slot);
    visitor.visit(self.events, kEventCount);
    visitor.visit(self.open, self.open_count);
}
void builder_release(Object* object) {
    array_free(static_cast<TreeBuilder*>(object)->open);
}

Owned method_start(Thread& thread, TreeBuilder& self, Value tag, Value attributes) {
    if (!is_dict(attributes))
        return raise(thread, exc::TypeError, "start() argument 2 must be dict, not {}",
                     type_name_of(attributes));
    return builder_start(thread, self, tag, Owned::share(attributes));
}
bool method_data(Thread& thread, TreeBuilder& self, Value data) {
    return builder_data(thread, self, data);
}
Owned method_end(Thread& thread, TreeBuilder& self, Value) {
    return builder_end(thread, self);
}
Owned method_comment(Thread& thread, TreeBuilder& self, Value text) {
    return builder_comment(thread, self, text);
}
Owned method_pi(Thread& thread, TreeBuilder& self, Value target, Value text) {
    return builder_pi(thread, self, target, text);
}
Owned method_close(Thread& thread, TreeBuilder& self) {
    return builder_close(thread, self);
}

const MethodRow rows[] = {
    {"data", "(self, data, /)", fn<method_data>},
    {"start", "(self, tag, attrs, /)", fn<method_start>},
    {"end", "(self, tag, /)", fn<method_end>},
    {"comment", "(self, text, /)", fn<method_comment>},
    {"pi", "(self, target, text=None, /)", fn<method_pi>},
    {"close", "(self, /)", fn<method_close>},
    {},
};

}  // namespace

const TypeSpec tree_builder_spec = {
    .name = "xml.etree.ElementTree.TreeBuilder",
    .size = sizeof(TreeBuilder),
    .flags = kTypeBase | kTypeTracked | kTypeImmutable,
    .slots = {.make = builder_make,
              .init = builder_init,
              .fields = builder_fields,
              .release = builder_release},
    .methods = rows,
};

}  // namespace imugi::etree
