#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace tenbin {

static_assert(std::endian::native == std::endian::little, "byte i of a Bytes8 is its bits 8i to 8i + 7");

/// Eight bytes that are looked at together. Tests answer with bit 7 of each byte.
class Bytes8 {
 public:
  explicit Bytes8(const char* p) noexcept { std::memcpy(&bytes_, p, sizeof bytes_); }

  std::uint64_t ascii() const noexcept { return ~bytes_ & kHighBits; }
  /// ASCII from `first` to `last`.
  std::uint64_t in(std::uint8_t first, std::uint8_t last) const noexcept { return in(low(), first, last) & ascii(); }
  std::uint64_t upper() const noexcept { return in('A', 'Z'); }
  std::uint64_t letter() const noexcept { return in(low() | every(0x20), 'a', 'z') & ascii(); }

  /// Writes the bytes with ASCII capitals in lower case.
  void store_lower(char* p) const noexcept {
    const std::uint64_t lower = bytes_ | upper() >> 2;
    std::memcpy(p, &lower, sizeof lower);
  }

  /// How many bytes answer a test with yes before the first that does not.
  static unsigned leading(std::uint64_t answer) noexcept {
    return static_cast<unsigned>(std::countr_zero(~answer & kHighBits)) / 8;
  }
  /// Packs the answer of a test: bit i is byte i's.
  static std::uint64_t pack(std::uint64_t answer) noexcept { return answer * 0x0002040810204081u >> 56; }

 private:
  static constexpr std::uint64_t kHighBits = 0x8080808080808080u;

  static constexpr std::uint64_t every(std::uint64_t byte) noexcept { return byte * 0x0101010101010101u; }
  static std::uint64_t in(std::uint64_t low, std::uint8_t first, std::uint8_t last) noexcept {
    return (low + every(0x80u - first)) & ~(low + every(0x7fu - last)) & kHighBits;
  }
  std::uint64_t low() const noexcept { return bytes_ & ~kHighBits; }

  std::uint64_t bytes_;
};

}  // namespace tenbin
