#pragma once

#include <cstddef>
#include <cstdint>

namespace tenbin {

struct DecodedCodePoint {
  char32_t code_point;
  std::uint32_t length;  // bytes
};

constexpr char32_t kReplacementCharacter = 0xfffd;

/// The code point at `p` < `end`. What is not UTF-8 reads as U+FFFD, one for each maximal part of a sequence as the
/// WHATWG Encoding Standard and TextDecoder have it; surrogates and overlong forms are not UTF-8.
inline DecodedCodePoint decode_utf8(const char* p, const char* end) noexcept {
  const auto byte = [p](std::ptrdiff_t i) { return static_cast<std::uint32_t>(static_cast<std::uint8_t>(p[i])); };
  const auto continues = [&](std::ptrdiff_t i) { return end - p > i && (byte(i) & 0xc0) == 0x80; };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xc2 || first > 0xf4 || !continues(1)) return {kReplacementCharacter, 1};
  const std::uint32_t second = byte(1);
  if (first < 0xe0) return {(first & 0x1f) << 6 | (second & 0x3f), 2};
  if (first < 0xf0) {
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)) return {kReplacementCharacter, 1};
    if (!continues(2)) return {kReplacementCharacter, 2};
    return {(first & 0xf) << 12 | (second & 0x3f) << 6 | (byte(2) & 0x3f), 3};
  }
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return {kReplacementCharacter, 1};
  if (!continues(2)) return {kReplacementCharacter, 2};
  if (!continues(3)) return {kReplacementCharacter, 3};
  return {(first & 7) << 18 | (second & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f), 4};
}

/// Writes up to four bytes at `out`; returns the end. `code_point` is a Unicode scalar value.
inline char* encode_utf8(char32_t code_point, char* out) noexcept {
  const auto put = [&out](char32_t byte) { *out++ = static_cast<char>(byte); };
  const auto put_continuation = [&](int shift) { put(0x80 | (code_point >> shift & 0x3f)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0 | code_point >> 6);
    put_continuation(0);
  } else if (code_point < 0x10000) {
    put(0xe0 | code_point >> 12);
    put_continuation(6);
    put_continuation(0);
  } else {
    put(0xf0 | code_point >> 18);
    put_continuation(12);
    put_continuation(6);
    put_continuation(0);
  }
  return out;
}

}  // namespace tenbin
