#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "analysis/unicode.h"

namespace tenbin {

/// What the rules of UAX #29 tell apart, with scripts that the grammars of words treat in their own ways.
enum class WordSymbol : std::uint8_t {
  kOther,
  kMark,  // Extend, Format or ZWJ
  kLetter,
  kHebrew,
  kNumeric,
  kKatakana,
  kExtender,  // ExtendNumLet, such as the underscore
  kSingleQuote,
  kDoubleQuote,
  kMidLetter,
  kMidNumLet,
  kMidNum,
  kHangul,
  kComplex,      // South-East Asian
  kComplexMark,  // such, and a mark
  kSingle,       // a character that is a word
  kCount,
};

inline constexpr std::array<WordSymbol, static_cast<std::size_t>(WordBreak::kCount)> kWordSymbols = [] {
  std::array<WordSymbol, static_cast<std::size_t>(WordBreak::kCount)> symbols{};
  const auto set = [&symbols](WordBreak from, WordSymbol to) { symbols[static_cast<std::size_t>(from)] = to; };
  for (const WordBreak mark : {WordBreak::kExtend, WordBreak::kFormat, WordBreak::kZwj}) set(mark, WordSymbol::kMark);
  set(WordBreak::kALetter, WordSymbol::kLetter);
  set(WordBreak::kHebrewLetter, WordSymbol::kHebrew);
  set(WordBreak::kNumeric, WordSymbol::kNumeric);
  set(WordBreak::kKatakana, WordSymbol::kKatakana);
  set(WordBreak::kExtendNumLet, WordSymbol::kExtender);
  set(WordBreak::kSingleQuote, WordSymbol::kSingleQuote);
  set(WordBreak::kDoubleQuote, WordSymbol::kDoubleQuote);
  set(WordBreak::kMidLetter, WordSymbol::kMidLetter);
  set(WordBreak::kMidNumLet, WordSymbol::kMidNumLet);
  set(WordBreak::kMidNum, WordSymbol::kMidNum);
  return symbols;
}();

constexpr WordSymbol word_symbol_of(WordBreak word_break) noexcept {
  return kWordSymbols[static_cast<std::size_t>(word_break)];
}

}  // namespace tenbin
