#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tenbin {

/// A fixed set of threads that run submitted tasks in order of arrival. A task may itself call parallel_for.
class ThreadPool {
 public:
  /// @param threads at least 1. Throws std::system_error when the system gives fewer.
  explicit ThreadPool(std::size_t threads);
  /// Finishes the tasks that were submitted, then joins.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t size() const noexcept { return threads_.size(); }

  /// Runs `task` on a thread of the pool; it must not throw.
  void submit(std::function<void()> task);

  /// Calls `body(i)` once for each i in [0, count), on this thread and on idle ones, and returns when all have ended.
  /// The first exception stops the calls not yet begun and is rethrown here.
  void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body);

 private:
  void run();
  void stop();

  std::atomic<std::size_t> waiting_{0};  // tasks_.size()
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

/// Processors this process may run on, at least 1.
std::size_t available_threads() noexcept;

}  // namespace tenbin
