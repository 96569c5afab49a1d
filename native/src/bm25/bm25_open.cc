#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "bm25/bm25_check.h"
#include "bm25/bm25_file_format.h"
#include "file/mapped_file.h"
#include "tenbin/bm25_index.h"
#include "tenbin/errors.h"

namespace tenbin {

namespace {

std::string with_unit(std::uint64_t bytes) { return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes"); }

/// Tells a file of save() from others, and that it is whole. Errors do not name the path.
Bm25FileHeader read_header(std::span<const std::byte> file) {
  Bm25FileHeader header;
  const auto magic = std::as_bytes(std::span(kBm25Magic));
  const std::size_t compared = std::min(file.size(), magic.size());
  if (!std::equal(magic.begin(), magic.begin() + static_cast<std::ptrdiff_t>(compared), file.begin())) {
    throw InputError("is not a Tenbin BM25 index");
  }
  if (file.size() < sizeof header) {
    throw InputError("is truncated: " + with_unit(file.size()) + ", but a BM25 index has at least " +
                     with_unit(sizeof header));
  }
  std::memcpy(&header, file.data(), sizeof header);
  if (header.byte_order != kBm25ByteOrder) throw InputError("was written on a machine of another byte order");
  if (header.version != kBm25FileVersion) {
    throw InputError(std::string("was written by ") + (header.version > kBm25FileVersion ? "a newer" : "an older") +
                     " Tenbin: format " + std::to_string(header.version) + ", not " + std::to_string(kBm25FileVersion));
  }
  if (file.size() != header.file_bytes) {
    throw InputError(std::string(file.size() < header.file_bytes ? "is truncated: " : "is damaged: ") +
                     with_unit(file.size()) + " of " + std::to_string(header.file_bytes));
  }
  return header;
}

void check_checksum(std::span<const std::byte> file, const Execution& execution) {
  std::uint64_t written;
  const std::size_t end = file.size() - sizeof written;
  std::memcpy(&written, file.data() + end, sizeof written);
  if (end % kChecksumLine != 0 || checksum_of(file.first(end), execution) != written) {
    throw InputError("is damaged: its checksum does not hold");
  }
}

/// Finds the arrays of a whole file.
class SectionReader {
 public:
  /// Throws InputError unless sections fill the file as save() lays them out.
  SectionReader(const Bm25FileHeader& header, std::span<const std::byte> file) : header_(header), file_(file) {
    const std::uint64_t end = file.size() - sizeof(std::uint64_t);
    std::uint64_t offset = sizeof header;
    for (const Bm25FileHeader::Section& section : header.sections) {
      offset = next_line(offset);
      require(section.offset == offset && offset <= end && section.bytes <= end - offset, "sections");
      offset += section.bytes;
    }
    require(next_line(offset) == end, "sections");
  }

  /// All that the section holds.
  template <typename T>
  std::span<const T> get(Bm25Section section, const char* name) const {
    const auto [offset, bytes] = header_.sections[static_cast<std::size_t>(section)];
    require(bytes % sizeof(T) == 0, name);
    return {reinterpret_cast<const T*>(file_.data() + offset), static_cast<std::size_t>(bytes / sizeof(T))};
  }
  /// The same; throws InputError unless it is `count` elements.
  template <typename T>
  std::span<const T> get(Bm25Section section, std::uint64_t count, const char* name) const {
    const std::span<const T> all = get<T>(section, name);
    require(all.size() == count, name);
    return all;
  }
  std::string_view text(Bm25Section section) const {
    const std::span<const char> all = get<char>(section, "text");
    return {all.data(), all.size()};
  }

  static void require(bool holds, const char* name) {
    if (!holds) throw InputError(std::string(name) + ": their size");
  }

 private:
  const Bm25FileHeader& header_;
  const std::span<const std::byte> file_;
};

/// Views of the arrays, whose sizes agree; what they hold is not looked at but for the tie order.
Bm25Arrays find_arrays(const Bm25FileHeader& header, std::span<const std::byte> file) {
  const SectionReader reader(header, file);
  constexpr std::uint64_t kLimit = Bm25Index::kUnknownTerm;
  SectionReader::require(header.documents < kLimit, "documents");
  SectionReader::require(header.terms < kLimit, "terms");
  using enum Bm25Section;
  const std::uint64_t documents = header.documents;
  const std::uint64_t terms = header.terms;
  const std::uint64_t postings = header.postings;
  Bm25Arrays arrays;
  arrays.parameters = {static_cast<Bm25Method>(header.method), header.k1, header.b, header.delta,
                       header.quantize_lengths != 0};
  arrays.parameters.check();
  arrays.tokens = header.tokens;
  arrays.vocabulary = {reader.text(kTermBytes), reader.get<std::uint64_t>(kTermBegins, terms + 1, "vocabulary"),
                       reader.get<std::uint32_t>(kSlots, "vocabulary")};
  arrays.ties = TieOrder(reader.get<std::uint32_t>(kRanks, documents, "tie ranks"),
                         reader.get<std::uint32_t>(kRankedDocuments, documents, "tie ranks"));
  arrays.lengths = reader.get<std::uint32_t>(kLengths, documents, "lengths");
  arrays.postings_begin = reader.get<std::uint64_t>(kPostingsBegin, terms + 1, "postings");
  arrays.documents = reader.get<std::uint32_t>(kDocuments, postings, "postings");
  arrays.impacts = reader.get<float>(kImpacts, postings, "impacts");
  arrays.frequencies = reader.get<std::uint8_t>(kFrequencies, postings, "frequencies");
  arrays.long_frequencies = reader.get<LongFrequency>(kLongFrequencies, "frequencies");
  arrays.maxima = reader.get<float>(kMaxima, terms, "maxima");
  SectionReader::require(header.bitmap_terms <= header.block_terms && header.block_terms <= terms, "tables");
  // Below 2^32 terms times 2^32 documents: no overflow.
  arrays.blocks = reader.get<Bm25Block>(kBlocks, header.block_terms * arrays.block_count(), "blocks");
  arrays.bitmaps = reader.get<std::uint16_t>(kBitmaps, header.bitmap_terms * arrays.bitmap_words(), "bitmaps");
  arrays.attachment = reader.text(kAttachment);
  return arrays;
}

Bm25Arrays read_arrays(std::span<const std::byte> file, const Execution& execution) {
  const Bm25FileHeader header = read_header(file);
  check_checksum(file, execution);
  if (header.block_documents != kBlockDocuments || header.padding != kPadding) {
    throw InputError("was written by a Tenbin that cuts tables otherwise");
  }
  try {
    Bm25Arrays arrays = find_arrays(header, file);
    check_arrays(arrays, execution);
    return arrays;
  } catch (const InputError& error) {
    throw InputError(std::string("does not hold together (") + error.what() + ")");
  }
}

}  // namespace

Bm25Index Bm25Index::open(const std::string& path, const Execution& execution) {
  const auto file = std::make_shared<const MappedFile>(path);
  try {
    auto arrays = std::make_unique<Bm25Arrays>(read_arrays(file->bytes(), execution));
    arrays->memory = file;
    return Bm25Index(std::move(arrays));
  } catch (const InputError& error) {
    throw InputError(path + ": " + error.what());
  }
}

}  // namespace tenbin
