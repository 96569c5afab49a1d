#include "faiss_file.h"

#include <faiss/impl/FaissException.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <new>
#include <span>
#include <stdexcept>
#include <vector>

#include "faiss_message.h"
#include "file/atomic_file.h"
#include "file/checksum.h"
#include "file/mapped_file.h"

namespace tenbin {

namespace {

using Bytes = std::span<const std::byte>;

struct Trailer {
  std::array<char, 8> magic = {'t', 'e', 'n', 'b', 'i', 'n', 'F', 'X'};
  std::uint64_t bytes = 0;  // before the trailer
  std::uint64_t checksum = 0;
};

/// Takes bytes in any portions; the last piece counts as if zeros filled its line.
class PieceHasher {
 public:
  template <typename OnPiece>
  void take(Bytes bytes, OnPiece on_piece) {
    while (!bytes.empty()) {
      const Bytes some = bytes.first(std::min(bytes.size(), kChecksumPiece - piece_.size()));
      piece_.insert(piece_.end(), some.begin(), some.end());
      bytes = bytes.subspan(some.size());
      if (piece_.size() == kChecksumPiece) flush(on_piece);
    }
  }

  template <typename OnPiece>
  std::uint64_t finish(OnPiece on_piece) {
    if (!piece_.empty()) flush(on_piece);
    return checksum_.value();
  }

 private:
  template <typename OnPiece>
  void flush(OnPiece& on_piece) {
    on_piece(Bytes(piece_));
    piece_.resize((piece_.size() + kChecksumLine - 1) / kChecksumLine * kChecksumLine);
    checksum_.add(Checksum::hash_piece(piece_));
    piece_.clear();
  }

  std::vector<std::byte> piece_;
  Checksum checksum_;
};

class Writer : public faiss::IOWriter {
 public:
  Writer(const std::string& path, const Cancellation& cancellation) : file_(path), cancellation_(cancellation) {
    name = path;
  }

  std::size_t operator()(const void* data, std::size_t size, std::size_t items) override {
    const Bytes bytes(static_cast<const std::byte*>(data), size * items);
    trailer_.bytes += bytes.size();
    hasher_.take(bytes, write_);
    return items;
  }

  void commit() {
    trailer_.checksum = hasher_.finish(write_);
    file_.write(std::as_bytes(std::span(&trailer_, 1)));
    file_.commit();
  }

 private:
  AtomicFile file_;
  const Cancellation& cancellation_;
  PieceHasher hasher_;
  Trailer trailer_;
  std::function<void(Bytes)> write_ = [this](Bytes piece) {
    cancellation_.check();
    file_.write(piece);
  };
};

class Reader : public faiss::IOReader {
 public:
  Reader(const std::string& path, Bytes bytes, const Cancellation& cancellation)
      : rest_(bytes), cancellation_(cancellation) {
    name = path;
  }

  std::size_t operator()(void* data, std::size_t size, std::size_t items) override {
    cancellation_.check();
    if (size == 0) return items;
    const std::size_t whole = std::min(items, rest_.size() / size);
    if (whole > 0) std::memcpy(data, rest_.data(), whole * size);
    rest_ = rest_.subspan(whole * size);
    return whole;
  }

 private:
  Bytes rest_;
  const Cancellation& cancellation_;
};

/// The bytes of the index itself. Throws InputError when there is a trailer that does not fit them.
Bytes checked(const std::string& path, Bytes file, const Cancellation& cancellation) {
  Trailer trailer;
  const auto magic = trailer.magic;
  if (file.size() < sizeof trailer) return file;
  const Bytes body = file.first(file.size() - sizeof trailer);
  std::memcpy(&trailer, file.data() + body.size(), sizeof trailer);
  if (trailer.magic != magic) return file;
  PieceHasher hasher;
  const auto check = [&](Bytes) { cancellation.check(); };
  hasher.take(body, check);
  if (trailer.bytes != body.size() || trailer.checksum != hasher.finish(check)) {
    throw InputError(path + ": the file is damaged (its checksum does not match)");
  }
  return body;
}

}  // namespace

void write_faiss_file(const faiss::Index& index, const std::string& path, const Cancellation& cancellation) {
  Writer writer(path, cancellation);
  try {
    faiss::write_index(&index, &writer);
  } catch (const faiss::FaissException& error) {
    throw InputError(path + ": " + faiss_message(error));
  }
  writer.commit();
}

std::unique_ptr<faiss::Index> read_faiss_file(const std::string& path, const Execution& execution) {
  const MappedFile file(path);
  Reader reader(path, checked(path, file.bytes(), execution.cancellation), execution.cancellation);
  try {
    return std::unique_ptr<faiss::Index>(faiss::read_index(&reader));
  } catch (const faiss::FaissException& error) {
    throw InputError(path + ": cannot be read as a Faiss index (" + faiss_message(error) + ")");
  } catch (const std::length_error&) {
  } catch (const std::bad_alloc&) {
  }
  throw InputError(path + ": cannot be read as a Faiss index (it asks for more memory than there is)");
}

}  // namespace tenbin
