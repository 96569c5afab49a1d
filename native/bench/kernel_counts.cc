// `tenbin_kernel_counts` prints as JSON what it counts and what made it: { toolchain, cases: [name, ...] }.
// `tenbin_kernel_counts CASE` runs one case; what is to be counted runs in the function tenbin_counted, so that a tool
// which counts instructions can be told its name. TENBIN_ISA, which must be set, chooses the kernels. Run by
// bench/instructions.
#include "bench/kernel_counts.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <future>
#include <string>

#include "tenbin/errors.h"
#include "tenbin/isa.h"

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

/// Returns the exit status: a value, so that the call within is not turned into a jump out of this function.
extern "C" [[gnu::noinline]] int tenbin_counted(const tenbin::Work& work) {
  work();
  return 0;
}

namespace tenbin {

namespace {

/// What instruction counts depend on, beside the source.
std::string toolchain() {
#if defined(__clang__)
  std::string name("Clang " __clang_version__);
#else
  std::string name("GCC " __VERSION__);
#endif
#if defined(__GLIBC__)
  name.append(", glibc ").append(gnu_get_libc_version());
#endif
#if defined(__x86_64__)
  name.append(", x86-64");
#elif defined(__aarch64__)
  name.append(", aarch64");
#endif
  return name;
}

std::vector<CountedCase> all_cases() {
  std::vector<CountedCase> cases = kernel_cases();
  const std::vector<CountedCase> operations = operation_cases();
  cases.insert(cases.end(), operations.begin(), operations.end());
  return cases;
}

int describe() {
  std::string names;
  for (const CountedCase& each : all_cases()) {
    names.append(names.empty() ? "" : ",").append("\"").append(each.name).append("\"");
  }
  std::printf("{\"toolchain\":\"%s\",\"cases\":[%s]}\n", toolchain().c_str(), names.c_str());
  return 0;
}

int run(std::string_view name) {
  const char* isa = std::getenv("TENBIN_ISA");
  if (isa == nullptr) throw InputError("TENBIN_ISA is not set");
  for (const CountedCase& each : all_cases()) {
    if (each.name != name) continue;
    // A loop on a pool of one thread runs on the caller's, whose instructions are the ones that are counted.
    ThreadPool pool(1);
    const Cancellation never;
    const Execution execution{pool, kernels_for(isa_from_name(isa)), never};
    // A thread's stack begins at a page, that of the process where arguments and environment end; what is in it counts
    // a little differently by where it lies.
    return std::async(std::launch::async, [&] { return tenbin_counted(each.prepare(execution)); }).get();
  }
  throw InputError(std::string(name) + ": not a case");
}

}  // namespace

}  // namespace tenbin

int main(int argc, char** argv) {
  try {
    return argc > 1 ? tenbin::run(argv[1]) : tenbin::describe();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "Error: %s\n", error.what());
    return 1;
  }
}
