#pragma once

namespace tenbin {

// Bounds of what is scanned, shared by the host and the kernels.
//
// A document x (divided by its norm for cosine) is y + m, m the mean of a sample. With y = c + r, c its code and r what
// the code misses, and the unit query u = e + s likewise, u.y - e.c = e.r + s.y, so by Cauchy-Schwarz
//   |u.y - e.c| <= |e| |r| + |s| |y|.
// A tensor core multiplies bfloat16 numbers exactly, but adds by cutting off: each term, and the sum so far, is cut at
// the last of the 24 bits of the largest of them (Fasi, Higham, Mikaitis, Pranesh: Numerical behavior of NVIDIA tensor
// cores, 2021). No partial sum is above |e| |c|, so each cut costs at most 2^-23 |e| |c|; there is one a product and
// two every 16 products. kAccumulation allows twice that.

inline constexpr double kAccumulation = 0x1p-22;  // times (padded dimension + 16)

/// Of what is computed in float32, relative to the lengths involved: covers the roundings of a bound, of a threshold
/// and of the exact score, 2^-24 each.
inline constexpr double kSlack = 0x1p-20;
/// What underflow can take, of products and of the exact score.
inline constexpr double kUnderflow = 1e-30;

/// Components of a code below this are zero, so that no arithmetic on codes meets a subnormal number.
inline constexpr float kSmallestCode = 1e-30f;

/// Norms in which the bounds hold; as in_scan_range.
inline constexpr double kSmallestNorm = 1e-15;
inline constexpr double kLargestNorm = 1e15;

}  // namespace tenbin
