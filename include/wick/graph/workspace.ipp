#pragma once

// Definitions of graph/workspace.hpp.

#include <wick/graph/workspace.hpp>

WICK_BEGIN_NAMESPACE

template <Floating T>
Workspace<T>::Workspace(ThreadPool* pool) : scratch_(pool) {}
template <Floating T>
Workspace<T>::Workspace(const Workspace&) = default;
template <Floating T>
Workspace<T>::Workspace(Workspace&&) noexcept = default;
template <Floating T>
Workspace<T>& Workspace<T>::operator=(const Workspace&) = default;
template <Floating T>
Workspace<T>& Workspace<T>::operator=(Workspace&&) noexcept = default;
template <Floating T>
Workspace<T>::~Workspace() = default;

#ifdef WICK_COMPILED
template class Workspace<float>;
template class Workspace<double>;
#endif

WICK_END_NAMESPACE
