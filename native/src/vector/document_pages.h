#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>

#include "file/mapped_file.h"
#include "tenbin/vector_index.h"

namespace tenbin {

/// Bounds how much of a mapped file its readers hold in memory. Who reads documents in ascending order leaves a
/// PageTrail behind; who reads one anywhere says so with touched(). For documents that are not mapped both do nothing.
class DocumentPages {
 public:
  /// Of documents that are not mapped.
  DocumentPages() = default;
  /// @param file where `documents` lie, or none
  DocumentPages(const MappedFile* file, const Matrix& documents)
      : file_(file),
        documents_(documents),
        most_touched_(std::max(kTouchedBytes, documents.data.size_bytes() / kTouchedShare) /
                          (row_bytes() + MappedFile::kWindow) +
                      1) {}

  /// One document was read. Of those read this way at most 64 MB or a 64th of the file remain in memory: giving up the
  /// whole file costs time by its size, so it is not done more often.
  void touched() const noexcept {
    if (file_ == nullptr) return;
    if (touched_.fetch_add(1, std::memory_order_relaxed) % most_touched_ == most_touched_ - 1) release_all();
  }

  void release(std::size_t first, std::size_t last) const noexcept {
    if (file_ == nullptr) return;
    file_->release(
        std::as_bytes(documents_.data.subspan(first * documents_.dimension, (last - first) * documents_.dimension)));
  }
  void release_all() const noexcept { release(0, documents_.count); }

  bool mapped() const noexcept { return file_ != nullptr; }
  std::size_t row_bytes() const noexcept { return documents_.dimension * sizeof(float); }

 private:
  static constexpr std::size_t kTouchedBytes = 64 * 1024 * 1024;
  static constexpr std::size_t kTouchedShare = 64;

  const MappedFile* file_ = nullptr;
  Matrix documents_{};
  std::size_t most_touched_ = 1;
  mutable std::atomic<std::size_t> touched_ = 0;
};

/// Follows a reader of documents [first, last) in ascending order and lets go of their pages, a few megabytes at a
/// time.
class PageTrail {
 public:
  PageTrail(const DocumentPages& pages, std::size_t first, std::size_t last)
      : pages_(pages), first_(first), last_(last) {}
  ~PageTrail() { pages_.release(first_, last_); }
  PageTrail(const PageTrail&) = delete;
  PageTrail& operator=(const PageTrail&) = delete;

  /// Documents before `end` were read.
  void passed(std::size_t end) noexcept {
    if ((end - first_) * pages_.row_bytes() < kTrailBytes) return;
    pages_.release(first_, end);
    first_ = end;
  }

 private:
  static constexpr std::size_t kTrailBytes = 4 * 1024 * 1024;

  const DocumentPages& pages_;
  std::size_t first_;
  std::size_t last_;
};

}  // namespace tenbin
