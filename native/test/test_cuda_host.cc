#include <atomic>
#include <memory>
#include <new>
#include <set>
#include <thread>

#include "cpu_gpu.h"
#include "cuda/scan_trial.h"
#include "gpu_cases.h"

using gpu_cases::Case;
using gpu_cases::execution;
using tenbin::Metric;

namespace {

std::vector<std::unique_ptr<tenbin::Gpu>> cpu_gpus(
    std::size_t count, std::size_t bytes, const CpuGpu::Hook& hook = [](const std::string&) {}) {
  std::vector<std::unique_ptr<tenbin::Gpu>> gpus;
  for (std::size_t i = 0; i < count; ++i) gpus.push_back(std::make_unique<CpuGpu>(bytes, hook));
  return gpus;
}

constexpr std::size_t kPlenty = std::size_t{1} << 30;

/// GPU memory for about so many documents of a dimension, beside queries.
std::size_t memory_for(std::size_t documents, std::size_t dimension) {
  return documents * tenbin::document_bytes(dimension) * 4 / 3 * 16 / 15 + 1000;
}

}  // namespace

TEST(results_are_those_of_the_core) {
  harness::Random random(1);
  std::size_t asked = 0;
  std::size_t fallbacks = 0;
  for (int run = 0; run < 1000; ++run) {
    const int kind = static_cast<int>(harness::below(random, gpu_cases::kKinds));
    const int query_kind = static_cast<int>(harness::below(random, gpu_cases::kKinds));
    const std::size_t documents = harness::below(random, 400);
    const std::size_t dimension = 1 + harness::below(random, 40);
    const Case c(random, kind, query_kind, documents, harness::below(random, 6), dimension);
    const std::size_t k = 1 + harness::below(random, harness::below(random, 2) == 0 ? 10 : documents + 20);
    const std::size_t gpus = 1 + harness::below(random, 4);
    const Metric metric = harness::below(random, 2) == 0 ? Metric::kCosine : Metric::kDot;
    // Of the little memory, a search has a quarter: some find room for one query, and some for none.
    const bool little = harness::below(random, 2) == 0;
    const std::size_t bytes = little ? memory_for(2 + harness::below(random, 300), dimension) : kPlenty;
    const tenbin::ShardOptions options{.memory_bytes = 0, .candidates = 1 + harness::below(random, 100)};
    const auto report = gpu_cases::check(c, metric, k, cpu_gpus(gpus, bytes), options,
                                         "run " + std::to_string(run) + ", kind " + std::to_string(kind) + ", " +
                                             std::to_string(documents) + " x " + std::to_string(dimension) + ", k " +
                                             std::to_string(k));
    asked += c.query_matrix.count;
    fallbacks += report.fallbacks;
  }
  // Else it is the core that was tested.
  CHECK_WITH(fallbacks < asked * 2 / 3, fallbacks << " of " << asked);
}

TEST(thresholds_of_one_block_hold_in_the_next) {
  harness::Random random(14);
  for (int run = 0; run < 60; ++run) {
    const int kind = run % 2 == 0 ? gpu_cases::kClustered : gpu_cases::kRandom;
    const Metric metric = run % 4 < 2 ? Metric::kCosine : Metric::kDot;
    Case c(random, kind, kind, 600, 4, 16);
    const float scale = run % 3 == 0 ? 1e-6f : run % 3 == 1 ? 1 : 1e6f;
    for (float& x : c.asked) x *= scale;
    const auto report = gpu_cases::check(c, metric, 5, cpu_gpus(1, memory_for(100, 16)), {.candidates = 160}, "blocks");
    CHECK_WITH(report.fallbacks == 0, report.fallbacks);
    // The best of a block keep the next from bringing as many again.
    CHECK_WITH(report.scored < 4 * 400, report.scored);
  }
}

TEST(a_slice_may_overflow_by_one) {
  harness::Random random(15);
  for (std::size_t documents = 60; documents < 90; ++documents) {
    const Case c(random, gpu_cases::kAscending, gpu_cases::kAscending, documents, 1, 8);
    gpu_cases::check(c, Metric::kDot, 2, cpu_gpus(1, kPlenty), {.candidates = 40}, std::to_string(documents));
  }
}

TEST(most_queries_need_no_fallback) {
  harness::Random random(2);
  const Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 6000, 40, 24);
  for (const std::size_t gpus : {1, 3}) {
    const auto report = gpu_cases::check(c, Metric::kCosine, 10, cpu_gpus(gpus, kPlenty), {}, "random");
    CHECK(report.fallbacks == 0);
    CHECK_WITH(report.scored >= 40 * 10 && report.scored < 40 * 1000 * gpus, report.scored);
  }
}

TEST(documents_beyond_the_memory_come_in_blocks) {
  harness::Random random(3);
  const Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 3000, 7, 16);
  std::atomic<int> uploads = 0;
  const auto count = [&](const std::string& call) {
    if (call == "upload") ++uploads;
  };
  // The search's quarter of the memory must hold at least a query: 64 candidates of 20 bytes and more.
  auto gpus = cpu_gpus(1, memory_for(700, 16), count);
  const auto report = gpu_cases::check(c, Metric::kDot, 5, std::move(gpus), {.candidates = 64}, "blocks");
  CHECK(report.fallbacks == 0);
  // Two searches, each of at least 3000 / 350 blocks.
  CHECK_WITH(uploads >= 2 * 8, uploads);
}

TEST(a_resident_corpus_is_uploaded_once) {
  harness::Random random(4);
  const Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 3000, 7, 16);
  std::atomic<int> uploads = 0;
  const auto count = [&](const std::string& call) {
    if (call == "upload") ++uploads;
  };
  gpu_cases::check(c, Metric::kDot, 5, cpu_gpus(2, kPlenty, count), {}, "resident");
  CHECK_WITH(uploads == 2, uploads);
}

TEST(slices_that_overflow_are_scanned_again_in_parts) {
  harness::Random random(5);
  Case c(random, gpu_cases::kAscending, gpu_cases::kRandom, 5000, 3, 8);
  // Queries along the documents: each next document is better.
  std::copy_n(c.rows.begin(), 8, c.asked.begin());
  std::atomic<int> scans = 0;
  const auto count = [&](const std::string& call) {
    if (call == "scan") ++scans;
  };
  const auto report =
      gpu_cases::check(c, Metric::kDot, 4, cpu_gpus(1, kPlenty, count), {.candidates = 600}, "ascending");
  CHECK_WITH(report.fallbacks <= 1, report.fallbacks);
  CHECK_WITH(scans > 2 * 12, scans);
}

TEST(queries_with_too_many_candidates_are_answered_by_the_core) {
  harness::Random random(6);
  const Case c(random, gpu_cases::kConstant, gpu_cases::kRandom, 3000, 5, 12);
  const auto report = gpu_cases::check(c, Metric::kCosine, 3, cpu_gpus(2, kPlenty), {.candidates = 100}, "constant");
  CHECK(report.fallbacks == 5);
}

TEST(queries_out_of_range_and_k_beyond_the_memory_are_answered_by_the_core) {
  harness::Random random(7);
  const Case tiny(random, gpu_cases::kRandom, gpu_cases::kTiny, 300, 5, 12);
  CHECK(gpu_cases::check(tiny, Metric::kDot, 3, cpu_gpus(1, kPlenty), {}, "tiny").fallbacks == 5);
  const Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 3000, 5, 12);
  CHECK(gpu_cases::check(c, Metric::kDot, 3000, cpu_gpus(1, 100'000), {.candidates = 16}, "large k").fallbacks == 5);
}

TEST(a_subset_is_searched_by_the_core) {
  harness::Random random(8);
  const Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 100, 2, 12);
  const auto index =
      tenbin::GpuIndex::create(c.document_matrix, Metric::kDot, c.ranks, cpu_gpus(1, kPlenty), {}, execution());
  const std::vector<std::uint8_t> filter(13, 0x11);
  harness::Results found(2, 10, 100);
  index.search(c.query_matrix, {filter, {}}, found.view(), execution());
  for (const std::uint32_t document : found.indices) CHECK(document % 4 == 0);
}

TEST(what_does_not_fit_is_named_as_by_the_core) {
  harness::Random random(9);
  Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 100, 2, 12);
  using tenbin::InputError;
  const auto create = [&](std::size_t bytes) {
    return tenbin::GpuIndex::create(c.document_matrix, Metric::kDot, c.ranks, cpu_gpus(1, bytes), {}, execution());
  };
  CHECK(harness::message_of<InputError>([&] { create(100); }) ==
        "cuda: 94 bytes of GPU memory hold no documents of 12 dimensions");
  const auto index = create(kPlenty);
  harness::Results found(2, 10, 100);
  c.asked[12 + 3] = std::nanf("");
  CHECK(harness::message_of<InputError>([&] { index.search(c.query_matrix, {}, found.view(), execution()); }) ==
        "queries: row 1, dimension 3 is NaN");
  const tenbin::Matrix narrow{std::span(c.asked).first(4), 1, 4};
  CHECK(harness::message_of<InputError>([&] { index.search(narrow, {}, found.view(), execution()); }) ==
        "queries have 4 dimensions, documents have 12");
  c.rows[12 * 7 + 5] = std::numeric_limits<float>::infinity();
  CHECK(harness::message_of<InputError>([&] { create(kPlenty); }) == "embeddings: row 7, dimension 5 is infinite");
}

TEST(a_gpu_that_fails_is_heard_of_and_does_not_stop_the_others_in_the_middle) {
  harness::Random random(10);
  const Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 2000, 30, 12);
  for (const std::string call : {"hold", "upload", "begin", "scan", "rescore"}) {
    for (const std::size_t bytes : {kPlenty, memory_for(300, 12) + 60'000}) {
      std::atomic<int> calls = 0;
      const auto fail = [&](const std::string& name) {
        if (name == call && ++calls == 2) throw std::runtime_error("out of memory in " + call);
      };
      const auto message = harness::message_of<std::runtime_error>([&] {
        const auto index = tenbin::GpuIndex::create(c.document_matrix, Metric::kDot, c.ranks, cpu_gpus(3, bytes, fail),
                                                    {.candidates = 32}, execution());
        harness::Results found(30, 10, 2000);
        index.search(c.query_matrix, {}, found.view(), execution());
      });
      CHECK_WITH(message == "out of memory in " + call, message);
    }
  }
}

TEST(a_search_that_failed_leaves_the_index_usable) {
  harness::Random random(11);
  const Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 2000, 30, 12);
  std::atomic<bool> failing = false;
  const auto fail = [&](const std::string& name) {
    if (failing && name == "rescore") throw std::runtime_error("lost");
  };
  const auto index =
      tenbin::GpuIndex::create(c.document_matrix, Metric::kDot, c.ranks,
                               cpu_gpus(2, memory_for(300, 12) + 60'000, fail), {.candidates = 32}, execution());
  harness::Results first(30, 10, 2000);
  harness::Results second(30, 10, 2000);
  index.search(c.query_matrix, {}, first.view(), execution());
  failing = true;
  CHECK(harness::message_of<std::runtime_error>(
            [&] { index.search(c.query_matrix, {}, second.view(), execution()); }) == "lost");
  failing = false;
  index.search(c.query_matrix, {}, second.view(), execution());
  CHECK(gpu_cases::same(first, second));
}

TEST(cancellation_is_seen_between_slices_and_uploads) {
  harness::Random random(12);
  const Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 2000, 30, 12);
  for (const std::string call : {"upload", "begin", "scan", "rescore"}) {
    tenbin::Cancellation cancellation;
    const tenbin::Execution cancellable{execution().pool, execution().kernels, cancellation};
    bool searching = false;
    std::atomic<int> later = 0;
    const auto cancel = [&](const std::string& name) {
      if (!searching) return;
      if (cancellation.cancelled()) ++later;
      if (name == call) cancellation.cancel();
    };
    const auto index =
        tenbin::GpuIndex::create(c.document_matrix, Metric::kDot, c.ranks,
                                 cpu_gpus(1, memory_for(300, 12) + 60'000, cancel), {.candidates = 32}, execution());
    searching = true;
    harness::Results found(30, 10, 2000);
    CHECK(harness::message_of<tenbin::Cancelled>(
              [&] { index.search(c.query_matrix, {}, found.view(), cancellable); }) == "cancelled");
    // What was about to be called when the flag went up, here and by the upload beside it.
    CHECK_WITH(later <= 2, call << ": " << later);
  }
}

TEST(searches_from_several_threads_wait_for_each_other) {
  harness::Random random(13);
  const Case c(random, gpu_cases::kRandom, gpu_cases::kRandom, 1500, 6, 12);
  const auto index =
      tenbin::GpuIndex::create(c.document_matrix, Metric::kDot, c.ranks, cpu_gpus(2, memory_for(300, 12) + 60'000),
                               {.candidates = 32}, execution());
  harness::Results expected(6, 10, 1500);
  index.search(c.query_matrix, {}, expected.view(), execution());
  std::vector<harness::Results> found(4, harness::Results(6, 10, 1500));
  {
    std::vector<std::jthread> threads;
    for (auto& results : found) {
      threads.emplace_back([&] { index.search(c.query_matrix, {}, results.view(), execution()); });
    }
  }
  for (const auto& results : found) CHECK(gpu_cases::same(expected, results));
}

namespace {

/// Finds the best document, and calls it by another's name.
class WrongGpu : public CpuGpu {
 public:
  using CpuGpu::CpuGpu;
  void rescore(std::span<tenbin::Key> best) override {
    CpuGpu::rescore(best);
    best[0] ^= 1;
  }
};

}  // namespace

TEST(a_trial_tells_a_gpu_that_works_from_one_that_does_not) {
  const auto passes = [](std::unique_ptr<tenbin::Gpu> gpu) {
    return tenbin::finds_what_the_core_finds(std::move(gpu), 1000, execution());
  };
  CHECK(passes(std::make_unique<CpuGpu>(kPlenty)));
  CHECK(!passes(std::make_unique<WrongGpu>(kPlenty)));
  for (const std::string call : {"hold", "upload", "begin", "scan", "rescore"}) {
    const auto fail = [&](const std::string& name) {
      if (name == call) throw std::runtime_error("lost");
    };
    CHECK(!passes(std::make_unique<CpuGpu>(kPlenty, fail)));
  }
}
