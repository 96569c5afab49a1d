#pragma once

// The emulated multiprocessor of simt_emulation.h: the threads of a block and what they wait for.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "fibers.h"
#include "simt_emulation.h"

namespace tenbin::simt {

inline constexpr std::size_t kWarp = 32;
inline constexpr std::size_t kWarpgroup = 128;

[[noreturn]] inline void give_up(const char* what) {
  std::fprintf(stderr, "emulation: %s\n", what);
  std::abort();
}

struct Copy {
  void* to;
  const void* from;
};

struct BulkCopy {
  void* to;
  const void* from;
  std::size_t bytes;
};

/// sums = a b, or sums += a b, of tiles in shared memory.
struct TileProduct {
  float* sums;
  const unsigned char* a;
  const unsigned char* b;
  bool add;
};

/// A barrier that counts bytes, in the phase of which so many were expected and come by these copies.
struct ArrivalState {
  std::uint32_t phases_ended = 0;
  bool expecting = false;
  std::size_t expected = 0;
  std::vector<BulkCopy> copies;
};

struct Thread {
  enum { kReady, kAtBarrier, kInExchange, kAtArrival } state = kReady;
  std::vector<Copy> open;                // copies not yet in a group
  std::deque<std::vector<Copy>> groups;  // oldest first
  std::vector<TileProduct> open_products;
  std::deque<std::vector<TileProduct>> product_groups;
};

/// What the lanes of a warp, or of a warpgroup, do together: each brings the address of its part; the last to come does
/// it for all.
struct Exchange {
  const void* kind = nullptr;
  std::vector<void*> parts;
  std::size_t arrived = 0;
};

class Machine {
 public:
  void run(const std::function<void()>& kernel, std::uint32_t blocks, std::uint32_t threads, std::size_t shared_bytes,
           std::uint64_t seed) {
    if (threads % kWarp != 0) give_up("a block is of whole warps");
    random_.seed(seed);
    std::vector<std::uint32_t> order(blocks);
    for (std::uint32_t i = 0; i < blocks; ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random_);
    thread_count_ = threads;
    block_count_ = blocks;
    for (const std::uint32_t block : order) {
      block_ = block;
      // Of exactly this size, so that a sanitizer sees what reaches beyond.
      shared_.reset(static_cast<unsigned char*>(std::aligned_alloc(1024, (shared_bytes + 1023) / 1024 * 1024)));
      std::memset(shared_.get(), 0xff, shared_bytes);
      threads_.assign(threads, {});
      warps_.assign((threads + kWarp - 1) / kWarp, {});
      warpgroups_.assign((threads + kWarpgroup - 1) / kWarpgroup, {});
      arrivals_.clear();
      fibers_.start(threads, kernel);
      run_block();
    }
  }

  std::uint32_t thread() const { return static_cast<std::uint32_t>(fibers_.current()); }
  std::uint32_t block() const { return block_; }
  std::uint32_t blocks() const { return block_count_; }
  std::uint32_t threads() const { return thread_count_; }
  unsigned char* shared() const { return shared_.get(); }
  Thread& self() { return threads_[thread()]; }

  void barrier() {
    self().state = Thread::kAtBarrier;
    fibers_.pause();
  }

  template <typename Part>
  void exchange(Part& part, void (*perform)(Part* const (&)[kWarp])) {
    together<kWarp>(warps_[thread() / kWarp], part, perform);
  }

  template <typename Part>
  void exchange_in_warpgroup(Part& part, void (*perform)(Part* const (&)[kWarpgroup])) {
    together<kWarpgroup>(warpgroups_[thread() / kWarpgroup], part, perform);
  }

  void make_arrival(const Arrival* arrival) {
    if (!arrivals_.emplace(arrival, ArrivalState{}).second) give_up("a barrier for arrivals is made twice");
  }

  ArrivalState& arrival(const Arrival* at) {
    const auto found = arrivals_.find(at);
    if (found == arrivals_.end()) give_up("a barrier for arrivals was not made");
    return found->second;
  }

  /// Ends the phase that is awaited, should it have begun; else the caller waits in vain, or until it has.
  void wait_for_arrival(const Arrival* at, std::uint32_t parity) {
    for (;;) {
      ArrivalState& state = arrival(at);
      // Of the phase before, which has the other parity, the wait is over at once: so is that of any older.
      if (state.phases_ended % 2 != parity) return;
      if (state.expecting) {
        std::size_t bytes = 0;
        for (const BulkCopy& copy : state.copies) {
          std::memcpy(copy.to, copy.from, copy.bytes);
          bytes += copy.bytes;
        }
        if (bytes != state.expected) give_up("other bytes arrive than are expected");
        state = {state.phases_ended + 1, false, 0, {}};
        for (Thread& thread : threads_) {
          if (thread.state == Thread::kAtArrival) thread.state = Thread::kReady;
        }
        return;
      }
      self().state = Thread::kAtArrival;
      fibers_.pause();
    }
  }

  /// 16 codes of a row that begins at `address`, as the 128-byte swizzle takes them: bits 4 to 6 of an address by bits
  /// 7 to 9.
  void read_swizzled(const unsigned char* address, double (&values)[16]) const {
    for (std::size_t piece = 0; piece < 2; ++piece) {
      auto offset = static_cast<std::size_t>(address - shared_.get()) + piece * 16;
      offset ^= (offset >> 7 & 7) << 4;
      std::uint16_t codes[8];
      std::memcpy(codes, shared_.get() + offset, sizeof(codes));
      for (std::size_t i = 0; i < 8; ++i) {
        values[piece * 8 + i] = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(codes[i]) << 16));
      }
    }
  }

 private:
  template <std::size_t kLanes, typename Part>
  void together(Exchange& e, Part& part, void (*perform)(Part* const (&)[kLanes])) {
    const auto* kind = reinterpret_cast<const void*>(perform);
    if (e.parts.empty()) e.parts.resize(kLanes);
    if (e.arrived == 0) e.kind = kind;
    if (e.kind != kind) give_up("lanes that belong together do different things");
    e.parts[thread() % kLanes] = &part;
    if (++e.arrived < kLanes) {
      self().state = Thread::kInExchange;
      fibers_.pause();
      return;
    }
    Part* parts[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane) parts[lane] = static_cast<Part*>(e.parts[lane]);
    perform(parts);
    e.arrived = 0;
    const std::size_t first = thread() / kLanes * kLanes;
    for (std::size_t lane = 0; lane < kLanes; ++lane) threads_[first + lane].state = Thread::kReady;
  }

  void run_block() {
    std::vector<std::size_t> order(thread_count_);
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (;;) {
      std::shuffle(order.begin(), order.end(), random_);
      bool progress = false;
      bool alive = false;
      for (const std::size_t i : order) {
        if (fibers_.ended(i)) continue;
        alive = true;
        if (threads_[i].state != Thread::kReady) continue;
        progress = true;
        fibers_.resume(i);
      }
      if (!alive) return;
      if (!progress) release_barrier();
    }
  }

  void release_barrier() {
    for (std::size_t i = 0; i < thread_count_; ++i) {
      if (fibers_.ended(i)) continue;
      if (threads_[i].state != Thread::kAtBarrier) give_up("threads wait for lanes or bytes that do not come");
      threads_[i].state = Thread::kReady;
    }
  }

  struct Free {
    void operator()(unsigned char* memory) const { std::free(memory); }
  };

  Fibers fibers_;
  std::mt19937_64 random_;
  std::uint32_t block_ = 0;
  std::uint32_t block_count_ = 0;
  std::uint32_t thread_count_ = 0;
  std::unique_ptr<unsigned char, Free> shared_;
  std::vector<Thread> threads_;
  std::vector<Exchange> warps_;
  std::vector<Exchange> warpgroups_;
  std::map<const Arrival*, ArrivalState> arrivals_;
};

inline Machine& machine() {
  static thread_local Machine instance;
  return instance;
}

}  // namespace tenbin::simt
