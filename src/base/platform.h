// Compiler and sanitizer facts, and the assertion macro. No dependency on anything else.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SANITIZE_ADDRESS__) || (defined(__has_feature) && __has_feature(address_sanitizer))
#define IMUGI_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__) || (defined(__has_feature) && __has_feature(thread_sanitizer))
#define IMUGI_TSAN 1
#endif

#define IMUGI_ALWAYS_INLINE inline __attribute__((always_inline))
#define IMUGI_NOINLINE __attribute__((noinline))
#define IMUGI_COLD __attribute__((noinline, cold))
// A slow way out of fast code: the callee saves all registers but that of the result.
#if defined(IMUGI_ASAN) || defined(IMUGI_TSAN)
#define IMUGI_PRESERVE_MOST IMUGI_NOINLINE
#else
#define IMUGI_PRESERVE_MOST __attribute__((noinline, preserve_most))
#endif
#define IMUGI_LIKELY(x) __builtin_expect(!!(x), 1)
#define IMUGI_UNLIKELY(x) __builtin_expect(!!(x), 0)

namespace imugi {

// Prints the message with its place on stderr and aborts: a broken invariant, never bad input.
[[noreturn]] void fatal(const char* file, int line, const char* message);

}  // namespace imugi

// A broken invariant of the runtime. CHECK stays in release builds, ASSERT goes with IMUGI_CHECKS.
#define IMUGI_CHECK(cond) \
    (IMUGI_LIKELY(cond) ? (void)0 : ::imugi::fatal(__FILE__, __LINE__, "check failed: " #cond))
#ifdef IMUGI_CHECKS
#define IMUGI_ASSERT(cond) IMUGI_CHECK(cond)
#else
#define IMUGI_ASSERT(cond) ((void)sizeof(!(cond)))
#endif
