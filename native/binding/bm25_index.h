#pragma once

#include <napi.h>

namespace tenbin::binding {

/// Defines the class and adds `buildBm25Index` and `openBm25Index` to the exports.
void define_bm25_index(Napi::Env env, Napi::Object exports);

}  // namespace tenbin::binding
