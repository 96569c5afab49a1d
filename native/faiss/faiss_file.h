#pragma once

#include <faiss/Index.h>

#include <memory>
#include <string>

#include "tenbin/top_k.h"

namespace tenbin {

// An index file is Faiss's own format, which Faiss reads anywhere, and behind it a checksum: Faiss follows the links
// and sizes that it reads without looking, so that a damaged file would end the process.

/// Writes the file as a whole or not at all. Throws InputError, naming the path; Cancelled.
void write_faiss_file(const faiss::Index& index, const std::string& path, const Cancellation& cancellation);

/// Reads a file of `write_faiss_file`, or one that Faiss wrote elsewhere, which has no checksum and is trusted. Throws
/// InputError, naming the path, when there is none, or it is damaged or no Faiss index; Cancelled.
std::unique_ptr<faiss::Index> read_faiss_file(const std::string& path, const Execution& execution);

}  // namespace tenbin
