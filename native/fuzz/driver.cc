// Runs a fuzz target where there is no libFuzzer:
//
//   fuzz_TARGET SECONDS [FILE...]
//
// The files are inputs to run first, or such that broke it; then come made-up inputs, always the same in the same
// order, for that many seconds. An input that breaks the target is left in the file fuzz-failure.

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// Sanitizers are to raise a signal, so that the input is saved.
extern "C" const char* __asan_default_options() { return "abort_on_error=1"; }
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1:print_stacktrace=1"; }

namespace {

using Random = std::mt19937_64;

constexpr std::size_t kLargest = 100'000'000;

std::string_view current;

void save_current(int signal) {
  std::signal(signal, SIG_DFL);
  if (std::FILE* const file = std::fopen("fuzz-failure", "wb")) {
    std::fwrite(current.data(), 1, current.size(), file);
    std::fclose(file);
  }
  std::fputs("the input is in the file fuzz-failure\n", stderr);
  std::raise(signal);
}

void run(std::string_view input) {
  current = input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::size_t below(Random& random, std::size_t n) {
  return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
}

/// Mostly small numbers, up to `largest`.
std::size_t size_below(Random& random, std::size_t largest) { return below(random, 1 + below(random, largest)); }

/// What text is made of and what breaks those who read it.
const std::vector<std::string>& parts() {
  static const std::vector<std::string> all{"a",
                                            "word",
                                            "The",
                                            "WORD",
                                            "ing",
                                            "ational",
                                            "'s",
                                            "1",
                                            "3.14",
                                            "_",
                                            " ",
                                            "\n",
                                            "\t",
                                            ".",
                                            ",",
                                            ":",
                                            "'",
                                            "\"",
                                            "#",
                                            "\x1c",
                                            "\x7f",
                                            std::string(1, '\0'),
                                            "\xc2\x85",
                                            "\xc2\xa0",
                                            "\xc2\xad",  // next line, no-break space, soft hyphen
                                            "\xc3\xa9",
                                            "\xc4\xb0",
                                            "\xce\xa3",  // e acute, I with dot, capital sigma
                                            "\xc8\xba",
                                            "\xcc\x81",
                                            "\xcd\x85",  // A with stroke, combining acute, combining iota
                                            "\xd7\x90",
                                            "\xd8\xa7",
                                            "\xd9\xa1",                  // Hebrew, Arabic, Arabic digit
                                            "\xe0\xa4\xb9\xe0\xa4\xbf",  // Devanagari with a vowel sign
                                            "\xe0\xb9\x84\xe0\xb8\x97",
                                            "\xe0\xb8\xb1",  // Thai, and its mark
                                            "\xe1\xba\x9e",
                                            "\xe2\x84\xaa",  // capital sharp s, Kelvin sign
                                            "\xe2\x80\x8d",
                                            "\xe2\x80\x8e",
                                            "\xe2\x80\x8f",
                                            "\xe2\x80\xae",
                                            "\xe2\x81\xa7",  // joiner, marks of direction
                                            "\xe2\x80\x99",
                                            "\xe2\x80\xa8",
                                            "\xe2\x80\xaf",
                                            "\xe3\x80\x80",  // apostrophe, line separator, spaces
                                            "\xe2\x83\xa3",
                                            "\xef\xb8\x8f",
                                            "\xef\xb8\x8e",  // keycap, selectors
                                            "\xe3\x81\x8b",
                                            "\xe3\x82\xab",
                                            "\xe3\x83\xbc",
                                            "\xe6\xbc\xa2",
                                            "\xed\x95\x9c",  // kana, Han, Hangul
                                            "\xef\xbb\xbf",
                                            "\xef\xbf\xbd",
                                            "\xef\xbf\xbf",  // byte order mark, replacement, no character
                                            "\xf0\x90\x90\x80",
                                            "\xf0\x9f\x98\x80",
                                            "\xf0\x9f\x91\xa9",
                                            "\xf0\x9f\x8f\xbd",
                                            "\xf0\x9f\x87\xa9",
                                            "\xf3\xa0\x81\xa7",
                                            "\xf4\x8f\xbf\xbf",  // Deseret, emoji, flags, tags, the last code point
                                            "\xed\xa0\x80",
                                            "\xed\xa0\xbd\xed\xb8\x80",
                                            "\xc0\x80",
                                            "\xe0\x80\x80",
                                            "\xf4\x90\x80\x80",
                                            "\xc2",
                                            "\xe2\x82",
                                            "\xf0\x9f\x98",
                                            "\x80",
                                            "\xff"};  // surrogates, overlong, too large, cut off, stray
  return all;
}

std::string random_bytes(Random& random) {
  std::string bytes(size_below(random, 300), '\0');
  for (char& byte : bytes) byte = static_cast<char>(below(random, 256));
  return bytes;
}

/// Parts from all, or from few that so stand beside each other often, some of them repeated.
std::string random_text(Random& random) {
  std::vector<std::string> few;
  for (std::size_t n = 1 + below(random, 5); n > 0; --n) few.push_back(parts()[below(random, parts().size())]);
  const std::vector<std::string>& pool = below(random, 2) == 0 ? few : parts();
  std::string text;
  for (std::size_t n = size_below(random, 200); n > 0; --n) {
    const std::string& part = pool[below(random, pool.size())];
    for (std::size_t times = below(random, 50) == 0 ? size_below(random, 1000) : 1; times > 0; --times) text += part;
  }
  return text;
}

/// An earlier input with bytes changed, cut out, doubled, or joined to another one.
std::string mutated(Random& random, const std::vector<std::string>& earlier) {
  std::string input = earlier[below(random, earlier.size())];
  for (std::size_t n = 1 + below(random, 4); n > 0 && !input.empty(); --n) {
    const std::size_t begin = below(random, input.size());
    const std::size_t size = size_below(random, input.size() - begin + 1);
    switch (below(random, 5)) {
      case 0:
        input[begin] = static_cast<char>(below(random, 256));
        break;
      case 1:
        input[begin] = static_cast<char>(input[begin] ^ 1 << below(random, 8));
        break;
      case 2:
        input.erase(begin, size);
        break;
      case 3:
        input.insert(begin, input.substr(begin, size));
        break;
      default:
        input.insert(begin, earlier[below(random, earlier.size())]);
    }
  }
  return input;
}

std::string read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s SECONDS [FILE...]\n", argv[0]);
    return 2;
  }
  for (const int signal : {SIGABRT, SIGILL}) std::signal(signal, save_current);
#ifdef SIGTRAP
  std::signal(SIGTRAP, save_current);
#endif
  const std::chrono::duration<double> limit(std::strtod(argv[1], nullptr));
  const auto start = std::chrono::steady_clock::now();
  constexpr std::size_t kMaxEarlier = 2000;
  constexpr std::size_t kMaxMutatedSize = 100'000;
  std::vector<std::string> earlier{""};
  for (int i = 2; i < argc; ++i) {
    const std::string input = read_file(argv[i]);
    run(input);
    if (input.size() <= kMaxMutatedSize) earlier.push_back(input);
  }
  run(std::string(kLargest, 'x'));
  Random random(1);
  std::size_t count = 0;
  for (; std::chrono::steady_clock::now() - start < limit; ++count) {
    const std::size_t kind = below(random, 8);
    const std::string input = kind == 0  ? random_bytes(random)
                              : kind < 5 ? random_text(random)
                                         : mutated(random, earlier);
    run(input);
    if (input.size() > kMaxMutatedSize) continue;
    if (earlier.size() < kMaxEarlier)
      earlier.push_back(input);
    else
      earlier[below(random, earlier.size())] = input;
  }
  std::printf("%zu inputs passed\n", count + static_cast<std::size_t>(argc) - 1);
  return 0;
}
