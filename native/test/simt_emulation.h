#pragma once

// Runs kernels on the CPU: the threads of a block are fibers of one thread of the machine, which change at barriers and
// where a warp's lanes exchange something, in an order that differs from round to round. What the hardware leaves open
// is made as bad as it may be: a copy arrives when it is waited for and no sooner, a bulk copy's target is NaN until
// then, products of a warpgroup are made when they are waited for, shared memory begins as NaN, and a tensor core cuts
// off what it adds. A thread that a barrier or a warp waits for in vain ends the program.

#include <cstddef>
#include <cstdint>
#include <functional>

#define SIMT_KERNEL inline void
#define SIMT_FUNCTION inline
#define SIMT_HOST_DEVICE_FUNCTION inline
#define SIMT_BOUNDS(threads, blocks)
#define SIMT_UNROLL

namespace tenbin::simt {

/// Runs `kernel` for each thread of each block, blocks one after the other, in an order by `seed`.
void run(const std::function<void()>& kernel, std::uint32_t blocks, std::uint32_t threads, std::size_t shared_bytes,
         std::uint64_t seed);

std::uint32_t thread();
std::uint32_t block();
std::uint32_t blocks();
std::uint32_t threads();
unsigned char* shared();
void barrier();
std::uint32_t atomic_add(std::uint32_t* at, std::uint32_t value);
double shuffle_down16(double value, unsigned delta);
double shuffle_first16(double value);
void copy16_async(void* to_shared, const void* from_global);
void commit_copies();
void wait_for_copies_but(std::size_t groups);
template <int kGroups>
void wait_for_copies() {
  wait_for_copies_but(kGroups);
}
void load_matrices(const void* shared_row, std::uint32_t (&parts)[4]);
void multiply_add(float (&sums)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1);

// As simt_warpgroup.h.

using Arrival = std::uint64_t;
void make_arrivals(Arrival* arrivals, std::uint32_t count);
void expect_bytes(Arrival* arrival, std::uint32_t bytes);
void copy_bulk(void* to_shared, const void* from_global, std::uint32_t bytes, Arrival* arrival);
void wait_for_arrival(Arrival* arrival, std::uint32_t parity);
void begin_products();
void multiply_tiles(float (&sums)[128], const void* a, const void* b, bool add);
void commit_products();
void wait_for_products_but(std::size_t groups);
template <int kGroups>
void wait_for_products() {
  wait_for_products_but(kGroups);
}
void finish_products(float (&sums)[128]);

std::uint32_t bits_of(float x);
float float_of(std::uint32_t bits);
float infinity();
double add(double a, double b);
double multiply(double a, double b);
double divide(double a, double b);
double root(double x);
float to_float(double x);

}  // namespace tenbin::simt
