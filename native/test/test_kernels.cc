// Every kernel of every instruction set that this machine runs, against float64, at sizes around each register width,
// from pointers that are not aligned.

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include "harness.h"
#include "portable_kernels.h"
#include "tenbin/errors.h"

using tenbin::Isa;
using tenbin::Kernels;

namespace {

const std::size_t kDimensions[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 384, 769, 8192};

void each_isa(const std::function<void(const Kernels&, std::string_view)>& body) {
  body(kPortableKernels, "portable");
  for (const Isa isa : tenbin::usable_isas()) body(tenbin::kernels_for(isa), tenbin::name_of(isa));
}

/// `count` values that begin one float behind an allocation's start.
std::vector<float> values(harness::Random& random, std::size_t count) {
  std::normal_distribution<float> normal;
  std::vector<float> result(count + 1);
  for (float& x : result) x = normal(random);
  return result;
}

/// Plain float64, and the bound of a float32 sum in any order.
double dot(const float* a, const float* b, std::size_t dimension) {
  double sum = 0;
  for (std::size_t i = 0; i < dimension; ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

double float32_bound(const float* a, const float* b, std::size_t dimension) {
  double sum = 0;
  for (std::size_t i = 0; i < dimension; ++i) sum += std::abs(static_cast<double>(a[i]) * b[i]);
  return (static_cast<double>(dimension) + 1) * 0x1p-24 * sum * 1.01 + 1e-44;
}

/// Independent restatement of the defined order: lane i mod 16, then halves.
double dot_in_16_lanes(const float* a, const float* b, std::size_t dimension) {
  double lanes[16] = {};
  for (std::size_t i = 0; i < dimension; ++i) lanes[i % 16] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  double eight[8], four[4];
  for (int i = 0; i < 8; ++i) eight[i] = lanes[i] + lanes[i + 8];
  for (int i = 0; i < 4; ++i) four[i] = eight[i] + eight[i + 4];
  return (four[0] + four[2]) + (four[1] + four[3]);
}

/// [count][dimension] as DotTile takes them; `count` is a multiple of kQueriesPerPanel.
std::vector<float> in_panels(const float* rows, std::size_t count, std::size_t dimension) {
  std::vector<float> panels;
  for (std::size_t first = 0; first < count; first += tenbin::kQueriesPerPanel) {
    for (std::size_t i = 0; i < dimension; ++i) {
      for (std::size_t q = first; q < first + tenbin::kQueriesPerPanel; ++q) panels.push_back(rows[q * dimension + i]);
    }
  }
  return panels;
}

}  // namespace

TEST(levels_are_listed_worst_first_and_only_usable_ones_can_be_named) {
  const auto usable = tenbin::usable_isas();
  CHECK(!usable.empty() && usable.front() == Isa::kBaseline);
  for (const Isa isa : usable) CHECK(tenbin::isa_from_name(tenbin::name_of(isa)) == isa);
  for (const char* name : {"", "AVX2", "sse9"}) {
    const auto message = harness::message_of<tenbin::InputError>([&] { tenbin::isa_from_name(name); });
    CHECK_WITH(message.find("usable: baseline") != std::string::npos, message);
  }
}

TEST(dot_exact_is_the_defined_sum_to_the_last_bit) {
  harness::Random random(2);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (const std::size_t dimension : kDimensions) {
      constexpr std::size_t kRows = 11;
      const auto row = values(random, dimension);
      const auto rows = values(random, kRows * dimension);
      for (std::size_t count = 0; count <= 9; ++count) {
        std::vector<std::uint32_t> listed(count);
        for (auto& i : listed) i = static_cast<std::uint32_t>(harness::below(random, kRows));
        std::vector<double> dots(count + 1, 77.0);
        kernels.dot_exact(row.data() + 1, rows.data() + 1, dimension, listed.data(), count, dots.data());
        CHECK_WITH(dots[count] == 77.0, isa << " wrote behind the products");
        for (std::size_t i = 0; i < count; ++i) {
          const float* other = rows.data() + 1 + listed[i] * dimension;
          CHECK_WITH(dots[i] == dot_in_16_lanes(row.data() + 1, other, dimension), isa << " " << dimension);
          CHECK_WITH(std::abs(dots[i] - dot(row.data() + 1, other, dimension)) < 1e-11, isa << " " << dimension);
        }
      }
    }
    const std::uint32_t first = 0;
    const auto one = [&](const float* a, const float* b, std::size_t dimension) {
      double result = 77;
      kernels.dot_exact(a, b, dimension, &first, 1, &result);
      return result;
    };
    CHECK(one(nullptr, nullptr, 0) == 0);
    const float huge[] = {3e38f, 3e38f, -3e38f};
    CHECK(one(huge, huge, 3) == dot(huge, huge, 3));
    const float nan[] = {1, std::numeric_limits<float>::quiet_NaN(), 2};
    CHECK(std::isnan(one(nan, huge, 3)));
  });
}

TEST(squared_norm_is_the_defined_sum_to_the_last_bit) {
  harness::Random random(4);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (const std::size_t dimension : kDimensions) {
      const auto row = values(random, dimension);
      CHECK_WITH(
          kernels.squared_norm(row.data() + 1, dimension) == dot_in_16_lanes(row.data() + 1, row.data() + 1, dimension),
          isa << " " << dimension);
    }
    CHECK(kernels.squared_norm(nullptr, 0) == 0);
    const float nan[] = {1, std::numeric_limits<float>::quiet_NaN(), 2};
    CHECK(std::isnan(kernels.squared_norm(nan, 3)));
    const float infinite[] = {1, -std::numeric_limits<float>::infinity()};
    CHECK(kernels.squared_norm(infinite, 2) == std::numeric_limits<double>::infinity());
  });
}

TEST(dot_tile_is_within_the_bound_of_a_float32_sum) {
  harness::Random random(3);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (const std::size_t dimension : kDimensions) {
      for (const std::size_t panels : {1u, 2u, 3u, 4u, 5u}) {
        for (const std::size_t documents : {1u, 3u, 4u, 5u, 8u, 15u}) {
          if (dimension == 8192 && panels * documents > 8) continue;
          const std::size_t queries = panels * tenbin::kQueriesPerPanel;
          const auto q = values(random, queries * dimension);
          const auto d = values(random, documents * dimension);
          const auto scale = values(random, documents);
          const std::size_t stride = documents + 2;
          std::vector<float> tile(queries * stride, 77.0f);
          kernels.dot_tile(in_panels(q.data() + 1, queries, dimension).data(), panels, d.data() + 1, documents,
                           dimension, scale.data() + 1, tile.data(), stride);
          for (std::size_t i = 0; i < queries; ++i) {
            for (std::size_t j = 0; j < stride; ++j) {
              if (j >= documents) {
                CHECK_WITH(tile[i * stride + j] == 77.0f, isa << " wrote outside the tile");
                continue;
              }
              const float* query = q.data() + 1 + i * dimension;
              const float* document = d.data() + 1 + j * dimension;
              const double factor = scale[j + 1];
              const double error = std::abs(tile[i * stride + j] - factor * dot(query, document, dimension));
              CHECK_WITH(error <= std::abs(factor) * float32_bound(query, document, dimension),
                         isa << " " << dimension << " " << queries << " x " << documents << " error " << error);
            }
          }
        }
      }
    }
  });
}

TEST(collect_at_least_finds_what_a_loop_finds) {
  harness::Random random(4);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (std::size_t count = 0; count < 70; ++count) {
      auto scores = values(random, count);
      for (float& score : scores) {
        if (harness::below(random, 8) == 0) score = std::numeric_limits<float>::quiet_NaN();
        if (harness::below(random, 8) == 0) score = 0.5f;
      }
      for (const float threshold : {-std::numeric_limits<float>::infinity(), 0.5f, 5.0f}) {
        std::vector<std::uint32_t> expected;
        for (std::uint32_t i = 0; i < count; ++i) {
          if (!(scores[i + 1] < threshold)) expected.push_back(1000 + i);
        }
        std::vector<std::uint32_t> found(count + tenbin::kCollectPadding);
        found.resize(kernels.collect_at_least(scores.data() + 1, count, threshold, 1000, found.data()));
        CHECK_WITH(found == expected, isa << " " << count << " at " << threshold);
      }
    }
  });
}

TEST(count_at_least_counts_what_a_loop_counts) {
  harness::Random random(5);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (std::size_t count = 0; count < 100; count += 16) {
      auto scores = values(random, count);
      for (float& score : scores) {
        if (harness::below(random, 4) == 0) score = 0.5f;
      }
      for (const float threshold : {-5.0f, 0.5f, 5.0f}) {
        const auto expected = static_cast<std::size_t>(
            std::count_if(scores.begin() + 1, scores.end(), [&](float score) { return score >= threshold; }));
        CHECK_WITH(kernels.count_at_least(scores.data() + 1, count, threshold) == expected, isa << " " << count);
      }
    }
  });
}

TEST(add_packed_adds_where_bits_are_set_and_reads_no_further) {
  harness::Random random(6);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (std::size_t count = 0; count < 200; count += 16) {
      std::vector<std::uint16_t> present(count / 16);
      std::size_t bits = 0;
      for (auto& word : present) {
        word = static_cast<std::uint16_t>(harness::below(random, 4) == 0 ? 0xffff : harness::below(random, 0x10000));
        bits += static_cast<std::size_t>(std::popcount(word));
      }
      const auto some = values(random, bits);
      const std::vector<float> packed(some.begin() + 1, some.end());  // ends where its memory ends
      const auto before = values(random, count);
      auto sums = before;
      kernels.add_packed(sums.data() + 1, present.data(), count, packed.data());
      std::size_t next = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const bool set = (present[i / 16] >> i % 16 & 1) != 0;
        const float expected = set ? before[i + 1] + packed[next++] : before[i + 1];
        CHECK_WITH(sums[i + 1] == expected, isa << " " << count << " at " << i);
      }
    }
  });
}

TEST(group_maxima_are_those_of_disjoint_groups_of_16) {
  harness::Random random(7);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (const std::size_t count : {0u, 256u, 1024u}) {
      const auto scores = values(random, count);
      std::vector<float> maxima(count / 16 + 1, 77.0f);
      kernels.group_maxima(scores.data() + 1, count, maxima.data());
      CHECK_WITH(maxima.back() == 77.0f, isa << " wrote behind the end");
      maxima.pop_back();
      // Values are distinct, so whose maximum a value is can be told: exactly count / 16 scores, the largest among
      // them.
      const std::set<float> all(scores.begin() + 1, scores.end());
      CHECK(all.size() == count);
      const std::set<float> found(maxima.begin(), maxima.end());
      CHECK_WITH(found.size() == maxima.size(), isa << ": two groups share a document");
      CHECK(std::includes(all.begin(), all.end(), found.begin(), found.end()));
      // In 16 disjoint groups of 16, at least j groups have a maximum among the 16 (j - 1) + 1 largest scores.
      std::vector<float> descending(all.rbegin(), all.rend());
      std::sort(maxima.rbegin(), maxima.rend());
      for (std::size_t j = 0; j < maxima.size(); ++j) CHECK_WITH(maxima[j] >= descending[16 * j], isa << " " << j);
    }
  });
}

namespace {

/// Codes as a kernel takes them: panels of 16 documents, [padded / 4][16][4] bytes, biased.
std::vector<std::uint8_t> panels_of(const std::vector<int>& codes, std::size_t documents, std::size_t padded) {
  std::vector<std::uint8_t> panels(documents * padded);
  for (std::size_t d = 0; d < documents; ++d) {
    for (std::size_t i = 0; i < padded; ++i) {
      panels[d / 16 * 16 * padded + i / 4 * 64 + d % 16 * 4 + i % 4] =
          static_cast<std::uint8_t>(codes[d * padded + i] + 128);
    }
  }
  return panels;
}

}  // namespace

TEST(dot_codes_sums_products_without_saturation) {
  harness::Random random(20);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (const std::size_t padded : {4u, 8u, 12u, 64u, 100u, 768u, 8192u}) {
      for (const std::size_t query_count : {1u, 2u, 5u, 12u, 13u, 25u}) {
        const std::size_t panel_count = 1 + harness::below(random, 5);
        const std::size_t documents = panel_count * 16;
        const bool extreme = harness::below(random, 3) == 0;
        std::vector<int> codes(documents * padded);
        for (int& x : codes) x = extreme ? 127 : static_cast<int>(harness::below(random, 256)) - 128;
        std::vector<std::int8_t> queries(query_count * padded);
        const int sign = harness::below(random, 2) == 0 ? 1 : -1;
        for (std::size_t i = 0; i < queries.size(); ++i) {
          int code = extreme ? sign * 127 : static_cast<int>(harness::below(random, 256)) - 128;
          if (kernels.adds_pairs_in_16_bits && i % 2 == 1) {
            code = std::clamp(code, -tenbin::kPairLimit - queries[i - 1], tenbin::kPairLimit - queries[i - 1]);
          }
          queries[i] = static_cast<std::int8_t>(code);
        }
        std::vector<std::int32_t> offsets(query_count);
        std::vector<std::int32_t> expected(query_count * documents);
        for (std::size_t q = 0; q < query_count; ++q) {
          for (std::size_t i = 0; i < padded; ++i) offsets[q] -= 128 * queries[q * padded + i];
          for (std::size_t d = 0; d < documents; ++d) {
            for (std::size_t i = 0; i < padded; ++i) {
              expected[q * documents + d] += queries[q * padded + i] * codes[d * padded + i];
            }
          }
        }
        const auto panels = panels_of(codes, documents, padded);
        std::vector<std::int32_t> sums(query_count * documents);
        kernels.dot_codes(queries.data(), query_count, panels.data(), panel_count, padded, offsets.data(), sums.data(),
                          documents);
        CHECK_WITH(sums == expected, isa << ", " << padded << " dimensions, " << query_count << " queries");
      }
    }
  });
}

TEST(code_row_gives_codes_and_the_lengths_of_what_they_miss) {
  harness::Random random(21);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (const std::size_t dimension : kDimensions) {
      const auto row = values(random, dimension);
      const auto minus_mean = values(random, dimension);
      const float factor = 0.37f;
      const float least_scale = harness::below(random, 2) == 0 ? 0.0f : 0.05f;
      std::vector<float> scratch(dimension + 16);
      std::vector<std::uint8_t> codes(dimension);
      const auto [scale, residual, norm] = kernels.code_row(row.data() + 1, factor, minus_mean.data() + 1, dimension,
                                                            least_scale, scratch.data(), codes.data());
      double squares = 0, errors = 0, most = 0, largest = 0;
      for (std::size_t i = 0; i < dimension; ++i) {
        const double y = static_cast<double>(row[i + 1]) * static_cast<double>(factor) + minus_mean[i + 1];
        const double error = y - static_cast<double>(scale) * (static_cast<int>(codes[i]) - 128);
        squares += y * y;
        errors += error * error;
        most = std::max(most, std::abs(error));
        largest = std::max(largest, std::abs(y));
      }
      const double expected = std::max(largest / 127, static_cast<double>(least_scale));
      CHECK_WITH(std::abs(scale - expected) <= 1e-6 * expected, isa << ", " << dimension);
      CHECK_WITH(std::abs(norm - squares) <= 0x1p-11 * squares, isa << ", " << dimension);
      CHECK_WITH(std::abs(residual - errors) <= 0x1p-11 * errors + 1e-12 * squares, isa << ", " << dimension);
      CHECK_WITH(most <= 0.5001 * static_cast<double>(scale), isa << ", " << dimension);
    }
  });
}

TEST(code_row_of_next_to_nothing_is_all_residual) {
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    const std::vector<float> row(5, 1e-31f);
    const std::vector<float> minus_mean(5, 0.0f);
    std::vector<float> scratch(21);
    std::vector<std::uint8_t> codes(5);
    const auto coded = kernels.code_row(row.data(), 1, minus_mean.data(), 5, 0, scratch.data(), codes.data());
    CHECK_WITH(coded.scale == 0 && codes == std::vector<std::uint8_t>(5, 128), isa);
  });
}

TEST(collect_bounded_finds_each_document_whose_bound_reaches_the_threshold) {
  harness::Random random(22);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (const std::size_t count : {16u, 32u, 48u, 256u}) {
      const auto scale = values(random, count);
      const auto residual = values(random, count);
      const auto norm = values(random, count);
      std::vector<std::int32_t> sums(count);
      for (auto& x : sums) x = static_cast<std::int32_t>(harness::below(random, 2000)) - 1000;
      constexpr std::uint32_t kBase = 4'000'000'000;
      const std::size_t room = count + tenbin::kCollectPadding;
      std::vector<std::uint32_t> documents(room);
      std::vector<float> uppers(room);
      std::vector<float> floors(room);
      const std::size_t found = kernels.collect_bounded(
          {sums.data(), scale.data(), residual.data(), norm.data(), count}, {0.001f, 0.5f, 0.25f, 0.125f}, 0.5f, kBase,
          {documents.data(), uppers.data(), floors.data()});
      std::size_t at = 0;
      for (std::uint32_t i = 0; i < count; ++i) {
        const double scanned = static_cast<double>(sums[i]) * static_cast<double>(scale[i]) * 0.001;
        const double bound = residual[i] * 0.5 + norm[i] * 0.25;
        const bool collected = at < found && documents[at] == kBase + i;
        if (std::abs(scanned + bound - 0.5) > 1e-5) CHECK_WITH(collected == (scanned + bound > 0.5), isa << ", " << i);
        if (!collected) continue;
        CHECK_WITH(std::abs(uppers[at] - (scanned + bound)) < 1e-5, isa << ", " << i);
        CHECK_WITH(std::abs(floors[at] - (scanned - 0.125 * bound)) < 1e-5, isa << ", " << i);
        ++at;
      }
      CHECK_WITH(at == found, isa);
    }
    const float infinite = std::numeric_limits<float>::infinity();
    std::vector<std::int32_t> sums(16);
    std::vector<float> zeros(16);
    std::vector<float> residuals(16);
    residuals[7] = infinite;
    std::vector<std::uint32_t> documents(32);
    std::vector<float> uppers(32);
    std::vector<float> floors(32);
    const std::size_t found =
        kernels.collect_bounded({sums.data(), zeros.data(), residuals.data(), zeros.data(), 16}, {1, 1, 1, 1}, 3, 0,
                                {documents.data(), uppers.data(), floors.data()});
    CHECK_WITH(found == 1 && documents[0] == 7 && uppers[0] == infinite && floors[0] == -infinite, isa);
  });
}

TEST(dot_listed_is_within_the_bound_of_a_float32_sum) {
  harness::Random random(24);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (const std::size_t dimension : kDimensions) {
      constexpr std::size_t kDocuments = 11;
      const auto query = values(random, dimension);
      const auto documents = values(random, kDocuments * dimension);
      for (std::size_t count = 0; count <= 9; ++count) {
        std::vector<std::uint32_t> listed(count);
        for (auto& document : listed) document = static_cast<std::uint32_t>(harness::below(random, kDocuments));
        std::vector<float> scores(count + 1, 77.0f);
        kernels.dot_listed(query.data() + 1, documents.data() + 1, dimension, listed.data(), count, scores.data());
        CHECK_WITH(scores[count] == 77.0f, isa << " wrote behind the scores");
        for (std::size_t i = 0; i < count; ++i) {
          const float* document = documents.data() + 1 + listed[i] * dimension;
          const double error = std::abs(scores[i] - dot(query.data() + 1, document, dimension));
          CHECK_WITH(error <= float32_bound(query.data() + 1, document, dimension),
                     isa << " " << dimension << ", " << count << " documents, error " << error);
        }
      }
    }
  });
}

TEST(hamming_counts_the_bits_that_differ) {
  harness::Random random(23);
  each_isa([&](const Kernels& kernels, std::string_view isa) {
    for (const std::size_t words : {1u, 2u, 12u, 31u, 32u, 63u, 128u}) {
      const std::size_t query_count = 3;
      const std::size_t panel_count = 2;
      const bool extreme = words % 2 == 0;  // every bit differs
      std::vector<std::uint64_t> queries(query_count * words);
      std::vector<std::uint64_t> documents(panel_count * words * 8);
      for (auto& x : queries) x = extreme ? 0 : random();
      for (auto& x : documents) x = extreme ? ~std::uint64_t{0} : random();
      std::vector<float> tile(query_count * panel_count * 8);
      kernels.hamming(queries.data(), query_count, documents.data(), panel_count, words, tile.data(), panel_count * 8);
      for (std::size_t q = 0; q < query_count; ++q) {
        for (std::size_t d = 0; d < panel_count * 8; ++d) {
          int differing = 0;
          for (std::size_t w = 0; w < words; ++w) {
            differing += std::popcount(queries[q * words + w] ^ documents[(d / 8 * words + w) * 8 + d % 8]);
          }
          CHECK_WITH(tile[q * panel_count * 8 + d] == -static_cast<float>(differing), isa << ", " << words << " words");
        }
      }
    }
  });
}
