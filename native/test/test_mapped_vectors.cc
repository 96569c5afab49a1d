// An index over a mapped file gives what one over memory gives, and readers of a mapped file hold little of it.

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "file/mapped_file.h"
#include "folder.h"
#include "harness.h"
#include "tenbin/errors.h"
#include "tenbin/vector_index.h"
#include "vector/document_pages.h"

using harness::message_of;
using harness::Results;
using tenbin::DocumentPages;
using tenbin::InputError;
using tenbin::MappedFile;
using tenbin::Matrix;
using tenbin::Metric;
using tenbin::PageTrail;
using tenbin::Scan;
using tenbin::VectorIndex;

namespace {

constexpr std::size_t kMegabyte = 1024 * 1024;

std::vector<float> gaussian(harness::Random& random, std::size_t count) {
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& x : values) x = normal(random);
  return values;
}

/// A file of `offset` other bytes and the values behind them.
void write_values(const std::string& path, std::size_t offset, std::span<const float> values) {
  std::string bytes(offset + values.size_bytes(), 'x');
  std::memcpy(bytes.data() + offset, values.data(), values.size_bytes());
  write_file(path, bytes);
}

Results search(const VectorIndex& index, const Matrix& queries, const tenbin::Subset& subset, std::size_t k,
               const tenbin::Execution& execution) {
  Results results(queries.count, k, index.size());
  index.search(queries, subset, results.view(), execution);
  return results;
}

#if defined(__linux__)
/// Bytes of mapped files that the process holds in memory.
std::size_t resident() {
  std::ifstream status("/proc/self/status");
  std::size_t kilobytes = 0;
  for (std::string word; status >> word;) {
    if (word != "RssFile:" && word != "RssShmem:") continue;
    std::size_t value = 0;
    status >> value;
    kilobytes += value;
  }
  return kilobytes * 1024;
}

double sum(std::span<const std::byte> bytes) {
  double total = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 512) total += static_cast<double>(bytes[i]);
  return total;
}
#endif

}  // namespace

TEST(a_mapped_index_finds_what_one_in_memory_finds) {
  harness::Random random(28);
  const Folder folder;
  const std::string path = folder.file("vectors");
  for (const std::size_t offset : {std::size_t{0}, std::size_t{4}, std::size_t{128}}) {
    const std::size_t count = 1500 + harness::below(random, 2000);
    const std::size_t dimension = 1 + harness::below(random, 70);
    const std::vector<float> documents = gaussian(random, count * dimension);
    const std::vector<float> values = gaussian(random, 7 * dimension);
    const Matrix in_memory{documents, count, dimension};
    const Matrix queries{values, 7, dimension};
    const auto ranks = harness::permutation(random, count);
    std::vector<std::uint8_t> filter((count + 7) / 8);
    for (std::uint8_t& bits : filter) bits = static_cast<std::uint8_t>(harness::below(random, 256));
    if (count % 8 != 0) filter.back() &= static_cast<std::uint8_t>((1 << count % 8) - 1);
    write_values(path, offset, documents);
    harness::at_every_level([&](const tenbin::Execution& execution, const std::string& label) {
      for (const Scan scan : {Scan::kCodes, Scan::kFloat32}) {
        for (const Metric metric : {Metric::kCosine, Metric::kDot}) {
          const auto expected = VectorIndex::create(in_memory, metric, ranks, scan, execution);
          const auto mapped = VectorIndex::open(path, offset, count, dimension, metric, ranks, scan, execution);
          CHECK(mapped.size() == count && mapped.dimension() == dimension);
          CHECK(mapped.size_bytes() == expected.size_bytes());
          for (const std::size_t k : {std::size_t{1}, std::size_t{10}, count}) {
            CHECK_WITH(search(mapped, queries, {}, k, execution) == search(expected, queries, {}, k, execution), label);
            CHECK_WITH(search(mapped, queries, {filter, {}}, k, execution) ==
                           search(expected, queries, {filter, {}}, k, execution),
                       label);
          }
        }
      }
    });
  }
}

TEST(a_file_that_is_not_the_matrix_is_refused_by_name) {
  const Folder folder;
  const std::string path = folder.file("vectors");
  std::vector<float> values(6);
  write_values(path, 8, values);
  tenbin::ThreadPool pool(1);
  const tenbin::Cancellation never;
  const tenbin::Execution execution{pool, tenbin::kernels_for(tenbin::Isa::kBaseline), never};
  const auto opening = [&](std::uint64_t offset, std::size_t count, std::size_t dimension, Scan scan = Scan::kCodes) {
    const std::vector<std::uint32_t> ranks = {0, 1, 2};
    return message_of<InputError>(
        [&] { VectorIndex::open(path, offset, count, dimension, Metric::kDot, ranks, scan, execution); });
  };
  CHECK(opening(8, 3, 2) == "nothing thrown");
  CHECK(opening(6, 3, 2) == path + ": its components begin at byte 6, not at a multiple of 4");
  CHECK(opening(8, 3, 3) == path + ": its 32 bytes do not end with 3 x 3 float32 from byte 8 on");
  CHECK(opening(8, 3, 1).starts_with(path + ": its 32 bytes"));
  CHECK(opening(8, 3, 0).starts_with(path + ": its 32 bytes"));
  CHECK(opening(36, 0, 2).starts_with(path + ": its 32 bytes"));
  CHECK(opening(std::uint64_t{1} << 63, 3, 2).starts_with(path + ": its 32 bytes"));
  // A product that would overflow to what there is.
  CHECK(opening(8, (std::size_t{1} << 62) + 3, 4).starts_with(path + ": its 32 bytes"));
  for (const Scan scan : {Scan::kCodes, Scan::kFloat32}) {
    values[3] = std::numeric_limits<float>::quiet_NaN();
    write_values(path, 8, values);
    CHECK(opening(8, 3, 2, scan) == path + ": row 1, dimension 1 is NaN");
  }
  std::filesystem::remove(path);
  CHECK(opening(8, 3, 2).starts_with(path + ": cannot be read ("));
}

#if defined(__linux__)
TEST(what_was_read_of_a_file_can_be_released_and_read_again) {
  const Folder folder;
  const std::string path = folder.file("file");
  write_file(path, std::string(16 * kMegabyte, 'a'));
  const std::size_t before = resident();
  const MappedFile file(path);
  file.expect_reading_in_order(true);
  const double whole = sum(file.bytes());
  CHECK(resident() >= before + 16 * kMegabyte);
  file.release(file.bytes().subspan(4 * kMegabyte + 1, 8 * kMegabyte));
  CHECK(resident() <= before + 8 * kMegabyte + kMegabyte / 2);
  CHECK(resident() + kMegabyte / 2 >= before + 8 * kMegabyte);
  CHECK(sum(file.bytes()) == whole);
  file.release(file.bytes().last(1));
  file.release(file.bytes().first(0));
  file.release(file.bytes());
  CHECK(resident() <= before + kMegabyte / 2);
  file.expect_reading_in_order(false);
  CHECK(sum(file.bytes()) == whole);
}

TEST(readers_of_a_mapped_file_hold_little_of_it) {
  constexpr std::size_t kCount = 131'072;
  constexpr std::size_t kDimension = 512;  // 256 MB
  const Folder folder;
  const std::string path = folder.file("file");
  write_file(path, "");
  std::filesystem::resize_file(path, kCount * kDimension * sizeof(float));
  const std::size_t before = resident();
  const MappedFile file(path);
  const Matrix documents{
      {reinterpret_cast<const float*>(file.bytes().data()), kCount * kDimension}, kCount, kDimension};
  const DocumentPages pages(&file, documents);
  double total = 0;
  std::size_t most = 0;
  {
    PageTrail trail(pages, 0, kCount);
    for (std::size_t d = 0; d < kCount; ++d) {
      trail.passed(d);
      total += static_cast<double>(documents.row(d)[0]);
      if (d % 512 == 0) most = std::max(most, resident());
    }
  }
  CHECK_WITH(most <= before + 6 * kMegabyte, (most - before) / kMegabyte);
  CHECK_WITH(resident() <= before + kMegabyte, (resident() - before) / kMegabyte);

  most = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    total += static_cast<double>(documents.row(i * 40'503 % kCount)[0]);
    pages.touched();
    if (i % 512 == 0) most = std::max(most, resident());
  }
  CHECK_WITH(most <= before + 68 * kMegabyte, (most - before) / kMegabyte);
  pages.release_all();
  CHECK_WITH(resident() <= before + kMegabyte, (resident() - before) / kMegabyte);
  CHECK(total == 0);
}
#endif
