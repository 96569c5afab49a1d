#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tenbin {

/// Terms by number and numbers by term, over memory that somebody else owns.
struct Vocabulary {
  std::string_view bytes;
  std::span<const std::uint64_t> begins;  // [terms + 1], in bytes
  std::span<const std::uint32_t> slots;   // a power of two, more than the terms: term + 1 by token_hash, 0 for none

  std::size_t size() const noexcept { return begins.size() - 1; }
  std::string_view term(std::size_t id) const noexcept { return bytes.substr(begins[id], begins[id + 1] - begins[id]); }
  /// The term's number, or Bm25Index::kUnknownTerm.
  std::uint32_t find(std::string_view term) const noexcept;

  /// Slots for the terms that `bytes` and `begins` give; equal terms keep the first number only.
  static std::vector<std::uint32_t> make_slots(std::string_view bytes, std::span<const std::uint64_t> begins);
};

}  // namespace tenbin
