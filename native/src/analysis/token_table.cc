#include "analysis/token_table.h"

#include <utility>

#include "tenbin/errors.h"

namespace tenbin {

std::uint32_t TokenTable::insert(Slot& slot, std::string_view token, std::uint64_t prefix) {
  const std::size_t id = size();
  if (id == kEmpty) throw InputError("texts: more than 2^32 - 1 distinct tokens");
  bytes_.append(token);
  begins_.push_back(bytes_.size());
  slot = {prefix, static_cast<std::uint32_t>(token.size()), static_cast<std::uint32_t>(id)};
  if (2 * size() > slots_.size()) grow();
  return static_cast<std::uint32_t>(id);
}

void TokenTable::release() noexcept {
  seal();
  std::string().swap(bytes_);
  std::vector<std::uint64_t>().swap(begins_);
}

void TokenTable::grow() {
  std::vector<Slot> larger(2 * slots_.size());
  --shift_;
  for (const Slot& slot : slots_) {
    if (slot.id == kEmpty) continue;
    std::size_t i = token_hash(token(slot.id)) >> shift_;
    while (larger[i].id != kEmpty) i = (i + 1) & (larger.size() - 1);
    larger[i] = slot;
  }
  slots_ = std::move(larger);
}

}  // namespace tenbin
