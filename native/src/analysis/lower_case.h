#pragma once

#include <string>
#include <string_view>

namespace tenbin {

/// The token in lower case by Unicode's full mapping, as Python's `str.lower()`: U+0130 becomes `i` and U+0307, and a
/// capital sigma that ends a word (Unicode 3.13, Final_Sigma) a final one. What is not UTF-8 stays as it is. The view
/// points into `scratch`, whose size only grows.
std::string_view lower_case(std::string_view token, std::string& scratch);

/// The same by the simple mapping, code point by code point, as Java's Character.toLowerCase: U+0130 becomes `i`, and
/// sigma is never final.
std::string_view lower_case_simple(std::string_view token, std::string& scratch);

}  // namespace tenbin
