// Iterator over the characters of a str: both str_iterator and str_ascii_iterator.
#pragma once

#include "object/str.h"

namespace imugi {

struct StrIterator : Object {
    // Advanced by compare-and-swap once others may see the iterator. SIZE_MAX once it came to the
    // end: the text is not looked at any more.
    std::atomic<size_t> position;
    Slot text;  // Str; emptied at the end by an owner that shares the iterator with nobody
};

}  // namespace imugi
