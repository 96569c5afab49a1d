#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "analysis/bytes8.h"
#include "analysis/token_hash.h"
#include "analysis/utf8.h"
#include "overlap/fold.h"

namespace tenbin {

/// A unit of a text that is compared: the hash of a folded word, or of a single character of a script that is written
/// without spaces, which has bit 0 set.
using Unit = std::uint32_t;

inline bool stands_alone(Unit unit) noexcept { return (unit & 1) != 0; }

/// Twice the number of words in units, where two characters that stand alone are about a word.
inline std::size_t half_words(Unit unit) noexcept { return stands_alone(unit) ? 1 : 2; }
inline std::size_t half_words(std::span<const Unit> units) noexcept {
  std::size_t sum = 0;
  for (const Unit unit : units) sum += half_words(unit);
  return sum;
}

namespace units {

enum class Ascii : std::uint8_t { kSeparator, kAlphanumeric, kApostrophe };

inline constexpr std::array<Ascii, 128> kAscii = [] {
  std::array<Ascii, 128> classes{};
  for (std::size_t c = 0; c < 128; ++c) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (letter || (c >= '0' && c <= '9')) classes[c] = Ascii::kAlphanumeric;
  }
  classes['\''] = Ascii::kApostrophe;
  return classes;
}();

inline bool is_ascii(char byte, Ascii wanted) noexcept {
  const auto code = static_cast<std::uint8_t>(byte);
  return code < 0x80 && kAscii[code] == wanted;
}

/// Eight bytes from `p` on, zeros behind `end`.
inline std::uint64_t load8(const char* p, const char* end) noexcept {
  std::uint64_t bytes = 0;
  if (end - p >= 8)
    std::memcpy(&bytes, p, 8);
  else
    std::memcpy(&bytes, p, static_cast<std::size_t>(end - p));
  return bytes;
}

constexpr std::uint64_t kWordSeed = 0x5bf03635u;

inline Unit of_word_hash(std::uint64_t hash) noexcept {
  return static_cast<Unit>(hash * 0xd6e8feb86659fd93u >> 32) & ~Unit{1};
}

/// Words hold no zeros, so that those which end the last eight bytes make no two words equal.
inline Unit of_word(std::string_view folded) noexcept {
  std::uint64_t hash = kWordSeed;
  const char* const end = folded.data() + folded.size();
  for (const char* p = folded.data(); p < end; p += std::min<std::ptrdiff_t>(8, end - p)) {
    hash = mix(hash, load8(p, end));
  }
  return of_word_hash(hash);
}

inline Unit of_character(char32_t code_point) noexcept {
  return static_cast<Unit>(mix(code_point, kWordSeed) * 0xd6e8feb86659fd93u >> 32) | Unit{1};
}

struct AsciiWord {
  const char* end;
  Unit unit;
};

/// The run of ASCII letters and digits from `p` on, as of_word sees it in lower case.
inline AsciiWord ascii_word(const char* p, const char* end) noexcept {
  constexpr std::uint64_t kLowerCase = 0x2020202020202020u;  // of letters; digits have that bit
  std::uint64_t hash = kWordSeed;
  for (;;) {
    const std::uint64_t word = load8(p, end);
    const Bytes8 bytes(reinterpret_cast<const char*>(&word));
    const unsigned taken = Bytes8::leading(bytes.letter() | bytes.in('0', '9'));
    p += taken;
    if (taken == 8) {
      hash = mix(hash, word | kLowerCase);
      continue;
    }
    if (taken > 0) hash = mix(hash, (word | kLowerCase) & ((std::uint64_t{1} << 8 * taken) - 1));
    return {p, of_word_hash(hash)};
  }
}

}  // namespace units

/// Calls `sink(unit, begin)` for each unit of a UTF-8 text in turn, `begin` being where it begins in the text. Words
/// are maximal runs of letters, numbers and marks, folded (fold.h); what is not UTF-8 separates. `scratch` is memory to
/// be used again.
template <typename Sink>
void for_each_unit(std::string_view text, std::string& scratch, Sink&& sink) {
  using units::Ascii;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* p = begin;
  while (p < end) {
    if (units::is_ascii(*p, Ascii::kSeparator) || units::is_ascii(*p, Ascii::kApostrophe)) {
      ++p;
      continue;
    }
    if (units::is_ascii(*p, Ascii::kAlphanumeric)) {
      const units::AsciiWord word = units::ascii_word(p, end);
      if (word.end == end || units::is_ascii(*word.end, Ascii::kSeparator)) {
        sink(word.unit, static_cast<std::size_t>(p - begin));
        p = word.end;
        continue;
      }
    }
    // Code point by code point, to the next separator in ASCII.
    scratch.clear();
    const char* word_begin = p;
    const auto end_word = [&] {
      if (!scratch.empty()) sink(units::of_word(scratch), static_cast<std::size_t>(word_begin - begin));
      scratch.clear();
    };
    while (p < end && !units::is_ascii(*p, Ascii::kSeparator)) {
      const DecodedCodePoint decoded = decode_utf8(p, end);
      Folding::apply(
          decoded.code_point,
          [&](char32_t folded) {
            if (scratch.empty()) word_begin = p;
            char bytes[4];
            scratch.append(bytes, encode_utf8(folded, bytes));
          },
          [&](char32_t folded) {
            end_word();
            sink(units::of_character(folded), static_cast<std::size_t>(p - begin));
          },
          end_word);
      p += decoded.length;
    }
    end_word();
  }
}

}  // namespace tenbin
