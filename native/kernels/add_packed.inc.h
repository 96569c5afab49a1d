// Included by add_packed_<isa>.cc after lanes_<isa>.h.

namespace {

inline void add_packed(float* sums, const std::uint16_t* present, std::size_t count, const float* values) {
  constexpr std::size_t kTogether = 16;
  for (std::size_t i = 0; i < count; i += kTogether) {
    const std::uint32_t bits = present[i / kTogether];
    add_expanded(sums + i, bits, values);
    values += count_bits(bits);
  }
}

}  // namespace
