#include "overlap/sketch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tenbin {

void make_set(std::span<const Unit> units, std::vector<Unit>& out) {
  out.assign(units.begin(), units.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

double jaccard(std::span<const Unit> a, std::span<const Unit> b) noexcept {
  std::size_t common = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    common += a[i] == b[j];
    const bool next_a = a[i] <= b[j];
    j += b[j] <= a[i];
    i += next_a;
  }
  return static_cast<double>(common) / static_cast<double>(a.size() + b.size() - common);
}

void make_shingles(std::span<const Unit> units, std::vector<std::uint64_t>& out) {
  constexpr std::size_t kHalfWords = 4;
  out.clear();
  for (std::size_t begin = 0; begin < units.size(); ++begin) {
    std::uint64_t hash = 0;
    std::size_t size = 0;
    for (std::size_t i = begin; i < units.size() && size < kHalfWords; ++i) {
      hash = mix(hash, units[i]);
      size += half_words(units[i]);
    }
    if (size < kHalfWords) return;
    out.push_back(hash * 0xd6e8feb86659fd93u);
  }
}

namespace {

/// For each place, the order in which it asks places for a value: itself, then the others at random.
class Donors {
 public:
  Donors() {
    std::uint64_t state = 0x9e3779b97f4a7c15u;
    for (std::size_t place = 0; place < kSketchSize; ++place) {
      auto& order = order_[place];
      for (std::size_t i = 0; i < kSketchSize; ++i) {
        order[i] = static_cast<std::uint8_t>(i);
        state = state * 6364136223846793005u + 1442695040888963407u;
        std::swap(order[i], order[(state >> 33) % (i + 1)]);
      }
      std::iter_swap(order.begin(), std::find(order.begin(), order.end(), place));
      for (std::size_t rank = 0; rank < kSketchSize; ++rank) {
        asked_[order[rank]][place] = static_cast<std::int16_t>(rank << 7 | order[rank]);
      }
    }
  }

  /// The donor of each place, given which are filled: when few are, by going through those.
  void choose(const std::array<bool, kSketchSize>& filled, std::size_t count,
              std::array<std::uint8_t, kSketchSize>& donors) const noexcept {
    constexpr std::size_t kFew = 32;
    if (count > kFew) {
      for (std::size_t place = 0; place < kSketchSize; ++place) {
        std::size_t rank = 0;
        while (!filled[order_[place][rank]]) ++rank;
        donors[place] = order_[place][rank];
      }
      return;
    }
    std::array<std::int16_t, kSketchSize> first;
    first.fill(std::numeric_limits<std::int16_t>::max());
    for (std::size_t donor = 0; donor < kSketchSize; ++donor) {
      if (!filled[donor]) continue;
      for (std::size_t place = 0; place < kSketchSize; ++place) {
        first[place] = std::min(first[place], asked_[donor][place]);
      }
    }
    for (std::size_t place = 0; place < kSketchSize; ++place) {
      donors[place] = static_cast<std::uint8_t>(first[place] & (kSketchSize - 1));
    }
  }

 private:
  std::array<std::array<std::uint8_t, kSketchSize>, kSketchSize> order_;
  /// [donor][place]: the rank of the donor in the place's order, and the donor.
  std::array<std::array<std::int16_t, kSketchSize>, kSketchSize> asked_;
};

}  // namespace

void make_sketch(std::span<const std::uint64_t> shingles, Sketch& sketch) noexcept {
  static const Donors all_donors;
  constexpr std::uint64_t kEmpty = std::numeric_limits<std::uint64_t>::max();
  std::array<std::uint64_t, kSketchSize> least;
  least.fill(kEmpty);
  for (const std::uint64_t shingle : shingles) {
    const std::size_t place = shingle >> 57;
    least[place] = std::min(least[place], shingle >> 25 & 0xffffffffu);
  }
  std::array<bool, kSketchSize> filled;
  Sketch values;
  std::size_t count = 0;
  for (std::size_t i = 0; i < kSketchSize; ++i) {
    filled[i] = least[i] != kEmpty;
    count += filled[i];
    // With the place, or few shingles would often have equal values in the bytes that estimate.
    values[i] = static_cast<std::uint32_t>(mix(i + 1, least[i]) >> 16);
  }
  std::array<std::uint8_t, kSketchSize> donors;
  all_donors.choose(filled, count, donors);
  for (std::size_t i = 0; i < kSketchSize; ++i) sketch[i] = values[donors[i]];
}

SketchBytes bytes_of(const Sketch& sketch) noexcept {
  SketchBytes bytes;
  for (std::size_t i = 0; i < kSketchSize; ++i) bytes[i] = static_cast<std::uint8_t>(sketch[i]);
  return bytes;
}

double estimate(const SketchBytes& a, const SketchBytes& b) noexcept {
  std::uint32_t equal = 0;
  for (std::size_t i = 0; i < kSketchSize; ++i) equal += a[i] == b[i];
  return static_cast<double>(equal) / kSketchSize;
}

Bands::Bands(double similarity) : rows_(1) {
  // With a part `kept` of the words in common, kept / (2 - kept) is the similarity, and a shingle is kept when both its
  // words are.
  const double kept = 2 * similarity / (1 + similarity);
  of_shingles_ = kept * kept / (2 - kept * kept);
  const auto meeting = [this](std::size_t rows) {
    const auto bands = static_cast<double>(kSketchSize / rows);
    return 1 - std::pow(1 - std::pow(of_shingles_, static_cast<double>(rows)), bands);
  };
  while (rows_ < 16 && meeting(rows_ + 1) >= 0.9) ++rows_;
}

std::uint64_t Bands::key(const Sketch& sketch, std::size_t band) const noexcept {
  // A sum of products, which unlike a chain of mixes are computed at once.
  std::uint64_t hash = band;
  std::uint64_t factor = 0x9e3779b97f4a7c15u;
  for (std::size_t i = band * rows_; i < (band + 1) * rows_; ++i) {
    hash += (sketch[i] + std::uint64_t{1}) * factor;
    factor = factor * 0xd1342543de82ef95u;
  }
  return mix(mix(hash, rows_), band);
}

}  // namespace tenbin
