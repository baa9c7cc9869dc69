// Sums of rows and columns.

/// x_0 + ... + x_(n-1), in sixteen sums of every sixteenth.
template <class T>
T sum_of_numbers(const T* x, Index n) noexcept {
  Sixteen<T> sums;
  const Index whole = n / 16 * 16;
  for (Index i = 0; i < whole; i += 16) {
    WICK_UNROLL
    for (int v = 0; v < Sixteen<T>::vectors; ++v) sums.part[v] = sums.part[v] + load<T>(x + i + v * lanes<T>);
  }
  T total = sum<T>(sums);
  for (Index i = whole; i < n; ++i) total += x[i];
  return total;
}

/// column_sums() of `Vectors` vectors of columns.
template <class T, int Vectors>
void column_sums_of(Index rows, Index stride, const T* x, T* sums, bool add) noexcept {
  constexpr Index group = 16;
  constexpr int Lanes = lanes<T>;
  Vec<T> total[static_cast<std::size_t>(Vectors)] = {};
  for (Index row = 0; row < rows; row += group) {
    Vec<T> part[static_cast<std::size_t>(Vectors)] = {};
    const Index end = row + group < rows ? row + group : rows;
    for (Index r = row; r < end; ++r) {
      WICK_UNROLL
      for (int v = 0; v < Vectors; ++v) part[v] = part[v] + load<T>(x + r * stride + v * Lanes);
    }
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) total[v] = total[v] + part[v];
  }
  WICK_UNROLL
  for (int v = 0; v < Vectors; ++v) {
    store<T>(sums + v * Lanes, add ? load<T>(sums + v * Lanes) + total[v] : total[v]);
  }
}

/// sums_c = sum over rows of x_rc, or sums_c += it, for a (rows, cols) matrix whose rows begin `stride`
/// apart.
///
/// Rows are added in groups of 16 and the groups' sums then, which loses less to rounding than one long sum
/// and is the order of PyTorch's sum(0).
template <class T>
void column_sums(Index rows, Index cols, Index stride, const T* x, T* sums, bool add) noexcept {
  constexpr Index group = 16;
  constexpr int Lanes = lanes<T>;
  if (rows == 0) {  // x may be null
    for (Index c = 0; !add && c < cols; ++c) sums[c] = T(0);
    return;
  }
  Index col = 0;
  // Some vectors side by side, as one addition waits for the one before.
  constexpr Index four = Index{4} * Lanes;
  for (; col + four <= cols; col += four) column_sums_of<T, 4>(rows, stride, x + col, sums + col, add);
  for (; col + Lanes <= cols; col += Lanes) column_sums_of<T, 1>(rows, stride, x + col, sums + col, add);
  for (; col < cols; ++col) {
    T total = 0;
    for (Index row = 0; row < rows; row += group) {
      T part = 0;
      const Index end = row + group < rows ? row + group : rows;
      for (Index r = row; r < end; ++r) part += x[r * stride + col];
      total += part;
    }
    sums[col] = add ? sums[col] + total : total;
  }
}
