// BaseExceptionGroup and ExceptionGroup (PEP 654). Message and exceptions are immutable once made.
#include "object/attribute.h"
#include "object/call.h"
#include "object/descriptor.h"
#include "object/dict.h"
#include "object/exception_parts.h"
#include "object/generic_alias.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/pickling.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"

namespace imugi {

namespace {

Type* exception_group;  // ExceptionGroup, made at start-up

ExceptionGroup& group_of(Value value) {
    return value.as<ExceptionGroup>();
}

Owned group_make(Thread& thread, Type& given, const Arguments& arguments) {
    if (arguments.count != 2)
        return raise(thread, exc::TypeError,
                     "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
                     arguments.count);
    Value message = arguments[0];
    if (!is_str(message))
        return raise(thread, exc::TypeError,
                     "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
                     is_none(message) ? FormatArgument("None") : type_name_of(message));
    if (!has_items(arguments[1]))
        return raise(thread, exc::TypeError, "second argument (exceptions) must be a sequence");
    Ref<Tuple> exceptions = TRY(to_tuple(thread, arguments[1]));
    if (exceptions->size == 0)
        return raise(thread, exc::ValueError,
                     "second argument (exceptions) must be a non-empty sequence");
    bool nested_base = false;
    for (size_t i = 0; i < exceptions->size; i++) {
        if (!is_exception((*exceptions)[i]))
            return raise(thread, exc::ValueError,
                         "Item {} of second argument (exceptions) is not an exception", i);
        if (!is_instance_of((*exceptions)[i], exc::Exception)) nested_base = true;
    }
    Type* type = &given;
    if (type == &exc::BaseExceptionGroup && !nested_base) {
        type = exception_group;
    } else if (type == exception_group && nested_base) {
        return raise(thread, exc::TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
    } else if (nested_base && is_subtype(*type, exc::Exception)) {
        return raise(thread, exc::TypeError, "Cannot nest BaseExceptions in '{}'", *type);
    }
    Owned result = TRY(exception_make(thread, *type, arguments));
    group_of(result).message.init(Owned::share(message));
    group_of(result).exceptions.init(std::move(exceptions));
    return result;
}

bool group_init(Thread& thread, Value self, const Arguments& arguments) {
    if (arguments.names && arguments.names->size)
        return raise(thread, exc::TypeError, "{}() takes no keyword arguments", type_of(self));
    return set_args(thread, self, arguments);
}

Owned group_str(Thread& thread, Value self) {
    auto& group = group_of(self);
    size_t count = group.exceptions.as<Tuple>().size;
    return format(thread, "{} ({} sub-exception{})", group.message.borrow(), count,
                  count == 1 ? "" : "s");
}

Owned group_repr(Thread& thread, Value self) {
    auto& group = group_of(self);
    Owned args = read_field(thread, &group, group.args);
    // Shown as the sequence that was passed, which need not be a tuple.
    bool as_list = args && args.as<Tuple>().size == 2 && is_list(args.as<Tuple>()[1]);
    Owned shown = group.exceptions.share();
    if (as_list) shown = TRY(to_list(thread, shown));
    return format(thread, "{}({}, {})", type_name(type_of(self)), repr_of(group.message.borrow()),
                  repr_of(shown));
}

Owned derive(Thread& thread, ExceptionGroup& self, Value exceptions) {
    return call(thread, Value::of(exc::BaseExceptionGroup), self.message.borrow(), exceptions);
}

// A group with some of the exceptions, made by derive(), with what belongs to the original.
Owned subset(Thread& thread, Value self, List& exceptions) {
    auto& original = group_of(self);
    if (list_size(exceptions) == 0) return Owned::share(none());
    Owned group = TRY(call_method(thread, self, ID(derive), Value::of(exceptions)));
    if (!is_instance_of(group, exc::BaseExceptionGroup))
        return raise(thread, exc::TypeError,
                     "derive must return an instance of BaseExceptionGroup");
    auto& made = group_of(group);
    Slot Exception::* fields[] = {&Exception::traceback, &Exception::context, &Exception::cause};
    for (auto field : fields) {
        Owned value = read_field(thread, &original, original.*field);
        if (value) write_field(thread, &made, made.*field, std::move(value));
    }
    if (original.suppress_context.load(std::memory_order_relaxed))
        made.suppress_context.store(true, std::memory_order_relaxed);
    Owned notes = TRY(get_attribute_or_nothing(thread, self, ID(__notes__)));
    // Copied: adding to one group must not show in the other. What is no sequence is left out.
    if (!notes.is_nothing() && has_items(notes)) {
        notes = TRY(to_list(thread, notes));
        TRY(set_attribute(thread, group, ID(__notes__), notes));
    }
    return group;
}

struct Matcher {
    Value types;     // type or tuple of types
    Value callable;  // or a predicate
};

bool is_type_of_exceptions(Value value) {
    return is_type(value) && is_subtype(value.as<Type>(), exc::BaseException);
}

bool parse_matcher(Thread& thread, Value value, Matcher& out) {
    if (is_type(value)) {
        if (is_type_of_exceptions(value)) return out.types = value, true;
    } else if (is_callable(value)) {
        return out.callable = value, true;
    } else if (is_tuple(value)) {
        auto& tuple = value.as<Tuple>();
        bool all = true;
        for (size_t i = 0; i < tuple.size; i++) all = all && is_type_of_exceptions(tuple[i]);
        if (all) return out.types = value, true;
    }
    return raise(
        thread, exc::TypeError,
        "expected an exception type, a tuple of exception types, or a callable (other than "
        "a class)");
}

Result<bool> matches(Thread& thread, const Matcher& matcher, Value exception) {
    if (!matcher.callable.is_empty()) {
        Owned result = call(thread, matcher.callable, exception);
        if (!result) return failure;
        return is_true(thread, result);
    }
    if (is_type(matcher.types)) return is_instance_of(exception, matcher.types.as<Type>());
    auto& tuple = matcher.types.as<Tuple>();
    for (size_t i = 0; i < tuple.size; i++)
        if (is_instance_of(exception, tuple[i].as<Type>())) return true;
    return false;
}

// The matching part and, if wanted, the rest; None for an empty part.
bool split(Thread& thread, Value exception, const Matcher& matcher, bool want_rest, Owned* match,
           Owned* rest) {
    *match = Owned::share(none());
    *rest = Owned::share(none());
    if (!check_native_stack(thread, " in exceptiongroup_split_recursive")) return false;
    if (TRY(matches(thread, matcher, exception))) return *match = Owned::share(exception), true;
    if (!is_instance_of(exception, exc::BaseExceptionGroup)) {
        if (want_rest) *rest = Owned::share(exception);
        return true;
    }
    auto& items = group_of(exception).exceptions.as<Tuple>();
    Ref<List> matching = TRY(make_list(thread));
    Ref<List> others = TRY(make_list(thread));
    for (size_t i = 0; i < items.size; i++) {
        Owned sub_match, sub_rest;
        TRY(split(thread, items[i], matcher, want_rest, &sub_match, &sub_rest));
        if (!is_none(sub_match)) TRY(list_append(thread, *matching, std::move(sub_match)));
        if (!is_none(sub_rest)) TRY(list_append(thread, *others, std::move(sub_rest)));
    }
    *match = TRY(subset(thread, exception, *matching));
    if (want_rest) *rest = TRY(subset(thread, exception, *others));
    return true;
}

Owned group_split(Thread& thread, ExceptionGroup& self, Value matcher_value) {
    Matcher matcher;
    TRY(parse_matcher(thread, matcher_value, matcher));
    Owned match, rest;
    TRY(split(thread, Value::of(self), matcher, true, &match, &rest));
    return make_tuple(thread, match.value(), rest.value());
}

Owned group_subgroup(Thread& thread, ExceptionGroup& self, Value matcher_value) {
    Matcher matcher;
    TRY(parse_matcher(thread, matcher_value, matcher));
    Owned match, rest;
    TRY(split(thread, Value::of(self), matcher, false, &match, &rest));
    return match;
}

Owned group_class_getitem(Thread& thread, Type& cls, Value item) {
    return make_generic_alias(thread, Value::of(cls), item);
}

const MethodRow group_methods[] = {
    {"__class_getitem__", "(cls, object, /)", fn<group_class_getitem>, "See PEP 585", kMethodClass},
    {"derive", "(self, excs, /)", fn<derive>, nullptr},
    {"split", "(self, matcher_value, /)", fn<group_split>, nullptr},
    {"subgroup", "(self, matcher_value, /)", fn<group_subgroup>, nullptr},
    {},
};
const MemberRow group_members[] = {
    {"message", MemberKind::kObject, offsetof(ExceptionGroup, message), true, "exception message"},
    {"exceptions", MemberKind::kObject, offsetof(ExceptionGroup, exceptions), true,
     "nested exceptions"},
    {},
};

}  // namespace

bool split_exception_group(Thread& thread, Value exception, Value types, Owned* match,
                           Owned* rest) {
    Matcher matcher;
    matcher.types = types;
    return split(thread, exception, matcher, true, match, rest);
}

static Owned project_exception_group(Thread& thread, Value group, List& keep) {
    // Leaves are known by identity: whatever is in one of the groups of `keep` stays.
    Ref<List> leaves = TRY(make_list(thread));
    Ref<List> pending = TRY(make_list(thread));
    for (Index i = 0; i < list_size(keep); i++)
        TRY(list_append(thread, *pending, list_item(thread, keep, i)));
    for (Index i = 0; i < list_size(*pending); i++) {
        Owned item = list_item(thread, *pending, i);
        if (!is_instance_of(item, exc::BaseExceptionGroup)) {
            TRY(list_append(thread, *leaves, std::move(item)));
            continue;
        }
        auto& items = group_of(item).exceptions.as<Tuple>();
        for (size_t j = 0; j < items.size; j++)
            TRY(list_append(thread, *pending, Owned::share(items[j])));
    }
    struct Local {
        static Owned run(Thread& thread, Value at, List& leaves) {
            if (!is_instance_of(at, exc::BaseExceptionGroup)) {
                for (Index i = 0; i < list_size(leaves); i++) {
                    Owned leaf = list_item(thread, leaves, i);
                    if (same(leaf, at)) return Owned::share(at);
                }
                return Owned::share(none());
            }
            if (!check_native_stack(thread, " in exceptiongroup_split_recursive")) return {};
            auto& items = group_of(at).exceptions.as<Tuple>();
            Ref<List> kept = TRY(make_list(thread));
            for (size_t i = 0; i < items.size; i++) {
                Owned part = TRY(run(thread, items[i], leaves));
                if (!is_none(part)) TRY(list_append(thread, *kept, std::move(part)));
            }
            return subset(thread, at, *kept);
        }
    };
    return Local::run(thread, group, *leaves);
}

// Whether the exception is what was caught, and not something raised anew: it then has the same
// traceback, context, cause and notes.
static Result<bool> is_reraised(Thread& thread, Value exception, Value original) {
    Slot Exception::* fields[] = {&Exception::traceback, &Exception::context, &Exception::cause};
    auto& a = exception.as<Exception>();
    auto& b = original.as<Exception>();
    for (auto field : fields) {
        Owned x = read_field(thread, &a, a.*field);
        Owned y = read_field(thread, &b, b.*field);
        if (!same(x, y)) return false;
    }
    Owned x = get_attribute_or_nothing(thread, exception, ID(__notes__));
    Owned y = get_attribute_or_nothing(thread, original, ID(__notes__));
    if (!x || !y) return failure;
    if (x.is_nothing() || y.is_nothing()) return x.is_nothing() == y.is_nothing();
    return equals(thread, x, y);
}

Owned prepare_reraise_star(Thread& thread, Value original, List& given) {
    Index count = list_size(given);
    if (count == 0) return Owned::share(none());
    for (Index i = 0; i < count; i++) {
        Owned item = list_item(thread, given, i);
        if (!item.is_nothing() && !is_none(item) && !is_exception(item))
            return raise(thread, exc::SystemError, "bytecode raises what is no exception");
    }
    if (!is_instance_of(original, exc::BaseExceptionGroup)) {
        // A naked exception was wrapped: at most one clause has run.
        for (Index i = 0; i < count; i++) {
            Owned item = list_item(thread, given, i);
            if (!item.is_nothing() && !is_none(item)) return item;
        }
        return Owned::share(none());
    }
    Ref<List> raised = TRY(make_list(thread));
    Ref<List> reraised = TRY(make_list(thread));
    for (Index i = 0; i < count; i++) {
        Owned item = list_item(thread, given, i);
        if (item.is_nothing() || is_none(item)) continue;
        bool again = TRY(is_reraised(thread, item, original));
        TRY(list_append(thread, again ? *reraised : *raised, std::move(item)));
    }
    Owned rest = TRY(project_exception_group(thread, original, *reraised));
    if (list_size(*raised) == 0) return rest;
    if (!is_none(rest)) TRY(list_append(thread, *raised, std::move(rest)));
    if (list_size(*raised) == 1) return list_item(thread, *raised, 0);
    Ref<Str> message = empty_str();
    return call(thread, Value::of(exc::BaseExceptionGroup), message.value(), raised.value());
}

Type& exception_group_type() {
    return *exception_group;
}

void customize_group(Type& type, TypeSpec& spec) {
    if (&type != &exc::BaseExceptionGroup) return;
    spec.slots.make = group_make;
    spec.slots.init = group_init;
    spec.slots.str = group_str;
    spec.slots.repr = group_repr;
    spec.slots.fields = visit_exception<2>;
    spec.methods = group_methods;
    spec.members = group_members;
}

bool init_exception_group(Thread& thread) {
    Ref<Tuple> bases =
        TRY(make_tuple(thread, Value::of(exc::BaseExceptionGroup), Value::of(exc::Exception)));
    Ref<Dict> dict = TRY(make_dict(thread));
    Ref<Str> builtins = TRY(intern(thread, "builtins"));
    TRY(dict_set(thread, *dict, Value::of(ID(__module__)), std::move(builtins).owned()));
    TRY(dict_set(thread, *dict, Value::of(ID(__doc__)), none()));
    Owned made = TRY(make_class(thread, type_type, ID(ExceptionGroup), *bases, *dict, {}));
    exception_group = &made.as<Type>();
    make_immortal(exception_group);
    exception_group->type_flags.fetch_or(kTypeImmutable, std::memory_order_relaxed);
    (void)made.release();
    return true;
}

}  // namespace imugi
