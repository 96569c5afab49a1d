#pragma once

#include <napi.h>

namespace tenbin::binding {

/// Defines the class OverlapIndex and adds its constructor to the exports.
void define_overlap(Napi::Env env, Napi::Object exports);

}  // namespace tenbin::binding
