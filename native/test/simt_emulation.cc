#include "simt_emulation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "simt_machine.h"

// What each instruction does.

namespace tenbin::simt {

namespace {

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

/// No product of codes is below it, but 0.
constexpr double kSmallestTerm = 1e-200;

/// `terms` added as a tensor core may: each cut, towards 0, at the last of the 24 bits of the largest, and so is the
/// sum.
float cut_sum(const double* terms, std::size_t count) {
  double largest = 0;
  double plain = 0;
  for (std::size_t i = 0; i < count; ++i) {
    largest = std::max(largest, std::abs(terms[i]));
    plain += terms[i];
  }
  if (!std::isfinite(plain) || largest < kSmallestTerm) return static_cast<float>(plain);
  // 2 to the power of 23 below that of the largest.
  constexpr std::uint64_t kExponent = 0x7ff0000000000000;
  const auto unit =
      std::bit_cast<double>((std::bit_cast<std::uint64_t>(largest) & kExponent) - (std::uint64_t{23} << 52));
  const double inverse = 1 / unit;
  std::int64_t units = 0;
  for (std::size_t i = 0; i < count; ++i) units += static_cast<std::int64_t>(terms[i] * inverse);
  const double sum = static_cast<double>(units) * unit;
  auto result = static_cast<float>(sum);
  if (std::abs(static_cast<double>(result)) > std::abs(sum)) result = std::nextafter(result, 0.0f);
  return result;
}

/// A lane's part of a product of tiles.
void multiply_rows(const TileProduct& product, std::size_t lane) {
  double left[2][16];
  for (std::size_t half = 0; half < 2; ++half) {
    const std::size_t row = lane / 32 * 16 + half * 8 + lane % 32 / 4;
    machine().read_swizzled(product.a + row * 128, left[half]);
  }
  for (std::size_t j = 0; j < 64; ++j) {
    const std::size_t column = j / 2 * 8 + lane % 4 * 2 + j % 2;
    double right[16];
    machine().read_swizzled(product.b + column * 128, right);
    for (std::size_t half = 0; half < 2; ++half) {
      float& sum = product.sums[j / 2 * 4 + half * 2 + j % 2];
      double terms[17];
      for (std::size_t k = 0; k < 16; ++k) terms[k] = left[half][k] * right[k];
      terms[16] = product.add ? static_cast<double>(sum) : 0;
      sum = cut_sum(terms, 17);
    }
  }
}

}  // namespace

void run(const std::function<void()>& kernel, std::uint32_t blocks, std::uint32_t threads, std::size_t shared_bytes,
         std::uint64_t seed) {
  machine().run(kernel, blocks, threads, shared_bytes, seed);
}

std::uint32_t thread() { return machine().thread(); }
std::uint32_t block() { return machine().block(); }
std::uint32_t blocks() { return machine().blocks(); }
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

void make_arrivals(Arrival* arrivals, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) machine().make_arrival(arrivals + i);
}

void expect_bytes(Arrival* arrival, std::uint32_t bytes) {
  ArrivalState& state = machine().arrival(arrival);
  if (state.expecting) give_up("a phase begins before the one before has ended");
  state.expecting = true;
  state.expected = bytes;
}

void copy_bulk(void* to_shared, const void* from_global, std::uint32_t bytes, Arrival* arrival) {
  if (reinterpret_cast<std::uintptr_t>(to_shared) % 16 != 0 ||
      reinterpret_cast<std::uintptr_t>(from_global) % 16 != 0 || bytes % 16 != 0) {
    give_up("a bulk copy is not aligned to 16 bytes");
  }
  ArrivalState& state = machine().arrival(arrival);
  if (!state.expecting) give_up("a bulk copy starts before its bytes are expected");
  std::memset(to_shared, 0xff, bytes);
  state.copies.push_back({to_shared, from_global, bytes});
}

void wait_for_arrival(Arrival* arrival, std::uint32_t parity) { machine().wait_for_arrival(arrival, parity); }

void begin_products() {}

void multiply_tiles(float (&sums)[128], const void* a, const void* b, bool add) {
  machine().self().open_products.push_back(
      {sums, static_cast<const unsigned char*>(a), static_cast<const unsigned char*>(b), add});
}

void commit_products() {
  using Products = std::vector<TileProduct>;
  Products products = std::exchange(machine().self().open_products, {});
  machine().exchange_in_warpgroup<Products>(products, [](Products* const(&lanes)[kWarpgroup]) {
    const auto same = [](const TileProduct& x, const TileProduct& y) {
      return x.a == y.a && x.b == y.b && x.add == y.add;
    };
    for (const Products* lane : lanes) {
      if (!std::equal(lane->begin(), lane->end(), lanes[0]->begin(), lanes[0]->end(), same)) {
        give_up("the lanes of a warpgroup multiply different tiles");
      }
    }
  });
  machine().self().product_groups.push_back(std::move(products));
}

void wait_for_products_but(std::size_t groups) {
  Thread& self = machine().self();
  const std::size_t lane = thread() % kWarpgroup;
  for (; self.product_groups.size() > groups; self.product_groups.pop_front()) {
    for (const TileProduct& product : self.product_groups.front()) multiply_rows(product, lane);
  }
}

void finish_products(float (&)[128]) { wait_for_products_but(0); }

std::uint32_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }
float float_of(std::uint32_t bits) { return std::bit_cast<float>(bits); }
float infinity() { return std::numeric_limits<float>::infinity(); }
double add(double a, double b) { return a + b; }
double multiply(double a, double b) { return a * b; }
double divide(double a, double b) { return a / b; }
double root(double x) { return std::sqrt(x); }
float to_float(double x) { return static_cast<float>(x); }

}  // namespace tenbin::simt
