// What expat calls while it parses: each function makes its arguments and calls the Python handler.
// After an exception the parser is stopped and no handler is called any more.
#include <cstring>

#include "modules/pyexpat/pyexpat.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"

namespace imugi::expat {

const char* const kHandlerNames[kHandlerCount] = {"StartElementHandler",
                                                  "EndElementHandler",
                                                  "ProcessingInstructionHandler",
                                                  "CharacterDataHandler",
                                                  "UnparsedEntityDeclHandler",
                                                  "NotationDeclHandler",
                                                  "StartNamespaceDeclHandler",
                                                  "EndNamespaceDeclHandler",
                                                  "CommentHandler",
                                                  "StartCdataSectionHandler",
                                                  "EndCdataSectionHandler",
                                                  "DefaultHandler",
                                                  "DefaultHandlerExpand",
                                                  "NotStandaloneHandler",
                                                  "ExternalEntityRefHandler",
                                                  "StartDoctypeDeclHandler",
                                                  "EndDoctypeDeclHandler",
                                                  "ElementDeclHandler",
                                                  "XmlDeclHandler",
                                                  "AttlistDeclHandler",
                                                  "EntityDeclHandler",
                                                  "SkippedEntityHandler"};

namespace {

Parser& parser_of(void* data) {
    return *static_cast<Parser*>(data);
}

Owned text_of(Thread& thread, const XML_Char* text, size_t size) {
    return make_str(thread, text, size);
}
// None for null.
Owned text_of(Thread& thread, const XML_Char* text) {
    return text ? make_str(thread, text).owned() : Owned::share(none());
}

// A name, the same object each time.
Owned name_of(Thread& thread, Parser& self, const XML_Char* text) {
    Owned name = text_of(thread, text);
    if (!name || !text || self.intern.is_empty()) return name;
    return dict_set_default(thread, self.intern.as<Dict>(), name, name);
}

// Calls a handler. `arguments` has failed when one of its words is empty. The result, nothing when
// the handler was taken away, or empty with the parser stopped.
Owned invoke(Thread& thread, Parser& self, HandlerIndex index, const Owned* arguments,
             uint32_t count) {
    Owned handler;
    {
        Lock guard(thread, self);
        handler = self.handlers[index].share();
    }
    Owned result;
    bool ready = true;
    Value values[8];
    for (uint32_t i = 0; i < count; i++) {
        ready &= static_cast<bool>(arguments[i]);
        values[i] = arguments[i].value();
    }
    if (ready && !handler) return Owned::nothing();
    if (ready) {
        self.depth++;
        result = call(thread, handler, Arguments{values, count, nullptr});
        self.depth--;
    }
    if (!result) XML_StopParser(self.parser, XML_FALSE);
    return result;
}

// The beginning of most: nothing to do after an exception; text that waited comes first.
bool begin(Thread& thread, Parser& self) {
    if (has_exception(thread)) return false;
    if (flush_text(thread, self)) return true;
    XML_StopParser(self.parser, XML_FALSE);
    return false;
}

template <class... A>
void notify(Thread& thread, Parser& self, HandlerIndex index, A&&... arguments) {
    const Owned list[] = {std::move(arguments)..., Owned()};
    (void)invoke(thread, self, index, list, sizeof...(A));
}

// The same for handlers whose result decides: an int, 0 to stop parsing.
template <class... A>
int ask(Thread& thread, Parser& self, HandlerIndex index, A&&... arguments) {
    const Owned list[] = {std::move(arguments)..., Owned()};
    Owned result = invoke(thread, self, index, list, sizeof...(A));
    if (!result) return 0;
    if (result.is_nothing()) return 1;
    auto answer = to_int64(thread, result);
    if (answer) return static_cast<int>(*answer);
    XML_StopParser(self.parser, XML_FALSE);
    return 0;
}

Owned attributes_of(Thread& thread, Parser& self, const XML_Char** attributes) {
    int count = 0;
    if (self.specified_attributes)
        count = XML_GetSpecifiedAttributeCount(self.parser);
    else
        while (attributes[count]) count += 2;
    if (self.ordered_attributes) {
        Ref<List> list = TRY(make_list(thread, static_cast<size_t>(count)));
        for (int i = 0; i < count; i += 2) {
            TRY(list_append(thread, *list, name_of(thread, self, attributes[i])));
            TRY(list_append(thread, *list, text_of(thread, attributes[i + 1])));
        }
        return list;
    }
    Ref<Dict> dict = TRY(make_dict(thread, static_cast<size_t>(count / 2)));
    for (int i = 0; i < count; i += 2) {
        Owned name = TRY(name_of(thread, self, attributes[i]));
        Owned value = TRY(text_of(thread, attributes[i + 1]));
        TRY(dict_set(thread, *dict, name, std::move(value)));
    }
    return dict;
}

// (type, quantifier, name, children)
Owned model_of(Thread& thread, Parser& self, const XML_Content& content) {
    TRY(check_native_stack(thread));
    Ref<Tuple> children = TRY(make_tuple_blank(thread, content.numchildren));
    for (unsigned i = 0; i < content.numchildren; i++)
        children->items[i].init(TRY(model_of(thread, self, content.children[i])));
    Owned name = TRY(name_of(thread, self, content.name));
    return make_tuple(thread, Value::small_int(content.type), Value::small_int(content.quant), name,
                      children)
        .owned();
}

// --- the functions that expat calls ---

void start_element(void* data, const XML_Char* name, const XML_Char** attributes) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (!begin(thread, self)) return;
    notify(thread, self, kStartElement, name_of(thread, self, name),
           attributes_of(thread, self, attributes));
}
void end_element(void* data, const XML_Char* name) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (begin(thread, self)) notify(thread, self, kEndElement, name_of(thread, self, name));
}
void processing_instruction(void* data, const XML_Char* target, const XML_Char* text) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (!begin(thread, self)) return;
    notify(thread, self, kProcessingInstruction, name_of(thread, self, target),
           text_of(thread, text));
}
void character_data(void* data, const XML_Char* text, int size) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (has_exception(thread)) return;
    if (self.buffer) {
        if (size > self.buffer_size - self.buffer_used) {
            if (!begin(thread, self)) return;
            // The handler may have changed the buffer.
        }
        if (self.buffer && size <= self.buffer_size - self.buffer_used) {
            memcpy(self.buffer + self.buffer_used, text, static_cast<size_t>(size));
            self.buffer_used += size;
            return;
        }
    }
    notify(thread, self, kCharacterData, text_of(thread, text, static_cast<size_t>(size)));
}
void unparsed_entity(void* data, const XML_Char* name, const XML_Char* base, const XML_Char* system,
                     const XML_Char* public_id, const XML_Char* notation) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (!begin(thread, self)) return;
    notify(thread, self, kUnparsedEntityDecl, name_of(thread, self, name),
           name_of(thread, self, base), name_of(thread, self, system),
           name_of(thread, self, public_id), name_of(thread, self, notation));
}
void notation(void* data, const XML_Char* name, const XML_Char* base, const XML_Char* system,
              const XML_Char* public_id) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (!begin(thread, self)) return;
    notify(thread, self, kNotationDecl, name_of(thread, self, name), name_of(thread, self, base),
           name_of(thread, self, system), name_of(thread, self, public_id));
}
void start_namespace(void* data, const XML_Char* prefix, const XML_Char* uri) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (!begin(thread, self)) return;
    notify(thread, self, kStartNamespaceDecl, name_of(thread, self, prefix),
           name_of(thread, self, uri));
}
void end_namespace(void* data, const XML_Char* prefix) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (begin(thread, self)) notify(thread, self, kEndNamespaceDecl, name_of(thread, self, prefix));
}
void comment(void* data, const XML_Char* text) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (begin(thread, self)) notify(thread, self, kComment, text_of(thread, text));
}
template <HandlerIndex index>
void plain(void* data) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (begin(thread, self)) notify(thread, self, index);
}
template <HandlerIndex index>
void any_text(void* data, const XML_Char* text, int size) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (begin(thread, self))
        notify(thread, self, index, text_of(thread, text, static_cast<size_t>(size)));
}
int not_standalone(void* data) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    return begin(thread, self) ? ask(thread, self, kNotStandalone) : 0;
}
int external_entity(XML_Parser parser, const XML_Char* context, const XML_Char* base,
                    const XML_Char* system, const XML_Char* public_id) {
    Thread& thread = current_thread();
    Parser& self = parser_of(XML_GetUserData(parser));
    if (!begin(thread, self)) return 0;
    return ask(thread, self, kExternalEntityRef, text_of(thread, context),
               name_of(thread, self, base), name_of(thread, self, system),
               name_of(thread, self, public_id));
}
void start_doctype(void* data, const XML_Char* name, const XML_Char* system,
                   const XML_Char* public_id, int has_internal_subset) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (!begin(thread, self)) return;
    notify(thread, self, kStartDoctypeDecl, name_of(thread, self, name),
           name_of(thread, self, system), name_of(thread, self, public_id),
           Owned::small_int(has_internal_subset));
}
void element_declaration(void* data, const XML_Char* name, XML_Content* model) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (begin(thread, self))
        notify(thread, self, kElementDecl, name_of(thread, self, name),
               model_of(thread, self, *model));
    XML_FreeContentModel(self.parser, model);
}
void xml_declaration(void* data, const XML_Char* version, const XML_Char* encoding,
                     int standalone) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (!begin(thread, self)) return;
    notify(thread, self, kXmlDecl, text_of(thread, version), text_of(thread, encoding),
           Owned::small_int(standalone));
}
void attribute_list(void* data, const XML_Char* element, const XML_Char* attribute,
                    const XML_Char* type, const XML_Char* standard, int required) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (!begin(thread, self)) return;
    notify(thread, self, kAttlistDecl, name_of(thread, self, element),
           name_of(thread, self, attribute), text_of(thread, type), text_of(thread, standard),
           Owned::small_int(required));
}
void entity(void* data, const XML_Char* name, int is_parameter, const XML_Char* value, int size,
            const XML_Char* base, const XML_Char* system, const XML_Char* public_id,
            const XML_Char* notation_name) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (!begin(thread, self)) return;
    notify(thread, self, kEntityDecl, name_of(thread, self, name), Owned::small_int(is_parameter),
           value ? text_of(thread, value, static_cast<size_t>(size)) : Owned::share(none()),
           name_of(thread, self, base), name_of(thread, self, system),
           name_of(thread, self, public_id), name_of(thread, self, notation_name));
}
void skipped_entity(void* data, const XML_Char* name, int is_parameter) {
    Thread& thread = current_thread();
    Parser& self = parser_of(data);
    if (!begin(thread, self)) return;
    notify(thread, self, kSkippedEntity, name_of(thread, self, name),
           Owned::small_int(is_parameter));
}

}  // namespace

bool flush_text(Thread& thread, Parser& self) {
    if (self.buffer_used == 0) return true;
    Owned text = text_of(thread, self.buffer, static_cast<size_t>(self.buffer_used));
    self.buffer_used = 0;
    return static_cast<bool>(invoke(thread, self, kCharacterData, &text, 1));
}

void install_handler(Parser& self, HandlerIndex index, bool on) {
    XML_Parser p = self.parser;
    switch (index) {
        case kStartElement:
            return XML_SetStartElementHandler(p, on ? start_element : nullptr);
        case kEndElement:
            return XML_SetEndElementHandler(p, on ? end_element : nullptr);
        case kProcessingInstruction:
            return XML_SetProcessingInstructionHandler(p, on ? processing_instruction : nullptr);
        case kCharacterData:
            return XML_SetCharacterDataHandler(p, on ? character_data : nullptr);
        case kUnparsedEntityDecl:
            return XML_SetUnparsedEntityDeclHandler(p, on ? unparsed_entity : nullptr);
        case kNotationDecl:
            return XML_SetNotationDeclHandler(p, on ? notation : nullptr);
        case kStartNamespaceDecl:
            return XML_SetStartNamespaceDeclHandler(p, on ? start_namespace : nullptr);
        case kEndNamespaceDecl:
            return XML_SetEndNamespaceDeclHandler(p, on ? end_namespace : nullptr);
        case kComment:
            return XML_SetCommentHandler(p, on ? comment : nullptr);
        case kStartCdata:
            return XML_SetStartCdataSectionHandler(p, on ? plain<kStartCdata> : nullptr);
        case kEndCdata:
            return XML_SetEndCdataSectionHandler(p, on ? plain<kEndCdata> : nullptr);
        case kDefault:
            return XML_SetDefaultHandler(p, on ? any_text<kDefault> : nullptr);
        case kDefaultExpand:
            return XML_SetDefaultHandlerExpand(p, on ? any_text<kDefaultExpand> : nullptr);
        case kNotStandalone:
            return XML_SetNotStandaloneHandler(p, on ? not_standalone : nullptr);
        case kExternalEntityRef:
            return XML_SetExternalEntityRefHandler(p, on ? external_entity : nullptr);
        case kStartDoctypeDecl:
            return XML_SetStartDoctypeDeclHandler(p, on ? start_doctype : nullptr);
        case kEndDoctypeDecl:
            return XML_SetEndDoctypeDeclHandler(p, on ? plain<kEndDoctypeDecl> : nullptr);
        case kElementDecl:
            return XML_SetElementDeclHandler(p, on ? element_declaration : nullptr);
        case kXmlDecl:
            return XML_SetXmlDeclHandler(p, on ? xml_declaration : nullptr);
        case kAttlistDecl:
            return XML_SetAttlistDeclHandler(p, on ? attribute_list : nullptr);
        case kEntityDecl:
            return XML_SetEntityDeclHandler(p, on ? entity : nullptr);
        case kSkippedEntity:
            return XML_SetSkippedEntityHandler(p, on ? skipped_entity : nullptr);
        case kHandlerCount:
            return;
    }
}

// All bytes decoded at once, one character each.
bool load_encoding(Thread& thread, const XML_Char* name, XML_Encoding* info) {
    char bytes[256];
    for (int i = 0; i < 256; i++) bytes[i] = static_cast<char>(i);
    Ref<Bytes> all = make_bytes(thread, bytes, sizeof bytes);
    Ref<Str> encoding = make_str(thread, name), errors = make_str(thread, "replace");
    Owned text;
    if (all && encoding && errors) text = call_method(thread, all, ID(decode), encoding, errors);
    bool usable = text && is_str(text) && text.as<Str>().length() == 256;
    if (text && !usable)
        (void)raise(thread, exc::ValueError, "multi-byte encodings are not supported");
    if (!usable) return false;
    for (int i = 0; i < 256; i++) {
        uint32_t c = text.as<Str>()[static_cast<size_t>(i)];
        info->map[i] = c == 0xFFFD ? -1 : static_cast<int>(c);
    }
    info->data = nullptr;
    info->convert = nullptr;
    info->release = nullptr;
    return true;
}

int unknown_encoding(void* data, const XML_Char* name, XML_Encoding* info) {
    Thread& thread = current_thread();
    if (has_exception(thread)) return XML_STATUS_ERROR;
    if (load_encoding(thread, name, info)) return XML_STATUS_OK;
    XML_StopParser(parser_of(data).parser, XML_FALSE);
    return XML_STATUS_ERROR;
}

}  // namespace imugi::expat
