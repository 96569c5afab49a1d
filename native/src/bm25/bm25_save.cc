#include <algorithm>
#include <vector>

#include "bm25/bm25_file_format.h"
#include "file/atomic_file.h"
#include "tenbin/bm25_index.h"

namespace tenbin {

namespace {

using Bytes = std::span<const std::byte>;

template <typename Array>
Bytes bytes_of(const Array& array) noexcept {
  return std::as_bytes(std::span(array));
}

/// In the order of Bm25Section.
std::array<Bytes, kBm25Sections> sections_of(const Bm25Arrays& arrays, std::string_view attachment) noexcept {
  return {bytes_of(arrays.vocabulary.bytes), bytes_of(arrays.vocabulary.begins), bytes_of(arrays.vocabulary.slots),
          bytes_of(arrays.ties.ranks()),     bytes_of(arrays.ties.documents()),  bytes_of(arrays.lengths),
          bytes_of(arrays.postings_begin),   bytes_of(arrays.documents),         bytes_of(arrays.impacts),
          bytes_of(arrays.frequencies),      bytes_of(arrays.long_frequencies),  bytes_of(arrays.maxima),
          bytes_of(arrays.blocks),           bytes_of(arrays.bitmaps),           bytes_of(attachment)};
}

Bm25FileHeader header_of(const Bm25Arrays& arrays, const std::array<Bytes, kBm25Sections>& sections) noexcept {
  Bm25FileHeader header;
  header.documents = arrays.size();
  header.terms = arrays.terms();
  header.postings = arrays.documents.size();
  header.tokens = arrays.tokens;
  header.block_terms = arrays.block_terms();
  header.bitmap_terms = arrays.bitmap_terms();
  header.method = static_cast<std::uint32_t>(arrays.parameters.method);
  header.quantize_lengths = arrays.parameters.quantize_lengths;
  header.k1 = arrays.parameters.k1;
  header.b = arrays.parameters.b;
  header.delta = arrays.parameters.delta;
  std::uint64_t offset = sizeof header;
  for (std::size_t i = 0; i < kBm25Sections; ++i) {
    header.sections[i] = {next_line(offset), sections[i].size()};
    offset = header.sections[i].offset + header.sections[i].bytes;
  }
  header.file_bytes = next_line(offset) + sizeof(std::uint64_t);
  return header;
}

/// Writes piece by piece, and the checksum of all behind it.
class ChecksummedWriter {
 public:
  ChecksummedWriter(AtomicFile& file, const Cancellation& cancellation) : file_(file), cancellation_(cancellation) {
    piece_.reserve(kChecksumPiece);
  }

  /// Appends the bytes and zeros up to the next line.
  void append(Bytes bytes) {
    while (!bytes.empty()) {
      const Bytes some = bytes.first(std::min(bytes.size(), kChecksumPiece - piece_.size()));
      piece_.insert(piece_.end(), some.begin(), some.end());
      bytes = bytes.subspan(some.size());
      if (piece_.size() == kChecksumPiece) end_piece();
    }
    piece_.resize(next_line(piece_.size()));
    if (piece_.size() == kChecksumPiece) end_piece();
  }

  void append_checksum() {
    if (!piece_.empty()) end_piece();
    const std::uint64_t value = checksum_.value();
    file_.write(std::as_bytes(std::span(&value, 1)));
  }

 private:
  void end_piece() {
    cancellation_.check();
    checksum_.add(Checksum::hash_piece(piece_));
    file_.write(piece_);
    piece_.clear();
  }

  AtomicFile& file_;
  const Cancellation& cancellation_;
  Checksum checksum_;
  std::vector<std::byte> piece_;
};

}  // namespace

void Bm25Index::save(const std::string& path, std::string_view attachment, const Cancellation& cancellation) const {
  const std::array<Bytes, kBm25Sections> sections = sections_of(*arrays_, attachment);
  const Bm25FileHeader header = header_of(*arrays_, sections);
  AtomicFile file(path);
  ChecksummedWriter writer(file, cancellation);
  writer.append(std::as_bytes(std::span(&header, 1)));
  for (const Bytes section : sections) writer.append(section);
  writer.append_checksum();
  file.commit();
}

}  // namespace tenbin
