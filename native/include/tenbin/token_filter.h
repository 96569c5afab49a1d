#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tenbin {

/// Versions of Porter's suffix stripping (M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980).
enum class PorterVariant : std::uint8_t {
  /// NLTK's PorterStemmer in its default mode (HAKARI rule `english_porter`).
  kNltk,
  /// Porter's own C program with its departures from the paper, which Lucene's PorterStemFilter follows.
  kMartin,
};

/// What happens to a token after splitting, in the order of the members. It depends on the token alone, so it may be
/// applied once per distinct token.
struct TokenFilter {
  /// Takes away 's at the end, with any of the apostrophes U+0027, U+2019 and U+FF07.
  bool possessive = false;
  /// Tokens that are dropped, before stemming.
  std::vector<std::string> stop_words;
  std::optional<PorterVariant> stemmer;
};

}  // namespace tenbin
