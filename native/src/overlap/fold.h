#pragma once

#include <cstdint>

namespace tenbin {

namespace fold_tables {
extern const std::uint8_t kFoldBlockOf[];
extern const std::uint16_t kFoldOf[][256];
extern const std::uint16_t kSequenceBegin[];
extern const std::uint32_t kSequenceParts[];
}  // namespace fold_tables

/// What stands for a code point when texts are compared: its compatibility decomposition in Unicode's full case
/// folding, so that texts with the same NFKC_Casefold read alike, but for the order of several marks on one letter.
struct Folding {
  enum Entry : std::uint16_t { kSeparator, kIgnored, kWord, kAlone, kFirstSequence };
  /// In a sequence, the mark on a code point that is a unit of its own; 0 is a separator.
  static constexpr std::uint32_t kAloneFlag = 0x80000000u;

  static std::uint16_t entry_of(char32_t code_point) noexcept {
    return fold_tables::kFoldOf[fold_tables::kFoldBlockOf[code_point >> 8]][code_point & 0xff];
  }

  /// Calls `word(c)` for each folded code point that belongs to a word, `alone(c)` for each that is a unit of its own,
  /// `separator()` for what parts words.
  template <typename Word, typename Alone, typename Separator>
  static void apply(char32_t code_point, Word&& word, Alone&& alone, Separator&& separator) {
    const std::uint16_t entry = entry_of(code_point);
    if (entry == kWord) return is_hangul_syllable(code_point) ? apply_hangul(code_point, word) : word(code_point);
    if (entry == kAlone) return alone(code_point);
    if (entry == kSeparator) return separator();
    if (entry == kIgnored) return;
    const std::uint16_t* begin = fold_tables::kSequenceBegin + (entry - kFirstSequence);
    for (std::uint16_t i = begin[0]; i < begin[1]; ++i) {
      const std::uint32_t part = fold_tables::kSequenceParts[i];
      if (part == 0)
        separator();
      else if ((part & kAloneFlag) != 0)
        alone(static_cast<char32_t>(part & ~kAloneFlag));
      else
        word(static_cast<char32_t>(part));
    }
  }

 private:
  static constexpr char32_t kSyllables = 0xac00, kLeads = 0x1100, kVowels = 0x1161, kTrails = 0x11a7;

  static bool is_hangul_syllable(char32_t code_point) noexcept {
    return code_point >= kSyllables && code_point <= 0xd7a3;
  }

  /// Unicode 3.12, Hangul Syllable Decomposition.
  template <typename Word>
  static void apply_hangul(char32_t code_point, Word&& word) {
    const char32_t index = code_point - kSyllables;
    word(kLeads + index / 588);
    word(kVowels + index % 588 / 28);
    if (index % 28 != 0) word(kTrails + index % 28);
  }
};

}  // namespace tenbin
