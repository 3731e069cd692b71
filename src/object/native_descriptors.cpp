// Descriptors of native types: methods, class methods, slot wrappers, members and getsets. All are
// immutable once made; members and getsets read their object lock-free or under its Lock.
#include "memory/collector.h"
#include "memory/heap.h"
#include "object/call.h"
#include "object/descriptor.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/native_signature.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi {

IMUGI_BUILTIN_TYPE_BY_OBJECT(SlotWrapper, slot_wrapper_type);
IMUGI_BUILTIN_TYPE_BY_OBJECT(MethodWrapper, method_wrapper_type);

namespace {

// All four kinds of descriptors begin with their type and hold a name: one view for what they
// share.
Type& type_field(Value self) {
    return *self.as<MethodDescriptor>().type;
}
Str& name_field(Value self) {
    Type& kind = type_of(self);
    if (is_subtype(kind, member_descriptor_type)) return self.as<MemberDescriptor>().name.as<Str>();
    if (is_subtype(kind, getset_descriptor_type)) return self.as<GetSetDescriptor>().name.as<Str>();
    if (is_subtype(kind, slot_wrapper_type)) return *self.as<SlotWrapper>().def->str;
    return self.as<MethodDescriptor>().name.as<Str>();
}

Owned get_objclass(Thread& thread, Value self) {
    return Owned::share(type_field(self));
}
Owned get_name(Thread& thread, Value self) {
    return Owned::share(name_field(self));
}
Owned get_qualname(Thread& thread, Value self) {
    Owned owner = TRY(get_attribute(thread, Value::of(type_field(self)), ID(__qualname__)));
    return format(thread, "{}.{}", owner, name_field(self));
}
Owned doc_of(Thread& thread, const char* doc) {
    return doc ? Owned(make_str(thread, doc)) : Owned::share(none());
}

Owned descriptor_reduce(Thread& thread, Value self) {
    Owned getter =
        TRY(get_attribute(thread, interpreter_of(thread).builtins.borrow(), ID(getattr)));
    Ref<Tuple> arguments =
        TRY(make_tuple(thread, Value::of(type_field(self)), Value::of(name_field(self))));
    return make_tuple(thread, getter.value(), arguments.value());
}

const MethodRow reduce_methods[] = {
    {"__reduce__", "(self, /)", fn<descriptor_reduce>, nullptr},
    {},
};

bool check_owner(Thread& thread, Value self, Value object) {
    if (is_instance_of(object, type_field(self))) return true;
    return raise(thread, exc::TypeError,
                 "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                 name_field(self), type_field(self), type_name_of(object));
}

// --- methods ---

const NativeSignature* method_signature(Thread& thread, MethodDescriptor& method) {
    NativeSignature* known = method.signature.load(std::memory_order_acquire);
    if (IMUGI_LIKELY(known != nullptr)) return known;
    const NativeSignature* parsed = signature_of(thread, method.row->signature);
    if (parsed)
        method.signature.store(const_cast<NativeSignature*>(parsed), std::memory_order_release);
    return parsed;
}

Owned method_repr(Thread& thread, Value self) {
    return format(thread, "<method '{}' of '{}' objects>", name_field(self), type_field(self));
}
Owned method_get(Thread& thread, Value self, Value instance, Value owner) {
    if (instance.is_empty()) return Owned::share(self);
    TRY(check_owner(thread, self, instance));
    TRY(method_signature(thread, self.as<MethodDescriptor>()) != nullptr);
    return bind_native_method(thread, self.as<MethodDescriptor>(), instance);
}
Owned get_method_doc(Thread& thread, Value self) {
    return doc_of(thread, self.as<MethodDescriptor>().row->doc);
}
Owned get_method_signature(Thread& thread, Value self) {
    return text_signature(thread, *self.as<MethodDescriptor>().row, true);
}
void method_fields(Object* object, FieldVisitor& visitor) {
    auto& method = *static_cast<MethodDescriptor*>(object);
    visitor.visit(method.name);
    visitor.visit(method.qualname);
}
const GetSetRow method_getsets[] = {
    {"__doc__", get_method_doc},
    computed_member("__name__", get_name),
    {"__qualname__", get_qualname},
    {"__text_signature__", get_method_signature},
    computed_member("__objclass__", get_objclass),
    {},
};

// --- class methods ---

Owned class_method_get(Thread& thread, Value self, Value instance, Value owner) {
    auto& method = self.as<MethodDescriptor>();
    Value type = owner;
    if (type.is_empty() || is_none(type)) {
        if (instance.is_empty())
            return raise(thread, exc::TypeError,
                         "descriptor '{}' for type '{}' needs either an "
                         "object or a type",
                         name_field(self), type_field(self));
        type = Value::of(type_of(instance));
    }
    if (!is_type(type))
        return raise(thread, exc::TypeError,
                     "descriptor '{}' for type '{}' needs a type, not a '{}' as arg 2",
                     name_field(self), type_field(self), type_name_of(type));
    if (!is_subtype(type.as<Type>(), *method.type))
        return raise(thread, exc::TypeError,
                     "descriptor '{}' requires a subtype of '{}' but received '{}'",
                     name_field(self), type_field(self), type.as<Type>());
    TRY(method_signature(thread, method) != nullptr);
    return bind_native_method(thread, method, type);
}
Owned class_method_call(Thread& thread, Value self, const Arguments& arguments) {
    if (arguments.count == 0)
        return raise(thread, exc::TypeError, "descriptor '{}' of '{}' object needs an argument",
                     name_field(self), type_field(self));
    Owned bound = TRY(class_method_get(thread, self, Value(), arguments[0]));
    return call(thread, bound, {arguments.values + 1, arguments.count - 1, arguments.names});
}

// --- slot wrappers ---

Owned wrapper_repr(Thread& thread, Value self) {
    return format(thread, "<slot wrapper '{}' of '{}' objects>", name_field(self),
                  type_field(self));
}
Owned wrapper_get(Thread& thread, Value self, Value instance, Value owner) {
    if (instance.is_empty()) return Owned::share(self);
    TRY(check_owner(thread, self, instance));
    auto* bound = allocate<MethodWrapper>(thread, method_wrapper_type);
    if (!bound) return {};
    bound->wrapper.init(Owned::share(self));
    bound->self.init(Owned::share(instance));
    track(bound);
    return Owned::adopt(bound);
}
Owned wrapper_call(Thread& thread, Value self, const Arguments& arguments) {
    if (arguments.count == 0)
        return raise(thread, exc::TypeError, "descriptor '{}' of '{}' object needs an argument",
                     name_field(self), type_field(self));
    if (!is_instance_of(arguments[0], type_field(self)))
        return raise(thread, exc::TypeError,
                     "descriptor '{}' requires a '{}' object but received a '{}'", name_field(self),
                     type_field(self), type_name_of(arguments[0]));
    return call_slot_wrapper(thread, self.as<SlotWrapper>(), arguments[0],
                             {arguments.values + 1, arguments.count - 1, arguments.names});
}
Owned get_wrapper_doc(Thread& thread, Value self) {
    return doc_of(thread, self.as<SlotWrapper>().def->doc);
}
Owned get_wrapper_signature(Thread& thread, Value self) {
    return doc_of(thread, self.as<SlotWrapper>().def->signature);
}
const GetSetRow wrapper_getsets[] = {
    {"__doc__", get_wrapper_doc},
    computed_member("__name__", get_name),
    {"__qualname__", get_qualname},
    {"__text_signature__", get_wrapper_signature},
    computed_member("__objclass__", get_objclass),
    {},
};

// --- bound slot wrappers ---

SlotWrapper& wrapper_of(Value self) {
    return self.as<MethodWrapper>().wrapper.as<SlotWrapper>();
}
Owned bound_repr(Thread& thread, Value self) {
    Value target = self.as<MethodWrapper>().self.borrow();
    return format(thread, "<method-wrapper '{}' of {} object at {}>", *wrapper_of(self).def->str,
                  type_name_of(target), address_of(target));
}
Owned bound_call(Thread& thread, Value self, const Arguments& arguments) {
    return call_slot_wrapper(thread, wrapper_of(self), self.as<MethodWrapper>().self.borrow(),
                             arguments);
}
Result<int64_t> bound_hash(Thread& thread, Value self) {
    uint64_t h = self.as<MethodWrapper>().self.borrow().identity() >> 4 ^
                 reinterpret_cast<uintptr_t>(&wrapper_of(self)) >> 3;
    return static_cast<int64_t>(h) == -1 ? -2 : static_cast<int64_t>(h);
}
Owned bound_compare(Thread& thread, Value left, Value right, CompareOp op) {
    if ((op != CompareOp::kEq && op != CompareOp::kNe) ||
        !is_instance_of(right, method_wrapper_type))
        return Owned::share(not_implemented());
    bool equal =
        &wrapper_of(left) == &wrapper_of(right) &&
        same(left.as<MethodWrapper>().self.borrow(), right.as<MethodWrapper>().self.borrow());
    return Owned::share(boolean(equal == (op == CompareOp::kEq)));
}
void bound_fields(Object* object, FieldVisitor& visitor) {
    auto& bound = *static_cast<MethodWrapper*>(object);
    visitor.visit(bound.wrapper);
    visitor.visit(bound.self);
}
Owned get_bound_objclass(Thread& thread, Value self) {
    return Owned::share(*wrapper_of(self).type);
}
Owned get_bound_name(Thread& thread, Value self) {
    return Owned::share(*wrapper_of(self).def->str);
}
Owned get_bound_qualname(Thread& thread, Value self) {
    return get_qualname(thread, Value::of(wrapper_of(self)));
}
Owned get_bound_doc(Thread& thread, Value self) {
    return doc_of(thread, wrapper_of(self).def->doc);
}
Owned get_bound_signature(Thread& thread, Value self) {
    return doc_of(thread, wrapper_of(self).def->signature);
}
Owned get_bound_self(Thread& thread, Value self) {
    return self.as<MethodWrapper>().self.share();
}
Owned bound_reduce(Thread& thread, MethodWrapper& bound) {
    Owned getter =
        TRY(get_attribute(thread, interpreter_of(thread).builtins.borrow(), ID(getattr)));
    Ref<Tuple> arguments = TRY(make_tuple(thread, bound.self.borrow(),
                                          Value::of(bound.wrapper.as<SlotWrapper>().def->str)));
    return make_tuple(thread, getter.value(), arguments.value());
}
const MethodRow bound_methods[] = {
    {"__reduce__", "(self, /)", fn<bound_reduce>, nullptr},
    {},
};
const GetSetRow bound_getsets[] = {
    {"__objclass__", get_bound_objclass},
    {"__name__", get_bound_name},
    {"__qualname__", get_bound_qualname},
    {"__doc__", get_bound_doc},
    {"__text_signature__", get_bound_signature},
    computed_member("__self__", get_bound_self),
    {},
};

// --- members ---

std::atomic<uint64_t>& member_word(const MemberDescriptor& member, Object* object) {
    char* start = reinterpret_cast<char*>(object);
    if (member.offset < 0) start += heap_block_size(object);
    return *reinterpret_cast<std::atomic<uint64_t>*>(start + member.offset);
}

Owned member_repr(Thread& thread, Value self) {
    return format(thread, "<member '{}' of '{}' objects>", name_field(self), type_field(self));
}
Owned member_get(Thread& thread, Value self, Value instance, Value owner) {
    if (instance.is_empty()) return Owned::share(self);
    TRY(check_owner(thread, self, instance));
    auto& member = self.as<MemberDescriptor>();
    if (member.kind == MemberKind::kComputed) {
        TRY(check_native_stack(thread));
        return member.computed->get(thread, instance);
    }
    Object* object = instance.object();
    std::atomic<uint64_t>& word = member_word(member, object);
    switch (member.kind) {
        case MemberKind::kIndex:
            return make_int(thread, static_cast<int64_t>(word.load(std::memory_order_relaxed)));
        case MemberKind::kInt:
            return make_int(
                thread,
                static_cast<int32_t>(static_cast<uint32_t>(word.load(std::memory_order_relaxed))));
        case MemberKind::kBool:
            return Owned::share(boolean(word.load(std::memory_order_relaxed) & 0xFF));
        case MemberKind::kObject:
        case MemberKind::kObjectOrError:
        case MemberKind::kComputed:
            break;
    }
    SlotRead read = read_slot(word);
    if (read.retry) {
        Lock guard(thread, *object);
        read.value = share_locked(word);
    }
    if (read.value) return std::move(read.value);
    if (member.kind == MemberKind::kObject) return Owned::share(none());
    return raise_attribute_error(thread, instance, name_field(self),
                                 "'{}' object has no attribute '{}'", type_full_name_of(instance),
                                 name_field(self));
}
bool member_set(Thread& thread, Value self, Value instance, Value value) {
    TRY(check_owner(thread, self, instance));
    auto& member = self.as<MemberDescriptor>();
    if (member.read_only) return raise(thread, exc::AttributeError, "readonly attribute");
    if (member.kind == MemberKind::kComputed) return member.computed->set(thread, instance, value);
    Object* object = instance.object();
    std::atomic<uint64_t>& word = member_word(member, object);
    if (member.kind == MemberKind::kBool || member.kind == MemberKind::kInt ||
        member.kind == MemberKind::kIndex) {
        if (value.is_empty())
            return raise(thread, exc::TypeError, "can't delete numeric/char attribute");
        if (member.kind == MemberKind::kBool) {
            if (!same(value, boolean(true)) && !same(value, boolean(false)))
                return raise(thread, exc::TypeError, "attribute value type must be bool");
            reinterpret_cast<std::atomic<bool>&>(word).store(same(value, boolean(true)),
                                                             std::memory_order_relaxed);
        } else if (member.kind == MemberKind::kInt) {
            int n = TRY(convert_int(thread, value));
            reinterpret_cast<std::atomic<int>&>(word).store(n, std::memory_order_relaxed);
        } else {
            Index n = TRY(convert_index(thread, value));
            word.store(static_cast<uint64_t>(n), std::memory_order_relaxed);
        }
        return true;
    }
    Owned own = value.is_empty() ? Owned() : Owned::share(value);
    Owned old;
    {
        Lock guard(thread, *object);
        old = Owned::adopt(word.exchange(own.release(), std::memory_order_acq_rel));
    }
    if (value.is_empty() && !old && member.kind == MemberKind::kObjectOrError)
        return raise_no_attribute(thread, instance, name_field(self));
    return true;
}
Owned get_member_doc(Thread& thread, Value self) {
    auto& member = self.as<MemberDescriptor>();
    return doc_of(thread, member.row        ? member.row->doc
                          : member.computed ? member.computed->doc
                                            : nullptr);
}
void member_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<MemberDescriptor*>(object)->name);
    visitor.visit(static_cast<MemberDescriptor*>(object)->owner);
}
const GetSetRow member_getsets[] = {
    {"__doc__", get_member_doc},
    computed_member("__name__", get_name),
    {"__qualname__", get_qualname},
    computed_member("__objclass__", get_objclass),
    {},
};

// --- getsets ---

Owned getset_repr(Thread& thread, Value self) {
    return format(thread, "<attribute '{}' of '{}' objects>", name_field(self), type_field(self));
}
Owned getset_get(Thread& thread, Value self, Value instance, Value owner) {
    if (instance.is_empty()) return Owned::share(self);
    TRY(check_owner(thread, self, instance));
    auto& row = *self.as<GetSetDescriptor>().row;
    TRY(check_native_stack(thread));
    if (row.get) return row.get(thread, instance);
    return raise(thread, exc::AttributeError, "attribute '{}' of '{}' objects is not readable",
                 name_field(self), type_field(self));
}
bool getset_set(Thread& thread, Value self, Value instance, Value value) {
    TRY(check_owner(thread, self, instance));
    auto& row = *self.as<GetSetDescriptor>().row;
    if (row.set) return row.set(thread, instance, value);
    return raise_attribute_error(thread, instance, name_field(self),
                                 "attribute '{}' of '{}' objects is not writable", name_field(self),
                                 type_field(self));
}
Owned get_getset_doc(Thread& thread, Value self) {
    return doc_of(thread, self.as<GetSetDescriptor>().row->doc);
}
void getset_fields(Object* object, FieldVisitor& visitor) {
    visitor.visit(static_cast<GetSetDescriptor*>(object)->name);
}
const GetSetRow getset_getsets[] = {
    {"__doc__", get_getset_doc},
    computed_member("__name__", get_name),
    {"__qualname__", get_qualname},
    computed_member("__objclass__", get_objclass),
    {},
};

}  // namespace

// self is arguments[0].
Owned call_method_descriptor(Thread& thread, Value self, const Arguments& arguments) {
    auto& method = self.as<MethodDescriptor>();
    if (IMUGI_UNLIKELY(arguments.count == 0))
        return raise(thread, exc::TypeError, "unbound method {}.{}() needs an argument",
                     type_name(*method.type), method.name.as<Str>());
    TRY(check_owner(thread, self, arguments[0]));
    const NativeSignature* signature = method_signature(thread, method);
    if (!signature) return {};
    if (IMUGI_LIKELY(signature->simple && !arguments.names &&
                     arguments.count == signature->count)) {
        native_call_note = {method.row->name, arguments.values, signature, true};
        return method.row->entry.thunk(thread, arguments.values);
    }
    return call_row(thread, *method.row, *signature, arguments[0], true,
                    {arguments.values + 1, arguments.count - 1, arguments.names}, method.type,
                    Value());
}

Type method_descriptor_type;
const TypeSpec method_descriptor_type_spec = {
    .name = "method_descriptor",
    .size = sizeof(MethodDescriptor),
    .flags = kTypeMethodDescriptor | kTypeNoInstantiate,
    .slots = {.repr = method_repr,
              .call = call_method_descriptor,
              .descriptor_get = method_get,
              .fields = method_fields},
    .methods = reduce_methods,
    .getsets = method_getsets,
};

Type classmethod_descriptor_type;
const TypeSpec classmethod_descriptor_type_spec = {
    .name = "classmethod_descriptor",
    .size = sizeof(MethodDescriptor),
    .flags = kTypeNoInstantiate,
    .slots = {.repr = method_repr,
              .call = class_method_call,
              .descriptor_get = class_method_get,
              .fields = method_fields},
    .getsets = method_getsets,
};

Type slot_wrapper_type;
const TypeSpec slot_wrapper_type_spec = {
    .name = "wrapper_descriptor",
    .size = sizeof(SlotWrapper),
    .flags = kTypeMethodDescriptor | kTypeNoInstantiate,
    .slots = {.repr = wrapper_repr, .call = wrapper_call, .descriptor_get = wrapper_get},
    .methods = reduce_methods,
    .getsets = wrapper_getsets,
};

Type method_wrapper_type;
const TypeSpec method_wrapper_type_spec = {
    .name = "method-wrapper",
    .size = sizeof(MethodWrapper),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.repr = bound_repr,
              .hash = bound_hash,
              .call = bound_call,
              .compare = bound_compare,
              .fields = bound_fields},
    .methods = bound_methods,
    .getsets = bound_getsets,
};

Type member_descriptor_type;
const TypeSpec member_descriptor_type_spec = {
    .name = "member_descriptor",
    .size = sizeof(MemberDescriptor),
    .flags = kTypeNoInstantiate,
    .slots = {.repr = member_repr,
              .descriptor_get = member_get,
              .descriptor_set = member_set,
              .fields = member_fields},
    .methods = reduce_methods,
    .getsets = member_getsets,
};

Type getset_descriptor_type;
const TypeSpec getset_descriptor_type_spec = {
    .name = "getset_descriptor",
    .size = sizeof(GetSetDescriptor),
    .flags = kTypeNoInstantiate,
    .slots = {.repr = getset_repr,
              .descriptor_get = getset_get,
              .descriptor_set = getset_set,
              .fields = getset_fields},
    .getsets = getset_getsets,
};

Owned make_method_descriptor(Thread& thread, Type& type, const MethodRow& row) {
    if (row.flags & kMethodStatic) {
        Ref<NativeFunction> function =
            TRY(make_native_function(thread, row, Value::of(type), Value()));
        function->defining_type = &type;
        return make_staticmethod(thread, function);
    }
    Type& kind = row.flags & kMethodClass ? classmethod_descriptor_type : method_descriptor_type;
    auto* method = allocate<MethodDescriptor>(thread, kind);
    if (!method) return {};
    Owned result = Owned::adopt(method);
    method->type = &type;
    method->row = &row;
    method->name.init(TRY(intern(thread, row.name)));
    return result;
}

Owned make_member_descriptor(Thread& thread, Type& type, const MemberRow* row, Str& name,
                             int32_t offset) {
    auto* member = allocate<MemberDescriptor>(thread, member_descriptor_type);
    if (!member) return {};
    member->type = &type;
    member->row = row;
    member->offset = offset;
    member->kind = row ? row->kind : MemberKind::kObjectOrError;
    member->read_only = row && row->read_only;
    member->name.init(Owned::share(name));
    if (!row) {
        member->owner.init(Owned::share(type));
        track(member);
    }
    return Owned::adopt(member);
}

static Owned make_computed_member(Thread& thread, Type& type, const GetSetRow& row) {
    auto* member = allocate<MemberDescriptor>(thread, member_descriptor_type);
    if (!member) return {};
    Owned result = Owned::adopt(member);
    member->type = &type;
    member->computed = &row;
    member->kind = MemberKind::kComputed;
    member->read_only = !row.set;
    member->name.init(TRY(intern(thread, row.name)));
    return result;
}

Owned make_getset_descriptor(Thread& thread, Type& type, const GetSetRow& row) {
    if (row.member) return make_computed_member(thread, type, row);
    auto* getset = allocate<GetSetDescriptor>(thread, getset_descriptor_type);
    if (!getset) return {};
    Owned result = Owned::adopt(getset);
    getset->type = &type;
    getset->row = &row;
    getset->name.init(TRY(intern(thread, row.name)));
    return result;
}

Owned make_slot_wrapper(Thread& thread, Type& type, const SlotDef& def, void* function) {
    auto* wrapper = allocate<SlotWrapper>(thread, slot_wrapper_type);
    if (!wrapper) return {};
    wrapper->type = &type;
    wrapper->def = &def;
    wrapper->function = function;
    return Owned::adopt(wrapper);
}

}  // namespace imugi
