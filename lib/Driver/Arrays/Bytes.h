#ifndef CONVOPT_LIB_DRIVER_ARRAYS_BYTES_H
#define CONVOPT_LIB_DRIVER_ARRAYS_BYTES_H

#include <cstddef>
#include <new>
#include <vector>

namespace convopt {

/// Memory that starts with a cache line: vectors of a tensor that starts
/// elsewhere lie in two lines each, which costs the first layer up to a
/// quarter of its time.
template <typename T> struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  CacheLineAllocator() = default;
  template <typename U> CacheLineAllocator(const CacheLineAllocator<U> &) {}
  T *allocate(size_t count) {
    return static_cast<T *>(::operator new(count * sizeof(T), alignment));
  }
  void deallocate(T *memory, size_t /*count*/) {
    ::operator delete(memory, alignment);
  }
  bool operator==(const CacheLineAllocator &) const { return true; }
  bool operator!=(const CacheLineAllocator &) const { return false; }
};

/// The bytes of a tensor.
using Bytes = std::vector<char, CacheLineAllocator<char>>;

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_ARRAYS_BYTES_H
