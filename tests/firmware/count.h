/*
 * firmware/count.h: the parts of the counting program.
 *
 * Each prints `name value unit` lines and returns 0, or says what went wrong and returns 1. The
 * counter of the board runs. Called by: main() in count.c.
 */
#ifndef FIRMWARE_COUNT_H
#define FIRMWARE_COUNT_H

int count_device(void); /* count_device.c: what lies behind metrology */

#endif
