#pragma once

#include <emmintrin.h>

#include <cstddef>

namespace {

/// out[c * out_stride + r] = rows[r * stride + c], r, c < 4.
inline void transpose4(const float* rows, std::size_t stride, float* out, std::size_t out_stride) {
  __m128 row0 = _mm_loadu_ps(rows), row1 = _mm_loadu_ps(rows + stride);
  __m128 row2 = _mm_loadu_ps(rows + 2 * stride), row3 = _mm_loadu_ps(rows + 3 * stride);
  _MM_TRANSPOSE4_PS(row0, row1, row2, row3);
  _mm_storeu_ps(out, row0);
  _mm_storeu_ps(out + out_stride, row1);
  _mm_storeu_ps(out + 2 * out_stride, row2);
  _mm_storeu_ps(out + 3 * out_stride, row3);
}

}  // namespace
