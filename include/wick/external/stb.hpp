#pragma once

// The one place that includes stb: decoding of PNG, JPEG and deflate, encoding of
// PNG. Declarations only; one translation unit of the program provides the code by
// defining WICK_STB_IMPLEMENTATION first (the target wick::stb does so).

#if !__has_include(<stb_image.h>)
#error \
    "wick: this header reads image or gzip files: link wick::stb (CMake: set(WICK_STB ON) before wick is added, or find_package(wick COMPONENTS stb)), or name the folder of stb_image.h with -I"
#endif

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"
#endif

#if defined(WICK_STB_IMPLEMENTATION)

#include <cstdlib>

// No stdio: stb only ever sees memory, so paths and their errors stay ours.
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
// Memory that a damaged picture leaves unwritten becomes black, not what was in the memory before.
#define STBI_MALLOC(size) std::calloc(1, size)
#define STBI_REALLOC(block, size) std::realloc(block, size)
#define STBI_FREE(block) std::free(block)
#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb_image.h>
#include <stb_image_write.h>
#undef STB_IMAGE_WRITE_IMPLEMENTATION
#undef STB_IMAGE_IMPLEMENTATION
#undef STBI_WRITE_NO_STDIO
#undef STBI_FREE
#undef STBI_REALLOC
#undef STBI_MALLOC
#undef STBI_NO_STDIO
#undef STBI_ONLY_JPEG
#undef STBI_ONLY_PNG

#else

// A program that carries stb itself may have included it already, with its code.
#if !defined(STBI_INCLUDE_STB_IMAGE_H)
#include <stb_image.h>
#endif
#if !defined(INCLUDE_STB_IMAGE_WRITE_H)
#include <stb_image_write.h>
#endif

#endif

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
