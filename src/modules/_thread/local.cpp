// _local: each thread has a dict of its own for it. A node ties the dict to the local, which owns
// it (so that the collector sees a local that is in its own values), and to the thread, at whose
// end it goes.
//
// Protection: nodes and their lists are under nodes_mutex; the collector looks with the world
// stopped. The cache in front is the thread's own: it holds no count, since a local that is looked
// at is alive and keeps the dict, and ids are never used twice.
#include "modules/_thread/local.h"

#include "memory/array.h"
#include "memory/collector.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/errors.h"
#include "object/interpreter.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

struct LocalNode {
    struct LocalObject* local;
    ThreadLocals* thread;
    std::atomic<uint64_t> dict;  // owning word
    LocalNode *next, *previous;  // of the local
    LocalNode* chained;          // in the thread's table
};

struct LocalObject : Object {
    std::atomic<uint64_t> id;  // unique in the process's life
    Slot args;                 // tuple, for __init__ in each thread
    Slot kwargs;               // Dict; empty for none
    LocalNode* nodes;
};

struct ThreadLocals {
    struct Cached {
        uint64_t id;
        Dict* dict;
    };
    static constexpr size_t kCached = 64;
    Cached cache[kCached];
    LocalNode** table;  // by the local's id; 2^n chains
    size_t size, count;
};

namespace {

LeafMutex nodes_mutex;
std::atomic<uint64_t> next_id{1};

LocalObject& local_of(Value self) {
    return self.as<LocalObject>();
}

uint64_t id_of(const LocalObject& local) {
    return local.id.load(std::memory_order_relaxed);
}

// --- nodes; all under the mutex ---

LocalNode** chain_of(const ThreadLocals& locals, const LocalObject& local) {
    return &locals.table[id_of(local) & (locals.size - 1)];
}

LocalNode* find_node(const ThreadLocals& locals, const LocalObject& local) {
    LocalNode* node = locals.size ? *chain_of(locals, local) : nullptr;
    while (node && node->local != &local) node = node->chained;
    return node;
}

void link_node(LocalNode& node) {
    LocalNode** chain = chain_of(*node.thread, *node.local);
    node.chained = *chain;
    *chain = &node;
    node.thread->count++;
    node.previous = nullptr;
    node.next = node.local->nodes;
    if (node.next) node.next->previous = &node;
    node.local->nodes = &node;
}

void leave_thread(LocalNode& node) {
    LocalNode** at = chain_of(*node.thread, *node.local);
    while (*at != &node) at = &(*at)->chained;
    *at = node.chained;
    node.thread->count--;
}

void leave_local(LocalNode& node) {
    (node.previous ? node.previous->next : node.local->nodes) = node.next;
    if (node.next) node.next->previous = node.previous;
}

// --- a thread's table; its own thread ---

bool grow_table(Thread& thread, ThreadLocals& locals) {
    size_t size = locals.size ? locals.size * 2 : 8;
    auto** table = static_cast<LocalNode**>(array_allocate_zeroed(size * sizeof(LocalNode*)));
    if (!table) return raise_memory_error(thread);
    {
        MutexGuard guard(nodes_mutex);
        LocalNode** old = std::exchange(locals.table, table);
        size_t old_size = std::exchange(locals.size, size);
        for (size_t i = 0; i < old_size; i++) {
            for (LocalNode* node = old[i]; node;) {
                LocalNode* next = node->chained;
                LocalNode** chain = chain_of(locals, *node->local);
                node->chained = *chain;
                *chain = node;
                node = next;
            }
        }
        table = old;
    }
    array_free(table);
    return true;
}

ThreadLocals* locals_of(Thread& thread) {
    if (!thread.locals)
        thread.locals = static_cast<ThreadLocals*>(array_allocate_zeroed(sizeof(ThreadLocals)));
    if (!thread.locals) (void)raise_memory_error(thread);
    return thread.locals;
}

void remember(ThreadLocals& locals, const LocalObject& local, Dict& dict) {
    locals.cache[id_of(local) % ThreadLocals::kCached] = {id_of(local), &dict};
}

// A new dict for this thread.
Owned add_dict(Thread& thread, LocalObject& local) {
    ThreadLocals* locals = locals_of(thread);
    if (!locals) return {};
    size_t count;
    {
        MutexGuard guard(nodes_mutex);
        count = locals->count;
    }
    if (count >= locals->size) TRY(grow_table(thread, *locals));
    Ref<Dict> made = TRY(make_dict(thread));
    void* memory = array_allocate(sizeof(LocalNode));
    if (!memory) return raise_memory_error(thread);
    auto* node = new (memory) LocalNode{&local, locals, {made.share().release()}, {}, {}, {}};
    {
        MutexGuard guard(nodes_mutex);
        link_node(*node);
    }
    remember(*locals, local, *made);
    return std::move(made).owned();
}

void remove_dict(Thread& thread, LocalObject& local) {
    LocalNode* node;
    {
        MutexGuard guard(nodes_mutex);
        node = find_node(*thread.locals, local);
        if (!node) return;
        leave_thread(*node);
        leave_local(*node);
    }
    thread.locals->cache[id_of(local) % ThreadLocals::kCached] = {};
    Owned dropped = Owned::adopt(node->dict.load(std::memory_order_relaxed));
    array_free(node);
}

Owned find_or_add_dict(Thread& thread, Value self) {
    LocalObject& local = local_of(self);
    ThreadLocals* locals = locals_of(thread);
    if (!locals) return {};
    {
        MutexGuard guard(nodes_mutex);
        if (LocalNode* node = find_node(*locals, local)) {
            Value dict = Value::from_bits(node->dict.load(std::memory_order_relaxed));
            remember(*locals, local, dict.as<Dict>());
            return Owned::share(dict);
        }
    }
    Owned made = TRY(add_dict(thread, local));
    auto init = type_of(self).slots.init;
    if (init && init != object_type.slots.init) {
        Owned method = TRY(get_attribute(thread, self, ID(__init__)));
        Dict* kwargs = local.kwargs.is_empty() ? nullptr : &local.kwargs.as<Dict>();
        Owned result = call_with(thread, method, local.args.as<Tuple>(), kwargs);
        if (!result) {
            remove_dict(thread, local);
            return {};
        }
    }
    return made;
}

// This thread's dict of the local; __init__ is called when it is made.
Owned own_dict(Thread& thread, Value self) {
    uint64_t id = id_of(local_of(self));
    if (ThreadLocals* locals = thread.locals) {
        const ThreadLocals::Cached& cached = locals->cache[id % ThreadLocals::kCached];
        if (cached.id == id) return Owned::share(*cached.dict);
    }
    return find_or_add_dict(thread, self);
}

// --- the type ---

Owned local_get(Thread& thread, Value self, Str& name) {
    Owned dict = TRY(own_dict(thread, self));
    if (str_equal(name, "__dict__")) return dict;
    // Data descriptors of the class, then the thread's values, then the rest of the class.
    Owned in_type = lookup_in_mro(thread, type_of(self), name);
    auto get = in_type.is_nothing() ? nullptr : type_of(in_type).slots.descriptor_get;
    if (get && type_of(in_type).slots.descriptor_set)
        return get_described(thread, get, in_type, self);
    Owned value = TRY(dict_get(thread, dict.as<Dict>(), Value::of(name)));
    if (!value.is_nothing()) return value;
    return generic_get_attribute(thread, self, name);
}

bool local_set(Thread& thread, Value self, Str& name, Value value) {
    if (str_equal(name, "__dict__"))
        return raise(thread, exc::AttributeError, "'{}' object attribute '__dict__' is read-only",
                     type_name_of(self));
    Owned dict = TRY(own_dict(thread, self));
    Owned in_type = lookup_in_mro(thread, type_of(self), name);
    if (!in_type.is_nothing() && type_of(in_type).slots.descriptor_set)
        return type_of(in_type).slots.descriptor_set(thread, in_type, self, value);
    if (!value.is_empty()) return dict_set(thread, dict.as<Dict>(), Value::of(name), value);
    bool deleted = TRY(dict_delete(thread, dict.as<Dict>(), Value::of(name)));
    return deleted || raise_no_attribute(thread, self, name);
}

Owned local_make(Thread& thread, Type& type, const Arguments& arguments) {
    size_t keywords = arguments.names ? arguments.names->size : 0;
    if ((arguments.count || keywords) && type.slots.init == object_type.slots.init)
        return raise(thread, exc::TypeError, "Initialization arguments are not supported");
    auto* made = allocate<LocalObject>(thread, type);
    if (!made) return {};
    Owned result = Owned::adopt(made);
    made->id.store(next_id.fetch_add(1, std::memory_order_relaxed), std::memory_order_relaxed);
    Ref<Tuple> args = TRY(make_tuple(thread, arguments.values, arguments.count));
    made->args.init(std::move(args).owned());
    if (keywords) {
        Ref<Dict> kwargs = TRY(make_dict(thread));
        for (size_t i = 0; i < keywords; i++)
            TRY(dict_set(thread, *kwargs, (*arguments.names)[i], arguments[arguments.count + i]));
        made->kwargs.init(std::move(kwargs).owned());
    }
    // The maker's dict is there at once: its __init__ is called by the type.
    Owned dict = TRY(add_dict(thread, *made));
    track(made);
    return result;
}

void local_fields(Object* self, FieldVisitor& visitor) {
    auto& local = *static_cast<LocalObject*>(self);
    visitor.visit(local.args);
    visitor.visit(local.kwargs);
    if (!visitor.destroying) {
        for (LocalNode* node = local.nodes; node; node = node->next) visitor.visit(node->dict);
        return;
    }
    LocalNode* nodes;
    {
        MutexGuard guard(nodes_mutex);
        nodes = std::exchange(local.nodes, nullptr);
        for (LocalNode* node = nodes; node; node = node->next) leave_thread(*node);
        // Caches must not find the dicts any more.
        local.id.store(next_id.fetch_add(1, std::memory_order_relaxed), std::memory_order_relaxed);
    }
    while (nodes) {
        LocalNode* node = std::exchange(nodes, nodes->next);
        visitor.visit(node->dict);
        array_free(node);
    }
}

const TypeSpec local_spec = {
    .name = "_thread._local",
    .doc = "Thread-local data",
    .size = sizeof(LocalObject),
    .flags = kTypeBase | kTypeTracked | kTypeHasWeakrefs,
    .slots = {.get_attribute = local_get,
              .set_attribute = local_set,
              .make = local_make,
              .fields = local_fields},
    .signature = "()",
};

}  // namespace

NativeClass local_class(local_spec);

bool release_locals(Thread& thread) {
    ThreadLocals* locals = thread.locals;
    if (!locals) return false;
    LocalNode* nodes = nullptr;
    {
        MutexGuard guard(nodes_mutex);
        for (size_t i = 0; i < locals->size; i++) {
            while (LocalNode* node = locals->table[i]) {
                locals->table[i] = node->chained;
                leave_local(*node);
                node->next = nodes;
                nodes = node;
            }
        }
        locals->count = 0;
    }
    if (!nodes) return false;
    for (ThreadLocals::Cached& cached : locals->cache) cached = {};
    while (nodes) {
        LocalNode* node = std::exchange(nodes, nodes->next);
        Owned dropped = Owned::adopt(node->dict.load(std::memory_order_relaxed));
        array_free(node);
    }
    return true;
}

void free_locals(Thread& thread) {
    release_locals(thread);
    if (!thread.locals) return;
    array_free(thread.locals->table);
    array_free(std::exchange(thread.locals, nullptr));
}

void forget_other_locals(Thread& survivor) {
    nodes_mutex.after_fork();
    for (Thread* each = interpreter_of(survivor).threads; each; each = each->next)
        if (each != &survivor) free_locals(*each);
}

}  // namespace imugi
