#pragma once

// Counts what MPI was asked to begin and was told to end: the functions that wick calls, in the place of
// those of the library, which offers them under a second name for this. https://www.mpi-forum.org/docs/
// (Profiling Interface) Included by one file of a program.

#include <mpi.h>

namespace wick_tests {

struct MpiLedger {
  int requests = 0;       ///< under way
  int communicators = 0;  ///< not freed
  int calls = 0;          ///< that were counted
};
inline MpiLedger
    mpi_ledger;  // NOLINT(*-avoid-non-const-global-variables): what the functions below have in common

inline int counted(int code, int& count, int change) {
  ++mpi_ledger.calls;
  if (code == MPI_SUCCESS) count += change;
  return code;
}

}  // namespace wick_tests

extern "C" {

int MPI_Comm_dup(MPI_Comm comm, MPI_Comm* made) {
  return wick_tests::counted(PMPI_Comm_dup(comm, made), wick_tests::mpi_ledger.communicators, 1);
}
int MPI_Comm_free(MPI_Comm* comm) {
  return wick_tests::counted(PMPI_Comm_free(comm), wick_tests::mpi_ledger.communicators, -1);
}
int MPI_Isend(const void* data, int n, MPI_Datatype type, int to, int tag, MPI_Comm comm,
              MPI_Request* request) {
  return wick_tests::counted(PMPI_Isend(data, n, type, to, tag, comm, request),
                             wick_tests::mpi_ledger.requests, 1);
}
int MPI_Irecv(void* data, int n, MPI_Datatype type, int from, int tag, MPI_Comm comm, MPI_Request* request) {
  return wick_tests::counted(PMPI_Irecv(data, n, type, from, tag, comm, request),
                             wick_tests::mpi_ledger.requests, 1);
}
int MPI_Testsome(int n, MPI_Request* requests, int* completed, int* which, MPI_Status* states) {
  const int code = PMPI_Testsome(n, requests, completed, which, states);
  if (*completed != MPI_UNDEFINED) wick_tests::mpi_ledger.requests -= *completed;
  return wick_tests::counted(code, wick_tests::mpi_ledger.requests, 0);
}
int MPI_Request_free(MPI_Request* request) {
  return wick_tests::counted(PMPI_Request_free(request), wick_tests::mpi_ledger.requests, -1);
}

}  // extern "C"
