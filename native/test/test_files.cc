#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "file/atomic_file.h"
#include "file/checksum.h"
#include "file/mapped_file.h"
#include "folder.h"
#include "harness.h"
#include "tenbin/errors.h"

#if !defined(_WIN32)
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#endif

namespace fs = std::filesystem;
using harness::message_of;
using tenbin::AtomicFile;
using tenbin::InputError;
using tenbin::MappedFile;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string writing(const std::string& path) {
  return message_of<InputError>([&] { AtomicFile{path}; });
}

std::string reading(const std::string& path) {
  return message_of<InputError>([&] { MappedFile{path}; });
}

}  // namespace

TEST(a_file_is_there_once_committed) {
  const Folder folder;
  const std::string path = folder.file("file");
  write_file(path, "before");
  {
    AtomicFile file(path);
    file.write(bytes_of("ab"));
    file.write(bytes_of("c"));
    CHECK(read_file(path) == "before" && folder.entries() == 2);
    file.commit();
    CHECK(read_file(path) == "abc" && folder.entries() == 1);
  }
  { AtomicFile(path).write(bytes_of("never committed")); }
  CHECK(read_file(path) == "abc" && folder.entries() == 1);
}

TEST(two_may_write_one_path) {
  const Folder folder;
  const std::string path = folder.file("file");
  AtomicFile first(path);
  AtomicFile second(path);
  first.write(bytes_of("first"));
  second.write(bytes_of("second"));
  second.commit();
  first.commit();
  CHECK(read_file(path) == "first" && folder.entries() == 1);
}

TEST(paths_that_are_no_files_are_refused_and_left_alone) {
  const Folder folder;
  const std::string missing = folder.file("no-such-folder/file");
  CHECK(writing(missing).starts_with(missing + ": cannot be written ("));
  CHECK(reading(missing).starts_with(missing + ": cannot be read ("));
  CHECK(writing("") == "path: must not be empty");
  CHECK(reading("") == "path: must not be empty");
  const std::string with_nul = folder.file("a") + std::string("\0b", 2);
  CHECK(writing(with_nul) == folder.file("a") + ": a path must not hold a NUL");
  CHECK(reading(with_nul) == folder.file("a") + ": a path must not hold a NUL");
  CHECK(folder.entries() == 0);

  const std::string directory = folder.file("directory");
  fs::create_directory(directory);
  CHECK(writing(directory).starts_with(directory + ": cannot be written ("));
  CHECK(reading(directory).starts_with(directory + ": "));
  CHECK(folder.entries() == 1 && fs::is_empty(directory));
#if !defined(_WIN32)
  const std::string pipe = folder.file("pipe");
  CHECK(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(writing(pipe) == pipe + ": is not a file");
  CHECK(reading(pipe) == pipe + ": is not a file");
  CHECK(folder.entries() == 2);
#endif
}

TEST(a_file_that_cannot_be_renamed_leaves_nothing) {
  const Folder folder;
  const std::string path = folder.file("file");
  {
    AtomicFile file(path);
    file.write(bytes_of("half"));
    fs::create_directory(path);
    CHECK(message_of<InputError>([&] { file.commit(); }).starts_with(path + ": cannot be written ("));
  }
  CHECK(folder.entries() == 1 && fs::is_empty(path));
}

#if !defined(_WIN32)
TEST(a_full_disk_leaves_what_was_there) {
  const Folder folder;
  const std::string path = folder.file("file");
  write_file(path, "before");
  rlimit before;
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{10000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string said = message_of<InputError>([&] {
    AtomicFile file(path);
    file.write(bytes_of(std::string(9000, 'x')));
    file.write(bytes_of(std::string(9000, 'x')));
    file.commit();
  });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  CHECK_WITH(said.starts_with(path + ": cannot be written ("), said);
  CHECK(folder.entries() == 1 && read_file(path) == "before");
}
#endif

TEST(a_file_is_mapped_as_it_is) {
  const Folder folder;
  const std::string path = folder.file("file");
  write_file(path, "");
  CHECK(MappedFile(path).bytes().empty());
  write_file(path, "abc");
  const MappedFile file(path);
  CHECK(file.bytes().size() == 3 && static_cast<char>(file.bytes()[2]) == 'c');
}

TEST(the_checksum_sees_order_length_and_every_word) {
  tenbin::ThreadPool pool(2);
  const tenbin::Cancellation never;
  const tenbin::Execution on_two{pool, tenbin::kernels_for(tenbin::Isa::kBaseline), never};
  std::vector<std::byte> bytes(3 * tenbin::kChecksumPiece + 128);
  const auto sum = [&](std::size_t size) { return tenbin::checksum_of(std::span(bytes).first(size), on_two); };
  const std::uint64_t zeros = sum(bytes.size());
  CHECK(sum(0) != sum(64) && sum(64) != sum(128) && sum(tenbin::kChecksumPiece) != sum(2 * tenbin::kChecksumPiece));
  std::vector<std::uint64_t> sums{zeros};
  for (const std::size_t at : {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{64}, tenbin::kChecksumPiece,
                               3 * tenbin::kChecksumPiece, bytes.size() - 1}) {
    bytes[at] = std::byte{1};
    sums.push_back(sum(bytes.size()));
    bytes[at] = std::byte{0};
  }
  std::sort(sums.begin(), sums.end());
  CHECK(std::adjacent_find(sums.begin(), sums.end()) == sums.end());
  CHECK(sum(bytes.size()) == zeros);
}
