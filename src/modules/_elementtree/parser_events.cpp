// What expat calls while it parses. A TreeBuilder is told in C++, its text in one piece; another
// target by its methods. After an exception nothing more is told.
#include "memory/array.h"
#include "modules/_elementtree/parser.h"
#include "object/call.h"
#include "object/protocol.h"
#include "object/tuple.h"
#include "thread/safepoint.h"

namespace imugi::etree {

namespace {

XmlParser& parser_of(void* data) {
    return *static_cast<XmlParser*>(data);
}

// Whether to go on; text that waits comes first.
bool begin(Thread& thread, XmlParser& self) {
    return !has_exception(thread) && flush_text(thread, self);
}

// The target's method with these arguments, of which empty ones have failed.
template <class... A>
void tell(Thread& thread, XmlParser& self, Handler handler, const A&... arguments) {
    if ((!arguments || ...)) return;
    (void)call(thread, self.handlers[handler].borrow(), arguments...);
}

Owned text_or_empty(Thread& thread, const XML_Char* text) {
    return make_str(thread, text ? text : "");
}
Owned text_or_none(Thread& thread, const XML_Char* text) {
    return text ? make_str(thread, text).owned() : Owned::share(none());
}

// Empty without an exception when there are none.
bool load_attributes(Thread& thread, XmlParser& self, const XML_Char** given, Owned* out) {
    size_t count = 0;
    while (given[count]) count += 2;
    if (count == 0) return true;
    Ref<Dict> attributes = TRY(make_dict(thread, count / 2));
    for (size_t i = 0; i < count; i += 2) {
        Owned name = TRY(self.names.find_or_make(thread, given[i]));
        Owned value = TRY(make_str(thread, given[i + 1]));
        TRY(dict_set(thread, *attributes, name, std::move(value)));
    }
    *out = std::move(attributes).owned();
    return true;
}

void start_element(void* data, const XML_Char* raw, const XML_Char** given) {
    constexpr uint32_t kElementsBetweenSafepoints = 64;
    Thread& thread = current_thread();
    XmlParser& self = parser_of(data);
    if (!begin(thread, self)) return;
    if (++self.elements % kElementsBetweenSafepoints == 0 && !safepoint(thread)) return;
    Owned tag = self.names.find_or_make(thread, raw), attributes;
    if (!tag || !load_attributes(thread, self, given, &attributes)) return;
    if (self.has_builder) {
        (void)builder_start(thread, self.builder(), tag, std::move(attributes));
    } else if (!self.handlers[kStart].is_empty()) {
        if (!attributes) attributes = make_dict(thread).owned();
        tell(thread, self, kStart, tag, attributes);
    }
}

void end_element(void* data, const XML_Char* raw) {
    Thread& thread = current_thread();
    XmlParser& self = parser_of(data);
    if (!begin(thread, self)) return;
    if (self.has_builder)
        (void)builder_end(thread, self.builder());
    else if (!self.handlers[kEnd].is_empty())
        tell(thread, self, kEnd, self.names.find_or_make(thread, raw));
}

bool keep_text(XmlParser& self, const char* text, size_t size) {
    if (self.text_size + size > self.text_capacity) {
        size_t capacity = (self.text_size + size) * 2 + 256;
        auto* bigger = static_cast<char*>(array_reallocate(self.text, capacity));
        if (!bigger) return false;
        self.text = bigger;
        self.text_capacity = capacity;
    }
    memcpy(self.text + self.text_size, text, size);
    self.text_size += size;
    return true;
}

void character_data(void* data, const XML_Char* text, int size) {
    Thread& thread = current_thread();
    XmlParser& self = parser_of(data);
    if (has_exception(thread)) return;
    if (self.has_builder) {
        if (!keep_text(self, text, static_cast<size_t>(size))) (void)raise_memory_error(thread);
    } else if (!self.handlers[kData].is_empty()) {
        tell(thread, self, kData, make_str(thread, text, static_cast<size_t>(size)).owned());
    }
}

void comment(void* data, const XML_Char* text) {
    Thread& thread = current_thread();
    XmlParser& self = parser_of(data);
    if (!begin(thread, self)) return;
    Owned words = make_str(thread, text);
    if (!words) return;
    if (self.has_builder)
        (void)builder_comment(thread, self.builder(), words);
    else if (!self.handlers[kComment].is_empty())
        tell(thread, self, kComment, words);
}

void processing_instruction(void* data, const XML_Char* target, const XML_Char* text) {
    Thread& thread = current_thread();
    XmlParser& self = parser_of(data);
    if (!begin(thread, self)) return;
    Owned name = text_or_empty(thread, target);
    Owned words = name ? text_or_empty(thread, text) : Owned();
    if (!words) return;
    if (self.has_builder)
        (void)builder_pi(thread, self.builder(), name, words);
    else if (!self.handlers[kInstruction].is_empty())
        tell(thread, self, kInstruction, name, words);
}

void start_namespace(void* data, const XML_Char* prefix_text, const XML_Char* uri_text) {
    Thread& thread = current_thread();
    XmlParser& self = parser_of(data);
    if (!begin(thread, self)) return;
    Owned prefix = text_or_empty(thread, prefix_text);
    Owned uri = prefix ? text_or_empty(thread, uri_text) : Owned();
    if (!uri) return;
    if (!self.has_builder) {
        if (!self.handlers[kStartNamespace].is_empty())
            tell(thread, self, kStartNamespace, prefix, uri);
        return;
    }
    Owned pair = make_tuple(thread, prefix, uri).owned();
    if (pair) (void)builder_report(thread, self.builder(), kStartNamespaceEvent, pair);
}

void end_namespace(void* data, const XML_Char* prefix) {
    Thread& thread = current_thread();
    XmlParser& self = parser_of(data);
    if (!begin(thread, self)) return;
    if (self.has_builder)
        (void)builder_report(thread, self.builder(), kEndNamespaceEvent, none());
    else if (!self.handlers[kEndNamespace].is_empty())
        tell(thread, self, kEndNamespace, text_or_empty(thread, prefix));
}

void start_doctype(void* data, const XML_Char* name_text, const XML_Char* system_text,
                   const XML_Char* public_text, int) {
    Thread& thread = current_thread();
    XmlParser& self = parser_of(data);
    if (!begin(thread, self)) return;
    if (!self.handlers[kDoctype].is_empty()) {
        Owned name = text_or_none(thread, name_text);
        Owned public_id = name ? text_or_none(thread, public_text) : Owned();
        Owned system = public_id ? text_or_none(thread, system_text) : Owned();
        tell(thread, self, kDoctype, name, public_id, system);
        return;
    }
    Result<bool> ignored = has_attribute(thread, Value::of(self), ID(doctype));
    if (ignored && *ignored)
        (void)warn(thread, exc::RuntimeWarning, 1,
                   format(thread,
                          "The doctype() method of XMLParser is ignored.  Define doctype() method "
                          "on the TreeBuilder target."));
}

// Entities that expat does not know: what `entity` says they are.
void other(void* data, const XML_Char* text, int length) {
    auto size = static_cast<size_t>(length);
    Thread& thread = current_thread();
    XmlParser& self = parser_of(data);
    if (size < 2 || text[0] != '&' || !begin(thread, self)) return;
    Owned name = make_str(thread, text + 1, size - 2);
    Owned entities = read_locked(thread, self, self.entities);
    if (!name || !entities) return;
    Owned value = dict_get(thread, entities.as<Dict>(), name);
    if (!value) return;
    if (value.is_nothing()) {
        Ref<Str> message = format(thread, "undefined entity &{};", name);
        const char* shown = message ? str_utf8(thread, *message) : nullptr;
        if (shown) (void)raise_parse_error(thread, self, XML_ERROR_UNDEFINED_ENTITY, shown);
    } else if (self.has_builder) {
        (void)builder_data(thread, self.builder(), value);
    } else if (!self.handlers[kData].is_empty()) {
        tell(thread, self, kData, value);
    }
}

int unknown_encoding(void*, const XML_Char* name, XML_Encoding* info) {
    Thread& thread = current_thread();
    return !has_exception(thread) && expat::load_encoding(thread, name, info) ? XML_STATUS_OK
                                                                              : XML_STATUS_ERROR;
}

}  // namespace

bool flush_text(Thread& thread, XmlParser& self) {
    if (self.text_size == 0) return true;
    size_t size = self.text_size;
    self.text_size = 0;
    Owned text = TRY(make_str(thread, self.text, size));
    return builder_data(thread, self.builder(), text);
}

void install_handlers(XmlParser& self) {
    XML_Parser p = self.expat;
    auto wants = [&](Handler handler) { return !self.handlers[handler].is_empty(); };
    XML_SetUserData(p, &self);
    XML_SetElementHandler(p, start_element, end_element);
    XML_SetDefaultHandlerExpand(p, other);
    XML_SetCharacterDataHandler(p, character_data);
    if (wants(kStartNamespace)) XML_SetStartNamespaceDeclHandler(p, start_namespace);
    if (wants(kEndNamespace)) XML_SetEndNamespaceDeclHandler(p, end_namespace);
    if (wants(kComment)) XML_SetCommentHandler(p, comment);
    if (wants(kInstruction)) XML_SetProcessingInstructionHandler(p, processing_instruction);
    XML_SetStartDoctypeDeclHandler(p, start_doctype);
    XML_SetUnknownEncodingHandler(p, unknown_encoding, nullptr);
}

void install_event_handler(XmlParser& self, Event event) {
    XML_Parser p = self.expat;
    if (event == kStartNamespaceEvent) XML_SetStartNamespaceDeclHandler(p, start_namespace);
    if (event == kEndNamespaceEvent) XML_SetEndNamespaceDeclHandler(p, end_namespace);
    if (event == kCommentEvent) XML_SetCommentHandler(p, comment);
    if (event == kInstructionEvent) XML_SetProcessingInstructionHandler(p, processing_instruction);
}

}  // namespace imugi::etree
