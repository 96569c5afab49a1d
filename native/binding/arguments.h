#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "tenbin/cancellation.h"
#include "tenbin/corpus_tokens.h"
#include "tenbin/top_k.h"

namespace tenbin::binding {

// TypeScript has checked arguments and explained mistakes; these check again and throw a TypeError that names the
// argument, so that no call from JavaScript can reach memory that is not there. All take views at any offset.

std::span<float> float32_array(const Napi::Value& value, const char* name);
std::span<std::uint32_t> uint32_array(const Napi::Value& value, const char* name);
std::span<std::uint8_t> uint8_array(const Napi::Value& value, const char* name);
/// The same, none for undefined.
std::span<std::uint8_t> optional_uint8_array(const Napi::Value& value, const char* name);
double number(const Napi::Value& value, const char* name);
/// A whole number in [0, 2^32).
std::uint32_t uint32(const Napi::Value& value, const char* name);

bool boolean(const Napi::Value& value, const char* name);
std::string string(const Napi::Value& value, const char* name);

/// Texts from a Uint8Array of UTF-8 at info[first] and a Uint32Array of offsets behind it.
TextRows text_rows(const Napi::CallbackInfo& info, std::size_t first);

/// The flag of a Cancellation object, or a new one for undefined.
std::shared_ptr<Cancellation> cancellation(const Napi::Value& value);

/// The result arrays of a search, at info[first] .. info[first + 2].
TopK top_k(const Napi::CallbackInfo& info, std::size_t first, std::uint32_t k);

/// Defines the class whose objects `cancellation` reads.
Napi::Function define_cancellation(Napi::Env env);

}  // namespace tenbin::binding
