#include "bm25/bm25_formula.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "tenbin/errors.h"

namespace tenbin {

void Bm25Parameters::check() const {
  if (method > Bm25Method::kBm25Plus) throw InputError("method is not known");
  // Far beyond what anybody weighs with, and near enough that no part of the formula overflows.
  constexpr double kMost = 1e6;
  if (!(k1 > 0 && k1 <= kMost)) throw InputError("k1 must be above 0 and at most 1000000");
  if (!(b >= 0 && b <= 1)) throw InputError("b must be between 0 and 1");
  if (!(delta >= 0 && delta <= kMost)) throw InputError("delta must be between 0 and 1000000");
}

double inverse_document_frequency(Bm25Method method, std::size_t documents, std::size_t frequency) {
  const double n = static_cast<double>(documents);
  const double df = static_cast<double>(frequency);
  const auto idf = [&] {
    switch (method) {
      case Bm25Method::kRobertson:
        return std::log(std::max(1.0, (n - df + 0.5) / (df + 0.5)));
      case Bm25Method::kLucene:
        return std::log(1.0 + (n - df + 0.5) / (df + 0.5));
      case Bm25Method::kAtire:
        return std::log(n / df);
      case Bm25Method::kBm25L:
        return std::log((n + 1.0) / (df + 0.5));
      case Bm25Method::kBm25Plus:
        return std::log((n + 1.0) / df);
    }
    return 0.0;
  };
  return static_cast<float>(idf());
}

TermFrequencyPart::TermFrequencyPart(const Bm25Parameters& parameters, double average_length)
    : parameters_(parameters), average_length_(average_length) {}

double TermFrequencyPart::weighed_length(std::uint32_t length) const noexcept {
  return parameters_.quantize_lengths ? lucene_length(length) : length;
}

double TermFrequencyPart::norm(std::uint32_t length) const noexcept {
  return 1.0 - parameters_.b + parameters_.b * (weighed_length(length) / average_length_);
}

double TermFrequencyPart::operator()(double tf, double norm) const noexcept {
  const double k1 = parameters_.k1;
  const double delta = parameters_.delta;
  switch (parameters_.method) {
    case Bm25Method::kRobertson:
    case Bm25Method::kLucene:
      return tf / (k1 * norm + tf);
    case Bm25Method::kAtire:
    case Bm25Method::kBm25Plus:  // delta is all of the constant that is left out
      return (k1 + 1.0) * tf / (k1 * norm + tf);
    case Bm25Method::kBm25L: {
      const double c = tf / norm + delta;
      return std::max(0.0, (k1 + 1.0) * c / (k1 + c) - (k1 + 1.0) * delta / (k1 + delta));
    }
  }
  return 0.0;
}

std::uint32_t lucene_length(std::uint32_t length) noexcept {
  constexpr std::uint32_t kExact = 24;  // Lucene has 24 codes to spare and gives them to the smallest lengths
  if (length < kExact) return length;
  const std::uint32_t rest = length - kExact;
  const int dropped = std::max(0, static_cast<int>(std::bit_width(rest)) - 4);
  return kExact + (rest >> dropped << dropped);
}

}  // namespace tenbin
