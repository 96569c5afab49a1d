#pragma once

// Stands in for CUDA's runtime and Faiss's GPUs: as many "GPUs" as a test says, on this processor.

enum cudaError_t { cudaSuccess = 0, cudaErrorInsufficientDriver = 35 };

namespace stand_in {

inline int gpus = 0;  // fewer than none: there is no driver
inline int searches = 0;

}  // namespace stand_in

inline cudaError_t cudaGetDeviceCount(int* count) {
  if (stand_in::gpus < 0) return cudaErrorInsufficientDriver;
  *count = stand_in::gpus;
  return cudaSuccess;
}
