// IncrementalNewlineDecoder's struct, for TextIOWrapper and StringIO.
#pragma once

#include "modules/_io/io.h"
#include "object/names.h"

namespace imugi::io {

struct NewlineDecoder : Object {
    Slot decoder;  // None: the input is text already
    Slot errors;
    std::atomic<bool> translate, pending_cr;
    std::atomic<unsigned> seen;  // LineEnd bits
};

// self.decode(input, final) without the call's overhead.
Owned decode_newlines(Thread& thread, NewlineDecoder& self, Value input, bool final);
// The text with "\r" and "\r\n" as "\n" if `translate`; adds to *seen what there was.
Ref<Str> translate_newlines(Thread& thread, Ref<Str> text, bool translate, unsigned* seen);

// The line ends as immortal strs.
#define ID_TEXT_CR (*::imugi::name_slot<"\r">.str)
#define ID_TEXT_LF (*::imugi::name_slot<"\n">.str)
#define ID_TEXT_CRLF (*::imugi::name_slot<"\r\n">.str)
#define ID_TEXT_EMPTY (*::imugi::name_slot<"">.str)
#define ID_UTF8 (*::imugi::name_slot<"utf-8">.str)

}  // namespace imugi::io
