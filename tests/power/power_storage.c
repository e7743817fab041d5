/*
 * Power cut at every write: does the store hold exactly what was committed?
 *
 * For each of several kinds of medium a seeded run of commits; for each commit, for each program
 * and erase it makes, for each way that one may be left, the run is cut there, mounted again and
 * compared with the oracle: it must be the state before the commit or the one after it. Then work
 * goes on. Pairs of cuts, the second during what follows the first, are sampled. Prints what was
 * tried and what was lost, and returns 1 if anything was.
 *
 * Usage: power_storage [--sweep CUTS SEED]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/faulty.h"
#include "unit/store_oracle.h"

#define SIZE_MAX_BYTES (512 * 1024)
#define AFTER          3 /* commits that must work after a cut */
#define SHORT_CUTS     24000
#define PAIR_EACH      3 /* one cut in so many is followed by another */
#define REST_CUTS      4 /* cuts after each other in one life, for the long chain */

struct medium {
    uint32_t unit, sector_size, spare; /* spare: sectors beyond the least */
};
static const struct medium media[] = {
    {4, 512, 0}, {1, 512, 5}, {8, 1024, 30}, {32, 1024, 0}, {256, 1024, 12}, {16, 4096, 7},
};
#define MEDIA (sizeof media / sizeof media[0])

struct picture {
    uint8_t image[SIZE_MAX_BYTES], dirty[SIZE_MAX_BYTES], stable[SIZE_MAX_BYTES];
};

struct tally {
    uint64_t cuts, pairs, mounts, verdict[ORACLE_ENTRY + 1], unmounted, refused, broken;
    uint64_t before, after, mount_bytes, mount_most;
};

struct rig {
    struct faulty medium;
    struct storage storage;
    struct store store;
    uint32_t memory[1024];
    struct tally *tally;
    uint64_t seed, random;
    const struct medium *kind;
    struct oracle oracle; /* what is committed for certain */
    uint32_t index;       /* the next commit */
};

static struct picture now, saved;
static uint8_t arena[SIZE_MAX_BYTES];
static struct faulty_op ops[FAULTY_OPS];

static uint32_t random_below(struct rig *self, uint32_t limit)
{
    self->random = self->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(self->random >> 33) % limit;
}

static uint32_t used(const struct rig *self)
{
    return faulty_size(&self->medium);
}

static void copy_picture(const struct rig *self, struct picture *to, const struct picture *from)
{
    memcpy(to->image, from->image, used(self));
    memcpy(to->dirty, from->dirty, used(self) / self->kind->unit);
    memcpy(to->stable, from->stable, used(self));
}

static int mount(struct rig *self)
{
    const struct storage_config config = {.device = &self->medium.device,
                                          .log = oracle_logs,
                                          .logs = ORACLE_LOGS,
                                          .keys = ORACLE_KEYS,
                                          .live_bytes = ORACLE_LIVE,
                                          .memory = self->memory,
                                          .memory_size = sizeof self->memory};
    const uint64_t read = self->medium.read_bytes;
    int err = storage_init(&self->storage, &config);
    if (err == 0)
        err = storage_mount(&self->storage);
    self->store = storage_interface(&self->storage);
    const uint64_t bytes = self->medium.read_bytes - read;
    self->tally->mounts++;
    self->tally->mount_bytes += bytes;
    if (bytes > self->tally->mount_most)
        self->tally->mount_most = bytes;
    return err;
}

static void start(struct rig *self, const struct medium *kind, uint64_t seed)
{
    struct block_device geometry = {
        .sector_size = kind->sector_size, .unit = kind->unit, .sectors = 1};
    const struct storage_config config = {.device = &geometry,
                                          .log = oracle_logs,
                                          .logs = ORACLE_LOGS,
                                          .keys = ORACLE_KEYS,
                                          .live_bytes = ORACLE_LIVE};
    const uint32_t sectors = (uint32_t)storage_sectors(&config) + kind->spare;
    if (sectors * kind->sector_size > SIZE_MAX_BYTES) {
        fprintf(stderr, "power_storage: a medium is too large\n");
        exit(2);
    }
    struct tally *tally = self->tally;
    *self = (struct rig){.tally = tally, .seed = seed, .random = seed, .kind = kind};
    faulty_init(&self->medium, now.image, now.dirty, kind->sector_size, sectors, kind->unit);
    self->medium.stable = now.stable;
    self->medium.arena = arena;
    self->medium.op = ops;
    memset(now.stable, 0xFF, used(self));
    oracle_init(&self->oracle);
    if (mount(self) != ERR_NOT_FOUND || storage_format(&self->storage) != 0 || mount(self) != 0) {
        fprintf(stderr, "power_storage: cannot format\n");
        exit(2);
    }
}

static int do_commit(struct rig *self, uint32_t index, struct oracle_commit *commit)
{
    oracle_make(commit, self->seed, index);
    return self->store.commit(self->store.ctx, commit->change, commit->changes);
}

static void judge(struct rig *self, enum oracle_verdict verdict, const char *when)
{
    self->tally->verdict[verdict]++;
    if (verdict != ORACLE_SAME && self->tally->verdict[verdict] < 3) {
        printf("# lost (%d) %s: unit %u, seed %" PRIu64 ", commit %u, write %" PRIu64 ", mode %d\n",
               (int)verdict, when, self->kind->unit, self->seed, self->index, self->medium.ops,
               (int)self->medium.mode);
    }
}

/* Mounts and finds out whether the interrupted commit was kept; the oracle follows. */
static bool recover(struct rig *self, const struct oracle_commit *commit)
{
    faulty_power_on(&self->medium);
    if (self->medium.stable)
        memcpy(now.stable, now.image, used(self));
    if (mount(self) != 0) {
        self->tally->unmounted++;
        return false;
    }
    struct oracle done = self->oracle;
    oracle_apply(&done, commit);
    const enum oracle_verdict before = oracle_check(&self->oracle, &self->store);
    const enum oracle_verdict after = oracle_check(&done, &self->store);
    if (after == ORACLE_SAME) {
        self->oracle = done;
        self->index++;
        self->tally->after++;
    } else {
        self->tally->before += before == ORACLE_SAME;
    }
    const bool well = before == ORACLE_SAME || after == ORACLE_SAME;
    judge(self, well ? ORACLE_SAME : before, "after a cut");
    return well;
}

/* Cuts the next commit at its `write`-th write. False: it had fewer. */
static bool cut(struct rig *self, uint64_t write, enum faulty_mode mode)
{
    struct oracle_commit commit;
    self->medium.mode = mode;
    self->medium.cut_at = self->medium.ops + write;
    self->medium.random = self->random ^ write << 8 ^ (uint64_t)mode;
    const int err = do_commit(self, self->index, &commit);
    if (!self->medium.off) {
        self->medium.cut_at = 0;
        self->tally->refused += err != 0;
        oracle_apply(&self->oracle, &commit);
        self->index++;
        return false;
    }
    self->tally->cuts++;
    recover(self, &commit);
    return true;
}

static void go_on(struct rig *self)
{
    for (unsigned k = 0; k < AFTER; k++) {
        struct oracle_commit commit;
        const int err = do_commit(self, self->index, &commit);
        self->tally->refused += err != 0;
        oracle_apply(&self->oracle, &commit);
        self->index++;
    }
    judge(self, oracle_check(&self->oracle, &self->store), "as work goes on");
    const int err = mount(self);
    self->tally->unmounted += err != 0;
    judge(self, oracle_check(&self->oracle, &self->store), "after work went on");
}

/* Every write of the next commit, in every mode; leaves the rig as it was. */
static void cut_everywhere(struct rig *self)
{
    const struct oracle oracle = self->oracle;
    const uint32_t index = self->index;
    copy_picture(self, &saved, &now);
    bool more = true;
    for (uint64_t write = 1; more; write++) {
        for (unsigned mode = 0; mode < FAULTY_MODES && more; mode++) {
            copy_picture(self, &now, &saved);
            self->oracle = oracle;
            self->index = index;
            faulty_power_on(&self->medium);
            if (mount(self) != 0) {
                self->tally->unmounted++;
                return;
            }
            more = cut(self, write, (enum faulty_mode)mode);
            for (unsigned k = 0; more && k < REST_CUTS && random_below(self, PAIR_EACH) == 0; k++) {
                self->tally->pairs++;
                cut(self, 1 + random_below(self, 12), random_below(self, FAULTY_MODES));
            }
            go_on(self);
        }
    }
    copy_picture(self, &now, &saved);
    self->oracle = oracle;
    self->index = index;
    faulty_power_on(&self->medium);
    self->tally->unmounted += mount(self) != 0;
}

static void run(struct tally *tally, const struct medium *kind, uint64_t seed, uint64_t cuts)
{
    static struct rig rig;
    const uint64_t until = tally->cuts + cuts;
    rig.tally = tally;
    start(&rig, kind, seed);
    while (tally->cuts < until && tally->unmounted == 0) {
        struct oracle_commit commit;
        cut_everywhere(&rig);
        /* Some commits go by without a cut, so that a run sees many banks and rings go round. */
        for (unsigned k = 1 + random_below(&rig, 12); k-- > 0;) {
            tally->refused += do_commit(&rig, rig.index, &commit) != 0;
            oracle_apply(&rig.oracle, &commit);
            rig.index++;
        }
        judge(&rig, oracle_check(&rig.oracle, &rig.store), "without a cut");
    }
    tally->broken += rig.medium.broken;
}

static int report(const struct tally *tally)
{
    const uint64_t *verdict = tally->verdict;
    const uint64_t lost = verdict[ORACLE_RECORD] + verdict[ORACLE_SKIPPED] +
                          verdict[ORACLE_DOUBLED] + verdict[ORACLE_SHOWS] + verdict[ORACLE_ENTRY];
    printf("power_cuts %" PRIu64 " cuts\n", tally->cuts);
    printf("power_cuts_again %" PRIu64 " cuts\n", tally->pairs);
    printf("power_kept_before %" PRIu64 " states\n", tally->before);
    printf("power_kept_after %" PRIu64 " states\n", tally->after);
    printf("power_compared %" PRIu64 " states\n", verdict[ORACLE_SAME] + lost);
    printf("power_lost %" PRIu64 " states\n", lost);
    printf("power_records_wrong %" PRIu64 " states\n", verdict[ORACLE_RECORD]);
    printf("power_entries_skipped %" PRIu64 " states\n", verdict[ORACLE_SKIPPED]);
    printf("power_entries_doubled %" PRIu64 " states\n", verdict[ORACLE_DOUBLED]);
    printf("power_entries_wrong %" PRIu64 " states\n",
           verdict[ORACLE_SHOWS] + verdict[ORACLE_ENTRY]);
    printf("power_not_mounted %" PRIu64 " states\n", tally->unmounted);
    printf("power_commits_refused %" PRIu64 " commits\n", tally->refused);
    printf("power_rules_broken %" PRIu64 " writes\n", tally->broken);
    printf("power_mount_read %" PRIu64 " bytes\n", tally->mount_bytes / tally->mounts);
    printf("power_mount_read_most %" PRIu64 " bytes\n", tally->mount_most);
    return lost || tally->unmounted || tally->refused || tally->broken ? 1 : 0;
}

int main(int argc, char **argv)
{
    uint64_t cuts = SHORT_CUTS, seed = 1;
    if (argc == 4 && strcmp(argv[1], "--sweep") == 0) {
        cuts = strtoull(argv[2], NULL, 10);
        seed = strtoull(argv[3], NULL, 10);
    } else if (argc != 1) {
        fprintf(stderr, "usage: power_storage [--sweep CUTS SEED]\n");
        return 2;
    }
    struct tally tally = {0};
    for (unsigned k = 0; k < MEDIA; k++)
        run(&tally, &media[k], seed + k, cuts / MEDIA);
    return report(&tally);
}
