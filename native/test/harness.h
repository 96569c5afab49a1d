#pragma once

// The smallest test frame that the C++ tests need: TEST defines and registers one, CHECK records a failure and goes on.

#include <cstdio>
#include <exception>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tenbin/cancellation.h"
#include "tenbin/isa.h"
#include "tenbin/thread_pool.h"
#include "tenbin/top_k.h"

namespace harness {

struct Test {
  const char* name;
  void (*body)();
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

inline int failures = 0;

inline bool add(const char* name, void (*body)()) {
  tests().push_back({name, body});
  return true;
}

/// Prints where and what; of many failures only the first ten, they are alike.
inline void fail(const char* file, int line, const std::string& what) {
  if (++failures <= 10) std::fprintf(stderr, "  %s:%d: %s\n", file, line, what.c_str());
}

/// The message of the exception of type E that `body` throws, or "nothing thrown".
template <typename E>
std::string message_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing thrown";
}

using Random = std::mt19937_64;

inline std::size_t below(Random& random, std::size_t n) {
  return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
}

/// A random permutation of [0, n).
inline std::vector<std::uint32_t> permutation(Random& random, std::size_t n) {
  std::vector<std::uint32_t> order(n);
  for (std::size_t i = 0; i < n; ++i) {
    order[i] = static_cast<std::uint32_t>(i);
    std::swap(order[i], order[below(random, i + 1)]);
  }
  return order;
}

/// The arrays of a search and the view of them.
struct Results {
  Results(std::size_t queries, std::size_t k, std::size_t corpus_size)
      : width(std::min(k, corpus_size)), indices(queries * width), scores(queries * width), counts(queries) {}

  tenbin::TopK view() { return {width, indices, scores, counts}; }
  friend bool operator==(const Results&, const Results&) = default;

  std::size_t width;
  std::vector<std::uint32_t> indices;
  std::vector<float> scores;
  std::vector<std::uint32_t> counts;
};

#if defined(__SANITIZE_THREAD__)
constexpr bool kLooksForRaces = true;
#else
constexpr bool kLooksForRaces = false;
#endif

/// Calls `body(execution, label)` at every usable instruction set with one thread and with three. ThreadSanitizer,
/// which makes tests twenty times as slow, sees the best with three alone: threads share their work alike at every set.
inline void at_every_level(const std::function<void(const tenbin::Execution&, const std::string&)>& body) {
  static tenbin::ThreadPool one(1);
  static tenbin::ThreadPool three(3);
  const tenbin::Cancellation never;
  for (const tenbin::Isa isa : tenbin::usable_isas()) {
    if (kLooksForRaces && isa != tenbin::usable_isas().back()) continue;
    for (tenbin::ThreadPool* pool : {&one, &three}) {
      if (kLooksForRaces && pool == &one) continue;
      body({*pool, tenbin::kernels_for(isa), never},
           std::string(tenbin::name_of(isa)) + ", " + std::to_string(pool->size()) + " threads");
    }
  }
}

}  // namespace harness

#define TEST(name)                                                        \
  static void test_##name();                                              \
  static const bool registered_##name = harness::add(#name, test_##name); \
  static void test_##name()

#define CHECK(condition) CHECK_WITH(condition, "")

/// `detail` is streamed behind the condition's text.
#define CHECK_WITH(condition, detail)                \
  do {                                               \
    if (!(condition)) {                              \
      std::ostringstream text;                       \
      text << "not " << #condition << " " << detail; \
      harness::fail(__FILE__, __LINE__, text.str()); \
    }                                                \
  } while (false)

int main() {
  for (const harness::Test& test : harness::tests()) {
    const int before = harness::failures;
    try {
      test.body();
    } catch (const std::exception& error) {
      harness::fail(test.name, 0, std::string("threw ") + error.what());
    }
    std::printf("%s %s\n", harness::failures == before ? "ok    " : "FAILED", test.name);
  }
  return harness::failures == 0 ? 0 : 1;
}
