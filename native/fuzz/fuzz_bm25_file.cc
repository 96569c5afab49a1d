// Index files with changed bytes and a checksum that holds again. Each is refused, or its searches find what scoring
// every document finds, and explanations add up to the same scores.

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "bm25/bm25_file_format.h"
#include "tenbin/errors.h"
#include "test/folder.h"
#include "test/index_files.h"

namespace {

using index_files::Found;
using index_files::Random;
using tenbin::Bm25FileHeader;
using tenbin::Bm25Index;

tenbin::ThreadPool& pool() {
  static tenbin::ThreadPool one(1);
  return one;
}

const tenbin::Execution& execution() {
  static const tenbin::Cancellation never;
  static const tenbin::Execution on{pool(), tenbin::kernels_for(tenbin::usable_isas().back()), never};
  return on;
}

const std::string& scratch_path() {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("tenbin-fuzz-" + std::to_string(std::random_device{}()))).string();
  static const bool removed_at_exit = std::atexit([] { std::filesystem::remove(path); }) == 0;
  (void)removed_at_exit;
  return path;
}

/// Files of valid indexes: an empty one, small ones, one of two blocks of documents, one with a long frequency.
const std::vector<std::string>& valid_files() {
  static const std::vector<std::string> files = [] {
    std::vector<std::string> made;
    Random random(3);
    using enum tenbin::Bm25Method;
    for (const index_files::Shape& shape :
         {index_files::Shape{0, 0, 0}, index_files::Shape{3, 0, 0},
          index_files::Shape{5, 4, 6, {kLucene, 0.9, 0.4, 0.5, true}}, index_files::Shape{40, 30, 8, {kAtire}},
          index_files::Shape{30, 10, 300, {kBm25Plus, 1.2, 0.75, 1}},
          index_files::Shape{tenbin::kBlockDocuments + 500, 3, 1, {kBm25L}}}) {
      index_files::build(random, shape, execution()).save(scratch_path(), "attachment", index_files::never);
      made.push_back(read_file(scratch_path()));
    }
    return made;
  }();
  return files;
}

/// Hands out the input's bytes as decisions; zeros behind its end.
class Decisions {
 public:
  Decisions(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}

  bool done() const { return left_ == 0; }
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    for (; bytes > 0 && left_ > 0; --bytes, --left_) value = value << 8 | *data_++;
    return value;
  }
  std::size_t below(std::size_t n) { return n == 0 ? 0 : number(n > 256 ? 4 : 1) % n; }

 private:
  const std::uint8_t* data_;
  std::size_t left_;
};

/// A number that an array's elements or a size might be confused with.
std::uint64_t telling_number(Decisions& decisions, const Bm25FileHeader& header, std::uint64_t before) {
  switch (decisions.below(10)) {
    case 0:
      return 0;
    case 1:
      return before + 1;
    case 2:
      return before - 1;
    case 3:
      return ~std::uint64_t{0};
    case 4:
      return header.documents;
    case 5:
      return header.terms;
    case 6:
      return header.postings;
    case 7:
      return before ^ std::uint64_t{1} << decisions.below(64);
    case 8:
      return decisions.number(8);
    default:
      return decisions.number(1);
  }
}

/// Changes one number of 1, 4 or 8 bytes of the header or of a section, or copies it from its neighbour.
void change(std::string& file, Decisions& decisions) {
  Bm25FileHeader header;
  std::memcpy(&header, file.data(), sizeof header);
  std::size_t begin = 0;
  std::size_t length = sizeof header;
  if (const std::size_t section = decisions.below(tenbin::kBm25Sections + 1); section > 0) {
    const auto& [offset, bytes] = header.sections[section - 1];
    // The header may have been changed before.
    if (offset > file.size() || bytes > file.size() - offset) return;
    begin = offset;
    length = bytes;
  }
  constexpr std::size_t kWidths[] = {1, 4, 8};
  const std::size_t width = kWidths[decisions.below(3)];
  if (length < width) return;
  const std::size_t element = decisions.below(length / width);
  char* at = file.data() + begin + element * width;
  std::uint64_t value = 0;
  if (element > 0 && decisions.below(4) == 0) {
    std::memcpy(&value, at - width, width);
  } else {
    std::memcpy(&value, at, width);
    value = telling_number(decisions, header, value);
  }
  std::memcpy(at, &value, width);
}

void require(bool holds) {
  if (!holds) std::abort();
}

void use(const Bm25Index& index, Random& random) {
  const index_files::Rows queries = index_files::queries_for(random, index, 6);
  for (const std::size_t k : {std::size_t{1}, std::size_t{7}, std::size_t{60}}) {
    Found pruned(queries.view().size(), k, index);
    Found expected(queries.view().size(), k, index);
    index.search(queries.view(), {}, pruned.view(), execution());
    index.search_exhaustively(queries.view(), expected.view(), execution());
    require(pruned == expected);
    for (std::size_t q = 0; q < queries.view().size() && pruned.width > 0; ++q) {
      const auto explained = index.explain(queries.view().row(q), pruned.documents[q * pruned.width]);
      require(explained.score == pruned.scores[q * pruned.width]);
    }
  }
  require(index.find_term("w0") == Bm25Index::kUnknownTerm || index.find_term("w0") < index.terms());
  require(index.find_term("never seen") == Bm25Index::kUnknownTerm || index.find_term("never seen") < index.terms());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Decisions decisions(data, size);
  std::string file = valid_files()[decisions.below(valid_files().size())];
  Random random(decisions.number(1));
  if (decisions.below(16) == 0) file.resize(decisions.below(file.size()));
  for (int changes = 0; changes < 8 && !decisions.done() && file.size() > sizeof(Bm25FileHeader); ++changes) {
    change(file, decisions);
  }
  if (file.size() > sizeof(Bm25FileHeader) && file.size() % tenbin::kChecksumLine == sizeof(std::uint64_t)) {
    index_files::seal(file, execution());
  }
  write_file(scratch_path(), file);
  try {
    use(Bm25Index::open(scratch_path(), execution()), random);
  } catch (const tenbin::InputError&) {
    // Refused, as most are.
  }
  return 0;
}
