/*
 * base/crc.h: the check sums of stored and transmitted bytes.
 *
 * CRC-32 is the one of IEEE 802.3 (polynomial 0x04C11DB7, reflected, inverted at both ends; the
 * check value of "123456789" is 0xCBF43926). Sixteen words of table: flash is dearer than time
 * where it is used.
 *
 * Called by: core/storage and whoever keeps bytes.
 */
#ifndef BASE_CRC_H
#define BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* The sum of what had sum `crc` followed by `size` more bytes; the sum of nothing is 0. */
uint32_t crc32(uint32_t crc, const void *data, size_t size);

#endif
