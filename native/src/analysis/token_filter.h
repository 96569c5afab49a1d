#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "tenbin/token_filter.h"

namespace tenbin {

/// A TokenFilter made ready. Threads may share it.
class FilterChain {
 public:
  explicit FilterChain(const TokenFilter& filter);

  /// Replaces a lower-case token by what becomes of it; false: it is dropped, being a stop
  /// word or nothing but a possessive.
  bool apply(std::string& token) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view token) const noexcept { return std::hash<std::string_view>{}(token); }
  };

  bool possessive_;
  std::unordered_set<std::string, Hash, std::equal_to<>> stop_words_;
  std::optional<PorterVariant> stemmer_;
};

}  // namespace tenbin
