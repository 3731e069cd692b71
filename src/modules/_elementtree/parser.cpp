// XMLParser: making, feeding, closing. See parser.h for what protects one.
#include "modules/_elementtree/parser.h"

#include <climits>

#include "memory/array.h"
#include "memory/collector.h"
#include "modules/pyexpat/reparse.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "thread/safepoint.h"

namespace imugi::etree {

using expat::Use;

Owned raise_parse_error(Thread& thread, XmlParser& self, XML_Error code, const char* message) {
    auto line = static_cast<int64_t>(XML_GetErrorLineNumber(self.expat));
    auto column = static_cast<int64_t>(XML_GetErrorColumnNumber(self.expat));
    if (!message) message = XML_ErrorString(code);
    Ref<Str> text = TRY(format(thread, "{}: line {}, column {}",
                               message ? message : "unknown error", line, column));
    State& state = state_of(type_of(Value::of(self)), parser_spec);
    Owned error = TRY(call(thread, state.parse_error.borrow(), text));
    TRY(set_attribute(thread, error, ID(code), Value::small_int(code)));
    Ref<Tuple> position = TRY(make_tuple(thread, Value::small_int(line), Value::small_int(column)));
    TRY(set_attribute(thread, error, ID(position), position));
    raise_exception(thread, std::move(error));
    return {};
}

namespace {

// --- making ---

Owned parser_make(Thread& thread, Type& type, const Arguments&) {
    auto* self = allocate<XmlParser>(thread, type);
    if (!self) return {};
    track(self);
    return Owned::adopt(self);
}

bool load_handlers(Thread& thread, XmlParser& self, Value target) {
    Str* const names[] = {&ID(start),    &ID(end),    &ID(data),    &ID(comment), &ID(pi),
                          &ID(start_ns), &ID(end_ns), &ID(doctype), &ID(close)};
    for (size_t i = 0; i < kHandlerCount; i++) {
        Owned method = TRY(get_attribute_or_nothing(thread, target, *names[i]));
        if (method.is_nothing()) method = Owned();
        method = self.handlers[i].exchange(std::move(method));
    }
    return true;
}

bool parser_init(Thread& thread, Value value, const Arguments& arguments) {
    Value bound[2];
    TRY(bind_arguments(thread, "XMLParser", "(*, target=None, encoding=None)", arguments, bound,
                       2));
    const char* encoding = nullptr;
    if (!is_none(bound[1])) {
        if (!is_str(bound[1]))
            return raise(thread, exc::TypeError,
                         "XMLParser() argument 'encoding' must be str or None, not {}",
                         type_name_of(bound[1]));
        encoding = name_text(thread, bound[1].as<Str>());
        if (!encoding) return false;
    }
    auto& self = value.as<XmlParser>();
    State& state = state_of(type_of(value), parser_spec);
    Owned target =
        is_none(bound[0]) ? make_builder(thread, *state.tree_builder) : Owned::share(bound[0]);
    if (!target) return false;
    Owned entities = TRY(make_dict(thread));
    Use use(thread, self.owner);
    if (self.depth != 0)
        return raise(thread, exc::RuntimeError, "cannot call __init__() from within a handler");
    XML_Parser made = expat::make_expat_parser(encoding, "}");
    if (!made) return raise_memory_error(thread);
    if (!load_handlers(thread, self, target)) {
        XML_ParserFree(made);
        return false;
    }
    if (self.expat) XML_ParserFree(self.expat);
    self.expat = made;
    self.has_builder = is_exact_builder(target);
    self.text_size = 0;
    install_handlers(self);
    Lock guard(thread, self);
    target = self.target.exchange(std::move(target));
    entities = self.entities.exchange(std::move(entities));
    return true;
}

void parser_fields(Object* object, FieldVisitor& visitor) {
    auto& self = static_cast<XmlParser&>(*object);
    visitor.visit(self.target);
    visitor.visit(self.entities);
    visitor.visit(self.handlers, kHandlerCount);
    self.names.visit(visitor);
}
void parser_release(Object* object) {
    auto& self = static_cast<XmlParser&>(*object);
    if (self.expat) XML_ParserFree(self.expat);
    self.names.release();
    array_free(self.text);
}

// --- parsing; by the user ---

bool check_usable(Thread& thread, XmlParser& self) {
    if (!self.expat) return raise(thread, exc::ValueError, "XMLParser.__init__() wasn't called");
    return self.depth == 0 ||
           raise(thread, exc::RuntimeError, "cannot use a parser from within its handlers");
}

bool parse(Thread& thread, XmlParser& self, const char* data, size_t size, bool is_last) {
    constexpr size_t kPiece = 1 << 20;
    XML_Status status = XML_STATUS_OK;
    do {
        size_t piece = size < kPiece ? size : kPiece;
        size -= piece;
        self.depth++;
        status = XML_Parse(self.expat, data, static_cast<int>(piece), is_last && size == 0);
        self.depth--;
        data += piece;
        if (has_exception(thread)) return false;
        TRY(flush_text(thread, self));
    } while (size > 0 && status == XML_STATUS_OK && safepoint(thread));
    if (has_exception(thread)) return false;
    return status == XML_STATUS_OK ||
           raise_parse_error(thread, self, XML_GetErrorCode(self.expat), nullptr);
}

bool check_size(Thread& thread, size_t size) {
    return size <= INT_MAX || raise(thread, exc::OverflowError, "size does not fit in an int");
}

bool parse_text(Thread& thread, XmlParser& self, Str& text) {
    Owned bytes;
    const char* data = reinterpret_cast<const char*>(text.data1());
    size_t size = text.length();
    if (!text.is_ascii()) {
        bytes = TRY(encode_utf8(thread, text, "surrogatepass"));
        data = bytes.as<Bytes>().text();
        size = bytes.as<Bytes>().size;
    }
    TRY(check_size(thread, size));
    // Whatever the document says.
    (void)XML_SetEncoding(self.expat, "utf-8");
    return parse(thread, self, data, size, false);
}

Owned parser_feed(Thread& thread, XmlParser& self, Value data) {
    Use use(thread, self.owner);
    TRY(check_usable(thread, self));
    if (is_str(data)) {
        size_t size;
        // A str that has no UTF-8 is an error here.
        if (!data.as<Str>().is_ascii() && !str_utf8(thread, data.as<Str>(), &size)) return {};
        TRY(parse_text(thread, self, data.as<Str>()));
    } else {
        StableBuffer buffer(thread);
        TRY(buffer.get(data));
        TRY(check_size(thread, buffer.size()));
        TRY(parse(thread, self, reinterpret_cast<const char*>(buffer.data()), buffer.size(),
                  false));
    }
    return Owned::share(none());
}

Owned parser_close(Thread& thread, XmlParser& self) {
    Use use(thread, self.owner);
    TRY(check_usable(thread, self));
    TRY(parse(thread, self, "", 0, true));
    if (self.has_builder) return builder_close(thread, self.builder());
    Owned close = self.handlers[kClose].share();
    return close ? call(thread, close) : Owned::share(none());
}

Owned parser_flush(Thread& thread, XmlParser& self) {
    Use use(thread, self.owner);
    TRY(check_usable(thread, self));
    expat::defer_reparsing(self.expat, false);
    bool good = parse(thread, self, "", 0, false);
    expat::defer_reparsing(self.expat, true);
    return good ? Owned::share(none()) : Owned();
}

Owned parse_whole(Thread& thread, XmlParser& self, Value file) {
    constexpr int64_t kPiece = 64 * 1024;
    Use use(thread, self.owner);
    TRY(check_usable(thread, self));
    Owned read = TRY(get_attribute(thread, file, ID(read)));
    for (;;) {
        Owned piece = TRY(call(thread, read, Value::small_int(kPiece)));
        if (is_str(piece)) {
            if (piece.as<Str>().length() == 0) break;
            TRY(parse_text(thread, self, piece.as<Str>()));
        } else {
            if (!is_bytes(piece) || piece.as<Bytes>().size == 0) break;
            auto& bytes = piece.as<Bytes>();
            TRY(check_size(thread, bytes.size));
            TRY(parse(thread, self, bytes.text(), bytes.size, false));
        }
    }
    TRY(parse(thread, self, "", 0, true));
    return self.has_builder ? builder_close(thread, self.builder()) : Owned::share(none());
}

// --- events ---

constexpr const char* kEventNames[kEventCount] = {"start",  "end",     "start-ns",
                                                  "end-ns", "comment", "pi"};

bool find_event(Thread& thread, Value name, Event* out) {
    if (!is_str(name)) return raise(thread, exc::ValueError, "invalid events sequence");
    for (size_t i = 0; i < kEventCount; i++) {
        *out = static_cast<Event>(i);
        if (str_equal(name.as<Str>(), kEventNames[i])) return true;
    }
    return raise(thread, exc::ValueError, "unknown event '{}'", name);
}

Owned set_events(Thread& thread, XmlParser& self, Value queue, Value wanted) {
    Use use(thread, self.owner);
    if (!self.expat) return raise(thread, exc::ValueError, "XMLParser.__init__() wasn't called");
    if (!self.has_builder)
        return raise(thread, exc::TypeError,
                     "event handling only supported for ElementTree.TreeBuilder targets");
    Owned target = self.target.share();
    auto& builder = target.as<TreeBuilder>();
    replace(thread, builder, builder.report, TRY(get_attribute(thread, queue, ID(append))));
    for (Slot& event : builder.events) replace(thread, builder, event, Owned());
    if (is_none(wanted)) {
        replace(thread, builder, builder.events[kEndEvent], TRY(make_str(thread, "end")));
        return Owned::share(none());
    }
    Owned names = TRY(fast_sequence(thread, wanted, "events must be a sequence"));
    Ref<Tuple> list = TRY(to_tuple(thread, names));
    for (size_t i = 0; i < list->size; i++) {
        Event event;
        TRY(find_event(thread, (*list)[i], &event));
        replace(thread, builder, builder.events[event], Owned::share((*list)[i]));
        install_event_handler(self, event);
    }
    return Owned::share(none());
}

// --- attributes ---

template <Slot XmlParser::* slot>
Owned get_word(Thread& thread, Value value) {
    auto& self = value.as<XmlParser>();
    Owned word = read_locked(thread, self, self.*slot);
    return word ? std::move(word) : Owned::share(none());
}
Owned get_version(Thread& thread, Value) {
    XML_Expat_Version version = XML_ExpatVersionInfo();
    return format(thread, "Expat {}.{}.{}", version.major, version.minor, version.micro);
}

const GetSetRow getsets[] = {
    computed_member("entity", get_word<&XmlParser::entities>),
    computed_member("target", get_word<&XmlParser::target>),
    {"version", get_version},
    {},
};

const MethodRow rows[] = {
    {"feed", "(self, data, /)", fn<parser_feed>},
    {"close", "(self, /)", fn<parser_close>},
    {"flush", "(self, /)", fn<parser_flush>},
    {"_parse_whole", "(self, file, /)", fn<parse_whole>},
    {"_setevents", "(self, events_queue, events_to_report=None, /)", fn<set_events>},
    {},
};

}  // namespace

const TypeSpec parser_spec = {
    .name = "xml.etree.ElementTree.XMLParser",
    .size = sizeof(XmlParser),
    .flags = kTypeBase | kTypeTracked | kTypeImmutable,
    .slots = {.make = parser_make,
              .init = parser_init,
              .fields = parser_fields,
              .release = parser_release},
    .methods = rows,
    .getsets = getsets,
};

}  // namespace imugi::etree
