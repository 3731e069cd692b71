// mappingproxy. The mapping is immutable as a field; every operation is the mapping's own. Proxies
// of proxies may nest without end: what goes down by C++ calls looks at the stack.
#include "object/mappingproxy.h"

#include "memory/collector.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/native.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/str.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(MappingProxy, mappingproxy_type);

namespace {

Value mapping_of(Value self) {
    return self.as<MappingProxy>().mapping.borrow();
}
Value unwrapped(Value v) {
    return has_shape(v, k_mappingproxy_shape) ? mapping_of(v) : v;
}

Owned proxy_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value out[1];
    TRY(bind_arguments(thread, "mappingproxy", "(mapping)", arguments, out, 1));
    if (!type_of(out[0]).slots.subscript || is_list(out[0]) || is_tuple(out[0]))
        return raise(thread, exc::TypeError, "mappingproxy() argument must be a mapping, not {}",
                     type_name_of(out[0]));
    return make_mappingproxy(thread, out[0]);
}
Owned proxy_repr(Thread& thread, Value self) {
    return format(thread, "mappingproxy({})", repr_of(mapping_of(self)));
}
Owned proxy_str(Thread& thread, Value self) {
    return str(thread, mapping_of(self));
}
Result<int64_t> proxy_hash(Thread& thread, Value self) {
    TRY(check_native_stack(thread));
    return hash(thread, mapping_of(self));
}
Owned proxy_compare(Thread& thread, Value left, Value right, CompareOp op) {
    TRY(check_native_stack(thread));
    return compare(thread, mapping_of(left), right, op);
}
Owned proxy_iter(Thread& thread, Value self) {
    TRY(check_native_stack(thread));
    return iterate(thread, mapping_of(self));
}
Owned proxy_or(Thread& thread, Value left, Value right) {
    TRY(check_native_stack(thread));
    return binary_op(thread, BinaryOp::kOr, unwrapped(left), unwrapped(right));
}
Owned proxy_inplace_or(Thread& thread, Value left, Value right) {
    return raise(thread, exc::TypeError, "'|=' is not supported by {}; use '|' instead",
                 type_name_of(left));
}
Result<bool> proxy_contains(Thread& thread, Value self, Value key) {
    TRY(check_native_stack(thread));
    return contains(thread, mapping_of(self), key);
}
Result<Index> proxy_length(Thread& thread, Value self) {
    TRY(check_native_stack(thread));
    return length(thread, mapping_of(self));
}
Owned proxy_subscript(Thread& thread, Value self, Value key) {
    TRY(check_native_stack(thread));
    return get_item(thread, mapping_of(self), key);
}
void proxy_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<MappingProxy*>(object)->mapping);
}

Owned proxy_get(Thread& thread, MappingProxy& self, Value key, Value fallback) {
    return call_method(thread, self.mapping.borrow(), ID(get), key, fallback);
}
Owned proxy_keys(Thread& thread, MappingProxy& self) {
    return call_method(thread, self.mapping.borrow(), ID(keys));
}
Owned proxy_values(Thread& thread, MappingProxy& self) {
    return call_method(thread, self.mapping.borrow(), ID(values));
}
Owned proxy_items(Thread& thread, MappingProxy& self) {
    return call_method(thread, self.mapping.borrow(), ID(items));
}
Owned proxy_copy(Thread& thread, MappingProxy& self) {
    return call_method(thread, self.mapping.borrow(), ID(copy));
}
Owned proxy_reversed(Thread& thread, MappingProxy& self) {
    return call_method(thread, self.mapping.borrow(), ID(__reversed__));
}

const MethodRow proxy_methods[] = {
    {"get", "(self, key, default=None, /)", fn<proxy_get>,
     "Return the value for key if key is in the mapping, else default."},
    {"keys", "(self, /)", fn<proxy_keys>, "a set-like object providing a view on D's keys"},
    {"values", "(self, /)", fn<proxy_values>, "an object providing a view on D's values"},
    {"items", "(self, /)", fn<proxy_items>, "a set-like object providing a view on D's items"},
    {"copy", "(self, /)", fn<proxy_copy>, "a shallow copy of D"},
    {"__class_getitem__", "(cls, object, /)", fn<class_getitem>, "See PEP 585", kMethodClass},
    {"__reversed__", "(self, /)", fn<proxy_reversed>, "D.__reversed__() -> reverse iterator"},
    {},
};

}  // namespace

Owned make_mappingproxy(Thread& thread, Value mapping) {
    auto* proxy = allocate<MappingProxy>(thread, mappingproxy_type);
    if (!proxy) return {};
    proxy->mapping.init(Owned::share(mapping));
    track(proxy);
    return Owned::adopt(proxy);
}

Type mappingproxy_type;
const TypeSpec mappingproxy_type_spec = {
    .name = "mappingproxy",
    .doc = "Read-only proxy of a mapping.",
    .size = sizeof(MappingProxy),
    .flags = kTypeTracked | kTypeMapping,
    .slots = {.repr = proxy_repr,
              .str = proxy_str,
              .hash = proxy_hash,
              .compare = proxy_compare,
              .iter = proxy_iter,
              .make = proxy_make,
              .fields = proxy_fields,
              .bit_or = proxy_or,
              .inplace_or = proxy_inplace_or,
              .contains = proxy_contains,
              .length = proxy_length,
              .subscript = proxy_subscript},
    .methods = proxy_methods,
    .signature = "(mapping)",
};

}  // namespace imugi
