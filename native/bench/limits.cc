// `tenbin_limits [THREADS [scans]]`: on one thread and on THREADS (by default as many as processors), prints as JSON
// what this machine can do at most and, with `scans`, how much of it the core does: { isa, blas, rates: [{ name,
// threads, aSecond }] }, see rates.h. TENBIN_ISA forces an instruction set, as it does for the addon.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

#include "bench/blas.h"
#include "bench/ceilings.h"
#include "bench/rate.h"
#include "bench/rates.h"
#include "tenbin/thread_pool.h"

namespace tenbin {

namespace {

constexpr std::size_t kSteps = 2'000'000;               // a tenth of a second and more
constexpr std::size_t kReadFloats = 128 * 1024 * 1024;  // 512 MB, far beyond every cache

/// Numbers around 0 whose distribution is close to normal: the sum of eight bytes of a 64-bit random number.
std::vector<float> make_embeddings() {
  std::vector<float> values(kDocuments * kDimensions);
  std::uint64_t state = 0x9e3779b97f4a7c15;
  for (float& value : values) {
    state ^= state << 13;  // xorshift64, Marsaglia 2003
    state ^= state >> 7;
    state ^= state << 17;
    constexpr std::uint64_t kPairs = 0x00ff00ff00ff00ff;
    const std::uint64_t pairs = (state & kPairs) + (state >> 8 & kPairs);
    value = static_cast<float>((pairs * 0x0001000100010001 >> 48)) - 1020.0f;
  }
  return values;
}

}  // namespace

std::vector<Rate> ceiling_rates(Isa isa, std::size_t threads) {
  const Ceilings& ceilings = ceilings_for(isa);
  const std::vector<float> values(kReadFloats, 1.0f);
  const std::size_t share = kReadFloats / threads / 256 * 256;
  return {
      {"multiply_add", threads,
       best_rate(threads,
                 [&](std::size_t) {
                   float sink = 0;
                   return ceilings.multiply_add(kSteps, &sink);
                 })},
      {"dot_codes", threads,
       best_rate(threads,
                 [&](std::size_t) {
                   std::int32_t sink = 0;
                   return ceilings.dot_codes(kSteps, &sink);
                 })},
      {"read", threads,
       best_rate(threads,
                 [&](std::size_t thread) {
                   float sink = 0;
                   ceilings.read(values.data() + thread * share, share, &sink);
                   return static_cast<double>(share * sizeof(float));
                 })},
  };
}

namespace {

int print_limits(std::size_t most_threads, bool scans) {
  const char* forced = std::getenv("TENBIN_ISA");
  const Isa isa = forced == nullptr || *forced == '\0' ? usable_isas().back() : isa_from_name(forced);
  std::vector<float> embeddings;
  if (scans) embeddings = make_embeddings();
  std::vector<std::size_t> counts{1};
  if (most_threads > 1) counts.push_back(most_threads);
  std::vector<Rate> rates;
  const auto add = [&](const std::vector<Rate>& some) { rates.insert(rates.end(), some.begin(), some.end()); };
  for (const std::size_t threads : counts) {
    add(ceiling_rates(isa, threads));
    if (!scans) continue;
    add(kernel_rates(isa, threads));
    add(scan_rates(isa, threads, embeddings));
  }
  const BlasRate blas = blas_rate();
  if (!blas.library.empty()) rates.push_back({"sgemm", most_threads, blas.a_second});
  std::string listed;
  for (const Rate& rate : rates) {
    listed.append(listed.empty() ? "" : ",").append("{\"name\":\"").append(rate.name);
    listed.append("\",\"threads\":").append(std::to_string(rate.threads));
    listed.append(",\"aSecond\":").append(std::to_string(rate.a_second)).append("}");
  }
  std::printf("{\"isa\":\"%s\",\"blas\":\"%s\",\"rates\":[%s]}\n", std::string(name_of(isa)).c_str(),
              blas.library.c_str(), listed.c_str());
  return 0;
}

}  // namespace

}  // namespace tenbin

int main(int argc, char** argv) {
  try {
    const std::size_t threads = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : tenbin::available_threads();
    if (threads < 1) {
      std::fprintf(stderr, "Error: %s: not a number of threads\n", argv[1]);
      return 2;
    }
    const bool scans = argc > 2 && std::string_view(argv[2]) == "scans";
    return tenbin::print_limits(threads, scans);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "Error: %s\n", error.what());
    return 1;
  }
}
