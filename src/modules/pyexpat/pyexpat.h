// What the files of the module pyexpat share. A parser is used by one thread at a time: `owner`, a
// thread's ident, says by which; its own handlers may use it meanwhile, others wait detached.
#pragma once

#include <expat.h>

#include "modules/shared_type.h"
#include "object/native.h"

namespace imugi::expat {

enum HandlerIndex : uint8_t {
    kStartElement,
    kEndElement,
    kProcessingInstruction,
    kCharacterData,
    kUnparsedEntityDecl,
    kNotationDecl,
    kStartNamespaceDecl,
    kEndNamespaceDecl,
    kComment,
    kStartCdata,
    kEndCdata,
    kDefault,
    kDefaultExpand,
    kNotStandalone,
    kExternalEntityRef,
    kStartDoctypeDecl,
    kEndDoctypeDecl,
    kElementDecl,
    kXmlDecl,
    kAttlistDecl,
    kEntityDecl,
    kSkippedEntity,
    kHandlerCount
};

struct Parser : Object {
    XML_Parser parser;
    Slot handlers[kHandlerCount];  // callables; empty for none; under the Lock
    Slot intern;                   // dict; empty for none; immutable
    Slot parent;                   // Parser of an external entity's; immutable
    std::atomic<uint64_t> owner;   // ident of the thread that uses the parser; 0 for none
    // By the owner:
    char* buffer;  // text that waits for its end; null unless buffer_text
    int buffer_size, buffer_used;
    std::atomic<bool> ordered_attributes, specified_attributes, namespace_prefixes, reparse_at_once;
    int depth;  // handlers that run
};

extern SharedType parser_class;

// Exclusive use of a parser by its word `owner`, again for who has it already.
class Use {
  public:
    Use(Thread& thread, std::atomic<uint64_t>& owner);
    Use(Thread& thread, Parser& self) : Use(thread, self.owner) {}
    ~Use();
    Use(const Use&) = delete;

  private:
    std::atomic<uint64_t>& owner_;
    bool outer_;
};
// A parser of expat with our memory and a salt of its own; null when memory is short.
XML_Parser make_expat_parser(const char* encoding, const char* separator);

// --- handlers.cpp ---
// Tells expat which handlers there are.
void install_handler(Parser& self, HandlerIndex index, bool present);
extern const char* const kHandlerNames[kHandlerCount];
// Calls the handler with the text that was kept back.
[[nodiscard]] bool flush_text(Thread& thread, Parser& self);
int unknown_encoding(void* data, const XML_Char* name, XML_Encoding* info);
// What Python's codec of that name makes of each byte. False with an exception.
[[nodiscard]] bool load_encoding(Thread& thread, const XML_Char* name, XML_Encoding* info);

// --- pyexpat.cpp ---
Owned raise_expat(Thread& thread, Parser& self, XML_Error code);

}  // namespace imugi::expat

namespace imugi {
IMUGI_SHARED_TYPE(expat::Parser, expat::parser_class);
}
