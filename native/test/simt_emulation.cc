#include "simt_emulation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <limits>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "fibers.h"

namespace tenbin::simt {

namespace {

constexpr std::size_t kWarp = 32;

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "emulation: %s\n", what);
  std::abort();
}

struct Copy {
  void* to;
  const void* from;
};

struct Thread {
  enum { kReady, kAtBarrier, kInExchange } state = kReady;
  std::vector<Copy> open;                // copies not yet in a group
  std::deque<std::vector<Copy>> groups;  // oldest first
};

/// What the lanes of a warp do together: each brings the address of its part; the last to come does it for all.
struct Exchange {
  const void* kind = nullptr;
  void* parts[kWarp] = {};
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
    for (const std::uint32_t block : order) {
      block_ = block;
      // Of exactly this size, so that a sanitizer sees what reaches beyond.
      shared_.reset(static_cast<unsigned char*>(std::aligned_alloc(128, (shared_bytes + 127) / 128 * 128)));
      std::memset(shared_.get(), 0xff, shared_bytes);
      threads_.assign(threads, {});
      exchanges_.assign(threads / kWarp, {});
      fibers_.start(threads, kernel);
      run_block();
    }
  }

  std::uint32_t thread() const { return static_cast<std::uint32_t>(fibers_.current()); }
  std::uint32_t block() const { return block_; }
  std::uint32_t threads() const { return thread_count_; }
  unsigned char* shared() const { return shared_.get(); }
  Thread& self() { return threads_[thread()]; }

  void barrier() {
    self().state = Thread::kAtBarrier;
    fibers_.pause();
  }

  template <typename Part>
  void exchange(Part& part, void (*perform)(Part* const (&)[kWarp])) {
    const std::size_t warp = thread() / kWarp;
    Exchange& e = exchanges_[warp];
    const auto* kind = reinterpret_cast<const void*>(perform);
    if (e.arrived == 0) e.kind = kind;
    if (e.kind != kind) give_up("the lanes of a warp do different things together");
    e.parts[thread() % kWarp] = &part;
    if (++e.arrived < kWarp) {
      self().state = Thread::kInExchange;
      fibers_.pause();
      return;
    }
    Part* parts[kWarp];
    for (std::size_t lane = 0; lane < kWarp; ++lane) parts[lane] = static_cast<Part*>(e.parts[lane]);
    perform(parts);
    e.arrived = 0;
    for (std::size_t lane = 0; lane < kWarp; ++lane) threads_[warp * kWarp + lane].state = Thread::kReady;
  }

 private:
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
      if (threads_[i].state != Thread::kAtBarrier) give_up("lanes of a warp wait for lanes that do not come");
      threads_[i].state = Thread::kReady;
    }
  }

  struct Free {
    void operator()(unsigned char* memory) const { std::free(memory); }
  };

  Fibers fibers_;
  std::mt19937_64 random_;
  std::uint32_t block_ = 0;
  std::uint32_t thread_count_ = 0;
  std::unique_ptr<unsigned char, Free> shared_;
  std::vector<Thread> threads_;
  std::vector<Exchange> exchanges_;
};

Machine& machine() {
  static thread_local Machine instance;
  return instance;
}

struct Shuffled {
  double value;
  unsigned delta;
  double result;
};

struct Matrices {
  const void* row;
  std::uint32_t* parts;
};

struct Product {
  float* sums;
  const std::uint32_t* a;
  std::uint32_t b[2];
};

float low_half(std::uint32_t pair) { return std::bit_cast<float>(pair << 16); }
float high_half(std::uint32_t pair) { return std::bit_cast<float>(pair & 0xffff0000u); }

/// `terms` added as a tensor core may: each cut, towards 0, at the last of the 24 bits of the largest, and so is the
/// sum.
float cut_sum(const double* terms, std::size_t count) {
  double largest = 0;
  double plain = 0;
  for (std::size_t i = 0; i < count; ++i) {
    largest = std::max(largest, std::abs(terms[i]));
    plain += terms[i];
  }
  if (!std::isfinite(plain) || largest == 0) return static_cast<float>(plain);
  const double unit = std::ldexp(1.0, std::ilogb(largest) - 23);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += std::trunc(terms[i] / unit) * unit;
  auto result = static_cast<float>(sum);
  if (std::abs(static_cast<double>(result)) > std::abs(sum)) result = std::nextafter(result, 0.0f);
  return result;
}

}  // namespace

void run(const std::function<void()>& kernel, std::uint32_t blocks, std::uint32_t threads, std::size_t shared_bytes,
         std::uint64_t seed) {
  machine().run(kernel, blocks, threads, shared_bytes, seed);
}

std::uint32_t thread() { return machine().thread(); }
std::uint32_t block() { return machine().block(); }
std::uint32_t threads() { return machine().threads(); }
unsigned char* shared() { return machine().shared(); }
void barrier() { machine().barrier(); }

std::uint32_t atomic_add(std::uint32_t* at, std::uint32_t value) {
  const std::uint32_t before = *at;
  *at += value;
  return before;
}

double shuffle_down16(double value, unsigned delta) {
  Shuffled part{value, delta, 0};
  machine().exchange<Shuffled>(part, [](Shuffled* const(&parts)[kWarp]) {
    for (std::size_t lane = 0; lane < kWarp; ++lane) {
      const std::size_t from = lane + parts[lane]->delta;
      parts[lane]->result = from / 16 == lane / 16 ? parts[from]->value : parts[lane]->value;
    }
  });
  return part.result;
}

double shuffle_first16(double value) {
  Shuffled part{value, 0, 0};
  machine().exchange<Shuffled>(part, [](Shuffled* const(&parts)[kWarp]) {
    for (std::size_t lane = 0; lane < kWarp; ++lane) parts[lane]->result = parts[lane / 16 * 16]->value;
  });
  return part.result;
}

void copy16_async(void* to_shared, const void* from_global) {
  if (reinterpret_cast<std::uintptr_t>(to_shared) % 16 != 0 ||
      reinterpret_cast<std::uintptr_t>(from_global) % 16 != 0) {
    give_up("a copy of 16 bytes is not aligned to 16 bytes");
  }
  machine().self().open.push_back({to_shared, from_global});
}

void commit_copies() {
  Thread& self = machine().self();
  self.groups.push_back(std::exchange(self.open, {}));
}

void wait_for_copies_but(std::size_t groups) {
  Thread& self = machine().self();
  for (; self.groups.size() > groups; self.groups.pop_front()) {
    for (const Copy& copy : self.groups.front()) std::memcpy(copy.to, copy.from, 16);
  }
}

void load_matrices(const void* shared_row, std::uint32_t (&parts)[4]) {
  if (reinterpret_cast<std::uintptr_t>(shared_row) % 16 != 0) give_up("a matrix's row is not aligned to 16 bytes");
  Matrices part{shared_row, parts};
  machine().exchange<Matrices>(part, [](Matrices* const(&lanes)[kWarp]) {
    for (std::size_t lane = 0; lane < kWarp; ++lane) {
      for (std::size_t matrix = 0; matrix < 4; ++matrix) {
        const auto* row = static_cast<const unsigned char*>(lanes[matrix * 8 + lane / 4]->row);
        std::memcpy(&lanes[lane]->parts[matrix], row + lane % 4 * 4, 4);
      }
    }
  });
}

void multiply_add(float (&sums)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1) {
  Product part{sums, a, {b0, b1}};
  machine().exchange<Product>(part, [](Product* const(&lanes)[kWarp]) {
    // As the instruction's description lays out its operands.
    float left[16][16];
    float right[16][8];
    for (std::size_t lane = 0; lane < kWarp; ++lane) {
      const std::size_t g = lane / 4;
      const std::size_t t = lane % 4;
      for (std::size_t i = 0; i < 4; ++i) {
        left[g + i % 2 * 8][i / 2 * 8 + 2 * t] = low_half(lanes[lane]->a[i]);
        left[g + i % 2 * 8][i / 2 * 8 + 2 * t + 1] = high_half(lanes[lane]->a[i]);
      }
      for (std::size_t i = 0; i < 2; ++i) {
        right[i * 8 + 2 * t][g] = low_half(lanes[lane]->b[i]);
        right[i * 8 + 2 * t + 1][g] = high_half(lanes[lane]->b[i]);
      }
    }
    for (std::size_t lane = 0; lane < kWarp; ++lane) {
      for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t row = lane / 4 + i / 2 * 8;
        const std::size_t column = lane % 4 * 2 + i % 2;
        double terms[17];
        for (std::size_t k = 0; k < 16; ++k) {
          terms[k] = static_cast<double>(left[row][k]) * static_cast<double>(right[k][column]);
        }
        terms[16] = static_cast<double>(lanes[lane]->sums[i]);
        lanes[lane]->sums[i] = cut_sum(terms, 17);
      }
    }
  });
}

std::uint32_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }
float float_of(std::uint32_t bits) { return std::bit_cast<float>(bits); }
float infinity() { return std::numeric_limits<float>::infinity(); }
double add(double a, double b) { return a + b; }
double multiply(double a, double b) { return a * b; }
double divide(double a, double b) { return a / b; }
double root(double x) { return std::sqrt(x); }
float to_float(double x) { return static_cast<float>(x); }

}  // namespace tenbin::simt
