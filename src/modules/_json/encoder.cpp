// make_encoder: objects to json text in one piece. An encoder is immutable; default functions, keys
// and hooks run Python, so containers are read item by item.
#include <cmath>

#include "memory/collector.h"
#include "modules/_json/json_module.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/float.h"
#include "object/int.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi {

namespace {

struct JsonEncoder : Object {
    Slot markers, default_function, encoder, indent, key_separator, item_separator;
    bool sort_keys, skip_keys, allow_nan;
    // Quoting without a call: 'a' for ASCII, 'u' for text as it is, 0 for a function of the user's.
    char quoting;
};

void fields(Object* self, FieldVisitor& visitor) {
    auto& encoder = *static_cast<JsonEncoder*>(self);
    for (Slot* slot : {&encoder.markers, &encoder.default_function, &encoder.encoder,
                       &encoder.indent, &encoder.key_separator, &encoder.item_separator})
        visitor.visit(*slot);
}

class Encode {
  public:
    Encode(Thread& thread, JsonEncoder& encoder, StrBuilder& out)
        : thread_(thread),
          encoder_(encoder),
          out_(out),
          item_separator_(encoder.item_separator.as<Str>()),
          key_separator_(encoder.key_separator.as<Str>()) {}

    bool value(Value object, Index level) {
        if (is_none(object)) return out_.append("null");
        if (same(object, boolean(true))) return out_.append("true");
        if (same(object, boolean(false))) return out_.append("false");
        if (is_str(object)) return string(object);
        if (is_int(object)) {
            Owned text = TRY(int_to_str(thread_, object, 10));
            return out_.append(text.as<Str>());
        }
        if (is_float(object)) {
            Owned text = TRY(float_text(object));
            return out_.append(text.as<Str>());
        }
        if (!check_native_stack(thread_, " while encoding a JSON object")) return false;
        if (!safepoint(thread_)) return false;
        if (is_list(object) || is_tuple(object)) return list(object, level);
        if (is_dict(object)) return dict(object, level);
        return other(object, level);
    }

  private:
    bool string(Value object) {
        if (encoder_.quoting)
            return append_json_quoted(out_, object.as<Str>(), encoder_.quoting == 'a');
        Owned text = TRY(call(thread_, encoder_.encoder.borrow(), object));
        if (!is_str(text))
            return raise(thread_, exc::TypeError, "encoder() must return a string, not {}",
                         type_name_of(text));
        return out_.append(text.as<Str>());
    }

    Owned float_text(Value object) {
        double number = float_number(object);
        if (std::isfinite(number)) return float_repr_text(thread_, number);
        if (!encoder_.allow_nan)
            return raise(thread_, exc::ValueError,
                         "Out of range float values are not JSON compliant: {}", repr_of(object));
        return make_str(thread_, std::isnan(number) ? "NaN"
                                 : number > 0       ? "Infinity"
                                                    : "-Infinity");
    }

    // Containers being encoded are in `markers` by address.
    bool enter(Value object, Owned* marker) {
        Value markers = encoder_.markers.borrow();
        if (is_none(markers)) return true;
        *marker = TRY(make_int(thread_, reinterpret_cast<int64_t>(object.object())));
        if (TRY(contains(thread_, markers, *marker)))
            return raise(thread_, exc::ValueError, "Circular reference detected");
        return set_item(thread_, markers, *marker, object);
    }
    bool leave(const Owned& marker) {
        return !marker || delete_item(thread_, encoder_.markers.borrow(), marker);
    }

    bool has_indent() const { return !is_none(encoder_.indent.borrow()); }
    bool new_line(Index level) {
        if (!has_indent()) return true;
        TRY(out_.append(uint32_t{'\n'}));
        for (Index i = 0; i < level; i++) TRY(out_.append(encoder_.indent.as<Str>()));
        return true;
    }
    bool separator(Index level) { return out_.append(item_separator_) && new_line(level); }

    void note(Ref<Str> text) {
        Owned error = take_exception(thread_);
        if (text) (void)call_method(thread_, error, ID(add_note), text);
        clear_exception(thread_);
        set_exception(thread_, std::move(error));
    }
    template <class... A>
    void add_note(const char* text, const A&... arguments) {
        Owned error = take_exception(thread_);
        Ref<Str> message = format(thread_, text, arguments...);
        clear_exception(thread_);
        set_exception(thread_, std::move(error));
        note(std::move(message));
    }

    bool list(Value object, Index level) {
        Owned items = TRY(fast_sequence(thread_, object, "_iterencode_list needs a sequence"));
        auto count = [&] {
            return is_list(items) ? list_size(items.as<List>())
                                  : static_cast<Index>(items.as<Tuple>().size);
        };
        if (count() == 0) return out_.append("[]");
        Owned marker;
        TRY(enter(object, &marker));
        TRY(out_.append(uint32_t{'['}));
        TRY(new_line(level + 1));
        for (Index i = 0; i < count(); i++) {
            if (i != 0) TRY(separator(level + 1));
            Owned item = is_list(items) ? list_item(thread_, items.as<List>(), i)
                                        : Owned::share(items.as<Tuple>()[static_cast<size_t>(i)]);
            if (item.is_nothing()) break;
            if (!value(item, level + 1)) {
                add_note("when serializing {} item {}", type_of(object), i);
                return false;
            }
        }
        TRY(leave(marker));
        TRY(new_line(level));
        return out_.append(uint32_t{']'});
    }

    // The key as text; nothing when it is to be skipped.
    Owned key_text(Value key) {
        if (is_str(key)) return Owned::share(key);
        if (is_float(key)) return float_text(key);
        if (is_none(key)) return make_str(thread_, "null");
        if (same(key, boolean(true))) return make_str(thread_, "true");
        if (same(key, boolean(false))) return make_str(thread_, "false");
        if (is_int(key)) return int_to_str(thread_, key, 10);
        if (encoder_.skip_keys) return Owned::nothing();
        return raise(thread_, exc::TypeError, "keys must be str, int, float, bool or None, not {}",
                     type_name_of(key));
    }

    bool item(Value object, Value key, Value content, Index level, bool* first) {
        Owned text = TRY(key_text(key));
        if (text.is_nothing()) return true;
        if (*first) {
            *first = false;
            TRY(new_line(level));
        } else {
            TRY(separator(level));
        }
        TRY(string(text));
        TRY(out_.append(key_separator_));
        if (value(content, level)) return true;
        add_note("when serializing {} item {}", type_of(object), repr_of(key));
        return false;
    }

    bool dict(Value object, Index level) {
        if (dict_size(object.as<Dict>()) == 0) return out_.append("{}");
        Owned marker;
        TRY(enter(object, &marker));
        TRY(out_.append(uint32_t{'{'}));
        bool first = true;
        if (encoder_.sort_keys || !is_exact_dict(object)) {
            Owned view = TRY(call_method(thread_, object, ID(items)));
            Ref<List> items = TRY(to_list(thread_, view));
            if (encoder_.sort_keys) TRY(list_sort_values(thread_, *items, Value(), false));
            for (Index i = 0;; i++) {
                Owned pair = TRY(list_item(thread_, *items, i));
                if (pair.is_nothing()) break;
                if (!is_tuple(pair) || pair.as<Tuple>().size != 2)
                    return raise(thread_, exc::ValueError, "items must return 2-tuples");
                Tuple& tuple = pair.as<Tuple>();
                TRY(item(object, tuple[0], tuple[1], level + 1, &first));
            }
        } else {
            size_t position = 0;
            Owned key, content;
            while (dict_next(thread_, object.as<Dict>(), &position, &key, &content))
                TRY(item(object, key, content, level + 1, &first));
        }
        TRY(leave(marker));
        if (!first) TRY(new_line(level));
        return out_.append(uint32_t{'}'});
    }

    bool other(Value object, Index level) {
        Owned marker;
        TRY(enter(object, &marker));
        Owned replacement = TRY(call(thread_, encoder_.default_function.borrow(), object));
        if (!value(replacement, level)) {
            add_note("when serializing {} object", type_of(object));
            return false;
        }
        return leave(marker);
    }

    Thread& thread_;
    JsonEncoder& encoder_;
    StrBuilder& out_;
    Str& item_separator_;
    Str& key_separator_;
};

Owned encoder_call(Thread& thread, Value self, const Arguments& arguments) {
    Value bound[2];
    TRY(bind_arguments(thread, "_iterencode", "(obj, _current_indent_level)", arguments, bound, 2));
    Index level = TRY(to_ssize(thread, bound[1], exc::OverflowError));
    StrBuilder out(thread);
    Encode encode(thread, self.as<JsonEncoder>(), out);
    TRY(encode.value(bound[0], level));
    Ref<Str> text = TRY(out.finish());
    return make_tuple(thread, text);
}

char quoting_of(Value encoder) {
    if (!has_shape(encoder, k_native_function_shape)) return 0;
    const MethodRow* row = encoder.as<NativeFunction>().row;
    return row == &json_functions[kQuoteAsciiRow] ? 'a'
           : row == &json_functions[kQuoteRow]    ? 'u'
                                                  : 0;
}

Owned encoder_make(Thread& thread, Type& type, const Arguments& arguments) {
    Value bound[9];
    TRY(bind_arguments(thread, "make_encoder",
                       "(markers, default, encoder, indent, key_separator, item_separator, "
                       "sort_keys, skipkeys, allow_nan)",
                       arguments, bound, 9));
    if (!is_none(bound[0]) && !is_dict(bound[0]))
        return raise(thread, exc::TypeError,
                     "make_encoder() argument 1 must be dict or None, not {}",
                     type_name_of(bound[0]));
    for (size_t i = 4; i < 6; i++)
        if (!is_str(bound[i]))
            return raise(thread, exc::TypeError, "make_encoder() argument {} must be str, not {}",
                         static_cast<int64_t>(i + 1), type_name_of(bound[i]));
    if (!is_none(bound[3]) && !is_str(bound[3]))
        return raise(thread, exc::TypeError,
                     "make_encoder() argument 4 must be str or None, not {}",
                     type_name_of(bound[3]));
    auto* encoder = allocate<JsonEncoder>(thread, type);
    if (!encoder) return {};
    Ref<JsonEncoder> result = Ref<JsonEncoder>::adopt(encoder);
    encoder->markers.init(Owned::share(bound[0]));
    encoder->default_function.init(Owned::share(bound[1]));
    encoder->encoder.init(Owned::share(bound[2]));
    encoder->indent.init(Owned::share(bound[3]));
    encoder->key_separator.init(Owned::share(bound[4]));
    encoder->item_separator.init(Owned::share(bound[5]));
    encoder->sort_keys = TRY(is_true(thread, bound[6]));
    encoder->skip_keys = TRY(is_true(thread, bound[7]));
    encoder->allow_nan = TRY(is_true(thread, bound[8]));
    encoder->quoting = quoting_of(bound[2]);
    track(encoder);
    return std::move(result);
}

const MemberRow members[] = {
    {"markers", MemberKind::kObject, offsetof(JsonEncoder, markers)},
    {"default", MemberKind::kObject, offsetof(JsonEncoder, default_function)},
    {"encoder", MemberKind::kObject, offsetof(JsonEncoder, encoder)},
    {"indent", MemberKind::kObject, offsetof(JsonEncoder, indent)},
    {"key_separator", MemberKind::kObject, offsetof(JsonEncoder, key_separator)},
    {"item_separator", MemberKind::kObject, offsetof(JsonEncoder, item_separator)},
    {"sort_keys", MemberKind::kBool, offsetof(JsonEncoder, sort_keys)},
    {"skipkeys", MemberKind::kBool, offsetof(JsonEncoder, skip_keys)},
    {},
};
const TypeSpec spec = {
    .name = "_json.make_encoder",
    .doc =
        "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, "
        "skipkeys, allow_nan)",
    .size = sizeof(JsonEncoder),
    .flags = kTypeBase | kTypeTracked,
    .slots = {.call = encoder_call, .make = encoder_make, .fields = fields},
    .members = members,
};

}  // namespace

NativeClass encoder_class(spec);

}  // namespace imugi
