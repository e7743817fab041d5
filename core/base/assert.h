/*
 * base/assert.h: assertions for our own bugs, never for input.
 *
 * The core owns no console: a failed assertion traps. Tests and the daemon die with a signal that a
 * debugger or the core dump explains; firmware resets through its fault handler. Assertions stay on
 * in every build: any power cut is survivable by design, so is a trap.
 */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

#define ASSERT(condition) ((condition) ? (void)0 : __builtin_trap())

#endif
