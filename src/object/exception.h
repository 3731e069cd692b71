// Exception objects and the builtin exception types (exc::TypeError, ...).
//
// Fields are read lock-free (read_slot) and written under the object's Lock.
#pragma once

#include "object/type.h"

namespace imugi {

struct Exception : Object {
    Slot args;       // tuple
    Slot notes;      // unused word kept empty: __notes__ lives in the attributes
    Slot traceback;  // Traceback; empty for none
    Slot context;    // exception; empty for none
    Slot cause;      // exception; empty for none
    std::atomic<bool> suppress_context;
    std::atomic<bool> was_context;  // once set, another exception's `context` may lead here
};
struct ExceptionGroup : Exception {
    Slot message;     // str
    Slot exceptions;  // tuple
};
struct SystemExitError : Exception {
    Slot code;
};
struct StopIterationError : Exception {
    Slot value;
};
struct AttributeLookupError : Exception {
    Slot object, name;
};
struct NameLookupError : Exception {
    Slot name;
};
struct ImportFailure : Exception {
    Slot message, name, path, name_from;
};
struct OSFailure : Exception {
    Slot number, message, filename, filename2;
    std::atomic<Index> characters_written;  // -1: not set
};
struct SyntaxFailure : Exception {
    Slot message, filename, lineno, offset, end_lineno, end_offset, text, print_file_and_line,
        metadata;
};
struct UnicodeFailure : Exception {
    Slot encoding, object, reason;
    std::atomic<Index> start, end;
};

namespace exc {
#define EXC(Name, Base, Layout, doc) extern Type Name;
#include "object/exceptions.def"
#undef EXC
}  // namespace exc

// Start-up: makes all exception types ready, in order.
bool init_exception_types(Thread& thread);

// ExceptionGroup, the one builtin with two bases; once classes can be made.
bool init_exception_group(Thread& thread);
Type& exception_group_type();
// except*: the part of the exception that matches the types (a type or a tuple of them) and the
// rest; None for an empty part. A naked exception is a part as it is.
[[nodiscard]] bool split_exception_group(Thread& thread, Value exception, Value types, Owned* match,
                                         Owned* rest);

// An instance with args = (argument,) without running Python code; for OSError and others with
// fields use call().
Owned make_exception(Thread& thread, Type& type, Value argument);

// --- the pending exception of a thread ---
inline bool has_exception(const Thread& thread) {
    return thread.exception != 0;
}
// Takes it away; empty when there is none.
Owned take_exception(Thread& thread);
// Sets it as is (no context chaining); replaces a pending one.
void set_exception(Thread& thread, Owned exception);
// `raise exception`: context chained from the handled exception.
void raise_exception(Thread& thread, Owned exception);
// Whether the pending exception is an instance of `type`.
bool exception_matches(const Thread& thread, const Type& type);
// Drops the pending exception if it is of `type`; false (and left pending) otherwise. For "except
// AttributeError: pass" in native code.
bool clear_exception_if(Thread& thread, const Type& type);
void clear_exception(Thread& thread);
// Reports and clears the pending exception through sys.unraisablehook. `where` may be empty;
// message as "Exception ignored in".
void report_unraisable(Thread& thread, Value where, const char* message = nullptr);

// Saves the pending exception around code that may run Python (finalizers, clean-up).
class SavedException {
  public:
    explicit SavedException(Thread& thread) : thread_(thread), saved_(take_exception(thread)) {}
    ~SavedException() {
        if (saved_) set_exception(thread_, std::move(saved_));
    }

  private:
    Thread& thread_;
    Owned saved_;
};

// Sets __context__ (empty for none), unchecked.
void set_exception_context(Thread& thread, Exception& exception, Owned context);
// The exception being handled, a borrow; empty for none.
Value handled_exception(const Thread& thread);

// Adds a traceback entry for the frame to the exception. Called by the unwinder.
bool add_traceback(Thread& thread, Exception& exception, Frame& frame);

}  // namespace imugi
