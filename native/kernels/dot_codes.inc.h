// Included by dot_codes_<isa>.cc after codes_<isa>.h.

// Registers hold the sums only if every loop over them is unrolled, which GCC must be told for so many.
#if defined(__GNUC__)
#define TENBIN_UNROLLED _Pragma("GCC unroll 16")
#else
#define TENBIN_UNROLLED
#endif

namespace {

constexpr std::size_t kPanelRows = 16;
constexpr std::size_t kStepBytes = 4 * kPanelRows;  // four dimensions of a panel

/// Q queries by P panels: all sums stay in registers while the dimensions stream by, and each lane holds the sum of one
/// document, so nothing is added across lanes.
template <std::size_t Q, std::size_t P>
inline void dot_panels(const std::int8_t* queries, const std::uint8_t* panels, std::size_t padded,
                       const std::int32_t* offsets, std::int32_t* sums, std::size_t stride) {
  constexpr std::size_t kParts = kPanelRows / CodeSums::kWidth;
  CodeSums lanes[Q][P * kParts];
  TENBIN_UNROLLED for (std::size_t q = 0; q < Q; ++q) {
    TENBIN_UNROLLED for (std::size_t p = 0; p < P * kParts; ++p) lanes[q][p] = CodeSums::all(offsets[q]);
  }
  const std::size_t panel_bytes = padded * kPanelRows;
  for (std::size_t i = 0; i < padded; i += 4) {
    CodeBytes documents[P * kParts];
    TENBIN_UNROLLED for (std::size_t p = 0; p < P * kParts; ++p) {
      documents[p] =
          CodeBytes::load(panels + p / kParts * panel_bytes + i / 4 * kStepBytes + p % kParts * 4 * CodeSums::kWidth);
    }
    TENBIN_UNROLLED for (std::size_t q = 0; q < Q; ++q) {
      const CodeBytes query = CodeBytes::broadcast(queries + q * padded + i);
      TENBIN_UNROLLED for (std::size_t p = 0; p < P * kParts; ++p) lanes[q][p] =
          add_products(lanes[q][p], documents[p], query);
    }
  }
  TENBIN_UNROLLED for (std::size_t q = 0; q < Q; ++q) {
    TENBIN_UNROLLED for (std::size_t p = 0; p < P * kParts; ++p) {
      lanes[q][p].store(sums + q * stride + p / kParts * kPanelRows + p % kParts * CodeSums::kWidth);
    }
  }
}

/// Q queries; the fewer they are, the more panels at once, or the adders would wait for their own sums.
template <std::size_t Q, std::size_t P>
inline void dot_query_group(const std::int8_t* queries, const std::uint8_t* panels, std::size_t panel_count,
                            std::size_t padded, const std::int32_t* offsets, std::int32_t* sums, std::size_t stride) {
  std::size_t p = 0;
  for (; p + P <= panel_count; p += P) {
    dot_panels<Q, P>(queries, panels + p * padded * kPanelRows, padded, offsets, sums + p * kPanelRows, stride);
  }
  for (; p < panel_count; ++p) {
    dot_panels<Q, 1>(queries, panels + p * padded * kPanelRows, padded, offsets, sums + p * kPanelRows, stride);
  }
}

inline void dot_codes(const std::int8_t* queries, std::size_t query_count, const std::uint8_t* panels,
                      std::size_t panel_count, std::size_t padded, const std::int32_t* offsets, std::int32_t* sums,
                      std::size_t stride) {
  std::size_t q = 0;
  const auto advance = [&](auto group, std::size_t size) {
    for (; q + size <= query_count; q += size) {
      group(queries + q * padded, panels, panel_count, padded, offsets + q, sums + q * stride, stride);
    }
  };
  advance(dot_query_group<kCodeQueries, kCodePanels>, kCodeQueries);
  advance(dot_query_group<kCodeQueries / 2, kCodePanels>, kCodeQueries / 2);
  if constexpr (kCodeQueries >= 12) advance(dot_query_group<kCodeQueries / 4, 2 * kCodePanels>, kCodeQueries / 4);
  advance(dot_query_group<1, 4 * kCodePanels>, 1);
}

}  // namespace

#undef TENBIN_UNROLLED
