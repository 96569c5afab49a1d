#include "tenbin/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <cfenv>
#include <chrono>
#include <exception>
#include <memory>
#include <new>
#include <utility>

#if defined(__linux__)
#include <sched.h>
#endif

namespace tenbin {

namespace {

/// Waking a thread that sleeps takes as long as many a search.
constexpr std::chrono::microseconds kLinger{100};

/// Comes back when it is done, or else soon. Lets others have the processor, but does not sleep.
template <typename Done>
void linger_until(const Done& done) {
  const auto end = std::chrono::steady_clock::now() + kLinger;
  while (!done() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
}

/// One parallel_for. Helpers that arrive after the caller has returned find `next` used up and never touch `body`.
struct Loop {
  Loop(std::size_t indices, const std::function<void(std::size_t)>& call) : count(indices), body(call) {}

  void work() {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
      if (!failed.load(std::memory_order_relaxed)) {
        try {
          body(i);
        } catch (...) {
          const std::lock_guard lock(mutex);
          if (!error) error = std::current_exception();
          failed.store(true, std::memory_order_relaxed);
        }
      }
      const std::lock_guard lock(mutex);
      if (++ended == count) all_ended.notify_all();
    }
  }

  const std::size_t count;
  const std::function<void(std::size_t)>& body;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::condition_variable all_ended;
  std::atomic<std::size_t> ended{0};
  std::exception_ptr error;
};

}  // namespace

ThreadPool::ThreadPool(std::size_t threads) {
  threads_.reserve(std::max<std::size_t>(threads, 1));
  try {
    for (std::size_t i = 0; i < threads_.capacity(); ++i) threads_.emplace_back([this] { run(); });
  } catch (...) {
    stop();  // a thread that is destroyed unjoined ends the process
    throw;
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::submit(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    waiting_.store(tasks_.size(), std::memory_order_relaxed);
  }
  wake_.notify_one();
}

void ThreadPool::run() {
  // Not what the creating thread has: another addon may have set it to flush denormal numbers to zero.
  std::fesetenv(FE_DFL_ENV);
  for (;;) {
    std::function<void()> task;
    linger_until([this] { return waiting_.load(std::memory_order_relaxed) > 0; });
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
      waiting_.store(tasks_.size(), std::memory_order_relaxed);
    }
    task();
  }
}

void ThreadPool::parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  if (count == 0) return;
  const auto loop = std::make_shared<Loop>(count, body);
  // The calling thread is usually one of the pool's own, so one helper fewer than there are threads.
  const std::size_t helpers = std::min(size() - 1, count - 1);
  try {
    for (std::size_t i = 0; i < helpers; ++i) submit([loop] { loop->work(); });
  } catch (const std::bad_alloc&) {
    // Go on with fewer: the helpers that were called hold `body`, so this call must wait for them.
  }
  loop->work();
  linger_until([&] { return loop->ended.load(std::memory_order_relaxed) == count; });
  std::unique_lock lock(loop->mutex);
  loop->all_ended.wait(lock, [&] { return loop->ended == count; });
  // Taken out, so that it ends on this thread and not with a helper that lets go of the loop later.
  const std::exception_ptr error = std::exchange(loop->error, nullptr);
  if (error) std::rethrow_exception(error);
}

std::size_t available_threads() noexcept {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(CPU_COUNT(&set), 1);
#endif
  return std::max(std::thread::hardware_concurrency(), 1u);
}

}  // namespace tenbin
