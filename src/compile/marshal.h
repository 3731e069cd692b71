// marshal: CPython's serialisation format for data, with an encoding of its own for code objects.
//
// Reading never trusts its input: what is not well formed is a ValueError, EOFError or TypeError,
// and code is verified before it becomes an object.
#pragma once

#include "object/bytes.h"
#include "object/type.h"

namespace imugi::compile {

inline constexpr int kMarshalVersion = 5;

// ValueError for what cannot be marshalled.
Ref<Bytes> marshal_dumps(Thread& thread, Value value, int version = kMarshalVersion,
                         bool allow_code = true);
Owned marshal_loads(Thread& thread, const uint8_t* data, size_t size, bool allow_code = true);
// What the program itself was built with: not verified, and must stay where it is for ever.
Owned marshal_loads_trusted(Thread& thread, const uint8_t* data, size_t size);
// From a file object with readinto(); reads not a byte too much.
Owned marshal_load(Thread& thread, Value file, bool allow_code = true);

// The tags of the format.
enum MarshalTag : uint8_t {
    kTagNull = '0',
    kTagNone = 'N',
    kTagFalse = 'F',
    kTagTrue = 'T',
    kTagStopIteration = 'S',
    kTagEllipsis = '.',
    kTagInt = 'i',
    kTagInt64 = 'I',
    kTagFloat = 'f',
    kTagBinaryFloat = 'g',
    kTagComplex = 'x',
    kTagBinaryComplex = 'y',
    kTagLong = 'l',
    kTagBytes = 's',
    kTagInterned = 't',
    kTagRef = 'r',
    kTagTuple = '(',
    kTagList = '[',
    kTagDict = '{',
    kTagCode = 'c',
    kTagStr = 'u',
    kTagSet = '<',
    kTagFrozenSet = '>',
    kTagSlice = ':',
    kTagAscii = 'a',
    kTagAsciiInterned = 'A',
    kTagSmallTuple = ')',
    kTagShortAscii = 'z',
    kTagShortAsciiInterned = 'Z',
    kTagHasRef = 0x80,  // or-ed: later kTagRef entries may name the object
};

// Code: changes with the instruction set.
inline constexpr uint8_t kCodeFormat = 3;

}  // namespace imugi::compile
