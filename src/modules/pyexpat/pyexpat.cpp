// The module pyexpat: expat's parser as an object. See pyexpat.h for what protects one.
#include "modules/pyexpat/pyexpat.h"

#include <climits>
#include <cstring>

#include "base/random.h"
#include "memory/array.h"
#include "memory/collector.h"
#include "modules/constants.h"
#include "modules/native_class.h"
#include "modules/pyexpat/reparse.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/codecs.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/protocol.h"
#include "object/str.h"
#include "object/tuple.h"
#include "thread/lock.h"
#include "thread/parking_lot.h"
#include "thread/safepoint.h"

namespace imugi::expat {

namespace {

NativeException error_class("xml.parsers.expat.ExpatError", exc::Exception);

constexpr int kDefaultBufferSize = 8192;

void* allocate_for_expat(size_t size) {
    return array_allocate(size);
}
void* reallocate_for_expat(void* memory, size_t size) {
    return array_reallocate(memory, size);
}
void free_for_expat(void* memory) {
    array_free(memory);
}
const XML_Memory_Handling_Suite kMemory = {allocate_for_expat, reallocate_for_expat,
                                           free_for_expat};

}  // namespace

Use::Use(Thread& thread, std::atomic<uint64_t>& owner) : owner_(owner) {
    outer_ = owner.load(std::memory_order_relaxed) != thread.ident;
    if (!outer_) return;
    for (;;) {
        uint64_t seen = 0;
        if (owner.compare_exchange_strong(seen, thread.ident, std::memory_order_acquire)) return;
        Detached detached(thread);
        park(&owner, seen, sizeof(uint64_t), 10'000'000);
    }
}
Use::~Use() {
    if (!outer_) return;
    // Pairs with the acquire above.
    owner_.store(0, std::memory_order_release);
    unpark_all(&owner_);
}

XML_Parser make_expat_parser(const char* encoding, const char* separator) {
    XML_Parser parser = XML_ParserCreate_MM(encoding, &kMemory, separator);
    unsigned long salt;
    if (parser && os_entropy(&salt, sizeof salt)) XML_SetHashSalt(parser, salt);
    return parser;
}

Owned raise_expat(Thread& thread, Parser& self, XML_Error code) {
    auto line = static_cast<int64_t>(XML_GetErrorLineNumber(self.parser));
    auto column = static_cast<int64_t>(XML_GetErrorColumnNumber(self.parser));
    const char* text = XML_ErrorString(code);
    Ref<Str> message =
        TRY(format(thread, "{}: line {}, column {}", text ? text : "unknown error", line, column));
    Owned error = TRY(call(thread, Value::of(error_class.type(thread)), message));
    TRY(set_attribute(thread, error, ID(code), Value::small_int(code)));
    TRY(set_attribute(thread, error, ID(offset), Value::small_int(column)));
    TRY(set_attribute(thread, error, ID(lineno), Value::small_int(line)));
    raise_exception(thread, std::move(error));
    return {};
}

namespace {

Parser& parser_of(Value value) {
    return value.as<Parser>();
}

// --- making ---

bool prepare(Thread& thread, Parser& self) {
    if (!self.parser) return raise_memory_error(thread);
    XML_SetUserData(self.parser, &self);
    XML_SetUnknownEncodingHandler(self.parser, unknown_encoding, &self);
    self.buffer_size = kDefaultBufferSize;
    return true;
}

// A text argument that may be None; null text for that.
bool load_text(Thread& thread, Value value, const char* what, const char** out) {
    *out = nullptr;
    if (value.is_empty() || is_none(value)) return true;
    if (!is_str(value))
        return raise(thread, exc::TypeError, "{} must be str or None, not {}", what,
                     type_name_of(value));
    *out = name_text(thread, value.as<Str>());
    return *out != nullptr;
}

Owned parser_create(Thread& thread, Value, Value encoding_value, Value separator_value,
                    Value intern_value) {
    const char *encoding, *separator;
    TRY(load_text(thread, encoding_value, "ParserCreate() argument 'encoding'", &encoding));
    TRY(load_text(thread, separator_value, "ParserCreate() argument 'namespace_separator'",
                  &separator));
    if (separator && strlen(separator) > 1)
        return raise(thread, exc::ValueError,
                     "namespace_separator must be at most one character, omitted, or None");
    Owned interned;
    if (intern_value.is_empty()) {
        interned = TRY(make_dict(thread));
    } else if (!is_none(intern_value)) {
        if (!is_dict(intern_value))
            return raise(thread, exc::TypeError, "intern must be a dictionary");
        interned = Owned::share(intern_value);
    }
    auto* self = allocate<Parser>(thread, parser_class.type());
    if (!self) return {};
    Owned result = Owned::adopt(self);
    if (interned) self->intern.init(std::move(interned));
    self->parser = make_expat_parser(encoding, separator);
    TRY(prepare(thread, *self));
    track(self);
    return result;
}

Owned external_parser(Thread& thread, Parser& self, Value context_value, Value encoding_value) {
    const char *context, *encoding;
    TRY(load_text(thread, context_value, "ExternalEntityParserCreate() argument 1", &context));
    TRY(load_text(thread, encoding_value, "ExternalEntityParserCreate() argument 2", &encoding));
    auto* made = allocate<Parser>(thread, parser_class.type());
    if (!made) return {};
    Owned result = Owned::adopt(made);
    Use use(thread, self);
    made->parser = XML_ExternalEntityParserCreate(self.parser, context, encoding);
    TRY(prepare(thread, *made));
    made->buffer_size = self.buffer_size;
    for (std::atomic<bool> Parser::* flag :
         {&Parser::ordered_attributes, &Parser::specified_attributes, &Parser::namespace_prefixes,
          &Parser::reparse_at_once})
        (made->*flag)
            .store((self.*flag).load(std::memory_order_relaxed), std::memory_order_relaxed);
    if (self.buffer) {
        made->buffer = static_cast<char*>(array_allocate(static_cast<size_t>(made->buffer_size)));
        if (!made->buffer) return raise_memory_error(thread);
    }
    if (!self.intern.is_empty()) made->intern.init(self.intern.share());
    made->parent.init(Owned::share(self));
    {
        Lock guard(thread, self);
        for (size_t i = 0; i < kHandlerCount; i++)
            if (!self.handlers[i].is_empty()) made->handlers[i].init(self.handlers[i].share());
    }
    for (size_t i = 0; i < kHandlerCount; i++)
        if (!made->handlers[i].is_empty())
            install_handler(*made, static_cast<HandlerIndex>(i), true);
    track(made);
    return result;
}

void parser_fields(Object* object, FieldVisitor& visitor) {
    auto* self = static_cast<Parser*>(object);
    for (Slot& handler : self->handlers) visitor.visit(handler);
    visitor.visit(self->intern);
    visitor.visit(self->parent);
}
void parser_release(Object* object) {
    auto* self = static_cast<Parser*>(object);
    if (self->parser) XML_ParserFree(self->parser);
    array_free(self->buffer);
}

// --- parsing ---

Owned result_of(Thread& thread, Parser& self, XML_Status status) {
    if (has_exception(thread)) return {};
    if (status == XML_STATUS_ERROR) return raise_expat(thread, self, XML_GetErrorCode(self.parser));
    TRY(flush_text(thread, self));
    return Owned::small_int(status);
}

Owned parse(Thread& thread, Parser& self, Value data, bool final) {
    constexpr size_t kPiece = 1 << 20;
    StableBuffer buffer(thread);
    const char* text;
    size_t size;
    bool is_text = is_str(data);
    if (is_text) {
        text = str_utf8(thread, data.as<Str>(), &size);
        if (!text) return {};
    } else {
        TRY(buffer.get(data));
        text = reinterpret_cast<const char*>(buffer.data());
        size = buffer.size();
    }
    Use use(thread, self);
    if (self.depth != 0)
        return raise(thread, exc::RuntimeError, "cannot call Parse() from within a handler");
    if (is_text) (void)XML_SetEncoding(self.parser, "utf-8");
    XML_Status status = XML_STATUS_OK;
    while (size > kPiece) {
        status = XML_Parse(self.parser, text, static_cast<int>(kPiece), XML_FALSE);
        if (status == XML_STATUS_ERROR || has_exception(thread) || !safepoint(thread)) break;
        text += kPiece;
        size -= kPiece;
    }
    if (size <= kPiece) status = XML_Parse(self.parser, text, static_cast<int>(size), final);
    return result_of(thread, self, status);
}

Owned parse_file(Thread& thread, Parser& self, Value file) {
    constexpr int kPiece = 2048;
    Owned read = get_attribute_or_nothing(thread, file, ID(read));
    if (!read) return {};
    if (read.is_nothing())
        return raise(thread, exc::TypeError, "argument must have 'read' attribute");
    Use use(thread, self);
    if (self.depth != 0)
        return raise(thread, exc::RuntimeError, "cannot call ParseFile() from within a handler");
    for (;;) {
        Owned piece = TRY(call(thread, read, Value::small_int(kPiece)));
        const void* data;
        size_t size;
        StableBuffer buffer(thread);
        if (is_bytes(piece)) {
            data = piece.as<Bytes>().data();
            size = piece.as<Bytes>().size;
        } else if (is_bytearray(piece)) {
            TRY(buffer.get(piece));
            data = buffer.data();
            size = buffer.size();
        } else {
            return raise(thread, exc::TypeError, "read() did not return a bytes object (type={})",
                         type_name_of(piece));
        }
        if (size > kPiece)
            return raise(thread, exc::ValueError,
                         "read() returned too much data: {} bytes requested, {} returned", kPiece,
                         static_cast<int64_t>(size));
        XML_Status status = XML_Parse(self.parser, static_cast<const char*>(data),
                                      static_cast<int>(size), size == 0);
        if (size == 0 || status == XML_STATUS_ERROR || has_exception(thread))
            return result_of(thread, self, status);
    }
}

// --- other methods ---

bool set_base(Thread& thread, Parser& self, Str& base) {
    const char* text = str_utf8(thread, base);
    if (!text) return false;
    Use use(thread, self);
    return XML_SetBase(self.parser, text) || raise_memory_error(thread);
}
Owned get_base(Thread& thread, Parser& self) {
    Use use(thread, self);
    const char* base = XML_GetBase(self.parser);
    return base ? make_str(thread, base).owned() : Owned::share(none());
}
Owned get_input_context(Thread& thread, Parser& self) {
    Use use(thread, self);
    int offset, size;
    const char* text = self.depth ? XML_GetInputContext(self.parser, &offset, &size) : nullptr;
    if (!text) return Owned::share(none());
    return make_bytes(thread, text + offset, static_cast<size_t>(size - offset));
}
Owned set_param_entity_parsing(Thread& thread, Parser& self, int flag) {
    Use use(thread, self);
    return Owned::small_int(
        XML_SetParamEntityParsing(self.parser, static_cast<XML_ParamEntityParsing>(flag)));
}
Owned use_foreign_dtd(Thread& thread, Parser& self, bool flag) {
    Use use(thread, self);
    XML_Error code = XML_UseForeignDTD(self.parser, flag);
    if (code != XML_ERROR_NONE) return raise_expat(thread, self, code);
    return Owned::share(none());
}

Owned set_reparse_deferral(Thread& thread, Parser& self, bool enabled) {
    Use use(thread, self);
    if (expat::defer_reparsing(self.parser, enabled)) self.reparse_at_once = !enabled;
    return Owned::share(none());
}
Owned get_reparse_deferral(Thread&, Parser& self) {
    return Owned::share(boolean(expat::knows_reparse_deferral() && !self.reparse_at_once));
}

// --- attributes ---

template <HandlerIndex index>
Owned get_handler(Thread& thread, Value value) {
    Parser& self = parser_of(value);
    Lock guard(thread, self);
    return self.handlers[index].is_empty() ? Owned::share(none()) : self.handlers[index].share();
}
template <HandlerIndex index>
bool set_handler(Thread& thread, Value value, Value handler) {
    if (handler.is_empty()) return raise(thread, exc::RuntimeError, "Cannot delete attribute");
    Parser& self = parser_of(value);
    Use use(thread, self);
    if (index == kCharacterData && !flush_text(thread, self)) return false;
    Owned old;
    {
        Lock guard(thread, self);
        old = self.handlers[index].exchange(is_none(handler) ? Owned() : Owned::share(handler));
    }
    // While it calls handlers expat must not lose those that it is about to call; a handler that is
    // gone does nothing.
    if (!is_none(handler) || self.depth == 0) install_handler(self, index, !is_none(handler));
    return true;
}

Owned get_buffer_text(Thread& thread, Value value) {
    Use use(thread, parser_of(value));
    return Owned::share(boolean(parser_of(value).buffer != nullptr));
}
bool set_buffer_text(Thread& thread, Value value, Value wanted) {
    if (wanted.is_empty()) return raise(thread, exc::RuntimeError, "Cannot delete attribute");
    bool on = TRY(is_true(thread, wanted));
    Parser& self = parser_of(value);
    Use use(thread, self);
    if (on == (self.buffer != nullptr)) return true;
    if (!on) {
        TRY(flush_text(thread, self));
        array_free(std::exchange(self.buffer, nullptr));
        return true;
    }
    self.buffer = static_cast<char*>(array_allocate(static_cast<size_t>(self.buffer_size)));
    self.buffer_used = 0;
    return self.buffer || raise_memory_error(thread);
}
Owned get_buffer_size(Thread& thread, Value value) {
    Use use(thread, parser_of(value));
    return Owned::small_int(parser_of(value).buffer_size);
}
bool set_buffer_size(Thread& thread, Value value, Value wanted) {
    if (wanted.is_empty()) return raise(thread, exc::RuntimeError, "Cannot delete attribute");
    if (!is_int(wanted)) return raise(thread, exc::TypeError, "buffer_size must be an integer");
    int64_t size = TRY(int_to_int64(thread, wanted));
    if (size <= 0) return raise(thread, exc::ValueError, "buffer_size must be greater than zero");
    if (size > INT_MAX)
        return raise(thread, exc::ValueError, "buffer_size must not be greater than {}", INT_MAX);
    Parser& self = parser_of(value);
    Use use(thread, self);
    if (size == self.buffer_size) return true;
    if (self.buffer) {
        TRY(flush_text(thread, self));
        auto* fresh = static_cast<char*>(array_allocate(static_cast<size_t>(size)));
        if (!fresh) return raise_memory_error(thread);
        array_free(self.buffer);
        self.buffer = fresh;
    }
    self.buffer_size = static_cast<int>(size);
    return true;
}
Owned get_buffer_used(Thread& thread, Value value) {
    Use use(thread, parser_of(value));
    return Owned::small_int(parser_of(value).buffer_used);
}

template <std::atomic<bool> Parser::* flag>
Owned get_flag(Thread&, Value value) {
    return Owned::share(boolean(parser_of(value).*flag));
}
template <std::atomic<bool> Parser::* flag>
bool set_flag(Thread& thread, Value value, Value wanted) {
    if (wanted.is_empty()) return raise(thread, exc::RuntimeError, "Cannot delete attribute");
    parser_of(value).*flag = TRY(is_true(thread, wanted));
    return true;
}
bool set_prefixes(Thread& thread, Value value, Value wanted) {
    TRY(set_flag<&Parser::namespace_prefixes>(thread, value, wanted));
    Use use(thread, parser_of(value));
    XML_SetReturnNSTriplet(parser_of(value).parser, parser_of(value).namespace_prefixes);
    return true;
}

Owned get_intern(Thread&, Value value) {
    Slot& table = parser_of(value).intern;
    return table.is_empty() ? Owned::share(none()) : table.share();
}
template <class T, T (*query)(XML_Parser)>
Owned get_position(Thread& thread, Value value) {
    Use use(thread, parser_of(value));
    return make_int(thread, static_cast<int64_t>(query(parser_of(value).parser)));
}

const MethodRow parser_rows[] = {
    {"Parse", "(self, data, isfinal=False, /)", fn<parse>,
     "Parses XML data; isfinal says that they are the last."},
    {"ParseFile", "(self, file, /)", fn<parse_file>, "Parses all that the file's read() gives."},
    {"SetBase", "(self, base, /)", fn<set_base>, "Sets the base URL of the parser."},
    {"GetBase", "(self, /)", fn<get_base>, "The base URL of the parser."},
    {"GetInputContext", "(self, /)", fn<get_input_context>,
     "The source text that the handler is called for, from there on."},
    {"ExternalEntityParserCreate", "(self, context, encoding=<unrepresentable>, /)",
     fn<external_parser>, "A parser of an external entity, in an ExternalEntityRefHandler."},
    {"SetParamEntityParsing", "(self, flag, /)", fn<set_param_entity_parsing>,
     "Controls the parsing of parameter entities, the external DTD subset among them."},
    {"SetReparseDeferralEnabled", "(self, enabled, /)", fn<set_reparse_deferral>,
     "Whether tokens that come in many pieces wait for more before they are parsed again."},
    {"GetReparseDeferralEnabled", "(self, /)", fn<get_reparse_deferral>,
     "Whether reparsing is deferred: as SetReparseDeferralEnabled() set it, or true. False where "
     "the library does not know of it."},
    {"UseForeignDTD", "(self, flag=True, /)", fn<use_foreign_dtd>,
     "Lets the application give an external subset to a document that has none."},
    {},
};

#define HANDLER_ROW(index) {nullptr, get_handler<index>, set_handler<index>}
const GetSetRow handler_rows[kHandlerCount] = {
    HANDLER_ROW(kStartElement),
    HANDLER_ROW(kEndElement),
    HANDLER_ROW(kProcessingInstruction),
    HANDLER_ROW(kCharacterData),
    HANDLER_ROW(kUnparsedEntityDecl),
    HANDLER_ROW(kNotationDecl),
    HANDLER_ROW(kStartNamespaceDecl),
    HANDLER_ROW(kEndNamespaceDecl),
    HANDLER_ROW(kComment),
    HANDLER_ROW(kStartCdata),
    HANDLER_ROW(kEndCdata),
    HANDLER_ROW(kDefault),
    HANDLER_ROW(kDefaultExpand),
    HANDLER_ROW(kNotStandalone),
    HANDLER_ROW(kExternalEntityRef),
    HANDLER_ROW(kStartDoctypeDecl),
    HANDLER_ROW(kEndDoctypeDecl),
    HANDLER_ROW(kElementDecl),
    HANDLER_ROW(kXmlDecl),
    HANDLER_ROW(kAttlistDecl),
    HANDLER_ROW(kEntityDecl),
    HANDLER_ROW(kSkippedEntity),
};
#undef HANDLER_ROW

const GetSetRow plain_rows[] = {
    {"buffer_text", get_buffer_text, set_buffer_text},
    {"buffer_size", get_buffer_size, set_buffer_size},
    {"buffer_used", get_buffer_used},
    {"ordered_attributes", get_flag<&Parser::ordered_attributes>,
     set_flag<&Parser::ordered_attributes>},
    {"specified_attributes", get_flag<&Parser::specified_attributes>,
     set_flag<&Parser::specified_attributes>},
    {"namespace_prefixes", get_flag<&Parser::namespace_prefixes>, set_prefixes},
    {"intern", get_intern},
    {"ErrorCode", get_position<XML_Error, XML_GetErrorCode>},
    {"ErrorLineNumber", get_position<XML_Size, XML_GetErrorLineNumber>},
    {"ErrorColumnNumber", get_position<XML_Size, XML_GetErrorColumnNumber>},
    {"ErrorByteIndex", get_position<XML_Index, XML_GetErrorByteIndex>},
    {"CurrentLineNumber", get_position<XML_Size, XML_GetCurrentLineNumber>},
    {"CurrentColumnNumber", get_position<XML_Size, XML_GetCurrentColumnNumber>},
    {"CurrentByteIndex", get_position<XML_Index, XML_GetCurrentByteIndex>},
};
constexpr size_t kPlainCount = sizeof plain_rows / sizeof *plain_rows;

// The handlers' names are written once, with the functions.
struct GetSetTable {
    GetSetRow rows[kHandlerCount + kPlainCount + 1];

    GetSetTable() {
        for (size_t i = 0; i < kHandlerCount; i++) {
            rows[i] = handler_rows[i];
            rows[i].name = kHandlerNames[i];
        }
        for (size_t i = 0; i < kPlainCount; i++) rows[kHandlerCount + i] = plain_rows[i];
    }
};
const GetSetTable getsets;

extern const TypeSpec parser_spec;

// --- the module ---

Owned error_string(Thread& thread, Value, int code) {
    const char* text = XML_ErrorString(static_cast<XML_Error>(code));
    return text ? make_str(thread, text).owned() : Owned::share(none());
}

const MethodRow functions[] = {
    {"ParserCreate",
     "(module, /, encoding=None, namespace_separator=None, intern=<unrepresentable>)",
     fn<parser_create>, "A new XML parser object."},
    {"ErrorString", "(module, code, /)", fn<error_string>, "The text of an error number."},
    {},
};

#define ERROR(name) {#name, name}
constexpr IntConstant kErrors[] = {
    ERROR(XML_ERROR_NO_MEMORY),
    ERROR(XML_ERROR_SYNTAX),
    ERROR(XML_ERROR_NO_ELEMENTS),
    ERROR(XML_ERROR_INVALID_TOKEN),
    ERROR(XML_ERROR_UNCLOSED_TOKEN),
    ERROR(XML_ERROR_PARTIAL_CHAR),
    ERROR(XML_ERROR_TAG_MISMATCH),
    ERROR(XML_ERROR_DUPLICATE_ATTRIBUTE),
    ERROR(XML_ERROR_JUNK_AFTER_DOC_ELEMENT),
    ERROR(XML_ERROR_PARAM_ENTITY_REF),
    ERROR(XML_ERROR_UNDEFINED_ENTITY),
    ERROR(XML_ERROR_RECURSIVE_ENTITY_REF),
    ERROR(XML_ERROR_ASYNC_ENTITY),
    ERROR(XML_ERROR_BAD_CHAR_REF),
    ERROR(XML_ERROR_BINARY_ENTITY_REF),
    ERROR(XML_ERROR_ATTRIBUTE_EXTERNAL_ENTITY_REF),
    ERROR(XML_ERROR_MISPLACED_XML_PI),
    ERROR(XML_ERROR_UNKNOWN_ENCODING),
    ERROR(XML_ERROR_INCORRECT_ENCODING),
    ERROR(XML_ERROR_UNCLOSED_CDATA_SECTION),
    ERROR(XML_ERROR_EXTERNAL_ENTITY_HANDLING),
    ERROR(XML_ERROR_NOT_STANDALONE),
    ERROR(XML_ERROR_UNEXPECTED_STATE),
    ERROR(XML_ERROR_ENTITY_DECLARED_IN_PE),
    ERROR(XML_ERROR_FEATURE_REQUIRES_XML_DTD),
    ERROR(XML_ERROR_CANT_CHANGE_FEATURE_ONCE_PARSING),
    ERROR(XML_ERROR_UNBOUND_PREFIX),
    ERROR(XML_ERROR_UNDECLARING_PREFIX),
    ERROR(XML_ERROR_INCOMPLETE_PE),
    ERROR(XML_ERROR_XML_DECL),
    ERROR(XML_ERROR_TEXT_DECL),
    ERROR(XML_ERROR_PUBLICID),
    ERROR(XML_ERROR_SUSPENDED),
    ERROR(XML_ERROR_NOT_SUSPENDED),
    ERROR(XML_ERROR_ABORTED),
    ERROR(XML_ERROR_FINISHED),
    ERROR(XML_ERROR_SUSPEND_PE),
    ERROR(XML_ERROR_RESERVED_PREFIX_XML),
    ERROR(XML_ERROR_RESERVED_PREFIX_XMLNS),
    ERROR(XML_ERROR_RESERVED_NAMESPACE_URI),
    ERROR(XML_ERROR_INVALID_ARGUMENT),
    ERROR(XML_ERROR_NO_BUFFER),
    ERROR(XML_ERROR_AMPLIFICATION_LIMIT_BREACH),
};
#undef ERROR
constexpr IntConstant kModel[] = {
    {"XML_CTYPE_EMPTY", XML_CTYPE_EMPTY},   {"XML_CTYPE_ANY", XML_CTYPE_ANY},
    {"XML_CTYPE_MIXED", XML_CTYPE_MIXED},   {"XML_CTYPE_NAME", XML_CTYPE_NAME},
    {"XML_CTYPE_CHOICE", XML_CTYPE_CHOICE}, {"XML_CTYPE_SEQ", XML_CTYPE_SEQ},
    {"XML_CQUANT_NONE", XML_CQUANT_NONE},   {"XML_CQUANT_OPT", XML_CQUANT_OPT},
    {"XML_CQUANT_REP", XML_CQUANT_REP},     {"XML_CQUANT_PLUS", XML_CQUANT_PLUS},
};

// A module within this one, known to the import system.
Ref<Module> add_submodule(Thread& thread, Module& parent, const char* full_name,
                          const char* short_name, const char* doc) {
    Ref<Str> name = TRY(intern(thread, full_name));
    Ref<Module> made = TRY(make_module(thread, *name));
    TRY(module_set(thread, *made, "__doc__", make_str(thread, doc).owned()));
    TRY(dict_set(thread, interpreter_of(thread).modules.as<Dict>(), name.value(), made.value()));
    TRY(module_set(thread, parent, short_name, made.value()));
    return made;
}

bool add_errors(Thread& thread, Module& parent) {
    Ref<Module> errors = TRY(add_submodule(thread, parent, "pyexpat.errors", "errors",
                                           "Constants used to describe error conditions."));
    Ref<Dict> codes = TRY(make_dict(thread)), messages = TRY(make_dict(thread));
    for (const IntConstant& error : kErrors) {
        const char* known = XML_ErrorString(static_cast<XML_Error>(error.value));
        Ref<Str> text = TRY(make_str(thread, known ? known : ""));
        TRY(module_set(thread, *errors, error.name, text.value()));
        TRY(dict_set(thread, *codes, text.value(), Value::small_int(error.value)));
        TRY(dict_set(thread, *messages, Value::small_int(error.value), text.value()));
    }
    return module_set(thread, *errors, "codes", codes.value()) &&
           module_set(thread, *errors, "messages", messages.value());
}

Ref<List> feature_list(Thread& thread) {
    Ref<List> list = TRY(make_list(thread));
    for (const XML_Feature* feature = XML_GetFeatureList();
         feature && feature->feature != XML_FEATURE_END; feature++) {
        Ref<Str> name = TRY(make_str(thread, feature->name));
        Owned value = TRY(make_int(thread, feature->value));
        TRY(list_append(thread, *list, make_tuple(thread, name, value)));
    }
    return list;
}

bool execute(Thread& thread, Module& module) {
    Type* type = parser_class.make(thread);
    if (!type || !error_class.add_to(thread, module)) return false;
    TRY(module_set(thread, module, "error", Value::of(error_class.type(thread))));
    TRY(module_set(thread, module, "XMLParserType", Value::of(type)));
    XML_Expat_Version version = XML_ExpatVersionInfo();
    TRY(module_set(thread, module, "EXPAT_VERSION", make_str(thread, XML_ExpatVersion()).owned()));
    TRY(module_set(thread, module, "version_info",
                   make_tuple(thread, Value::small_int(version.major),
                              Value::small_int(version.minor), Value::small_int(version.micro))
                       .owned()));
    TRY(module_set(thread, module, "native_encoding", make_str(thread, "UTF-8").owned()));
    TRY(module_set(thread, module, "features", feature_list(thread).owned()));
    const IntConstant parsing[] = {
        {"XML_PARAM_ENTITY_PARSING_NEVER", XML_PARAM_ENTITY_PARSING_NEVER},
        {"XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE},
        {"XML_PARAM_ENTITY_PARSING_ALWAYS", XML_PARAM_ENTITY_PARSING_ALWAYS}};
    TRY(add_int_constants(thread, module, parsing));
    TRY(add_errors(thread, module));
    Ref<Module> model =
        TRY(add_submodule(thread, module, "pyexpat.model", "model",
                          "Constants used to interpret content model information."));
    TRY(add_int_constants(thread, *model, kModel));
    return true;
}

ModuleSpec spec("pyexpat", "Python wrapper for Expat parser.", functions, execute);

const TypeSpec parser_spec = {
    .name = "pyexpat.xmlparser",
    .doc = "XML parser",
    .size = sizeof(Parser),
    .flags = kTypeTracked | kTypeNoInstantiate,
    .slots = {.fields = parser_fields, .release = parser_release},
    .methods = parser_rows,
    .getsets = getsets.rows,
};

}  // namespace

constinit SharedType parser_class(parser_spec);

}  // namespace imugi::expat
