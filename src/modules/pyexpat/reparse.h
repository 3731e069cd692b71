// Reparse deferral: expat has it since 2.6, and Debian's 2.5 since a security update. A library
// without it parses at once what it is given.
#pragma once

#include <expat.h>

extern "C" [[gnu::weak]] XML_Bool XML_SetReparseDeferralEnabled(XML_Parser parser,
                                                                XML_Bool enabled);

namespace imugi::expat {

inline bool knows_reparse_deferral() {
    return XML_SetReparseDeferralEnabled != nullptr;
}

// Whether the library knows the setting, and took it.
inline bool defer_reparsing(XML_Parser parser, bool enabled) {
    return knows_reparse_deferral() &&
           XML_SetReparseDeferralEnabled(parser, enabled ? XML_TRUE : XML_FALSE);
}

}  // namespace imugi::expat
