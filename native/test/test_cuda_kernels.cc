#include <cmath>
#include <cstring>
#include <memory>

#include "cuda/query_block.h"
#include "emulated_machine.h"
#include "gpu_cases.h"
#include "kernels/kernels.h"
#include "vector/norms.h"

// The kernels' own source, run by the emulation.

using gpu_cases::Case;
using gpu_cases::execution;
using tenbin::Metric;

namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 28;

/// With each of the two scans.
constexpr bool kWithWarpgroups[] = {false, true};

std::vector<std::unique_ptr<tenbin::Gpu>> emulated(std::size_t count, std::size_t bytes, std::uint64_t seed,
                                                   bool with_warpgroups) {
  std::vector<std::unique_ptr<tenbin::Gpu>> gpus;
  for (std::size_t i = 0; i < count; ++i) {
    gpus.push_back(std::make_unique<EmulatedGpu>(bytes, seed + i * 1000, with_warpgroups));
  }
  return gpus;
}

/// Codes and scans the documents; every bound must hold, and be of use.
/// @param norms what queries are divided by
void check_bounds(const Case& c, const std::vector<double>& norms, Metric metric, const std::vector<float>& minus_mean,
                  harness::Random& random, bool with_warpgroups) {
  const std::size_t documents = c.document_matrix.count;
  const std::size_t queries = c.query_matrix.count;
  const std::size_t dimension = c.document_matrix.dimension;
  const tenbin::QueryBlock block(c.query_matrix, norms, metric, minus_mean, execution());
  const auto part = block.part(0, queries);

  EmulatedMachine machine(kPlenty, random(), with_warpgroups);
  const auto padded = static_cast<std::uint32_t>(tenbin::padded_dimension(dimension));
  const std::uint32_t tiles = padded / tenbin::kTileDimensions;
  const auto codes = machine.allocate<std::uint16_t>(tenbin::codes_in_tiles(documents, padded));
  const auto exact_norms = machine.allocate<double>(documents);
  const auto residuals = machine.allocate<float>(documents);
  const auto lengths = machine.allocate<float>(documents);
  machine.launch(EmulatedMachine::kUpload, tenbin::encode_kernel,
                 static_cast<unsigned>((documents + 15) / tenbin::kRowsPerBlock), tenbin::kRowThreads, 0,
                 tenbin::EncodeArguments{c.rows.data(), minus_mean.data(), codes.get(), exact_norms.get(),
                                         residuals.get(), lengths.get(), 0, static_cast<std::uint32_t>(documents),
                                         static_cast<std::uint32_t>(dimension), tiles, metric == Metric::kCosine});
  const auto query_codes = machine.allocate<std::uint16_t>(tenbin::codes_in_tiles(queries, padded));
  machine.launch(EmulatedMachine::kSearch, tenbin::arrange_kernel,
                 static_cast<unsigned>((queries + 15) / tenbin::kRowsArranged), tenbin::kArrangeThreads, 0,
                 tenbin::ArrangeArguments{part.codes, query_codes.get(), static_cast<std::uint32_t>(queries), tiles});
  const auto core_norms = tenbin::checked_norms("documents", c.document_matrix, execution());
  CHECK(std::equal(core_norms.begin(), core_norms.end(), exact_norms.get()));

  // Every document but the first few becomes a candidate of every query but one.
  const auto first = static_cast<std::uint32_t>(harness::below(random, documents));
  const auto capacity = static_cast<std::uint32_t>(documents - first);
  std::vector<float> thresholds(queries, -std::numeric_limits<float>::infinity());
  const std::size_t left_alone = queries > 1 ? harness::below(random, queries) : queries;
  if (left_alone < queries) thresholds[left_alone] = std::nanf("");
  const auto found = machine.allocate<std::uint32_t>(queries * capacity);
  const auto upper = machine.allocate<float>(queries * capacity);
  const auto lower = machine.allocate<float>(queries * capacity);
  std::vector<std::uint32_t> counts(queries);
  tenbin::launch_scan(machine, tenbin::ScanArguments{query_codes.get(),
                                                     codes.get(),
                                                     residuals.get(),
                                                     lengths.get(),
                                                     part.by_residual,
                                                     part.by_norm,
                                                     part.slack,
                                                     thresholds.data(),
                                                     {found.get(), upper.get(), lower.get(), counts.data(), capacity},
                                                     tiles,
                                                     static_cast<std::uint32_t>(queries),
                                                     first,
                                                     static_cast<std::uint32_t>(documents)});
  for (std::size_t q = 0; q < queries; ++q) {
    CHECK_WITH(counts[q] == (q == left_alone ? 0 : capacity), counts[q]);
    std::vector<bool> seen(documents);
    for (std::uint32_t i = 0; i < std::min(counts[q], capacity); ++i) {
      const std::uint32_t document = found[q * capacity + i];
      CHECK(document >= first && document < documents && !seen[document]);
      if (document >= documents) continue;
      seen[document] = true;
      const double factor = metric == Metric::kDot ? 1 : core_norms[document] == 0 ? 0 : 1 / core_norms[document];
      long double exact = 0;
      for (std::size_t j = 0; j < dimension; ++j) {
        const double y =
            static_cast<double>(c.document_matrix.row(document)[j]) * factor + static_cast<double>(minus_mean[j]);
        exact += static_cast<long double>(y) * static_cast<long double>(c.query_matrix.row(q)[j]) /
                 static_cast<long double>(norms[q]);
      }
      const auto above = static_cast<long double>(upper[q * capacity + i]);
      const auto below = static_cast<long double>(lower[q * capacity + i]);
      CHECK_WITH(below <= exact && exact <= above, below << " " << exact << " " << above);
      // Bounds that hold of everything say nothing.
      const auto length = static_cast<long double>(lengths[document]);
      const auto coded_query = static_cast<long double>(part.by_residual[q]);
      CHECK_WITH(above - below <= 0.02L * length * coded_query + 1e-5L, dimension);
    }
  }
}

}  // namespace

TEST(results_are_those_of_the_core) {
  harness::Random random(1);
  for (int run = 0; run < 60; ++run) {
    const bool with_warpgroups = run % 2 == 0;
    const int kind = static_cast<int>(harness::below(random, gpu_cases::kKinds));
    const int query_kind = static_cast<int>(harness::below(random, gpu_cases::kKinds));
    const std::size_t documents = 1 + harness::below(random, 400);
    const std::size_t dimension = 1 + harness::below(random, 80);
    const Case c(random, kind, query_kind, documents, 1 + harness::below(random, 5), dimension);
    const std::size_t k = 1 + harness::below(random, harness::below(random, 2) == 0 ? 10 : documents);
    const Metric metric = harness::below(random, 2) == 0 ? Metric::kCosine : Metric::kDot;
    const tenbin::ShardOptions options{.memory_bytes = 0, .candidates = 8 + harness::below(random, 60)};
    gpu_cases::check(c, metric, k, emulated(1 + harness::below(random, 2), kPlenty, random(), with_warpgroups), options,
                     "run " + std::to_string(run) + ", kind " + std::to_string(kind) + ", " +
                         std::to_string(documents) + " x " + std::to_string(dimension) + ", k " + std::to_string(k));
  }
}

TEST(blocks_of_documents_are_searched_one_after_the_other) {
  harness::Random random(2);
  const Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 700, 3, 20);
  // Room for some 200 documents in two slots, beside a query.
  const std::size_t bytes = 200 * tenbin::document_bytes(20) * 4 / 3 * 16 / 15 + 4000;
  for (const bool with_warpgroups : kWithWarpgroups) {
    const auto report =
        gpu_cases::check(c, Metric::kCosine, 4, emulated(1, bytes, 5, with_warpgroups), {.candidates = 40}, "blocks");
    CHECK(report.fallbacks == 0);
  }
}

TEST(bounds_hold_for_every_document) {
  harness::Random random(3);
  for (const std::size_t dimension : {1, 2, 63, 64, 65, 100, 200, 400}) {
    for (const int kind : {gpu_cases::kRandom, gpu_cases::kClustered, gpu_cases::kOneHuge, gpu_cases::kWithZeros}) {
      const std::size_t documents = 1 + harness::below(random, 300);
      const std::size_t queries = 1 + harness::below(random, 150);
      const Metric metric = harness::below(random, 2) == 0 ? Metric::kCosine : Metric::kDot;
      const Case c(random, kind, gpu_cases::kRandom, documents, queries, dimension);
      const auto norms = tenbin::checked_norms("queries", c.query_matrix, execution());
      const auto minus_mean = tenbin::minus_code_mean(c.document_matrix, metric, execution());
      check_bounds(c, norms, metric, minus_mean, random, harness::below(random, 2) == 0);
    }
  }
}

TEST(bounds_are_those_of_their_document_and_query_over_several_tiles) {
  harness::Random random(7);
  Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 900, 200, 70);
  // Lengths, and so what codes miss, differ from row to row.
  for (std::size_t i = 0; i < c.rows.size(); ++i) c.rows[i] *= std::ldexp(1.0f, static_cast<int>(i / 70 * 5 % 11));
  const auto norms = tenbin::checked_norms("queries", c.query_matrix, execution());
  for (const bool with_warpgroups : kWithWarpgroups) {
    check_bounds(c, norms, Metric::kDot, std::vector<float>(70), random, with_warpgroups);
  }
}

TEST(bounds_hold_where_nothing_but_the_sums_is_inexact) {
  // Codes miss nothing of these, and every sum loses what a tensor core cuts off, all to the same side.
  harness::Random random(6);
  constexpr std::size_t kDimension = 4096;
  Case c(random, gpu_cases::kConstant, gpu_cases::kConstant, 3, 1, kDimension);
  for (float& x : c.rows) x = 1 + static_cast<float>(harness::below(random, 128)) / 128;
  for (float& x : c.asked) x = 1 + static_cast<float>(harness::below(random, 128)) / 128;
  for (const bool with_warpgroups : kWithWarpgroups) {
    check_bounds(c, {1.0}, Metric::kDot, std::vector<float>(kDimension), random, with_warpgroups);
  }
}

TEST(pruning_raises_the_threshold_and_drops_what_does_not_reach_it) {
  harness::Random random(4);
  std::normal_distribution<float> normal;
  for (int run = 0; run < 60; ++run) {
    const auto queries = static_cast<std::uint32_t>(1 + harness::below(random, 4));
    const auto capacity = static_cast<std::uint32_t>(1 + harness::below(random, 900));
    const auto k = static_cast<std::uint32_t>(1 + harness::below(random, 1 + harness::below(random, 600)));
    const bool ties = harness::below(random, 3) == 0;
    std::vector<std::uint32_t> documents(queries * capacity);
    std::vector<float> upper(documents.size());
    std::vector<float> lower(documents.size());
    for (std::size_t i = 0; i < documents.size(); ++i) {
      documents[i] = static_cast<std::uint32_t>(random());
      const float score = ties ? static_cast<float>(harness::below(random, 3)) - 1 : normal(random);
      const bool unbounded = harness::below(random, 50) == 0;
      const float width = unbounded ? std::numeric_limits<float>::infinity() : 0.1f;
      upper[i] = score + width;
      lower[i] = score - width;
    }
    std::vector<std::uint32_t> counts(queries);
    std::vector<std::uint32_t> kept(queries);
    std::vector<std::uint32_t> reached(queries);
    std::vector<float> thresholds(queries);
    for (std::uint32_t q = 0; q < queries; ++q) {
      counts[q] = static_cast<std::uint32_t>(harness::below(random, 2 * capacity));
      kept[q] = static_cast<std::uint32_t>(harness::below(random, std::min(counts[q], capacity) + 1));
      const auto choice = harness::below(random, 4);
      thresholds[q] = choice == 0   ? std::nanf("")
                      : choice == 1 ? -std::numeric_limits<float>::infinity()
                                    : normal(random);
    }
    auto out_documents = documents;
    auto out_upper = upper;
    auto out_lower = lower;
    auto out_counts = counts;
    auto out_kept = kept;
    auto out_thresholds = thresholds;
    EmulatedMachine machine(kPlenty, random(), false);
    machine.launch(
        EmulatedMachine::kSearch, tenbin::prune_kernel, queries, tenbin::kSelectionThreads, tenbin::kPruneSharedBytes,
        tenbin::PruneArguments{{out_documents.data(), out_upper.data(), out_lower.data(), out_counts.data(), capacity},
                               out_thresholds.data(),
                               reached.data(),
                               out_kept.data(),
                               k});
    for (std::uint32_t q = 0; q < queries; ++q) {
      CHECK(reached[q] == counts[q]);
      if (std::isnan(thresholds[q])) {
        CHECK(std::isnan(out_thresholds[q]) && out_counts[q] == counts[q] && out_kept[q] == kept[q]);
        continue;
      }
      const std::size_t row = std::size_t{q} * capacity;
      const std::uint32_t stored = std::min(counts[q], capacity);
      std::vector<float> sorted(lower.begin() + row, lower.begin() + row + stored);
      std::sort(sorted.begin(), sorted.end(), std::greater<>());
      const float threshold = stored >= k ? std::max(thresholds[q], sorted[k - 1]) : thresholds[q];
      CHECK_WITH(out_thresholds[q] == threshold, out_thresholds[q] << " for " << threshold);
      std::vector<std::uint32_t> expected;
      for (std::size_t i = 0; i < (counts[q] > capacity ? kept[q] : stored); ++i) {
        if (upper[row + i] >= threshold) expected.push_back(documents[row + i]);
      }
      std::vector<std::uint32_t> found(out_documents.begin() + row, out_documents.begin() + row + out_kept[q]);
      for (std::size_t i = 0; i < found.size(); ++i) {
        const auto at =
            std::find(documents.begin() + row, documents.begin() + row + stored, found[i]) - documents.begin();
        CHECK(out_upper[row + i] == upper[at] && out_lower[row + i] == lower[at]);
      }
      std::sort(expected.begin(), expected.end());
      std::sort(found.begin(), found.end());
      CHECK(found == expected && out_counts[q] == out_kept[q]);
    }
  }
}

TEST(ranking_merges_with_what_was_found_before) {
  harness::Random random(5);
  for (int run = 0; run < 60; ++run) {
    const auto capacity = static_cast<std::uint32_t>(1 + harness::below(random, 600));
    const auto k = static_cast<std::uint32_t>(1 + harness::below(random, 300));
    const auto count = static_cast<std::uint32_t>(harness::below(random, capacity + 1));
    const std::size_t found_before = harness::below(random, k + 1);
    std::vector<tenbin::Key> keys(capacity);
    for (auto& key : keys) key = random() | 1;
    std::vector<tenbin::Key> before(k);
    for (std::size_t i = 0; i < found_before; ++i) before[i] = random() | 1;
    std::sort(before.begin(), before.end(), std::greater<>());
    std::vector<tenbin::Key> best(k);
    EmulatedMachine machine(kPlenty, random(), false);
    machine.launch(EmulatedMachine::kSearch, tenbin::rank_kernel, 1, tenbin::kSelectionThreads, 0,
                   tenbin::RankArguments{keys.data(), &count, before.data(), best.data(), capacity, k});
    std::vector<tenbin::Key> expected(keys.begin(), keys.begin() + count);
    expected.insert(expected.end(), before.begin(), before.end());
    std::sort(expected.begin(), expected.end(), std::greater<>());
    expected.resize(k);
    CHECK(best == expected);
  }
}
