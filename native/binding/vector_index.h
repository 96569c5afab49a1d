#pragma once

#include <napi.h>

namespace tenbin::binding {

/// Defines the class and adds `createVectorIndex` and `openVectorIndex` to the exports.
void define_vector_index(Napi::Env env, Napi::Object exports);

}  // namespace tenbin::binding
