#pragma once

#include <cstdint>

namespace tenbin {

/// Word_Break property of UAX #29.
enum class WordBreak : std::uint8_t {
  kOther,
  kCr,
  kLf,
  kNewline,
  kExtend,
  kZwj,
  kFormat,
  kRegionalIndicator,
  kKatakana,
  kHebrewLetter,
  kALetter,
  kSingleQuote,
  kDoubleQuote,
  kMidNumLet,
  kMidLetter,
  kMidNum,
  kNumeric,
  kExtendNumLet,
  kWSegSpace,
  kCount,
};

/// What the analyzers know about a code point (Unicode 15.1).
struct CodePointProperties {
  enum Flags : std::uint16_t {
    /// Letter, number or underscore: what `\w` is to Python.
    kWordCharacter = 1 << 0,
    /// What Python's str.split() splits on: White_Space and U+001C to U+001F.
    kSpace = 1 << 1,
    kCased = 1 << 2,
    kCaseIgnorable = 1 << 3,
    /// Extended_Pictographic.
    kPictographic = 1 << 4,
    kEmojiModifier = 1 << 5,
    kEmojiModifierBase = 1 << 6,
    /// Script=Han.
    kHan = 1 << 7,
    /// Script=Hiragana.
    kHiragana = 1 << 8,
    kIdeographic = 1 << 9,
    /// Line_Break=SA: the scripts of South-East Asia that are written without spaces.
    kComplexContext = 1 << 10,
  };

  bool has(Flags flag) const noexcept { return (flags & flag) != 0; }
  bool has_any(int mask) const noexcept { return (flags & mask) != 0; }

  /// Added to the code point it gives the lower-case one, by the simple mapping.
  std::int32_t to_lower;
  WordBreak word_break;
  std::uint16_t flags;
};

namespace unicode_tables {
extern const CodePointProperties kPropertyRecords[];
extern const std::uint8_t kBlockOf[];
extern const std::uint8_t kRecordOf[][256];
}  // namespace unicode_tables

/// `code_point` is at most U+10FFFF.
inline const CodePointProperties& properties_of(char32_t code_point) noexcept {
  const std::uint8_t block = unicode_tables::kBlockOf[code_point >> 8];
  return unicode_tables::kPropertyRecords[unicode_tables::kRecordOf[block][code_point & 0xff]];
}

}  // namespace tenbin
