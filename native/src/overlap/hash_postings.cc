#include "overlap/hash_postings.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <tuple>

#include "tenbin/errors.h"

namespace tenbin {

void HashPostings::seal(std::size_t most_texts) {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.hash, a.text, a.position) < std::tie(b.hash, b.text, b.position);
  });
  std::size_t kept = 0;
  std::size_t texts = 0;      // of this hash
  std::size_t positions = 0;  // of this text
  Entry previous{};
  for (const Entry entry : entries_) {
    const bool is_new_hash = texts == 0 || entry.hash != previous.hash;
    const bool is_new_text = is_new_hash || entry.text != previous.text;
    texts = is_new_hash ? 1 : texts + is_new_text;
    positions = is_new_text ? 1 : positions + 1;
    previous = entry;
    if (texts <= most_texts && positions <= kMostPositions) entries_[kept++] = entry;
  }
  entries_.resize(kept);
  entries_.shrink_to_fit();
  if (kept > std::numeric_limits<std::uint32_t>::max()) throw InputError("texts: too many to compare with");
  const unsigned bits = std::max(1u, static_cast<unsigned>(std::bit_width(kept)) - (kept > 1));
  shift_ = 64 - bits;
  directory_.assign((std::size_t{1} << bits) + 1, 0);
  bitmap_.assign(std::max<std::size_t>(1, std::bit_ceil(kept) / 4), 0);
  word_mask_ = bitmap_.size() - 1;
  for (const Entry& entry : entries_) {
    ++directory_[(entry.hash >> shift_) + 1];
    bitmap_[word_of(entry.hash)] |= bits_of(entry.hash);
  }
  for (std::size_t i = 1; i < directory_.size(); ++i) directory_[i] += directory_[i - 1];
}

std::span<const HashPostings::Entry> HashPostings::find_sorted(std::uint64_t hash) const noexcept {
  const std::uint64_t share = hash >> shift_;
  std::size_t begin = directory_[share];
  const std::size_t share_end = directory_[share + 1];
  while (begin < share_end && entries_[begin].hash < hash) ++begin;
  std::size_t end = begin;
  while (end < share_end && entries_[end].hash == hash) ++end;
  return {entries_.data() + begin, end - begin};
}

}  // namespace tenbin
