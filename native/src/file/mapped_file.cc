#include "file/mapped_file.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <system_error>

#include "file/file_path.h"

#if defined(_WIN32)
#if !defined(NOMINMAX)
#define NOMINMAX
#endif
#include <windows.h>
#else
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#endif

namespace tenbin {

namespace {

constexpr const char* kRead = "read";

InputError not_a_file(const std::string& path) { return InputError(path + ": is not a file"); }

std::size_t mappable_size(const std::string& path, std::uint64_t size) {
  if (size > std::numeric_limits<std::size_t>::max()) {
    throw file_error(path, kRead, std::make_error_code(std::errc::file_too_large));
  }
  return static_cast<std::size_t>(size);
}

}  // namespace

#if defined(_WIN32)

namespace {

/// Closes a handle.
struct Handle {
  ~Handle() {
    if (handle != nullptr && handle != INVALID_HANDLE_VALUE) CloseHandle(handle);
  }
  HANDLE handle;
};

InputError last_error(const std::string& path) {
  return file_error(path, kRead, {static_cast<int>(GetLastError()), std::system_category()});
}

}  // namespace

MappedFile::MappedFile(const std::string& path) {
  const Handle file{CreateFileW(system_path(path).c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr,
                                OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)};
  if (file.handle == INVALID_HANDLE_VALUE) throw last_error(path);
  if (GetFileType(file.handle) != FILE_TYPE_DISK) throw not_a_file(path);
  LARGE_INTEGER size;
  if (!GetFileSizeEx(file.handle, &size)) throw last_error(path);
  const std::size_t bytes = mappable_size(path, static_cast<std::uint64_t>(size.QuadPart));
  if (bytes == 0) return;  // the system maps no empty file
  const Handle mapping{CreateFileMappingW(file.handle, nullptr, PAGE_READONLY, 0, 0, nullptr)};
  if (mapping.handle == nullptr) throw last_error(path);
  const void* view = MapViewOfFile(mapping.handle, FILE_MAP_READ, 0, 0, 0);
  if (view == nullptr) throw last_error(path);
  bytes_ = {static_cast<const std::byte*>(view), bytes};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) UnmapViewOfFile(bytes_.data());
}

void MappedFile::expect_reading_in_order(bool) const noexcept {}
void MappedFile::release(std::span<const std::byte>) const noexcept {}

#else

namespace {

/// Closes a file descriptor.
struct Descriptor {
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  int number;
};

InputError last_error(const std::string& path) { return file_error(path, kRead, {errno, std::generic_category()}); }

}  // namespace

MappedFile::MappedFile(const std::string& path) {
  // Opening a pipe would wait for a writer otherwise.
  const Descriptor file{::open(system_path(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number < 0) throw last_error(path);
  struct stat status;
  if (::fstat(file.number, &status) != 0) throw last_error(path);
  if (!S_ISREG(status.st_mode)) throw not_a_file(path);
  const std::size_t bytes = mappable_size(path, static_cast<std::uint64_t>(status.st_size));
  if (bytes == 0) return;  // the system maps no empty file
  void* view = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file.number, 0);
  if (view == MAP_FAILED) throw last_error(path);
  bytes_ = {static_cast<const std::byte*>(view), bytes};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

void MappedFile::expect_reading_in_order(bool expected) const noexcept {
  if (bytes_.empty()) return;
  ::madvise(const_cast<std::byte*>(bytes_.data()), bytes_.size(), expected ? MADV_SEQUENTIAL : MADV_NORMAL);
}

void MappedFile::release(std::span<const std::byte> range) const noexcept {
  if (range.empty()) return;
  // Windows are cut by address. Both ends are on pages: the mapping begins on one, and a window is a multiple of them.
  const auto begin = reinterpret_cast<std::uintptr_t>(range.data()) / kWindow * kWindow;
  const auto end = (reinterpret_cast<std::uintptr_t>(range.data() + range.size()) + kWindow - 1) / kWindow * kWindow;
  const auto file_begin = reinterpret_cast<std::uintptr_t>(bytes_.data());
  const auto first = std::max(begin, file_begin);
  const auto last = std::min(end, file_begin + bytes_.size());
  // The mapping is shared and only read, so that nothing is lost with its pages.
  ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

#endif

}  // namespace tenbin
