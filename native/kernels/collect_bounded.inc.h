// Included by collect_bounded_<isa>.cc after lanes_<isa>.h.

namespace {

inline std::size_t collect_bounded(const tenbin::CodedSums& block, const tenbin::CodeBounds& query, float threshold,
                                   std::uint32_t base, const tenbin::Collected& out) {
  // Copies: for all the compiler knows, what is written could be the structures themselves.
  const auto [sums, scales, residuals, norms, count] = block;
  const auto [documents, uppers, floors] = out;
  const F32 scale = F32::all(query.scale);
  const F32 by_residual = F32::all(query.by_residual);
  const F32 by_norm = F32::all(query.by_norm);
  const F32 one = F32::all(1);
  const F32 minus_floor_share = F32::all(-query.floor_share);
  std::size_t found = 0;
  for (std::size_t i = 0; i < count; i += F32::kWidth) {
    const F32 scanned = F32::multiply(F32::of(sums + i), F32::multiply(F32::load(scales + i), scale));
    const F32 bound =
        F32::multiply_add(F32::load(residuals + i), by_residual, F32::multiply(F32::load(norms + i), by_norm));
    float upper[F32::kWidth];
    F32::multiply_add(bound, one, scanned).store(upper);
    const std::uint32_t bits = not_below(upper, threshold);
    if (bits == 0) continue;
    float floor[F32::kWidth];
    F32::multiply_add(bound, minus_floor_share, scanned).store(floor);
    store_selected(bits, upper, uppers + found);
    store_selected(bits, floor, floors + found);
    found += store_positions(bits, base + static_cast<std::uint32_t>(i), documents + found);
  }
  return found;
}

}  // namespace
