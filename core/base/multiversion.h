/*
 * base/multiversion.h: lets one loop be compiled for several x86-64 generations.
 *
 * BASE_MULTIVERSION before a function makes the compiler emit it twice, for AVX2 and for any
 * x86-64, and the loader choose. All loops marked so are integer or element-wise single precision
 * without reassociation, so the choice changes speed and never a bit of the result. Empty on other
 * machines, and under sanitizers, whose start-up the loader's choice would come too early for.
 */
#ifndef BASE_MULTIVERSION_H
#define BASE_MULTIVERSION_H

#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) &&       \
    !defined(BASE_NO_MULTIVERSION)
#define BASE_MULTIVERSION __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define BASE_MULTIVERSION
#endif

/* Before a loop: without vector registers a loop's own instructions weigh as much as its body. */
#if defined(__ARM_ARCH_7EM__) && defined(__GNUC__)
#define BASE_UNROLLED _Pragma("GCC unroll 4")
#else
#define BASE_UNROLLED
#endif

#endif
