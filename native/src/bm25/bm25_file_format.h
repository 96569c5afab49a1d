#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bm25/bm25_arrays.h"
#include "file/checksum.h"

namespace tenbin {

/*
 * A file of an index is
 *
 *   header     Bm25FileHeader
 *   sections   the arrays, in the order of Bm25Section, as they are in memory
 *   checksum   of all before it; 8 bytes
 *
 * Each section, and the checksum, begins at the next multiple of kChecksumLine behind what stands before it; bytes
 * between are 0. Numbers have the byte order of the machine that wrote them. The same index makes the same bytes.
 */

/// The first byte is no text, the end shows whether line ends were converted, as in PNG.
inline constexpr std::array<char, 8> kBm25Magic{'\x89', 'T', 'B', 'M', '2', '5', '\r', '\n'};
/// Raised with any change of what a file holds or means, which token_hash is a part of.
inline constexpr std::uint32_t kBm25FileVersion = 1;
/// Reads as another number where the byte order is another.
inline constexpr std::uint32_t kBm25ByteOrder = 0x01020304;

enum class Bm25Section : std::size_t {
  kTermBytes,
  kTermBegins,
  kSlots,
  kRanks,
  kRankedDocuments,
  kLengths,
  kPostingsBegin,
  kDocuments,
  kImpacts,
  kFrequencies,
  kLongFrequencies,
  kMaxima,
  kBlocks,
  kBitmaps,
  kAttachment,
  kCount,
};
inline constexpr std::size_t kBm25Sections = static_cast<std::size_t>(Bm25Section::kCount);

struct Bm25FileHeader {
  struct Section {
    std::uint64_t offset;
    std::uint64_t bytes;
  };

  std::array<char, 8> magic = kBm25Magic;
  std::uint32_t version = kBm25FileVersion;
  std::uint32_t byte_order = kBm25ByteOrder;
  std::uint64_t file_bytes = 0;
  std::uint64_t documents = 0;
  std::uint64_t terms = 0;
  std::uint64_t postings = 0;
  std::uint64_t tokens = 0;
  std::uint64_t block_terms = 0;
  std::uint64_t bitmap_terms = 0;
  /// kBlockDocuments and kPadding, so that an index is not read with others.
  std::uint64_t block_documents = kBlockDocuments;
  std::uint64_t padding = kPadding;
  std::uint32_t method = 0;
  std::uint32_t quantize_lengths = 0;
  double k1 = 0;
  double b = 0;
  double delta = 0;
  std::array<Section, kBm25Sections> sections{};
};
static_assert(sizeof(Bm25FileHeader) == 120 + 16 * kBm25Sections, "every byte of the file belongs to a member");

constexpr std::uint64_t next_line(std::uint64_t offset) noexcept {
  return (offset + kChecksumLine - 1) / kChecksumLine * kChecksumLine;
}

}  // namespace tenbin
