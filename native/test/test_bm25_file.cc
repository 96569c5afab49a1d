#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "bm25/bm25_file_format.h"
#include "folder.h"
#include "harness.h"
#include "index_files.h"
#include "tenbin/errors.h"

using harness::message_of;
using index_files::Found;
using index_files::Shape;
using tenbin::Bm25FileHeader;
using tenbin::Bm25Index;
using tenbin::Bm25Section;
using tenbin::InputError;

namespace {

tenbin::ThreadPool pool(2);
const tenbin::Cancellation never;
const tenbin::Execution on_two{pool, tenbin::kernels_for(tenbin::Isa::kBaseline), never};

/// An index with all sorts of arrays: tables, bitmaps and a long frequency.
Bm25Index small_index() {
  harness::Random random(7);
  return index_files::build(random, {30, 10, 300}, on_two);
}

Bm25FileHeader header_of(const std::string& file) {
  Bm25FileHeader header;
  std::memcpy(&header, file.data(), sizeof header);
  return header;
}

void set_header(std::string& file, const Bm25FileHeader& header) { std::memcpy(file.data(), &header, sizeof header); }

/// What open() says about the bytes, less the path; "nothing thrown" when it takes them.
std::string refusal(const Folder& folder, const std::string& bytes, const tenbin::Execution& execution = on_two) {
  const std::string path = folder.file("refused");
  write_file(path, bytes);
  const std::string message = message_of<InputError>([&] { Bm25Index::open(path, execution); });
  if (message == "nothing thrown") return message;
  CHECK_WITH(message.starts_with(path + ": "), message);
  return message.substr(std::min(message.size(), path.size() + 2));
}

/// Whether the two give the same answers, bit for bit.
void check_same(const Bm25Index& a, const Bm25Index& b, harness::Random& random, const tenbin::Execution& execution,
                const std::string& label) {
  CHECK_WITH(a.size() == b.size() && a.terms() == b.terms() && a.postings() == b.postings(), label);
  CHECK_WITH(a.tokens() == b.tokens() && a.parameters().method == b.parameters().method, label);
  const index_files::Rows queries = index_files::queries_for(random, a, 8);
  for (const std::size_t k : {std::size_t{1}, std::size_t{10}, a.size() + 5}) {
    Found of_a(8, k, a);
    Found of_b(8, k, b);
    a.search(queries.view(), {}, of_a.view(), execution);
    b.search(queries.view(), {}, of_b.view(), execution);
    CHECK_WITH(of_a == of_b, label);
  }
  for (std::size_t query = 0; query < 8 && a.size() > 0; ++query) {
    const auto document = static_cast<std::uint32_t>(harness::below(random, a.size()));
    const auto of_a = a.explain(queries.view().row(query), document);
    const auto of_b = b.explain(queries.view().row(query), document);
    CHECK_WITH(of_a.score == of_b.score && of_a.weighed_length == of_b.weighed_length, label);
    for (std::size_t i = 0; i < of_a.parts.size(); ++i) {
      CHECK_WITH(of_a.parts[i].frequency == of_b.parts[i].frequency, label);
      CHECK_WITH(of_a.parts[i].tf_part == of_b.parts[i].tf_part, label);
    }
  }
  for (std::size_t number = 0; number < 40; ++number) {
    const std::string term = index_files::word(number);
    CHECK_WITH(a.find_term(term) == b.find_term(term), label << ", " << term);
  }
}

}  // namespace

TEST(an_index_comes_back_as_it_was) {
  const Folder folder;
  harness::Random random(11);
  using enum tenbin::Bm25Method;
  std::vector<Shape> shapes{{0, 0, 0},
                            {4, 0, 0},
                            {1, 1, 1},
                            {30, 10, 300},
                            {2 * tenbin::kBlockDocuments + 700, 200, 6, {kLucene, 0.9, 0.4, 0.5, true}},
                            {tenbin::kBlockDocuments, 4, 8, {kBm25L}}};
  for (int i = 0; i < 4; ++i) {
    shapes.push_back({harness::below(random, 60), 1 + harness::below(random, 40), 12, {kBm25Plus}});
  }
  for (const Shape& shape : shapes) {
    const std::string name = std::to_string(shape.documents) + " documents";
    const Bm25Index built = index_files::build(random, shape, on_two);
    CHECK_WITH(built.attachment().empty(), name);
    const std::string attachment(harness::below(random, 200), '\xff');
    built.save(folder.file("once"), attachment, index_files::never);
    harness::at_every_level([&](const tenbin::Execution& execution, const std::string& level) {
      const Bm25Index opened = Bm25Index::open(folder.file("once"), execution);
      CHECK_WITH(opened.attachment() == attachment, name);
      check_same(built, opened, random, execution, level + ", " + name);
    });
    const Bm25Index opened = Bm25Index::open(folder.file("once"), on_two);
    opened.save(folder.file("again"), opened.attachment(), index_files::never);
    CHECK_WITH(read_file(folder.file("once")) == read_file(folder.file("again")), name);
  }
}

TEST(a_file_may_be_replaced_while_it_is_mapped) {
#if !defined(_WIN32)  // which keeps mapped files
  const Folder folder;
  harness::Random random(2);
  const std::string path = folder.file("index");
  const Bm25Index first = index_files::build(random, {50, 20, 10}, on_two);
  first.save(path, "", index_files::never);
  const Bm25Index opened = Bm25Index::open(path, on_two);
  opened.save(path, "once more", index_files::never);
  index_files::build(random, {2000, 90, 10}, on_two).save(path, "", index_files::never);
  check_same(first, opened, random, on_two, "");
  CHECK(folder.entries() == 1);
#endif
}

TEST(a_file_cut_off_anywhere_says_so) {
  const Folder folder;
  small_index().save(folder.file("index"), "attachment", index_files::never);
  const std::string whole = read_file(folder.file("index"));
  CHECK(refusal(folder, whole) == "nothing thrown");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string expected =
        size < sizeof(Bm25FileHeader)
            ? "is truncated: " + std::to_string(size) + (size == 1 ? " byte" : " bytes") +
                  ", but a BM25 index has at least " + std::to_string(sizeof(Bm25FileHeader)) + " bytes"
            : "is truncated: " + std::to_string(size) + " bytes of " + std::to_string(whole.size());
    CHECK_WITH(refusal(folder, whole.substr(0, size)) == expected, size);
  }
  CHECK(refusal(folder, whole + "x") ==
        "is damaged: " + std::to_string(whole.size() + 1) + " bytes of " + std::to_string(whole.size()));
}

TEST(every_flipped_byte_is_seen) {
  const Folder folder;
  small_index().save(folder.file("index"), "attachment", index_files::never);
  std::string file = read_file(folder.file("index"));
  harness::Random random(4);
  for (char& byte : file) {
    const char before = byte;
    byte = static_cast<char>(byte ^ 1 << harness::below(random, 8));
    const std::string said = refusal(folder, file);
    CHECK_WITH(said != "nothing thrown" && !said.starts_with("does not hold together"), &byte - file.data());
    byte = before;
  }
}

TEST(files_of_others_are_told_apart) {
  const Folder folder;
  small_index().save(folder.file("index"), "", index_files::never);
  const std::string file = read_file(folder.file("index"));
  CHECK(refusal(folder, "hello") == "is not a Tenbin BM25 index");
  CHECK(refusal(folder, std::string(5000, '\0')) == "is not a Tenbin BM25 index");

  const auto with = [&](auto&& change) {
    std::string changed = file;
    Bm25FileHeader header = header_of(file);
    change(header);
    set_header(changed, header);
    index_files::seal(changed, on_two);
    return refusal(folder, changed);
  };
  CHECK(with([](Bm25FileHeader& h) { h.version = 9; }) == "was written by a newer Tenbin: format 9, not 1");
  CHECK(with([](Bm25FileHeader& h) { h.version = 0; }) == "was written by an older Tenbin: format 0, not 1");
  CHECK(with([](Bm25FileHeader& h) { h.byte_order = 0x04030201; }) == "was written on a machine of another byte order");
  CHECK(with([](Bm25FileHeader& h) { h.block_documents = 1; }) == "was written by a Tenbin that cuts tables otherwise");
  CHECK(with([](Bm25FileHeader& h) { h.k1 = 0; }) == "does not hold together (k1 must be above 0 and at most 1000000)");
  CHECK(with([](Bm25FileHeader& h) { h.method = 77; }) == "does not hold together (method is not known)");
  CHECK(with([](Bm25FileHeader& h) { ++h.tokens; }) == "does not hold together (lengths)");
  CHECK(with([](Bm25FileHeader& h) { ++h.terms; }) == "does not hold together (vocabulary: their size)");
}

TEST(an_array_that_searches_could_not_rely_on_is_refused) {
  const Folder folder;
  small_index().save(folder.file("index"), "", index_files::never);
  const std::string file = read_file(folder.file("index"));
  const Bm25FileHeader header = header_of(file);
  CHECK(header.block_terms > 0 && header.bitmap_terms > 0 && header.sections[10].bytes > 0);
  /// What is said when number `element` of the section becomes `value`.
  const auto with = [&](Bm25Section section, std::size_t element, auto value) {
    std::string changed = file;
    const auto& [offset, bytes] = header.sections[static_cast<std::size_t>(section)];
    std::memcpy(changed.data() + offset + element * sizeof value, &value, sizeof value);
    index_files::seal(changed, on_two);
    const std::string said = refusal(folder, changed);
    const std::string start = "does not hold together (";
    return said.starts_with(start) ? said.substr(start.size(), said.size() - start.size() - 1) : said;
  };
  using enum Bm25Section;
  const auto size = static_cast<std::uint32_t>(header.documents);
  const std::size_t last = header.postings - 1;
  CHECK(with(kTermBegins, 0, std::uint64_t{1}) == "vocabulary");
  CHECK(with(kTermBegins, 1, std::uint64_t{1} << 40) == "vocabulary");
  CHECK(with(kSlots, 0, ~0u) == "vocabulary: slots");
  CHECK(with(kTermBytes, 0, 'x') == "vocabulary: slots of term 0");
  CHECK(with(kRanks, 0, size) == "tie ranks and the documents at them do not agree");
  CHECK(with(kLengths, 0, 0u) == "lengths");
  CHECK(with(kPostingsBegin, 1, std::uint64_t{1} << 40) == "postings");
  CHECK(with(kDocuments, 0, size) == "documents of term 0");
  CHECK(with(kDocuments, last, size) == "documents of term " + std::to_string(header.terms - 1));
  CHECK(with(kImpacts, 0, -1.0f) == "impacts of term 0");
  CHECK(with(kImpacts, 0, -0.0f) == "impacts of term 0");
  CHECK(with(kImpacts, 0, std::nanf("")) == "impacts of term 0");
  CHECK(with(kImpacts, 0, HUGE_VALF) == "impacts of term 0");
  CHECK(with(kMaxima, 0, 99.0f) == "maxima: that of term 0");
  CHECK(with(kFrequencies, 0, std::uint8_t{0}) == "frequencies");
  CHECK(with(kFrequencies, last, std::uint8_t{255}) == "frequencies");
  CHECK(with(kLongFrequencies, 0, std::uint64_t{1} << 40) == "frequencies");
  CHECK(with(kLongFrequencies, 2, 254u) == "frequencies");
  CHECK(with(kBlocks, 0, 1u) == "blocks of term 0");
  CHECK(with(kBlocks, 1, 99.0f) == "blocks: maxima of term 0");
  CHECK(with(kBitmaps, 0, std::uint16_t{0}) == "bitmap of term 0");
  CHECK(with(kBitmaps, 15, std::uint16_t{1}) == "bitmap of term 0");  // behind the last document
}

TEST(no_change_with_a_checksum_that_holds_makes_a_search_wrong) {
  const Folder folder;
  const std::string path = folder.file("changed");
  harness::Random random(6);
  std::size_t taken = 0;
  for (int round = 0; round < 4000; ++round) {
    if (round % 500 == 0) {
      index_files::build(random, {1 + harness::below(random, 40), 1 + harness::below(random, 20), 12}, on_two)
          .save(folder.file("index"), "", index_files::never);
    }
    std::string file = read_file(folder.file("index"));
    for (std::size_t changes = 1 + harness::below(random, 3); changes > 0; --changes) {
      char& byte = file[harness::below(random, file.size())];
      byte = static_cast<char>(harness::below(random, 2) == 0 ? byte ^ 1 << harness::below(random, 8) : random());
    }
    index_files::seal(file, on_two);
    write_file(path, file);
    try {
      const Bm25Index index = Bm25Index::open(path, on_two);
      ++taken;
      const index_files::Rows queries = index_files::queries_for(random, index, 4);
      Found pruned(4, 5, index);
      Found expected(4, 5, index);
      index.search(queries.view(), {}, pruned.view(), on_two);
      index.search_exhaustively(queries.view(), expected.view(), on_two);
      CHECK_WITH(pruned == expected, "round " << round);
    } catch (const InputError&) {
      // Refused, as it should be.
    }
  }
  CHECK(taken > 0);  // bytes between sections matter to nobody
}

TEST(the_cancellation_reaches_an_opening) {
  const Folder folder;
  small_index().save(folder.file("index"), "", index_files::never);
  tenbin::Cancellation cancelled;
  cancelled.cancel();
  CHECK(message_of<tenbin::Cancelled>([&] {
          Bm25Index::open(folder.file("index"), {pool, on_two.kernels, cancelled});
        }) == "cancelled");
}

TEST(errors_of_files_come_through) {
  const Folder folder;
  const std::string missing = folder.file("no-such-folder/index");
  CHECK(message_of<InputError>([&] {
          small_index().save(missing, "", index_files::never);
        }).starts_with(missing + ": cannot be written ("));
  CHECK(message_of<InputError>([&] { Bm25Index::open(missing, on_two); }).starts_with(missing + ": cannot be read ("));
  CHECK(folder.entries() == 0);
}
