#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "overlap/units.h"

namespace tenbin {

/// What near duplicates are compared by: the set of units, sorted.
void make_set(std::span<const Unit> units, std::vector<Unit>& out);

/// |A and B| / |A or B| of two such sets, not both empty.
double jaccard(std::span<const Unit> a, std::span<const Unit> b) noexcept;

/// What near duplicates meet by: hashes of each two words, or four characters of a script without spaces, in a row,
/// which unlike single ones are seldom shared by chance.
void make_shingles(std::span<const Unit> units, std::vector<std::uint64_t>& out);

/// 128 values of which two sets have about as great a part in common as their Jaccard similarity: one-permutation
/// hashing, where a place that no shingle fell into takes the value of another, chosen at random but in all sketches by
/// the same order (Shrivastava, "Optimal Densification for Fast and Accurate Minwise Hashing", ICML 2017). One hash a
/// shingle. The set is not empty; shingles may repeat.
inline constexpr std::size_t kSketchSize = 128;
using Sketch = std::array<std::uint32_t, kSketchSize>;
void make_sketch(std::span<const std::uint64_t> shingles, Sketch& sketch) noexcept;

/// The lowest byte of each value, enough to estimate a similarity by.
using SketchBytes = std::array<std::uint8_t, kSketchSize>;
SketchBytes bytes_of(const Sketch& sketch) noexcept;
double estimate(const SketchBytes& a, const SketchBytes& b) noexcept;

/// The split of a sketch into bands by which near duplicates meet: in one band at least all values are equal.
class Bands {
 public:
  /// The longest bands by which two texts whose words have this similarity meet with a probability of 0.9, if words of
  /// one are replaced in the other here and there.
  explicit Bands(double similarity);

  /// The similarity of the shingles of such texts.
  double of_shingles() const noexcept { return of_shingles_; }

  std::size_t count() const noexcept { return kSketchSize / rows_; }
  std::size_t rows() const noexcept { return rows_; }
  std::uint64_t key(const Sketch& sketch, std::size_t band) const noexcept;

 private:
  double of_shingles_;
  std::size_t rows_;
};

}  // namespace tenbin
