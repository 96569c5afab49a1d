// Included by code_row_<isa>.cc after lanes_<isa>.h.

namespace {

/// Calls `step(i, load)` for each register's width of [0, dimension); `load` reads one from a row, zeros past its end.
template <typename Step>
inline void in_steps(std::size_t dimension, Step step) {
  std::size_t i = 0;
  for (; i + F32::kWidth <= dimension; i += F32::kWidth) {
    step(i, [i](const float* row) { return F32::load(row + i); });
  }
  if (i < dimension) step(i, [i, dimension](const float* row) { return F32::load_partial(row + i, dimension - i); });
}

inline F32 all_equal(float value) {
  float values[F32::kWidth];
  for (float& x : values) x = value;
  return F32::load(values);
}

inline tenbin::CodedRow code_row(const float* row, float factor, const float* minus_mean, std::size_t dimension,
                                 float least_scale, float* scratch, std::uint8_t* codes) {
  const F32 zero = F32::zero();
  const F32 one = all_equal(1);
  const F32 minus_one = all_equal(-1);
  const F32 factors = all_equal(factor);
  F32 largest = zero;
  F32 squares = zero;
  in_steps(dimension, [&](std::size_t i, auto load) {
    const F32 y = F32::multiply_add(load(row), factors, load(minus_mean));
    largest = F32::max(F32::max(largest, y), F32::multiply_add(y, minus_one, zero));
    squares = F32::multiply_add(y, y, squares);
    y.store(scratch + i);
  });
  float lanes[F32::kWidth];
  largest.store(lanes);
  float most = 0;
  for (const float x : lanes) most = x > most ? x : most;
  // So small a row is all residual; its codes would need subnormal numbers.
  float unit = most < 1e-30f ? 0 : most / 127;
  if (unit < least_scale) unit = least_scale;
  const F32 inverse = all_equal(unit > 0 ? 1 / unit : 0);
  const F32 minus_unit = all_equal(-unit);
  // Adding 1.5 * 2^23 rounds to a whole number, which the low bits then hold.
  const F32 magic = all_equal(12582912.0f);
  const F32 minus_magic = all_equal(-12582912.0f);
  F32 errors = zero;
  in_steps(dimension, [&](std::size_t i, auto load) {
    const F32 y = load(scratch);
    const F32 rounded = F32::multiply_add(y, inverse, magic);
    const F32 code = F32::multiply_add(rounded, one, minus_magic);
    const F32 error = F32::multiply_add(code, minus_unit, y);
    errors = F32::multiply_add(error, error, errors);
    rounded.store(scratch + i);
  });
  for (std::size_t i = 0; i < dimension; ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, scratch + i, sizeof bits);
    codes[i] = static_cast<std::uint8_t>(bits + 128);
  }
  return {unit, sum(errors), sum(squares)};
}

}  // namespace
