// What the files of the _pickle module share: its exceptions, the opcodes, and PickleBuffer.
#pragma once

#include "modules/native_class.h"
#include "object/buffer.h"
#include "object/errors.h"

namespace imugi::pickle {

inline constexpr int kHighestProtocol = 5;
inline constexpr int kDefaultProtocol = 5;

enum Opcode : uint8_t {
    kMark = '(',
    kStop = '.',
    kPop = '0',
    kPopMark = '1',
    kDup = '2',
    kFloat = 'F',
    kInt = 'I',
    kBinInt = 'J',
    kBinInt1 = 'K',
    kLong = 'L',
    kBinInt2 = 'M',
    kNone = 'N',
    kPersId = 'P',
    kBinPersId = 'Q',
    kReduce = 'R',
    kString = 'S',
    kBinString = 'T',
    kShortBinString = 'U',
    kUnicode = 'V',
    kBinUnicode = 'X',
    kAppend = 'a',
    kBuild = 'b',
    kGlobal = 'c',
    kDict = 'd',
    kEmptyDict = '}',
    kAppends = 'e',
    kGet = 'g',
    kBinGet = 'h',
    kInst = 'i',
    kLongBinGet = 'j',
    kList = 'l',
    kEmptyList = ']',
    kObj = 'o',
    kPut = 'p',
    kBinPut = 'q',
    kLongBinPut = 'r',
    kSetItem = 's',
    kTuple = 't',
    kEmptyTuple = ')',
    kSetItems = 'u',
    kBinFloat = 'G',
    kProto = 0x80,
    kNewObj = 0x81,
    kExt1 = 0x82,
    kExt2 = 0x83,
    kExt4 = 0x84,
    kTuple1 = 0x85,
    kTuple2 = 0x86,
    kTuple3 = 0x87,
    kNewTrue = 0x88,
    kNewFalse = 0x89,
    kLong1 = 0x8a,
    kLong4 = 0x8b,
    kBinBytes = 'B',
    kShortBinBytes = 'C',
    kShortBinUnicode = 0x8c,
    kBinUnicode8 = 0x8d,
    kBinBytes8 = 0x8e,
    kEmptySet = 0x8f,
    kAddItems = 0x90,
    kFrozenSet = 0x91,
    kNewObjEx = 0x92,
    kStackGlobal = 0x93,
    kMemoize = 0x94,
    kFrame = 0x95,
    kByteArray8 = 0x96,
    kNextBuffer = 0x97,
    kReadOnlyBuffer = 0x98,
};

// PickleError, and what is derived from it.
Type& pickle_error(Thread& thread);
Type& pickling_error(Thread& thread);
Type& unpickling_error(Thread& thread);

// A buffer that may travel outside the stream. The view is released once, under the object's Lock.
struct PickleBuffer : Object {
    BufferView view;  // without owner once released
};
extern NativeClass buffer_class;
extern NativeClass pickler_class;
extern NativeClass unpickler_class;

// How an object is taken apart; written by __init__, under the object's Lock.
struct Pickler : Object {
    Slot write;            // of the file; empty before __init__
    Slot buffer_callback;  // empty: none
    Slot memo;             // dict: id -> (index, object)
    std::atomic<int> protocol, fast;
    std::atomic<bool> fix_imports;
};
struct Unpickler : Object {
    Slot read, readline;  // of the file; empty before __init__
    Slot readinto;        // empty: none
    Slot buffers;         // iterator; empty: none
    Slot memo;            // dict: index -> object
    Slot encoding, errors;
    std::atomic<int> protocol;  // of the stream that was read last
    std::atomic<bool> fix_imports;
};

// module.attribute of a module of the standard library.
Owned library(Thread& thread, const char* module, Str& attribute);
// The attribute behind the dotted path, from the module on.
Owned dotted_attribute(Thread& thread, Value from, Str& path);

Owned dump(Thread& thread, Value object, Value file, Value protocol, bool fix_imports,
           Value buffer_callback);
Owned dumps(Thread& thread, Value object, Value protocol, bool fix_imports, Value buffer_callback);
Owned load(Thread& thread, Value file, bool fix_imports, Str& encoding, Str& errors, Value buffers);
Owned loads(Thread& thread, Value data, bool fix_imports, Str& encoding, Str& errors,
            Value buffers);

}  // namespace imugi::pickle

namespace imugi {
IMUGI_NATIVE_CLASS(pickle::PickleBuffer, pickle::buffer_class);
IMUGI_NATIVE_CLASS(pickle::Pickler, pickle::pickler_class);
IMUGI_NATIVE_CLASS(pickle::Unpickler, pickle::unpickler_class);
}  // namespace imugi
