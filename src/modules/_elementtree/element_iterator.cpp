// What Element.iter() and itertext() give: the tree in the order of the document. The way down to
// the present element is kept in a stack, read and changed under the iterator's Lock; every
// element is entered once, however many threads take part.
#include "memory/array.h"
#include "memory/collector.h"
#include "modules/_elementtree/elementtree.h"
#include "object/iterators.h"
#include "object/protocol.h"
#include "thread/lock.h"
#include "thread/safepoint.h"

namespace imugi::etree {

namespace {

struct Level {
    Slot parent;
    Index next;  // child to visit
};

struct ElementIterator : Object {
    Slot root;  // empty once entered
    Slot tag;   // None: all; immutable
    bool gives_text;
    Level* levels;
    size_t depth, capacity;
};

// Under the Lock.
[[nodiscard]] bool push(ElementIterator& self, Owned element) {
    if (self.depth == self.capacity) {
        size_t capacity = self.capacity ? self.capacity * 2 : 8;
        auto* bigger = static_cast<Level*>(array_allocate_zeroed(capacity * sizeof(Level)));
        if (!bigger) return false;
        if (self.depth) memcpy(static_cast<void*>(bigger), self.levels, self.depth * sizeof(Level));
        array_free(self.levels);
        self.levels = bigger;
        self.capacity = capacity;
    }
    Level& level = self.levels[self.depth];
    level.parent.init(std::move(element));
    level.next = 0;
    self.depth++;
    return true;
}

enum class Step { kEntered, kLeft, kDone, kFailed };

// Enters the next element or leaves the innermost; gives that element.
Step step(Thread& thread, ElementIterator& self, Owned* element) {
    Index at;
    size_t depth;
    Owned parent;
    {
        Lock guard(thread, self);
        depth = self.depth;
        if (depth == 0) {
            if (self.root.is_empty()) return Step::kDone;
            *element = self.root.take();
            if (push(self, element->share())) return Step::kEntered;
        } else {
            Level& level = self.levels[depth - 1];
            parent = level.parent.share();
            at = level.next++;
        }
    }
    if (!parent) {
        (void)raise_memory_error(thread);
        return Step::kFailed;
    }
    Owned child = child_at(thread, parent.as<Element>(), at);
    if (!child) return Step::kFailed;
    if (child.is_nothing()) {
        Owned left;
        {
            Lock guard(thread, self);
            // Another thread may have gone further down, or up.
            if (self.depth == depth &&
                same(self.levels[depth - 1].parent.borrow(), parent.value())) {
                left = self.levels[--self.depth].parent.take();
                depth--;
            }
        }
        *element = left && depth > 0 ? std::move(parent) : Owned();
        return Step::kLeft;
    }
    if (!is_element(child)) {
        *element = Owned();
        return Step::kLeft;
    }
    bool pushed;
    {
        Lock guard(thread, self);
        pushed = push(self, child.share());
    }
    if (!pushed) {
        (void)raise_memory_error(thread);
        return Step::kFailed;
    }
    *element = std::move(child);
    return Step::kEntered;
}

Owned iterator_next(Thread& thread, Value value) {
    auto& self = value.as<ElementIterator>();
    for (uint32_t steps = 1;; steps++) {
        if (steps % 1024 == 0) TRY(safepoint(thread));
        Owned held;
        Step kind = step(thread, self, &held);
        if (kind == Step::kFailed) return {};
        if (kind == Step::kDone) return Owned::nothing();
        if (!held || (kind == Step::kLeft && !self.gives_text)) continue;
        auto& element = held.as<Element>();
        if (self.gives_text) {
            Owned text =
                word_of(thread, element, kind == Step::kLeft ? element.tail : element.text);
            if (is_none(text)) continue;
            if (TRY(is_true(thread, text))) return text;
            continue;
        }
        Value wanted = self.tag.borrow();
        if (is_none(wanted)) return held;
        Owned tag = word_of(thread, element, element.tag);
        if (TRY(compare_bool(thread, tag, wanted, CompareOp::kEq))) return held;
    }
}

void iterator_fields(Object* object, FieldVisitor& visitor) {
    auto& self = static_cast<ElementIterator&>(*object);
    visitor.visit(self.root);
    visitor.visit(self.tag);
    for (size_t i = 0; i < self.depth; i++) visitor.visit(self.levels[i].parent);
}
void iterator_release(Object* object) {
    array_free(static_cast<ElementIterator*>(object)->levels);
}

Owned make_iterator(Thread& thread, Element& root, Value tag, bool gives_text) {
    Type& type = *state_of(Value::of(root)).element_iterator;
    auto* self = allocate<ElementIterator>(thread, type);
    if (!self) return {};
    self->root.init(Owned::share(Value::of(root)));
    self->tag.init(Owned::share(tag));
    self->gives_text = gives_text;
    track(self);
    return Owned::adopt(self);
}

}  // namespace

Owned element_iter(Thread& thread, Element& self, Value tag) {
    bool all = is_str(tag) && str_equal(tag.as<Str>(), "*");
    return make_iterator(thread, self, all ? none() : tag, false);
}
Owned element_iter_text(Thread& thread, Element& self) {
    return make_iterator(thread, self, none(), true);
}

const TypeSpec element_iterator_spec = {
    .name = "_elementtree._element_iterator",
    .size = sizeof(ElementIterator),
    .flags = kTypeNoInstantiate | kTypeTracked | kTypeImmutable,
    .slots = {.iter = iterator_self,
              .next = iterator_next,
              .fields = iterator_fields,
              .release = iterator_release},
};

}  // namespace imugi::etree
