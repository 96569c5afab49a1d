#pragma once

#include "analysis/scanner.h"
#include "analysis/word_symbol.h"

namespace tenbin {

/// The segments of UAX #29 that ICU's word.txt tags as words. As there, Hangul syllables do not join other letters and
/// South-East Asian ones do, and an underscore alone is no word. Unlike there, Han and Hiragana, which ICU looks up in
/// a dictionary, are words character by character; an emoji behind ZWJ does not belong to the word before (rule WB3c);
/// and a mark on a last underscore, on a last Hebrew quote or on Hangul does not make a word none.
struct UnicodeWords {
  using Symbol = WordSymbol;
  enum class State : std::uint8_t {
    kStart,
    kLead,  // one extender
    kLetters,
    kHebrew,  // letters, the last of them Hebrew
    kDigits,
    kKatakana,
    kExtended,  // behind an extender in a word
    kLettersMid,
    kDigitsMid,
    kHebrewSingleQuote,
    kHebrewDoubleQuote,
    kHangul,
    kSingle,
    kCount,
  };

  static Symbol symbol_of(char32_t code_point, const CodePointProperties& properties) noexcept {
    const Symbol symbol = word_symbol_of(properties.word_break);
    if (symbol == Symbol::kLetter && code_point >= 0xac00 && code_point <= 0xd7a3) return Symbol::kHangul;
    if (symbol != Symbol::kOther) return symbol;
    if (properties.has(CodePointProperties::kComplexContext)) return Symbol::kLetter;
    constexpr int kSingles =
        CodePointProperties::kHan | CodePointProperties::kHiragana | CodePointProperties::kIdeographic;
    return properties.has_any(kSingles) ? Symbol::kSingle : Symbol::kOther;
  }

  static constexpr Automaton<State, Symbol> kAutomaton = [] {
    using enum State;
    Automaton<State, Symbol> a;
    a.accept({kLetters, kHebrew, kDigits, kKatakana, kExtended, kHebrewSingleQuote, kHangul, kSingle});
    a.stay({kLead, kLetters, kHebrew, kDigits, kKatakana, kExtended, kLettersMid, kDigitsMid, kHebrewSingleQuote,
            kHebrewDoubleQuote, kHangul, kSingle},
           {Symbol::kMark});  // WB4
    const auto letter_may_follow = {kStart,  kLead,     kLetters,    kHebrew,
                                    kDigits, kExtended, kLettersMid, kHebrewSingleQuote};
    a.set(letter_may_follow, {Symbol::kLetter}, kLetters);  // WB5, WB7, WB10
    a.set(letter_may_follow, {Symbol::kHebrew}, kHebrew);
    a.set({kLetters, kHebrew}, {Symbol::kMidLetter, Symbol::kMidNumLet, Symbol::kSingleQuote}, kLettersMid);  // WB6
    a.set(kHebrew, Symbol::kSingleQuote, kHebrewSingleQuote);                                                 // WB7a
    a.set(kHebrew, Symbol::kDoubleQuote, kHebrewDoubleQuote);                                                 // WB7b
    a.set(kHebrewDoubleQuote, Symbol::kHebrew, kHebrew);                                                      // WB7c
    a.set({kStart, kLead, kLetters, kHebrew, kDigits, kExtended, kDigitsMid}, {Symbol::kNumeric},
          kDigits);                                                                                    // WB8, 9, 11
    a.set({kDigits}, {Symbol::kMidNum, Symbol::kMidNumLet, Symbol::kSingleQuote}, kDigitsMid);         // WB12
    a.set({kStart, kLead, kKatakana, kExtended}, {Symbol::kKatakana}, kKatakana);                      // WB13
    a.set({kLead, kLetters, kHebrew, kDigits, kKatakana, kExtended}, {Symbol::kExtender}, kExtended);  // WB13a, WB13b
    a.set(kStart, Symbol::kExtender, kLead);
    a.set({kStart, kHangul}, {Symbol::kHangul}, kHangul);
    a.set(kStart, Symbol::kSingle, kSingle);
    return a;
  }();
};

}  // namespace tenbin
