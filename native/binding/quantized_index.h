#pragma once

#include <napi.h>

namespace tenbin::binding {

/// Defines the class and adds `createQuantizedIndex` to the exports.
void define_quantized_index(Napi::Env env, Napi::Object exports);

}  // namespace tenbin::binding
