// The out-of-line halves of opcode functions. Those that give a word give 0 with an exception set;
// those that give an int, -1. `frame` and `r` are the running frame and its registers; register
// numbers that are named consumed are emptied on success.
#pragma once

#include "compile/opcode.h"
#include "object/code.h"
#include "object/protocol.h"
#include "vm/frame.h"

namespace imugi {

// Never inlined: an opcode function that took one in would need its stack frame on every path.
#pragma clang attribute push(__attribute__((noinline)), apply_to = function)

// A builtin found behind globals that lack the name (LOAD_GLOBAL).
struct BuiltinRecord : CacheRecord {
    uint32_t globals_version, builtins_version, offset;
};

// --- names and cells (slow_names.cpp) ---
Str& name_of(Frame* frame, uint32_t index);
void raise_unbound(Thread& thread, Frame* frame, uint32_t local);
bool slow_make_cell(Thread& thread, uint64_t* r, uint32_t local);
uint64_t slow_load_cell(Thread& thread, Frame* frame, uint32_t local);
void slow_store_cell(Thread& thread, Frame* frame, uint64_t* r, uint32_t cell, uint32_t value);
bool slow_delete_cell(Thread& thread, Frame* frame, uint32_t local);
uint64_t slow_load_cell_or_name(Thread& thread, Frame* frame, uint32_t local, uint32_t name);
uint64_t slow_load_global(Thread& thread, Frame* frame, uint32_t name,
                          std::atomic<uint64_t>& cache);
bool slow_store_global(Thread& thread, Frame* frame, uint64_t* r, uint32_t value, uint32_t name);
bool slow_delete_global(Thread& thread, Frame* frame, uint32_t name);
uint64_t slow_load_name(Thread& thread, Frame* frame, uint32_t name);
bool slow_store_name(Thread& thread, Frame* frame, uint64_t* r, uint32_t value, uint32_t name);
bool slow_delete_name(Thread& thread, Frame* frame, uint32_t name);
uint64_t slow_load_from_dict(Thread& thread, Frame* frame, uint64_t* r, uint32_t mapping,
                             uint32_t name, int cell);
uint64_t slow_load_build_class(Thread& thread, Frame* frame);
bool slow_setup_annotations(Thread& thread, Frame* frame);
// Puts the frame's pc back to where its own entry of the exception's traceback says.
void slow_restore_position(Frame& frame, Value exception);
// "module.f()", as messages about calls name a callable.
Owned callable_text(Thread& thread, Value callable);
uint64_t slow_import_name(Thread& thread, Frame* frame, uint64_t* r, uint32_t level, uint32_t name);
uint64_t slow_import_from(Thread& thread, Value module, Str& name);
bool slow_import_star(Thread& thread, Frame* frame, Value module);

// --- attributes (attribute_cache.cpp, slow_data.cpp) ---
uint64_t slow_load_attr(Thread& thread, Frame* frame, Value owner, uint32_t name,
                        std::atomic<uint64_t>& cache);
uint64_t slow_load_method(Thread& thread, Frame* frame, Value owner, uint32_t name,
                          std::atomic<uint64_t>& cache, bool* bound);
bool slow_store_attr(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t name,
                     uint32_t c, std::atomic<uint64_t>& cache);
bool slow_delete_attr(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t name);
// `bound` is null for an attribute that is not called.
uint64_t slow_load_super(Thread& thread, Frame* frame, uint64_t* r, uint32_t base, uint32_t name,
                         uint32_t written, bool* bound);
uint64_t slow_load_special(Thread& thread, Value owner, uint32_t which, bool* bound);

// --- operators (slow_operators.cpp): consume their operands ---
int slow_truth(Thread& thread, Frame* frame, uint64_t* r, uint32_t i);
int slow_truth_kept(Thread& thread, uint64_t bits);
int slow_contains(Thread& thread, Frame* frame, uint64_t* r, uint32_t element, uint32_t container);
uint64_t slow_binary(Thread& thread, Frame* frame, uint64_t* r, Opcode op, uint32_t b, uint32_t c);
uint64_t slow_binary_literal(Thread& thread, Frame* frame, uint64_t* r, Opcode op, uint32_t b,
                             uint32_t literal);
uint64_t slow_binary_const(Thread& thread, Frame* frame, uint64_t* r, BinaryOp op, bool inplace,
                           bool is_target, uint32_t b, uint32_t constant);
uint64_t slow_inplace(Thread& thread, Frame* frame, uint64_t* r, BinaryOp op, uint32_t a,
                      uint32_t b, uint32_t c);
uint64_t slow_unary(Thread& thread, Frame* frame, uint64_t* r, Owned (*operation)(Thread&, Value),
                    uint32_t b);
uint64_t slow_compare(Thread& thread, Frame* frame, uint64_t* r, CompareOp op, uint32_t b,
                      uint32_t c);
int slow_compare_truth(Thread& thread, Frame* frame, uint64_t* r, CompareOp op, uint32_t a,
                       uint32_t b);

// --- items and displays (slow_data.cpp) ---
uint64_t slow_get_item(Thread& thread, Value container, Value key);
bool slow_set_item(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b, uint32_t c);
uint64_t slow_get_slice(Thread& thread, Value container, Value begin, Value end);
bool slow_set_slice(Thread& thread, Value container, Value begin, Value end, Value value);
uint64_t slow_build_tuple(Thread& thread, uint64_t* r, uint32_t b, uint32_t count);
uint64_t slow_build_list(Thread& thread, uint64_t* r, uint32_t b, uint32_t count);
uint64_t slow_build_set(Thread& thread, uint64_t* r, uint32_t b, uint32_t count);
uint64_t slow_build_dict(Thread& thread, uint64_t* r, uint32_t b, uint32_t pairs);
uint64_t slow_build_string(Thread& thread, uint64_t* r, uint32_t b, uint32_t count);
uint64_t slow_build_slice(Thread& thread, uint64_t* r, uint32_t b, uint32_t count);
uint64_t slow_build_template(Thread& thread, Frame* frame, uint64_t* r, uint32_t b, uint32_t c);
uint64_t slow_build_interpolation(Thread& thread, uint64_t* r, uint32_t b, uint32_t flags);
uint64_t slow_format_value(Thread& thread, Frame* frame, uint64_t* r, uint32_t b,
                           uint32_t conversion);
uint64_t slow_format_with_spec(Thread& thread, uint64_t* r, uint32_t b, uint32_t conversion);
uint64_t slow_list_to_tuple(Thread& thread, uint64_t* r, uint32_t b);
bool slow_list_append(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b);
bool slow_set_add(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b);
bool slow_dict_add(Thread& thread, uint64_t* r, uint32_t a, uint32_t b);
bool slow_list_extend(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b,
                      uint32_t star);
bool slow_set_update(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b);
bool slow_dict_update(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b);
bool slow_dict_merge(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b,
                     uint32_t callable);
bool slow_unpack(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b, uint32_t count);
bool slow_unpack_ex(Thread& thread, Frame* frame, uint64_t* r, uint32_t a, uint32_t b,
                    uint32_t before, uint32_t after);
uint64_t slow_match_keys(Thread& thread, Value subject, Value keys);
uint64_t slow_match_class(Thread& thread, Frame* frame, Value subject, Value cls, uint32_t names,
                          uint32_t positional);
uint64_t slow_length(Thread& thread, Value value);

// --- exceptions (slow_control.cpp) ---
void slow_raise(Thread& thread, Value exception, Value cause);  // cause empty: none given
bool slow_reraise_handled(Thread& thread);  // false: there is none, RuntimeError
uint64_t slow_iterate(Thread& thread, Value iterable);
int slow_match_exception(Thread& thread, Value exception, Value types);
uint64_t slow_push_handled(Thread& thread, uint64_t exception_bits);
void slow_pop_handled(Thread& thread, uint64_t saved_bits);
void slow_set_pending(Thread& thread, Owned exception);  // SystemError for what is no exception
uint64_t slow_match_exception_group(Thread& thread, uint64_t* r, uint32_t b, Value types);
uint64_t slow_prepare_reraise_star(Thread& thread, Value original, Value raised);
uint64_t slow_with_except_start(Thread& thread, Value exit, Value self);
uint64_t slow_call_intrinsic(Thread& thread, Frame* frame, uint64_t* r, uint32_t b, uint32_t which);
uint64_t slow_get_yield_from_iter(Thread& thread, Frame* frame, Value iterable);
uint64_t slow_get_awaitable(Thread& thread, Value awaitable, uint32_t context);
uint64_t slow_get_aiter(Thread& thread, Value iterable);
uint64_t slow_get_anext(Thread& thread, Value iterator);

// nothing when exhausted
uint64_t slow_next(Thread& thread, Value iterator);
// Whether a loop needs no iterator object: an exact list, tuple or range.
IMUGI_ALWAYS_INLINE bool is_stepped_by_index(Value value) {
    if (!value.is_object()) return false;
    uint32_t shape = value.object()->shape_index.load(std::memory_order_relaxed);
    return shape == k_list_shape || shape == k_tuple_shape || shape == k_range_shape;
}
// Item number `index` of such a container; nothing at its end.
uint64_t slow_loop_item(Thread& thread, Value container, int64_t index);
// The next item of the loop whose registers begin at `words`.
uint64_t slow_loop_next(Thread& thread, uint64_t* words);
// One step of SEND on anything but a generator; *returned when it ended with the value given.
uint64_t slow_send(Thread& thread, Value iterator, Value value, bool* returned);
// The value of a StopIteration; 0 (no exception set) for anything else.
uint64_t slow_stop_iteration_value(Thread& thread, Value exception);
uint64_t wrap_async_value(Thread& thread, uint64_t owned_bits);  // takes the word over

// --- calls (call.cpp) ---
uint64_t slow_call_ex(Thread& thread, uint64_t* r, uint32_t b, bool keywords);
// TypeError for an __init__ that returned something; takes both words over.
void slow_bad_init_result(Thread& thread, uint64_t result, uint64_t constructed);
uint64_t slow_call(Thread& thread, Value callable, const Arguments& arguments);
uint64_t slow_make_function(Thread& thread, Frame* frame, uint64_t* r, uint32_t b, uint32_t code,
                            uint32_t flags);

#pragma clang attribute pop

}  // namespace imugi
