// Faiss's GPUs, on a stand-in: when they answer, and when the processor does.

#include <cstdint>
#include <random>
#include <vector>

#include "cuda_runtime.h"
#include "faiss_index.h"
#include "harness.h"
#include "kernels/kernels.h"

using tenbin::FaissIndex;
using tenbin::Matrix;

namespace {

constexpr std::size_t kDimension = 8;
constexpr std::size_t kDocuments = 3000;

struct Machine {
  tenbin::ThreadPool pool{2};
  tenbin::Cancellation cancellation;
  tenbin::Execution execution{pool, tenbin::kernels_for(tenbin::usable_isas().front()), cancellation};
};

std::vector<float> rows(std::size_t count, std::uint64_t seed) {
  harness::Random random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count * kDimension);
  for (float& x : values) x = normal(random);
  return values;
}

FaissIndex index_of(const std::string& factory, const Machine& machine) {
  FaissIndex index = FaissIndex::make(kDimension, factory, kDocuments);
  const auto documents = rows(kDocuments, 1);
  index.add({documents, kDocuments, kDimension}, machine.execution);
  return index;
}

/// What is found for one query, and whether GPUs were asked.
struct Found {
  std::vector<std::uint32_t> documents;
  bool by_gpus;
};

Found search(const FaissIndex& index, std::size_t k, const Machine& machine) {
  const auto query = rows(1, 2);
  Found found{std::vector<std::uint32_t>(k), false};
  std::vector<float> scores(k);
  std::vector<std::uint32_t> counts(1);
  const int before = stand_in::searches;
  index.search({query, 1, kDimension}, {k, found.documents, scores, counts}, machine.execution);
  CHECK(counts[0] == k);
  found.by_gpus = stand_in::searches > before;
  return found;
}

}  // namespace

TEST(gpus_answer_as_the_processor_does) {
  const Machine machine;
  stand_in::gpus = 2;
  FaissIndex index = index_of("Flat", machine);
  const Found by_processor = search(index, 10, machine);
  CHECK(!by_processor.by_gpus && index.facts().gpus == 0);
  index.use_gpus();
  const Found by_gpus = search(index, 10, machine);
  CHECK(by_gpus.by_gpus && index.facts().gpus == 2);
  CHECK(by_gpus.documents == by_processor.documents);
}

TEST(the_processor_answers_what_gpus_refuse) {
  const Machine machine;
  stand_in::gpus = 1;
  FaissIndex flat = index_of("Flat", machine);
  flat.use_gpus();
  CHECK(search(flat, 2048, machine).by_gpus);
  CHECK(!search(flat, 2049, machine).by_gpus);

  FaissIndex graph = index_of("HNSW8", machine);
  graph.use_gpus();
  CHECK(!search(graph, 10, machine).by_gpus && graph.facts().gpus == 0);
}

TEST(without_gpus_or_a_driver_the_processor_answers) {
  const Machine machine;
  for (const int gpus : {0, -1}) {
    stand_in::gpus = gpus;
    FaissIndex index = index_of("Flat", machine);
    index.use_gpus();
    CHECK(!search(index, 10, machine).by_gpus && index.facts().gpus == 0);
  }
}

TEST(an_index_that_is_changed_leaves_the_gpus) {
  const Machine machine;
  stand_in::gpus = 1;
  FaissIndex index = index_of("Flat", machine);
  index.use_gpus();
  const auto more = rows(5, 3);
  index.add({more, 5, kDimension}, machine.execution);
  CHECK(index.facts().gpus == 0 && !search(index, 10, machine).by_gpus);
  index.use_gpus();
  CHECK(search(index, 10, machine).by_gpus);

  FaissIndex empty = FaissIndex::make(kDimension, "Flat", 0);
  empty.use_gpus();
  CHECK(empty.facts().gpus == 0);
}
