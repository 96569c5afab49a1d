#pragma once

#include <string>

#include "tenbin/token_filter.h"

namespace tenbin {

/// Replaces a lower-case word by its stem. The word may hold any bytes; what is not a to z counts as a consonant. A
/// letter is a code point to kNltk and a UTF-16 unit to kMartin, as in the programs that they follow.
void porter_stem(PorterVariant variant, std::string& word);

}  // namespace tenbin
