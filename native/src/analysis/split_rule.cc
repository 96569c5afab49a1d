#include "tenbin/split_rule.h"

#include <array>
#include <string>

#include "tenbin/errors.h"

namespace tenbin {

namespace {

/// In the order of the enumerators.
constexpr std::array<std::string_view, 6> kNames{"whitespace",   "words",    "ascii_words",
                                                 "words_of_two", "standard", "unicode"};

}  // namespace

std::string_view name_of(SplitRule rule) noexcept { return kNames[static_cast<std::size_t>(rule)]; }

SplitRule split_rule_from_name(std::string_view name) {
  std::string names;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<SplitRule>(i);
    names.append(i == 0 ? "" : ", ").append(kNames[i]);
  }
  throw InputError("split rule '" + std::string(name) + "' is not known; choose one of " + names);
}

}  // namespace tenbin
