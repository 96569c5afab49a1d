#pragma once

#include "analysis/scanner.h"
#include "analysis/word_symbol.h"

namespace tenbin {

/// All tokens of Lucene's StandardTokenizer but emoji: its rules for ALPHANUM, NUM, KATAKANA, HANGUL, SOUTHEAST_ASIAN,
/// IDEOGRAPHIC and HIRAGANA, with the properties of Unicode 15.1 where it has those of 9. They are those of UAX #29,
/// except that a Hebrew letter behind a mid letter or a double quote takes no quote of its own, and that digits and
/// extenders may follow one with a single quote.
struct StandardWords {
  using Symbol = WordSymbol;
  enum class State : std::uint8_t {
    kStart,
    kLead,  // extenders only
    kLetters,
    kHebrew,  // letters, the last of them Hebrew and free to take a quote
    kDigits,
    kKatakana,
    kExtended,  // behind an extender in a word
    kLettersMid,
    kDigitsMid,
    kHebrewDoubleQuote,
    kHebrewClosed,  // behind a Hebrew letter and its quote
    kComplex,
    kSingle,
    kCount,
  };

  static Symbol symbol_of(char32_t, const CodePointProperties& properties) noexcept {
    const Symbol symbol = word_symbol_of(properties.word_break);
    if (symbol == Symbol::kMark) {
      // A mark only since Unicode 11, which Lucene does not follow.
      if (properties.has(CodePointProperties::kEmojiModifier)) return Symbol::kOther;
      return properties.has(CodePointProperties::kComplexContext) ? Symbol::kComplexMark : Symbol::kMark;
    }
    if (symbol != Symbol::kOther) return symbol;
    if (properties.has(CodePointProperties::kComplexContext)) return Symbol::kComplex;
    return properties.has_any(CodePointProperties::kHan | CodePointProperties::kHiragana) ? Symbol::kSingle
                                                                                          : Symbol::kOther;
  }

  static constexpr Automaton<State, Symbol> kAutomaton = [] {
    using enum State;
    Automaton<State, Symbol> a;
    a.accept({kLetters, kHebrew, kDigits, kKatakana, kExtended, kHebrewClosed, kComplex, kSingle});
    a.stay({kLead, kLetters, kHebrew, kDigits, kKatakana, kExtended, kLettersMid, kDigitsMid, kHebrewDoubleQuote,
            kHebrewClosed, kComplex, kSingle},
           {Symbol::kMark, Symbol::kComplexMark});
    const auto any_may_follow = {kStart, kLead, kLetters, kHebrew, kDigits, kExtended, kHebrewClosed};
    a.set(any_may_follow, {Symbol::kLetter}, kLetters);
    a.set(any_may_follow, {Symbol::kHebrew}, kHebrew);
    a.set(any_may_follow, {Symbol::kNumeric}, kDigits);
    a.set({kLetters, kHebrew}, {Symbol::kMidLetter, Symbol::kMidNumLet, Symbol::kSingleQuote}, kLettersMid);
    a.set({kLettersMid}, {Symbol::kLetter, Symbol::kHebrew}, kLetters);
    a.set(kHebrew, Symbol::kSingleQuote, kHebrewClosed);
    a.set(kHebrew, Symbol::kDoubleQuote, kHebrewDoubleQuote);
    a.set(kHebrewDoubleQuote, Symbol::kHebrew, kHebrewClosed);
    a.set({kDigits}, {Symbol::kMidNum, Symbol::kMidNumLet, Symbol::kSingleQuote}, kDigitsMid);
    a.set(kDigitsMid, Symbol::kNumeric, kDigits);
    a.set({kStart, kLead, kKatakana, kExtended}, {Symbol::kKatakana}, kKatakana);
    a.set({kStart, kLead}, {Symbol::kExtender}, kLead);
    a.set({kLetters, kHebrew, kDigits, kKatakana, kExtended, kHebrewClosed}, {Symbol::kExtender}, kExtended);
    a.set({kStart, kComplex}, {Symbol::kComplex, Symbol::kComplexMark}, kComplex);
    a.set(kStart, Symbol::kSingle, kSingle);
    return a;
  }();
};

}  // namespace tenbin
