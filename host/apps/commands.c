/* The commands of the binary. To add one: write its `const struct command command_NAME` and one
 * line here. */
#include "apps/commands.h"

#include <stddef.h>
#include <string.h>

#include "apps/nearest.h"

#define COMMANDS(COMMAND)                                                                          \
    COMMAND(run)                                                                                   \
    COMMAND(measure)                                                                               \
    COMMAND(wiring)                                                                                \
    COMMAND(models)                                                                                \
    COMMAND(model)                                                                                 \
    COMMAND(calibrate)                                                                             \
    COMMAND(simulate)                                                                              \
    COMMAND(help)

#define COMMANDS_EXTRA(COMMAND)                                                                    \
    COMMAND(man)                                                                                   \
    COMMAND(completion)

#define DECLARE(name) extern const struct command command_##name;
COMMANDS(DECLARE)
COMMANDS_EXTRA(DECLARE)
#define REFER(name) &command_##name,
const struct command *const commands[] = {COMMANDS(REFER) NULL};
const struct command *const commands_extra[] = {COMMANDS_EXTRA(REFER) NULL};

static const struct command *find_in(const struct command *const *table, const char *name)
{
    for (; *table; table++) {
        if (strcmp((*table)->name, name) == 0) {
            return *table;
        }
    }
    return NULL;
}

const struct command *command_find(const char *name)
{
    const struct command *found = find_in(commands, name);
    return found ? found : find_in(commands_extra, name);
}

const char *command_nearest(const char *name)
{
    struct nearest nearest = nearest_start(name);
    for (size_t k = 0; commands[k]; k++) {
        nearest_offer(&nearest, commands[k]->name);
    }
    return nearest.best;
}
