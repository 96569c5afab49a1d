#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tenbin {

/// The bytes of a token of at most 8, packed so that two tokens of the same length are equal where this is; of a longer
/// token the first 8.
inline std::uint64_t token_prefix(std::string_view token) noexcept {
  const char* p = token.data();
  const std::size_t n = token.size();
  if (n >= 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    return word;
  }
  if (n >= 4) {
    std::uint32_t first, last;
    std::memcpy(&first, p, 4);
    std::memcpy(&last, p + n - 4, 4);
    return first | static_cast<std::uint64_t>(last) << 32;
  }
  if (n == 0) return 0;
  const auto byte = [p](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(p[i])); };
  return byte(0) | byte(n / 2) << 8 | byte(n - 1) << 16;
}

inline std::uint64_t mix(std::uint64_t hash, std::uint64_t word) noexcept {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

/// Hash of a token, part of the index file's format. Multiplication carries upwards only, so take the high bits.
inline std::uint64_t token_hash(std::string_view token) noexcept {
  std::uint64_t hash = mix(token.size(), token_prefix(token));
  while (token.size() > 8) {
    token.remove_prefix(8);
    hash = mix(hash, token_prefix(token));
  }
  return hash * 0xd6e8feb86659fd93u;
}

}  // namespace tenbin
