// XMLParser: expat's events to a TreeBuilder or another target. A parser is used by one thread at a
// time, as those of pyexpat are: its own handlers may use it meanwhile, others wait detached.
#pragma once

#include "modules/_elementtree/elementtree.h"
#include "modules/pyexpat/pyexpat.h"

namespace imugi::etree {

// Names that came before, as they came and as Python sees them: {namespace}name. By the user.
class NameTable {
  public:
    Owned find_or_make(Thread& thread, const char* raw);
    void visit(FieldVisitor& visitor);
    void release();

  private:
    struct Name {
        int64_t hash;
        size_t size;
        char* raw;  // null: free
        Slot text;
    };
    [[nodiscard]] bool grow();
    Name& place_of(const char* raw, size_t size, int64_t hash);
    Name* names_;
    size_t count_, capacity_;
};

enum Handler : uint8_t {
    kStart,
    kEnd,
    kData,
    kComment,
    kInstruction,
    kStartNamespace,
    kEndNamespace,
    kDoctype,
    kClose,
    kHandlerCount
};

struct XmlParser : Object {
    XML_Parser expat;             // null before __init__
    Slot target, entities;        // under the Lock
    std::atomic<uint64_t> owner;  // ident of the thread that uses the parser; 0 for none
    // By the user:
    Slot handlers[kHandlerCount];  // methods of the target; empty for none
    bool has_builder;              // the target is a TreeBuilder itself
    int depth;                     // calls of expat that run
    uint32_t elements;             // since the last safepoint
    NameTable names;
    char* text;  // for a TreeBuilder, until the next event
    size_t text_size, text_capacity;

    TreeBuilder& builder() const { return target.as<TreeBuilder>(); }
};

// --- parser_events.cpp ---
void install_handlers(XmlParser& self);
// Those that only somebody who asks for their events needs.
void install_event_handler(XmlParser& self, Event event);
[[nodiscard]] bool flush_text(Thread& thread, XmlParser& self);

// --- parser.cpp ---
Owned raise_parse_error(Thread& thread, XmlParser& self, XML_Error code, const char* message);

}  // namespace imugi::etree

namespace imugi {
IMUGI_MODULE_TYPE(etree::XmlParser, etree::parser_spec);
}
