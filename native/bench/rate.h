#pragma once

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <thread>
#include <vector>

namespace tenbin {

/// Each figure is the best of so many, since whatever else runs on the machine only takes away.
inline constexpr int kAttempts = 5;

/// Seconds of one call.
template <typename Call>
double seconds_of(const Call& call) {
  const auto begin = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// The most that `threads` threads did together a second: each calls `work(thread)` once an attempt, which returns how
/// much it did, beginning at the same moment.
template <typename Work>
double best_rate(std::size_t threads, const Work& work) {
  double best = 0;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::barrier ready(static_cast<std::ptrdiff_t>(threads));
    std::vector<double> done(threads);
    std::vector<double> seconds(threads);
    std::vector<std::thread> running;
    for (std::size_t t = 0; t < threads; ++t) {
      running.emplace_back([&, t] {
        ready.arrive_and_wait();
        seconds[t] = seconds_of([&] { done[t] = work(t); });
      });
    }
    for (std::thread& thread : running) thread.join();
    double total = 0;
    for (const double amount : done) total += amount;
    best = std::max(best, total / *std::max_element(seconds.begin(), seconds.end()));
  }
  return best;
}

}  // namespace tenbin
