#include <atomic>
#include <stdexcept>

#include "harness.h"

using tenbin::ThreadPool;

TEST(parallel_for_visits_every_index_once) {
  for (const std::size_t threads : {1u, 2u, 5u}) {
    ThreadPool pool(threads);
    CHECK(pool.size() == threads);
    for (const std::size_t count : {0u, 1u, 2u, 7u, 1000u}) {
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

TEST(there_is_at_least_one_thread) { CHECK(tenbin::available_threads() >= 1); }
