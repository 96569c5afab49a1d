#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "analysis/bytes8.h"
#include "analysis/lower_case.h"
#include "analysis/runs.h"
#include "analysis/scanner.h"
#include "analysis/standard_emoji.h"
#include "analysis/standard_words.h"
#include "analysis/unicode_words.h"

namespace tenbin {

/// How SplitRule::kUnicode finds a word and lower-cases it.
struct UnicodeRule {
  static constexpr std::size_t kMaxUnits = std::numeric_limits<std::size_t>::max();

  Match match(const char* p, const char* end) noexcept { return longest_match<UnicodeWords>(p, end); }
  static std::string_view lower(std::string_view token, std::string& scratch) { return lower_case(token, scratch); }
};

/// The same for SplitRule::kStandard.
struct StandardRule {
  /// The longest token of Lucene's StandardTokenizer by default; a longer one is cut.
  static constexpr std::size_t kMaxUnits = 255;

  Match match(const char* p, const char* end) noexcept {
    const Match word = words.match(p, end);
    const Match picture = emoji.match(p, end);
    return picture.end == nullptr || (word.end != nullptr && picture.end <= word.end) ? word : picture;
  }
  static std::string_view lower(std::string_view token, std::string& scratch) {
    return lower_case_simple(token, scratch);
  }

  LimitedScanner<StandardWords, kMaxUnits> words;
  LimitedScanner<StandardEmoji, kMaxUnits> emoji;
};

enum class AsciiClass : std::uint8_t { kOther, kWord, kUnderscore, kMid, kKeycapBase, kNotAscii };

/// What bytes are to both rules: a run of kWord and kUnderscore that begins with kWord is one word or the beginning of
/// one, and kMid is what may stand between two such.
inline constexpr std::array<AsciiClass, 256> kAsciiClasses = [] {
  std::array<AsciiClass, 256> classes{};
  for (std::size_t c = 0; c < 256; ++c) {
    const bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (c >= 0x80)
      classes[c] = AsciiClass::kNotAscii;
    else if (word)
      classes[c] = AsciiClass::kWord;
  }
  classes['_'] = AsciiClass::kUnderscore;
  for (const char mid : std::string_view(".:,;'")) classes[static_cast<std::uint8_t>(mid)] = AsciiClass::kMid;
  for (const char base : std::string_view("#*")) classes[static_cast<std::uint8_t>(base)] = AsciiClass::kKeycapBase;
  return classes;
}();

inline AsciiClass ascii_class(char byte) noexcept { return kAsciiClasses[static_cast<std::uint8_t>(byte)]; }

/// Where the run of letters, digits and underscores from `p` ends, or `limit`.
inline const char* ascii_run_end(const char* p, const char* limit) noexcept {
  while (limit - p >= 8) {
    const unsigned taken = Bytes8::leading(WordRuns::takes(Bytes8(p)));
    p += taken;
    if (taken < 8) return p;
  }
  while (p < limit && (ascii_class(*p) == AsciiClass::kWord || ascii_class(*p) == AsciiClass::kUnderscore)) ++p;
  return p;
}

/// Whether a run of ASCII that ends at `p` < `end` may be only the beginning of a word.
inline bool may_go_on(const char* p, const char* end) noexcept {
  if (ascii_class(*p) == AsciiClass::kNotAscii) return true;
  if (ascii_class(*p) != AsciiClass::kMid || p + 1 == end) return false;
  return ascii_class(p[1]) == AsciiClass::kWord || ascii_class(p[1]) == AsciiClass::kNotAscii;
}

/// Calls `sink` with each word of the text by the rule, in lower case. ASCII words that nothing joins to what follows
/// are found eight bytes at a time; all else goes through the rule's automata.
template <typename Rule, typename Sink>
void split_words(std::string_view text, std::string& scratch, Sink& sink) {
  const char* p = text.data();
  const char* const end = p + text.size();
  const auto emit_ascii = [&](const char* word_end) {
    const std::string_view word(p, static_cast<std::size_t>(word_end - p));
    char lower[16];
    if (word.size() <= sizeof lower && static_cast<std::size_t>(end - p) >= sizeof lower) {
      // Whether a word has capitals cannot be foreseen, so that it costs less not to ask.
      Bytes8(p).store_lower(lower);
      Bytes8(p + 8).store_lower(lower + 8);
      sink(std::string_view(lower, word.size()));
    } else {
      sink(Rule::lower(word, scratch));
    }
  };
  Rule rule;
  while (p < end) {
    const AsciiClass first = ascii_class(*p);
    if (first == AsciiClass::kOther || first == AsciiClass::kMid) {
      ++p;
      continue;
    }
    if (first == AsciiClass::kWord) {
      const char* const limit = static_cast<std::size_t>(end - p) > Rule::kMaxUnits ? p + Rule::kMaxUnits : end;
      const char* const run_end = ascii_run_end(p, limit);
      if (run_end == end || (run_end < limit && !may_go_on(run_end, end))) {
        emit_ascii(run_end);
        p = run_end;
        continue;
      }
    }
    const Match match = rule.match(p, end);
    if (match.end == nullptr) {
      p += decode_utf8(p, end).length;
      continue;
    }
    const std::string_view word(p, static_cast<std::size_t>(match.end - p));
    sink(match.changes ? Rule::lower(word, scratch) : word);
    p = match.end;
  }
}

}  // namespace tenbin
