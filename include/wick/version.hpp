#pragma once

// The only place where the version is written; CMakeLists.txt reads it from here.
#define WICK_VERSION_MAJOR 0
#define WICK_VERSION_MINOR 1
#define WICK_VERSION_PATCH 0

// Inline namespace of every public name: objects built against two versions of
// the headers can be linked into one program without mixing their types.
#define WICK_ABI_NAMESPACE v0_1
