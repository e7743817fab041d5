#include "services/fragile.h"

static int read_bytes(void *ctx, uint32_t address, void *data, uint32_t size)
{
    const struct fragile *self = ctx;
    return self->is_off ? ERR_IO : self->behind->read(self->behind->ctx, address, data, size);
}

/* Whether a write may go on; the one in which power goes is `*last`. */
static int gate(struct fragile *self, bool *last)
{
    *last = false;
    if (self->is_off)
        return ERR_IO;
    *last = self->cut_in == 1;
    self->cut_in -= self->cut_in > 0 ? 1 : 0;
    self->is_off = *last;
    return self->refuses ? ERR_STATE : ERR_NONE;
}

static int program_bytes(void *ctx, uint32_t address, const void *data, uint32_t size)
{
    struct fragile *self = ctx;
    const struct block_device *behind = self->behind;
    bool last;
    const int err = gate(self, &last);
    if (err < 0)
        return err;
    if (last) {
        const uint32_t part = self->torn_bytes < size ? self->torn_bytes : size;
        const uint32_t whole = part - part % behind->unit;
        if (whole > 0)
            (void)behind->program(behind->ctx, address, data, whole);
        return ERR_IO;
    }
    self->programmed_bytes += size;
    return behind->program(behind->ctx, address, data, size);
}

static int erase_sector(void *ctx, uint32_t sector)
{
    struct fragile *self = ctx;
    bool last;
    const int err = gate(self, &last);
    if (err < 0)
        return err;
    if (last)
        return ERR_IO;
    self->erases++;
    return self->behind->erase(self->behind->ctx, sector);
}

static int sync_all(void *ctx)
{
    const struct fragile *self = ctx;
    return self->is_off ? ERR_IO : self->behind->sync(self->behind->ctx);
}

void fragile_init(struct fragile *self, const struct block_device *behind)
{
    *self = (struct fragile){.behind = behind};
    self->device = *behind;
    self->device.ctx = self;
    self->device.read = read_bytes;
    self->device.program = program_bytes;
    self->device.erase = erase_sector;
    self->device.sync = sync_all;
}

void fragile_power_on(struct fragile *self)
{
    self->is_off = false;
    self->cut_in = 0;
}
