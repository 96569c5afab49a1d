#include "bm25/vocabulary.h"

#include <bit>

#include "analysis/token_hash.h"
#include "tenbin/bm25_index.h"

namespace tenbin {

namespace {

std::size_t first_slot(std::string_view term, std::size_t slots) noexcept {
  return token_hash(term) >> (64 - std::countr_zero(slots));
}

}  // namespace

std::uint32_t Vocabulary::find(std::string_view wanted) const noexcept {
  for (std::size_t i = first_slot(wanted, slots.size());; i = (i + 1) & (slots.size() - 1)) {
    if (slots[i] == 0) return Bm25Index::kUnknownTerm;
    if (term(slots[i] - 1) == wanted) return slots[i] - 1;
  }
}

std::vector<std::uint32_t> Vocabulary::make_slots(std::string_view bytes, std::span<const std::uint64_t> begins) {
  std::vector<std::uint32_t> slots(std::bit_ceil(2 * begins.size()));
  const Vocabulary vocabulary{bytes, begins, slots};
  for (std::size_t id = 0; id < vocabulary.size(); ++id) {
    const std::string_view term = vocabulary.term(id);
    std::size_t i = first_slot(term, slots.size());
    while (slots[i] != 0 && vocabulary.term(slots[i] - 1) != term) i = (i + 1) & (slots.size() - 1);
    if (slots[i] == 0) slots[i] = static_cast<std::uint32_t>(id + 1);
  }
  return slots;
}

}  // namespace tenbin
