#include "arguments.h"

#include <cmath>
#include <string>

namespace tenbin::binding {

namespace {

[[noreturn]] void refuse(const Napi::Value& value, const char* name, const char* expected) {
  throw Napi::TypeError::New(value.Env(), std::string(name) + " must be " + expected);
}

template <typename Array>
auto typed_array(const Napi::Value& value, const char* name, napi_typedarray_type type, const char* expected) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type) refuse(value, name, expected);
  auto array = value.As<Array>();
  return std::span(array.Data(), array.ElementLength());
}

/// A flag that JavaScript raises.
class CancellationObject : public Napi::ObjectWrap<CancellationObject> {
 public:
  explicit CancellationObject(const Napi::CallbackInfo& info) : ObjectWrap(info) { Value().TypeTag(&kTag); }

  static constexpr napi_type_tag kTag = {0x7d1f3cb2a4e94c07, 0x9b6f5a3d2e8c41f0};

  void cancel(const Napi::CallbackInfo&) { flag->cancel(); }

  const std::shared_ptr<Cancellation> flag = std::make_shared<Cancellation>();
};

}  // namespace

std::span<float> float32_array(const Napi::Value& value, const char* name) {
  return typed_array<Napi::Float32Array>(value, name, napi_float32_array, "a Float32Array");
}

std::span<std::uint32_t> uint32_array(const Napi::Value& value, const char* name) {
  return typed_array<Napi::Uint32Array>(value, name, napi_uint32_array, "a Uint32Array");
}

std::span<std::uint8_t> uint8_array(const Napi::Value& value, const char* name) {
  return typed_array<Napi::Uint8Array>(value, name, napi_uint8_array, "a Uint8Array");
}

std::span<std::uint8_t> optional_uint8_array(const Napi::Value& value, const char* name) {
  if (value.IsUndefined()) return {};
  return uint8_array(value, name);
}

double number(const Napi::Value& value, const char* name) {
  if (!value.IsNumber()) refuse(value, name, "a number");
  return value.As<Napi::Number>().DoubleValue();
}

std::uint32_t uint32(const Napi::Value& value, const char* name) {
  const double x = number(value, name);
  if (!(x >= 0 && x <= 4294967295.0) || x != std::floor(x)) refuse(value, name, "a whole number below 2^32");
  return static_cast<std::uint32_t>(x);
}

bool boolean(const Napi::Value& value, const char* name) {
  if (!value.IsBoolean()) refuse(value, name, "a boolean");
  return value.As<Napi::Boolean>().Value();
}

std::string string(const Napi::Value& value, const char* name) {
  if (!value.IsString()) refuse(value, name, "a string");
  return value.As<Napi::String>().Utf8Value();
}

TextRows text_rows(const Napi::CallbackInfo& info, std::size_t first) {
  const auto bytes = uint8_array(info[first], "bytes");
  return {{reinterpret_cast<const char*>(bytes.data()), bytes.size()}, uint32_array(info[first + 1], "offsets"), {}};
}

std::shared_ptr<Cancellation> cancellation(const Napi::Value& value) {
  if (value.IsUndefined()) return std::make_shared<Cancellation>();
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&CancellationObject::kTag)) {
    refuse(value, "cancellation", "a Cancellation");
  }
  return CancellationObject::Unwrap(value.As<Napi::Object>())->flag;
}

TopK top_k(const Napi::CallbackInfo& info, std::size_t first, std::uint32_t k) {
  return {k, uint32_array(info[first], "indices"), float32_array(info[first + 1], "scores"),
          uint32_array(info[first + 2], "counts")};
}

Napi::Function define_cancellation(Napi::Env env) {
  return CancellationObject::DefineClass(env, "Cancellation",
                                         {CancellationObject::InstanceMethod<&CancellationObject::cancel>("cancel")});
}

}  // namespace tenbin::binding
