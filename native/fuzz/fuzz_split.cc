// Texts of any bytes through every rule and filter: tokens are what their rule promises, wherever they lie in the text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/lower_case.h"
#include "analysis/split.h"
#include "analysis/token_filter.h"

namespace {

using tenbin::CodePointProperties;
using tenbin::FilterChain;
using tenbin::SplitRule;

/// Of more bytes only the tokens are looked at, not what is in them.
constexpr std::size_t kMaxExamined = 1 << 16;

void require(bool holds) {
  if (!holds) __builtin_trap();
}

/// Calls `body(properties, code_point)` for each code point until it returns false; says whether it never did.
template <typename Body>
bool all_of(std::string_view token, const Body& body) {
  const char* const end = token.data() + token.size();
  for (const char* p = token.data(); p < end;) {
    const auto [code_point, length] = tenbin::decode_utf8(p, end);
    if (!body(tenbin::properties_of(code_point), code_point)) return false;
    p += length;
  }
  return true;
}

std::size_t utf16_units(std::string_view token) {
  std::size_t units = 0;
  all_of(token, [&units](const CodePointProperties&, char32_t code_point) {
    units += code_point > 0xffff ? 2 : 1;
    return true;
  });
  return units;
}

bool is_of_rule(SplitRule rule, std::string_view token) {
  switch (rule) {
    case SplitRule::kWhitespace:
    case SplitRule::kUnicode:
      return all_of(token, [rule](const CodePointProperties& properties, char32_t) {
        // U+202F is white space and, as UAX #29 has it, may stand in a word.
        return !properties.has(CodePointProperties::kSpace) ||
               (rule == SplitRule::kUnicode && properties.word_break == tenbin::WordBreak::kExtendNumLet);
      });
    case SplitRule::kStandard:
      return utf16_units(token) <= tenbin::StandardRule::kMaxUnits;
    case SplitRule::kAsciiWords:
      return all_of(token, [](const CodePointProperties& properties, char32_t code_point) {
        return properties.has(CodePointProperties::kWordCharacter) && code_point < 0x80 && code_point != '_';
      });
    case SplitRule::kWordsOfTwo:
      if (utf16_units(token) < 2 && token.size() < 4) return false;
      [[fallthrough]];
    case SplitRule::kWords:
      return all_of(token, [](const CodePointProperties& properties, char32_t code_point) {
        // U+0130 in lower case ends in the combining dot.
        return properties.has(CodePointProperties::kWordCharacter) || code_point == 0x307;
      });
  }
  return false;
}

void examine(SplitRule rule, std::string_view token) {
  require(is_of_rule(rule, token));
  std::string scratch;
  const bool simple = rule == SplitRule::kStandard;
  require((simple ? tenbin::lower_case_simple(token, scratch) : tenbin::lower_case(token, scratch)) == token);
}

const std::vector<FilterChain>& chains() {
  using tenbin::PorterVariant;
  static const std::vector<FilterChain> all{FilterChain({true, {"a", "the", "it"}, PorterVariant::kMartin}),
                                            FilterChain({false, {}, PorterVariant::kNltk})};
  return all;
}

void filter(std::string_view token) {
  for (const FilterChain& chain : chains()) {
    std::string filtered(token);
    if (chain.apply(filtered)) require(!filtered.empty() && filtered.size() <= token.size());
  }
}

/// The tokens one after the other, each with a byte behind it that they do not hold.
std::string joined_tokens(SplitRule rule, std::string_view text, bool examined) {
  std::string joined, scratch;
  tenbin::split(rule, text, scratch, [&](std::string_view token) {
    require(!token.empty());
    if (examined && token.size() <= kMaxExamined) examine(rule, token);
    if (examined) filter(token);
    joined.append(token) += '\n';
  });
  return joined;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string moved = std::string(1 + (size == 0 ? 0 : data[0] % 64u), '\n') + std::string(text) + '\n';
  for (const SplitRule rule : {SplitRule::kWhitespace, SplitRule::kWords, SplitRule::kAsciiWords,
                               SplitRule::kWordsOfTwo, SplitRule::kStandard, SplitRule::kUnicode}) {
    const std::string tokens = joined_tokens(rule, text, true);
    // A code point of two bytes may become one of three, and each token has its end.
    require(tokens.size() <= text.size() + text.size() / 2 + text.size());
    if (size <= kMaxExamined) require(joined_tokens(rule, moved, false) == tokens);
  }
  return 0;
}
