// Type parameters in the arguments of generic aliases and unions: collecting and substituting them
// (PEP 585, PEP 646). Works on tuples the caller holds.
#include "object/attribute.h"
#include "object/call.h"
#include "object/generic_alias.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/value_buffer.h"
#include "thread/lock.h"

namespace imugi {

namespace {

bool add_once(Thread& thread, ValueBuffer& parameters, Value parameter) {
    for (size_t i = 0; i < parameters.size(); i++)
        if (same(parameters[i], parameter)) return true;
    return parameters.append(Owned::share(parameter));
}

bool collect(Thread& thread, ValueBuffer& parameters, Value args) {
    if (!check_native_stack(thread, " in type parameters")) return false;
    bool of_list = is_exact_list(args);
    Ref<Tuple> items =
        TRY(of_list ? list_to_tuple(thread, args.as<List>()) : Ref<Tuple>::share(args.as<Tuple>()));
    for (size_t i = 0; i < items->size; i++) {
        Value item = (*items)[i];
        if (is_type(item)) continue;
        if (is_exact_tuple(item) || is_exact_list(item)) {
            TRY(collect(thread, parameters, item));
            continue;
        }
        Owned subst = TRY(get_attribute_or_nothing(thread, item, ID(__typing_subst__)));
        if (!subst.is_nothing()) {
            TRY(add_once(thread, parameters, item));
            continue;
        }
        Owned inner = TRY(get_attribute_or_nothing(thread, item, ID(__parameters__)));
        if (!is_tuple(inner)) continue;
        for (size_t j = 0; j < inner.as<Tuple>().size; j++)
            TRY(add_once(thread, parameters, inner.as<Tuple>()[j]));
    }
    return true;
}

// Items of an argument list, with what is unpacked (*tuple[int, str]) taken apart.
Ref<Tuple> unpack_items(Thread& thread, Value item) {
    Ref<Tuple> given =
        TRY(is_tuple(item) ? Ref<Tuple>::share(item.as<Tuple>()) : make_tuple(thread, item));
    ValueBuffer out(thread);
    for (size_t i = 0; i < given->size; i++) {
        Value one = (*given)[i];
        if (!is_type(one)) {
            Owned inner =
                TRY(get_attribute_or_nothing(thread, one, ID(__typing_unpacked_tuple_args__)));
            if (is_tuple(inner)) {
                auto& items = inner.as<Tuple>();
                bool open = items.size && same(items[items.size - 1], ellipsis());
                if (!open) {
                    for (size_t j = 0; j < items.size; j++) TRY(out.append(Owned::share(items[j])));
                    continue;
                }
            }
        }
        TRY(out.append(Owned::share(one)));
    }
    return out.to_tuple();
}

Index position_of(Tuple& parameters, Value parameter) {
    for (size_t i = 0; i < parameters.size; i++)
        if (same(parameters[i], parameter)) return static_cast<Index>(i);
    return -1;
}

// X[T, ...] with the parameters of X replaced.
Owned substitute_inner(Thread& thread, Value arg, Tuple& parameters, Tuple& items) {
    Owned inner = TRY(get_attribute_or_nothing(thread, arg, ID(__parameters__)));
    if (!is_tuple(inner) || inner.as<Tuple>().size == 0) return Owned::share(arg);
    ValueBuffer values(thread);
    for (size_t i = 0; i < inner.as<Tuple>().size; i++) {
        Value parameter = inner.as<Tuple>()[i];
        Index at = position_of(parameters, parameter);
        if (at < 0) {
            TRY(values.append(Owned::share(parameter)));
            continue;
        }
        Value value = items[static_cast<size_t>(at)];
        bool variadic = &type_of(parameter) == &typevartuple_type;
        if (variadic && is_tuple(value)) {
            for (size_t j = 0; j < value.as<Tuple>().size; j++)
                TRY(values.append(Owned::share(value.as<Tuple>()[j])));
        } else {
            TRY(values.append(Owned::share(value)));
        }
    }
    Ref<Tuple> subscript = TRY(values.to_tuple());
    return get_item(thread, arg, subscript);
}

Ref<Tuple> substitute(Thread& thread, Tuple& args, Tuple& parameters, Tuple& items) {
    if (!check_native_stack(thread, " in type parameters")) return {};
    ValueBuffer out(thread);
    for (size_t i = 0; i < args.size; i++) {
        Value arg = args[i];
        if (is_type(arg)) {
            TRY(out.append(Owned::share(arg)));
            continue;
        }
        if (is_exact_tuple(arg)) {
            TRY(out.append(TRY(substitute(thread, arg.as<Tuple>(), parameters, items))));
            continue;
        }
        if (is_exact_list(arg)) {
            Ref<Tuple> inner = TRY(list_to_tuple(thread, arg.as<List>()));
            Ref<Tuple> replaced = TRY(substitute(thread, *inner, parameters, items));
            TRY(out.append(TRY(to_list(thread, replaced))));
            continue;
        }
        bool unpack = false;
        Owned flag =
            TRY(get_attribute_or_nothing(thread, arg, ID(__typing_is_unpacked_typevartuple__)));
        if (!flag.is_nothing()) unpack = TRY(is_true(thread, flag));
        Owned subst = TRY(get_attribute_or_nothing(thread, arg, ID(__typing_subst__)));
        Owned value;
        if (!subst.is_nothing()) {
            Index at = position_of(parameters, arg);
            IMUGI_CHECK(at >= 0);
            value = TRY(call(thread, subst, items[static_cast<size_t>(at)]));
        } else {
            value = TRY(substitute_inner(thread, arg, parameters, items));
        }
        if (!unpack) {
            TRY(out.append(std::move(value)));
            continue;
        }
        if (!is_tuple(value))
            return raise(thread, exc::TypeError,
                         "expected __typing_subst__ of {} objects to return a tuple, not {}",
                         type_name_of(arg), type_name_of(value));
        for (size_t j = 0; j < value.as<Tuple>().size; j++)
            TRY(out.append(Owned::share(value.as<Tuple>()[j])));
    }
    return out.to_tuple();
}

}  // namespace

Ref<Tuple> collect_parameters(Thread& thread, Tuple& args) {
    ValueBuffer parameters(thread);
    TRY(collect(thread, parameters, Value::of(args)));
    return parameters.to_tuple();
}

Ref<Tuple> parameters_of(Thread& thread, Object& self, const Slot& args, Slot& parameters) {
    Owned known = read_locked(thread, self, parameters);
    if (known) return Ref<Tuple>::adopt(std::move(known));
    Ref<Tuple> made = TRY(collect_parameters(thread, args.as<Tuple>()));
    Owned own = made.share(), old;
    Lock guard(thread, self);
    old = parameters.exchange(std::move(own));
    return made;
}

Ref<Tuple> substitute_parameters(Thread& thread, Value self, Tuple& args, Tuple& parameters,
                                 Value item) {
    if (parameters.size == 0)
        return raise(thread, exc::TypeError, "{} is not a generic class", repr_of(self));
    Ref<Tuple> items = TRY(unpack_items(thread, item));
    for (size_t i = 0; i < parameters.size; i++) {
        Owned prepare =
            TRY(get_attribute_or_nothing(thread, parameters[i], ID(__typing_prepare_subst__)));
        if (prepare.is_nothing() || is_none(prepare)) continue;
        Owned prepared = TRY(call(thread, prepare, self, items.value()));
        items = TRY(to_tuple(thread, prepared));
    }
    if (items->size != parameters.size)
        return raise(thread, exc::TypeError, "Too {} arguments for {}; actual {}, expected {}",
                     items->size > parameters.size ? "many" : "few", repr_of(self), items->size,
                     parameters.size);
    return substitute(thread, args, parameters, *items);
}

bool append_type_repr(Thread& thread, StrBuilder& out, Value value) {
    if (same(value, ellipsis())) return out.append("...");
    Owned text;
    Owned origin = TRY(get_attribute_or_nothing(thread, value, ID(__origin__)));
    Owned args = Owned::nothing();
    if (!origin.is_nothing()) args = TRY(get_attribute_or_nothing(thread, value, ID(__args__)));
    if (args.is_nothing()) {
        Owned qualname = TRY(get_attribute_or_nothing(thread, value, ID(__qualname__)));
        Owned module = Owned::nothing();
        if (!qualname.is_nothing())
            module = TRY(get_attribute_or_nothing(thread, value, ID(__module__)));
        if (!qualname.is_nothing() && !module.is_nothing() && !is_none(module)) {
            if (is_str(module) && str_equal(module.as<Str>(), "builtins"))
                text = TRY(str(thread, qualname));
            else
                text = TRY(format(thread, "{}.{}", module, qualname));
        }
    }
    if (!text) text = TRY(repr(thread, value));
    return out.append(text.as<Str>());
}

}  // namespace imugi
