// float: common exponents are immediates, the rest this object. Immutable.
#pragma once

#include "object/type.h"

namespace imugi {

struct Float : Object {
    double number;
};

Owned make_float_slow(Thread& thread, double d);
IMUGI_ALWAYS_INLINE Owned make_float(Thread& thread, double d) {
    if (IMUGI_LIKELY(Value::fits_immediate_float(d)))
        return Owned::adopt(Value::immediate_float(d).bits());
    return make_float_slow(thread, d);
}
// Any float (immediate, heap, subclass).
inline double float_number(Value value) {
    return value.is_immediate_float() ? value.immediate_float() : value.as<Float>().number;
}
Owned make_float_from_text(Thread& thread, Str& text);
Owned float_repr_text(Thread& thread, double d);  // str
Owned float_format(Thread& thread, double d, Str& spec);

}  // namespace imugi
