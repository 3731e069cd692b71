// The format mini-language (PEP 3101) that str, int, float and complex share.
#pragma once

#include "object/native.h"
#include "object/str.h"

namespace imugi {

struct FormatSpec {
    uint32_t fill = ' ';
    bool fill_given = false;
    char align = 0;  // '<' '>' '=' '^'; 0: not given
    char sign = 0;   // '+' '-' ' '; 0: not given
    bool no_minus_zero = false;
    bool alternate = false;
    Index width = -1;
    char thousands = 0;           // ',' or '_'; 0: none
    char fraction_thousands = 0;  // ',' or '_' behind the precision (3.14)
    Index precision = -1;
    uint32_t type = 0;  // 0: not given
};

// ValueError for text that is no specifier. Alignment and type are left as the object has them by
// default when the text does not say.
[[nodiscard]] bool parse_format_spec(Thread& thread, const Str& text, const Type& type,
                                     char default_align, char default_type, FormatSpec* spec);
Raised raise_unknown_format_code(Thread& thread, uint32_t code, const Type& type);

// A number in pieces: what a FormatSpec arranges.
struct NumberParts {
    char sign = 0;            // 0: none
    const char* prefix = "";  // "0x"
    const char* digits = "";  // in front of the point
    size_t digit_count = 0;
    const char* rest = "";  // point, fraction, exponent, '%'
    size_t rest_size = 0;
    const char* point = nullptr;      // the locale's decimal point; null: as it stands
    const char* separator = nullptr;  // the locale's; null: spec.thousands
    const char* grouping = nullptr;
};
[[nodiscard]] bool append_number(StrBuilder& builder, const FormatSpec& spec,
                                 const NumberParts& parts);

Owned format_str(Thread& thread, Str& s, Str& spec);
// `type` names the object in errors. (int_format() is in int.h, float_format() in float.h.)
Owned format_double(Thread& thread, double number, const Type& type, Str& spec);
Owned format_complex(Thread& thread, double real, double imaginary, const Type& type, Str& spec);

// str.format with keyword arguments as they come from a call.
Owned str_format_named(Thread& thread, Str& format, Args args, Kwargs named);

// --- the parts of replacement fields, for str.format and the _string module ---
// One step of the iteration over literal text and fields.
struct FormatField {
    size_t literal_begin, literal_end;
    bool has_field;
    size_t name_begin, name_end;
    size_t spec_begin, spec_end;
    uint32_t conversion;  // 0: none
    bool spec_has_fields;
};
// 1: a step, 0: the end, -1: an exception. `position` starts at 0.
int next_format_field(Thread& thread, const Str& text, size_t* position, size_t end,
                      FormatField* field);

struct FieldPart {
    bool is_attribute;
    Index index;  // -1: by name
    size_t begin, end;
};
// The first part of a field name: [begin, *end), an index when all digits.
[[nodiscard]] bool field_name_first(Thread& thread, const Str& text, size_t begin, size_t end,
                                    size_t* first_end, Index* index);
// 1: a part, 0: the end, -1: an exception.
int next_field_part(Thread& thread, const Str& text, size_t* position, size_t end, FieldPart* part);

}  // namespace imugi
