#include "syntax/diagnosis.h"

namespace imugi::syntax {

void Diagnosis::find(uint32_t start) {
    if (tokenizer_.has_error()) return;
    const Token& last = tokens_.last();
    tokenizer_.set_error(tokenizer_.error_at(ErrorKind::Syntax, "invalid syntax", last.line,
                                             last.column + 1, last.end_line, last.end_column + 1));
}

}  // namespace imugi::syntax
