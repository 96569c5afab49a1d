#pragma once

// Another way to the tokens of the rules of runs: code point by code point, each definition as it is written.

#include <string>
#include <string_view>
#include <vector>

#include "analysis/unicode.h"
#include "analysis/utf8.h"
#include "tenbin/split_rule.h"

namespace naive {

struct Piece {
  char32_t code_point;
  std::string bytes;

  const tenbin::CodePointProperties& properties() const { return tenbin::properties_of(code_point); }
};

inline std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  while (!text.empty()) {
    const auto [code_point, length] = tenbin::decode_utf8(text.data(), text.data() + text.size());
    pieces.push_back({code_point, std::string(text.substr(0, length))});
    text.remove_prefix(length);
  }
  return pieces;
}

inline std::string encoded(char32_t code_point) {
  char bytes[4];
  return {bytes, tenbin::encode_utf8(code_point, bytes)};
}

/// Unicode 3.13: the sigma at `i` follows a cased letter and is not followed by one, case-ignorable ones aside.
inline bool is_final_sigma(const std::vector<Piece>& token, std::size_t i) {
  using enum tenbin::CodePointProperties::Flags;
  const auto cased_from = [&token](std::size_t j, std::size_t step) {
    while (j < token.size() && token[j].properties().has(kCaseIgnorable)) j += step;
    return j < token.size() && token[j].properties().has(kCased);
  };
  return cased_from(i - 1, ~std::size_t{0}) && !cased_from(i + 1, 1);
}

inline std::string lower(const std::vector<Piece>& token) {
  std::string lower;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const std::int32_t to_lower = token[i].properties().to_lower;
    if (token[i].code_point == 0x130)
      lower.append("i").append(encoded(0x307));
    else if (token[i].code_point == 0x3a3 && is_final_sigma(token, i))
      lower += encoded(0x3c2);
    else if (to_lower == 0)
      lower += token[i].bytes;
    else
      lower += encoded(static_cast<char32_t>(static_cast<std::int32_t>(token[i].code_point) + to_lower));
  }
  return lower;
}

inline bool takes(tenbin::SplitRule rule, const Piece& piece) {
  using enum tenbin::CodePointProperties::Flags;
  const bool word = piece.properties().has(kWordCharacter);
  switch (rule) {
    case tenbin::SplitRule::kWhitespace:
      return !piece.properties().has(kSpace);
    case tenbin::SplitRule::kAsciiWords:
      return word && piece.code_point < 0x80 && piece.code_point != '_';
    default:
      return word;
  }
}

/// Tokens of any rule but kStandard and kUnicode.
inline std::vector<std::string> split(tenbin::SplitRule rule, std::string_view text) {
  std::vector<std::string> tokens;
  std::vector<Piece> token;
  const auto end_token = [&] {
    if (token.size() > (rule == tenbin::SplitRule::kWordsOfTwo ? 1u : 0u)) tokens.push_back(lower(token));
    token.clear();
  };
  for (const Piece& piece : pieces_of(text)) {
    if (takes(rule, piece))
      token.push_back(piece);
    else
      end_token();
  }
  end_token();
  return tokens;
}

}  // namespace naive
