/* First line: the user's map. Every further line: "name|unit|phase" of a channel. */
#include "source_fuzz.h"

#include "sources/channels.h"
#include "sources/text.h"

static void take_channel(struct source_info *info, struct text line)
{
    struct fields fields = text_fields(line, '|');
    struct text field;
    struct source_channel *channel = &info->channel[info->channels++];
    *channel = (struct source_channel){0};
    if (fields_next(&fields, &field)) {
        text_to_utf8(field, channel->name, sizeof channel->name);
    }
    if (fields_next(&fields, &field)) {
        text_to_unit(field, channel->unit, sizeof channel->unit);
    }
    if (fields_next(&fields, &field)) {
        text_to_utf8(field, channel->phase, sizeof channel->phase);
    }
}

static void check_index(const struct source_info *info, int channel)
{
    ASSERT(channel >= CHANNEL_ABSENT && channel < (int)info->channels);
}

static void check_map(const struct source_info *info, const struct channel_map *map)
{
    ASSERT(map->voltages >= 1 && map->voltages <= 3);
    for (int i = 0; i < map->voltages; i++) {
        ASSERT(map->voltage[i] != CHANNEL_ABSENT);
        check_index(info, map->voltage[i]);
    }
    for (int i = 0; i < 96; i++) {
        check_index(info, map->current[i]);
        ASSERT(i < map->currents || map->current[i] == CHANNEL_ABSENT);
    }
    check_index(info, map->neutral);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct source_info info;
    char user[1024], error[512];
    struct channel_map map;
    struct fields lines = text_fields((struct text){(const char *)data, size}, '\n');
    struct text line;
    info.channels = 0;
    if (!fields_next(&lines, &line)) {
        return 0;
    }
    text_copy(line, user, sizeof user);
    while (info.channels < SOURCE_CHANNELS_MAX && fields_next(&lines, &line)) {
        take_channel(&info, line);
    }
    for (int wiring = CHANNELS_WIRING_ANY; wiring < WIRING_COUNT; wiring++) {
        error[0] = '\0';
        int err = channels_map(&map, &info, wiring, *user ? user : NULL, error, sizeof error);
        ASSERT(err ? error[0] != '\0' : true);
        if (!err) {
            check_map(&info, &map);
        }
    }
    return 0;
}
