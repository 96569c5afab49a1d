#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <atomic>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "harness.h"

using tenbin::ThreadPool;

namespace {

/// How many allocations of this thread still succeed; negative: all.
thread_local int allocations_left = -1;

}  // namespace

void* operator new(std::size_t size) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

TEST(parallel_for_visits_every_index_once) {
  for (const std::size_t threads : {1u, 2u, 5u}) {
    ThreadPool pool(threads);
    CHECK(pool.size() == threads);
    for (const std::size_t count : {0u, 1u, 2u, 7u, 100000u}) {
      std::vector<std::atomic<int>> visits(count);
      pool.parallel_for(count, [&](std::size_t i) { ++visits[i]; });
      for (const auto& visit : visits) CHECK(visit == 1);
    }
  }
}

TEST(parallel_for_works_inside_tasks_of_a_full_pool) {
  ThreadPool pool(2);
  std::atomic<int> sum{0};
  pool.parallel_for(8, [&](std::size_t) { pool.parallel_for(8, [&](std::size_t) { ++sum; }); });
  CHECK(sum == 64);
}

TEST(parallel_for_rethrows_the_first_exception_and_stops) {
  for (const std::size_t threads : {1u, 3u}) {
    ThreadPool pool(threads);
    std::atomic<int> calls{0};
    const auto message = harness::message_of<std::runtime_error>([&] {
      pool.parallel_for(1000, [&](std::size_t i) {
        ++calls;
        if (i == 5) throw std::runtime_error("five");
      });
    });
    CHECK(message == "five");
    // How far other threads get meanwhile is up to the scheduler.
    if (threads == 1) CHECK(calls == 6);
    std::atomic<int> after{0};
    pool.parallel_for(10, [&](std::size_t) { ++after; });
    CHECK(after == 10);
  }
}

TEST(submitted_tasks_are_finished_before_the_pool_goes) {
  std::atomic<int> done{0};
  {
    ThreadPool pool(2);
    for (int i = 0; i < 100; ++i) pool.submit([&] { ++done; });
  }
  CHECK(done == 100);
}

TEST(parallel_for_calls_all_or_none_when_memory_runs_out) {
  bool completed = false;
  for (int allocations = 0; !completed; ++allocations) {
    std::vector<std::atomic<int>> visits(100);
    const std::function<void(std::size_t)> visit = [&](std::size_t i) { ++visits[i]; };
    int expected = 1;
    {
      ThreadPool pool(12);
      allocations_left = allocations;
      try {
        pool.parallel_for(visits.size(), visit);
        completed = allocations_left > 0;
      } catch (const std::bad_alloc&) {
        expected = 0;
      }
      allocations_left = -1;
    }
    for (const auto& count : visits) CHECK_WITH(count == expected, allocations << " allocations");
  }
}

TEST(a_pool_whose_threads_cannot_all_be_started_throws) {
  for (const int allocations : {0, 1, 2, 5}) {
    bool thrown = false;
    allocations_left = allocations;
    try {
      const ThreadPool pool(20);
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
    allocations_left = -1;
    CHECK_WITH(thrown, allocations << " allocations");
  }
}

TEST(there_is_at_least_one_thread) { CHECK(tenbin::available_threads() >= 1); }

#if defined(__x86_64__)
TEST(threads_keep_denormal_numbers_whatever_their_maker_does) {
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);  // flush to zero, denormals are zero
  volatile float smallest = 1e-40f;
  volatile float doubled = 0;
  {
    ThreadPool pool(1);
    pool.submit([&] { doubled = smallest * 2; });
  }
  _mm_setcsr(before);
  CHECK(doubled > 0);
}
#endif
