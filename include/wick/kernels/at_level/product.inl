// The inner loops of matrix products, whose operands packing.inl prepares.

/// sums += one column of A, `Rows` numbers that are `row_step` apart, times one row of B, `Vectors` vectors.
template <class T, int Rows, int Vectors>
WICK_FORCE_INLINE void add_outer(const T* left, Index row_step, const T* right,
                                 Vec<T> (*sums)[static_cast<std::size_t>(Vectors)]) noexcept {
  constexpr int Lanes = lanes<T>;
  Vec<T> x[static_cast<std::size_t>(Vectors)];
  WICK_UNROLL
  for (int v = 0; v < Vectors; ++v) x[v] = load<T>(right + v * Lanes);
  WICK_UNROLL
  for (int r = 0; r < Rows; ++r) {
    const Vec<T> one = all<T>(left[r * row_step]);
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) sums[r][v] = fma<T, Lanes>(one, x[v], sums[r][v]);
  }
}

/// What a part of a product is added to.
template <class T>
struct Before {
  const T* at;     ///< a matrix, C itself or another; null: `start`
  Index stride;    ///< between its rows: 0 for one that is the same for all
  const T* start;  ///< a number for each row; null: 0
};
template <class T>
WICK_FORCE_INLINE Before<T> added(bool add, const T* c, Index c_stride) noexcept {
  return {add ? c : nullptr, c_stride, nullptr};
}

/// C (Rows, Vectors * lanes) = before + A B. The product is added up in order of k in registers first. The
/// left operand has element (r, k) at r * stride + k, or at k * Rows + r if it is packed; `right` is (depth,
/// Vectors * lanes). Unless `next` is null, the rows there, which may be behind the end of an operand that is
/// not packed, are fetched meanwhile.
template <class T, int Rows, int Vectors, bool packed>
void product_kernel(Index depth, const T* left, Index stride, const T* right, T* c, Index c_stride,
                    const Before<T>& before, [[maybe_unused]] const T* next) noexcept {
  constexpr int Lanes = lanes<T>;
  Vec<T> sums[static_cast<std::size_t>(Rows)][static_cast<std::size_t>(Vectors)];
  WICK_UNROLL
  for (int r = 0; r < Rows; ++r) {
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      sums[r][v] = Vec<T>{};
      prefetch(c + r * c_stride + v * Lanes);
    }
  }
  constexpr Index k_step = packed ? Rows : 1;  // NOLINT(bugprone-branch-clone): where Rows is 1
  const Index row_step = packed ? 1 : stride;
  Index k = 0;
  if constexpr (!packed) {
    constexpr auto line = static_cast<Index>(64 / sizeof(T));
    while (k + 2 <= depth) {
      Index end = depth;
      if (next != nullptr && k + line <= depth) {
        end = k + line;
        WICK_UNROLL
        for (int r = 0; r < Rows; ++r) prefetch_far(next + r * stride + k);
      }
      // Two steps at a time leave fewer instructions beside the multiply-adds, where addresses take some.
      for (; k + 2 <= end; k += 2) {
        add_outer<T, Rows, Vectors>(left, row_step, right, sums);
        add_outer<T, Rows, Vectors>(left + k_step, row_step, right + Vectors * Lanes, sums);
        left += 2 * k_step;
        right += 2 * Vectors * Lanes;
      }
    }
  }
  for (; k < depth; ++k) {
    add_outer<T, Rows, Vectors>(left, row_step, right, sums);
    left += k_step;
    right += Vectors * Lanes;
  }
  WICK_UNROLL
  for (int r = 0; r < Rows; ++r) {
    const Vec<T> first = before.start != nullptr ? all<T>(before.start[r]) : Vec<T>{};
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      const Vec<T> from = before.at != nullptr ? load<T>(before.at + r * before.stride + v * Lanes) : first;
      store<T>(c + r * c_stride + v * Lanes, from + sums[r][v]);
    }
  }
}

/// The kernel for `rows`, one of Registers::next_rows, and `cols`, one or two vectors.
template <class T, int Rows, bool packed>
WICK_FORCE_INLINE void product_of_rows(Index cols, Index depth, const T* left, Index stride, const T* right,
                                       T* c, Index c_stride, const Before<T>& before,
                                       const T* next) noexcept {
  if (cols == Registers<T>::cols) {
    product_kernel<T, Rows, 2, packed>(depth, left, stride, right, c, c_stride, before, next);
  } else {
    product_kernel<T, Rows, 1, packed>(depth, left, stride, right, c, c_stride, before, next);
  }
}
template <class T, bool packed>
void product_group(Index rows, Index cols, Index depth, const T* left, Index stride, const T* right, T* c,
                   Index c_stride, const Before<T>& before, const T* next = nullptr) noexcept {
  constexpr auto most = static_cast<int>(Registers<T>::rows);
  constexpr auto most_in_place = static_cast<int>(Registers<T>::rows_in_place);
  if (rows == most)
    return product_of_rows<T, most, packed>(cols, depth, left, stride, right, c, c_stride, before, next);
  if constexpr (!packed && most_in_place < most) {
    if (rows == most_in_place)
      return product_of_rows<T, most_in_place, packed>(cols, depth, left, stride, right, c, c_stride, before,
                                                       next);
  }
  if (rows == 4)
    return product_of_rows<T, 4, packed>(cols, depth, left, stride, right, c, c_stride, before, next);
  if (rows == 2)
    return product_of_rows<T, 2, packed>(cols, depth, left, stride, right, c, c_stride, before, next);
  product_of_rows<T, 1, packed>(cols, depth, left, stride, right, c, c_stride, before, next);
}

/// The same for two vectors of columns of a right operand whose rows are `right_stride` apart. It is packed
/// on the way, to `pack` (depth, 2 * lanes).
///
/// What comes next behind each row is fetched: columns of a wide matrix are in a page and a set of the cache
/// of their own for each row, so that nothing but its neighbour in the row is at hand in time.
template <class T, int Rows>
void product_in_place(Index depth, const T* left, Index stride, const T* right, Index right_stride, T* pack,
                      T* c, Index c_stride, bool add) noexcept {
  constexpr int Lanes = lanes<T>;
  constexpr int lines = (2 * WICK_LEVEL_BYTES + 63) / 64;
  Vec<T> sums[static_cast<std::size_t>(Rows)][2];
  WICK_UNROLL
  for (int r = 0; r < Rows; ++r) {
    sums[r][0] = sums[r][1] = Vec<T>{};
    prefetch(c + r * c_stride);
  }
  for (Index k = 0; k < depth; ++k) {
    const Vec<T> x0 = load<T>(right);
    const Vec<T> x1 = load<T>(right + Lanes);
    WICK_UNROLL
    for (int i = 0; i < lines; ++i) prefetch_far(right + 2 * Lanes + i * 64 / static_cast<int>(sizeof(T)));
    right += right_stride;
    store<T>(pack, x0);
    store<T>(pack + Lanes, x1);
    pack += 2 * Lanes;
    WICK_UNROLL
    for (int r = 0; r < Rows; ++r) {
      const Vec<T> one = all<T>(left[r * stride]);
      sums[r][0] = fma<T, Lanes>(one, x0, sums[r][0]);
      sums[r][1] = fma<T, Lanes>(one, x1, sums[r][1]);
    }
    ++left;
  }
  WICK_UNROLL
  for (int r = 0; r < Rows; ++r) {
    WICK_UNROLL
    for (int v = 0; v < 2; ++v) {
      T* const to = c + r * c_stride + v * Lanes;
      const Vec<T> before = add ? load<T>(to) : Vec<T>{};
      store<T>(to, before + sums[r][v]);
    }
  }
}

// Products C = op(A) B^T, of which C^T = B op(A)^T is computed, B being read where it lies.

/// sums (cols, stride) = start + `cols` rows of B, beginning at b, times the packed operand (k, stride),
/// panel by panel; `start` is a number for each row of sums, or for each column if `start_of_column`, or, if
/// null, what is there. If B is `is_far`, in a larger cache or in memory, rows are fetched ahead, those that
/// follow the last one included.
template <class T>
void multiply_transposed(Index cols, Index k, Index stride, const T* b, const T* right, const T* start,
                         bool start_of_column, T* sums, bool is_far) noexcept {
  constexpr Index block = Registers<T>::cols;
  Index depth = 0;
  for (Index from = 0; from < k; from += depth) {
    depth = ProductPanels<T>::depth(k - from);
    const bool begins = from == 0 && start != nullptr;
    Index group = 0;
    for (Index r = 0; r < cols; r += group) {
      group = Registers<T>::next_rows(cols - r, Registers<T>::rows_in_place);
      const T* const left = b + r * k + from;
      // Pieces of rows end before the processor has learnt to read ahead in them.
      const T* next = nullptr;
      if (is_far)
        next = r + group < cols ? left + group * k : from + depth < k ? b + from + depth : b + cols * k;
      for (Index at = 0; at < stride; at += block) {
        T* const c = sums + r * stride + at;
        const Before<T> before = !begins           ? Before<T>{c, stride, nullptr}
                                 : start_of_column ? Before<T>{start + at, 0, nullptr}
                                                   : Before<T>{nullptr, 0, start + r};
        product_group<T, false>(group, stride - at < block ? stride - at : block, depth, left, k,
                                right + from * stride + at * depth, c, stride, before,
                                at == 0 ? next : nullptr);
      }
    }
  }
}

// Products C = op(A) B, B being packed by columns.

/// `rows` rows and `cols` columns, at most a block, of C for one panel of B, which begins at `b`. `right` is
/// the panel packed if `is_packed`, and is packed here otherwise.
template <class T, bool packed>
WICK_FORCE_INLINE void multiply_block(const DirectProduct<T>& p, Index rows, Index cols, Index depth,
                                      const T* left, const T* b, T* right, bool is_packed, T* c,
                                      bool add) noexcept {
  constexpr auto most = static_cast<int>(Registers<T>::rows);
  const Index stride = p.packed_rows > 0 ? depth : p.k;
  if constexpr (!packed) {
    // A weight, of which much more is read than of the activations that gradients of weights are made of.
    if (!is_packed && cols == Registers<T>::cols && rows == most) {
      return product_in_place<T, most>(depth, left, stride, b, p.n, right, c, p.n, add);
    }
  }
  const Index width = Registers<T>::block_cols(cols);
  if (!is_packed) copy_block<T>(b, p.n, depth, cols, right, width);
  if (cols == width) {
    return product_group<T, packed>(rows, width, depth, left, stride, right, c, p.n, added(add, c, p.n));
  }
  for (Index i = 0; add && i < rows; ++i) {
    for (Index j = 0; j < cols; ++j) p.edge[i * width + j] = c[i * p.n + j];
  }
  product_group<T, packed>(rows, width, depth, left, stride, right, p.edge, width, added(add, p.edge, width));
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < cols; ++j) c[i * p.n + j] = p.edge[i * width + j];
  }
}

/// C (rows, cols) = op(A) B or += for the panels of [from, to).
template <class T, bool packed>
void multiply_direct(const DirectProduct<T>& p) noexcept {
  constexpr Index block = Registers<T>::cols;
  const Index rows_at_once =
      packed || !ProductPanels<T>::rows_share_sets(p.k) ? Registers<T>::rows : Registers<T>::rows_in_place;
  Index depth = 0;
  for (Index from = p.from; from < p.to; from += depth) {
    depth = ProductPanels<T>::depth(p.k - from);
    const Index in_cache =
        (p.is_far ? ProductPanels<T>::far_elements : ProductPanels<T>::near_elements) / (depth * block);
    const Index together = (in_cache > 1 ? in_cache : 1) * block;
    for (Index begin = 0; begin < p.cols; begin += together) {
      const Index end = begin + together < p.cols ? begin + together : p.cols;
      if (p.is_far) pack_columns<T>(depth, end - begin, p.b + from * p.n + begin, p.n, p.right);
      Index group = 0;
      for (Index r = p.row_begin; r < p.row_end; r += group) {
        group = Registers<T>::next_rows(p.row_end - r, rows_at_once);
        const T* const left =
            p.packed_rows > 0 ? p.left + from * p.packed_rows + r * depth : p.left + r * p.k + from;
        for (Index at = begin; at < end; at += block) {
          multiply_block<T, packed>(p, group, p.cols - at < block ? p.cols - at : block, depth, left,
                                    p.b + from * p.n + at, p.right + (at - begin) * depth,
                                    p.is_far || r > p.row_begin, p.c + r * p.n + at,
                                    p.accumulate || from > p.from);
        }
      }
    }
  }
}

/// sums (rows, sums_stride) += x (rows, Terms) times `Terms` rows of B, Vectors vectors of columns.
template <class T, int Terms, int Vectors>
WICK_FORCE_INLINE void add_terms(Index rows, const T* x, const T* b, Index n, T* sums,
                                 Index sums_stride) noexcept {
  constexpr int Lanes = lanes<T>;
  Vec<T> ws[static_cast<std::size_t>(Terms)][static_cast<std::size_t>(Vectors)];
  WICK_UNROLL
  for (int i = 0; i < Terms; ++i) {
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      ws[i][v] = load<T>(b + i * n + v * Lanes);
      prefetch_far(b + (Terms + i) * n + v * Lanes);
    }
  }
  for (Index r = 0; r < rows; ++r) {
    T* const to = sums + r * sums_stride;
    Vec<T> sum[static_cast<std::size_t>(Vectors)];
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) sum[v] = load<T>(to + v * Lanes);
    WICK_UNROLL
    for (int i = 0; i < Terms; ++i) {
      const Vec<T> one = all<T>(x[r * Terms + i]);
      WICK_UNROLL
      for (int v = 0; v < Vectors; ++v) sum[v] = fma<T, Lanes>(one, ws[i][v], sum[v]);
    }
    WICK_UNROLL
    for (int v = 0; v < Vectors; ++v) store<T>(to + v * Lanes, sum[v]);
  }
}
/// The same for `cols` columns.
template <class T, int Terms>
void add_rows(Index rows, Index cols, const T* left, Index left_stride, const T* b, Index n,
              T* sums) noexcept {
  constexpr int Lanes = lanes<T>;
  constexpr int vectors = Registers<T>::rows > 8 ? 2 : 1;
  constexpr Index width = Index{vectors} * Lanes;
  T x[static_cast<std::size_t>(DirectKernels<T>::most_few * Terms)];
  for (Index r = 0; r < rows; ++r) {
    for (Index i = 0; i < Terms; ++i) x[r * Terms + i] = left[r * left_stride + i];
  }
  Index c = 0;
  for (; c + width <= cols; c += width) add_terms<T, Terms, vectors>(rows, x, b + c, n, sums + c, cols);
  if constexpr (vectors > 1) {
    for (; c + Lanes <= cols; c += Lanes) add_terms<T, Terms, 1>(rows, x, b + c, n, sums + c, cols);
  }
  for (; c < cols; ++c) {
    for (Index r = 0; r < rows; ++r) {
      T& sum = sums[r * cols + c];
      for (Index i = 0; i < Terms; ++i) sum = fma(x[r * Terms + i], b[i * n + c], sum);
    }
  }
}

/// The same as multiply_direct() for few rows of A: rows of B are read as they lie, and sums of a panel are
/// kept in the cache.
template <class T>
void multiply_few(const DirectProduct<T>& p) noexcept {
  constexpr int terms = 8;
  constexpr Index stretch = 64;
  const Index rows = p.row_end - p.row_begin;
  const Index fitting = DirectKernels<T>::few_sums / rows / stretch * stretch;
  const T* const left = p.left + p.row_begin * p.k;
  for (Index begin = 0; begin < p.cols; begin += fitting) {
    const Index cols = p.cols - begin < fitting ? p.cols - begin : fitting;
    Index depth = 0;
    for (Index from = 0; from < p.k; from += depth) {
      depth = ProductPanels<T>::depth(p.k - from);
      T* const sums = p.right;
      for (Index i = 0; i < rows * cols; ++i) sums[i] = T(0);
      Index k = from;
      for (; k + terms <= from + depth; k += terms)
        add_rows<T, terms>(rows, cols, left + k, p.k, p.b + k * p.n + begin, p.n, sums);
      for (; k < from + depth; ++k)
        add_rows<T, 1>(rows, cols, left + k, p.k, p.b + k * p.n + begin, p.n, sums);
      const bool add = p.accumulate || from > 0;
      for (Index r = 0; r < rows; ++r) {
        T* const c = p.c + (p.row_begin + r) * p.n + begin;
        for (Index i = 0; i < cols; ++i) c[i] = (add ? c[i] : T(0)) + sums[r * cols + i];
      }
    }
  }
}

/// `cols` columns of two rows of C, or of one, for `Depth` rows of B; of A the rows are columns.
template <class T, int Depth, int Rows>
WICK_FORCE_INLINE void outer_rows(Index cols, const T* a, Index a_stride, const T* b, Index n, T* c,
                                  bool add) noexcept {
  constexpr int Lanes = lanes<T>;
  Vec<T> one[static_cast<std::size_t>(Depth)][static_cast<std::size_t>(Rows)];
  WICK_UNROLL
  for (int k = 0; k < Depth; ++k) {
    WICK_UNROLL
    for (int r = 0; r < Rows; ++r) one[k][r] = all<T>(a[k * a_stride + r]);
  }
  Index i = 0;
  for (; i + Lanes <= cols; i += Lanes) {
    Vec<T> sums[static_cast<std::size_t>(Rows)] = {};
    WICK_UNROLL
    for (int k = 0; k < Depth; ++k) {
      const Vec<T> x = load<T>(b + k * n + i);
      WICK_UNROLL
      for (int r = 0; r < Rows; ++r) sums[r] = fma<T, Lanes>(one[k][r], x, sums[r]);
    }
    WICK_UNROLL
    for (int r = 0; r < Rows; ++r) {
      const Vec<T> before = add ? load<T>(c + r * n + i) : Vec<T>{};
      store<T>(c + r * n + i, before + sums[r]);
    }
  }
  for (; i < cols; ++i) {
    WICK_UNROLL
    for (int r = 0; r < Rows; ++r) {
      T total = T(0);
      WICK_UNROLL
      for (int k = 0; k < Depth; ++k) total = fma(a[k * a_stride + r], b[k * n + i], total);
      c[r * n + i] = (add ? c[r * n + i] : T(0)) + total;
    }
  }
}

/// The product of A^T, where A lies as (k, packed_rows), and few rows of B: long rows of C are written once.
template <class T, int Depth>
void multiply_outer_of(const DirectProduct<T>& p) noexcept {
  Index r = p.row_begin;
  for (; r + 2 <= p.row_end; r += 2)
    outer_rows<T, Depth, 2>(p.cols, p.left + r, p.packed_rows, p.b, p.n, p.c + r * p.n, p.accumulate);
  if (r < p.row_end)
    outer_rows<T, Depth, 1>(p.cols, p.left + r, p.packed_rows, p.b, p.n, p.c + r * p.n, p.accumulate);
}
template <class T>
void multiply_outer(const DirectProduct<T>& p) noexcept {
  if (p.k == 1) return multiply_outer_of<T, 1>(p);
  if (p.k == 2) return multiply_outer_of<T, 2>(p);
  if (p.k == 3) return multiply_outer_of<T, 3>(p);
  multiply_outer_of<T, DirectKernels<T>::most_outer>(p);
}

/// What products need of a level.
template <class T>
inline constexpr TransposedKernels<T> transposed_kernels{
    .rows = Registers<T>::rows,
    .lanes = lanes<T>,
    .pack = &pack_right<T>,
    .multiply = &multiply_transposed<T>,
    .transpose = &transpose<T>,
};
template <class T>
inline constexpr DirectKernels<T> direct_kernels{
    .rows = Registers<T>::rows,
    .lanes = lanes<T>,
    .pack = &pack_left<T>,
    .multiply = &multiply_direct<T, false>,
    .multiply_packed = &multiply_direct<T, true>,
    .multiply_few = &multiply_few<T>,
    .multiply_outer = &multiply_outer<T>,
};
