#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/token_hash.h"

namespace tenbin {

/// Distinct tokens, numbered 0, 1, 2 ... as they first come. Made for the inner loop of analysis: a token of up to
/// 8 bytes is recognised from its slot alone.
class TokenTable {
 public:
  TokenTable() : slots_(kFirstSlots) {}

  /// Gives back what only `add` needs; tokens can still be read, no more added.
  void seal() noexcept { std::vector<Slot>().swap(slots_); }
  /// Gives back everything, like seal().
  void release() noexcept;

  std::size_t size() const noexcept { return begins_.empty() ? 0 : begins_.size() - 1; }
  std::string_view token(std::size_t id) const noexcept {
    return std::string_view(bytes_).substr(begins_[id], begins_[id + 1] - begins_[id]);
  }

  /// The token's number. The token must not be longer than 2^32 - 1 bytes, all together not than 2^64.
  std::uint32_t add(std::string_view token) {
    const std::uint64_t prefix = token_prefix(token);
    const auto length = static_cast<std::uint32_t>(token.size());
    for (std::size_t i = token_hash(token) >> shift_;; i = (i + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[i];
      if (slot.id == kEmpty) return insert(slot, token, prefix);
      if (slot.prefix == prefix && slot.length == length && (length <= 8 || this->token(slot.id) == token)) {
        return slot.id;
      }
    }
  }

 private:
  static constexpr std::uint32_t kEmpty = std::numeric_limits<std::uint32_t>::max();
  static constexpr int kFirstBits = 14;
  static constexpr std::size_t kFirstSlots = std::size_t{1} << kFirstBits;

  struct Slot {
    std::uint64_t prefix = 0;
    std::uint32_t length = 0;
    std::uint32_t id = kEmpty;
  };

  std::uint32_t insert(Slot& slot, std::string_view token, std::uint64_t prefix);
  void grow();

  int shift_ = 64 - kFirstBits;  // of a hash, to a slot
  std::vector<Slot> slots_;      // a power of two, at most half full
  std::string bytes_;
  std::vector<std::uint64_t> begins_{0};
};

}  // namespace tenbin
