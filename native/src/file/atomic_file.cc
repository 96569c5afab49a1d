#include "file/atomic_file.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "file/file_path.h"

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <share.h>
#include <sys/stat.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

namespace tenbin {

namespace {

constexpr const char* kWritten = "written";

// The system's calls, which set errno.
#if defined(_WIN32)

int create(const std::filesystem::path& path) noexcept {
  int descriptor = -1;
  constexpr int kFlags = _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT;
  _wsopen_s(&descriptor, path.c_str(), kFlags, _SH_DENYNO, _S_IREAD | _S_IWRITE);
  return descriptor;
}
std::ptrdiff_t write_some(int descriptor, std::span<const std::byte> bytes) noexcept {
  constexpr std::size_t kMost = std::size_t{1} << 30;
  return _write(descriptor, bytes.data(), static_cast<unsigned>(std::min(bytes.size(), kMost)));
}
int flush(int descriptor) noexcept { return _commit(descriptor); }
int close_file(int descriptor) noexcept { return _close(descriptor); }
int process_id() noexcept { return _getpid(); }
void flush_folder(const std::filesystem::path&) noexcept {}

#else

int create(const std::filesystem::path& path) noexcept {
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}
std::ptrdiff_t write_some(int descriptor, std::span<const std::byte> bytes) noexcept {
  return ::write(descriptor, bytes.data(), bytes.size());
}
int flush(int descriptor) noexcept { return ::fsync(descriptor); }
int close_file(int descriptor) noexcept { return ::close(descriptor); }
int process_id() noexcept { return ::getpid(); }

/// So that the new name outlives a power cut. The file is whole either way, so failing does no harm.
void flush_folder(const std::filesystem::path& folder) noexcept {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

#endif

std::error_code last_error() noexcept { return {errno, std::generic_category()}; }

void check_target(const std::string& path, const std::filesystem::path& target) {
  std::error_code none;
  const auto status = std::filesystem::status(target, none);
  if (std::filesystem::is_directory(status)) {
    throw file_error(path, kWritten, std::make_error_code(std::errc::is_a_directory));
  }
  // A rename would replace a device by a file.
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw InputError(path + ": is not a file");
  }
}

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), target_(system_path(path_)) {
  check_target(path_, target_);
  static std::atomic<unsigned> counter{0};
  do {
    temporary_ = target_;
    temporary_ += ".";
    temporary_ += std::to_string(process_id());
    temporary_ += "-";
    temporary_ += std::to_string(counter++);
    temporary_ += ".tmp";
    descriptor_ = create(temporary_);
    // One of that name is of a process of the same number: in another container, or long ended.
  } while (descriptor_ < 0 && errno == EEXIST);
  if (descriptor_ < 0) throw file_error(path_, kWritten, last_error());
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) close_file(descriptor_);
  std::error_code ignored;
  if (!temporary_.empty()) std::filesystem::remove(temporary_, ignored);
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::ptrdiff_t written = write_some(descriptor_, bytes);
    if (written >= 0)
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      throw file_error(path_, kWritten, last_error());
  }
}

void AtomicFile::commit() {
  // Some file systems cannot flush, and say so by these.
  if (flush(descriptor_) != 0 && errno != EINVAL && errno != ENOSYS && errno != ENOTSUP) {
    throw file_error(path_, kWritten, last_error());
  }
  if (close_file(std::exchange(descriptor_, -1)) != 0 && errno != EINTR)
    throw file_error(path_, kWritten, last_error());
  std::error_code error;
  std::filesystem::rename(temporary_, target_, error);
  if (error) throw file_error(path_, kWritten, error);
  temporary_.clear();
  flush_folder(target_.parent_path());
}

}  // namespace tenbin
