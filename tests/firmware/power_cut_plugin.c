/*
 * A plugin of the emulator: ends it, without a farewell, after so many stores of the guest into a
 * range of addresses. Arguments low=ADDRESS, high=ADDRESS, cut=N, mark=ADDRESS. Without a cut it
 * prints how many there were, and how many before each store to the mark. Between two stores the
 * memory does not change, so these are all the places at which a power cut can differ. Debian ships
 * no header for plugins: what is used of version 1 of the interface is declared here.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT     __attribute__((visibility("default")))
#define EXIT_CUT   137
#define NO_REGS    0
#define ON_WRITING 2

struct qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint64_t plugin_id;

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id,
                                           void (*on_block)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_atexit_cb(plugin_id id, void (*on_exit)(plugin_id, void *), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *instruction,
                                      void (*on_access)(unsigned, uint32_t, uint64_t, void *),
                                      int registers, int which, void *data);
EXPORT int qemu_plugin_install(plugin_id id, const struct qemu_info_t *info, int argc, char **argv);

EXPORT int qemu_plugin_version = 1;
static uint64_t low, high, cut, mark, stores;

static void on_store(unsigned cpu, uint32_t access, uint64_t address, void *data)
{
    (void)cpu;
    (void)access;
    (void)data;
    if (address == mark && cut == 0)
        fprintf(stderr, "mark %llu\n", (unsigned long long)stores);
    if (address < low || address >= high)
        return;
    stores++;
    if (stores == cut)
        _exit(EXIT_CUT);
}

static void on_block(plugin_id id, struct qemu_plugin_tb *block)
{
    (void)id;
    for (size_t k = 0; k < qemu_plugin_tb_n_insns(block); k++) {
        qemu_plugin_register_vcpu_mem_cb(qemu_plugin_tb_get_insn(block, k), on_store, NO_REGS,
                                         ON_WRITING, NULL);
    }
}

static void on_exit_of_emulator(plugin_id id, void *data)
{
    (void)id;
    (void)data;
    fprintf(stderr, "stores %llu\n", (unsigned long long)stores);
}

int qemu_plugin_install(plugin_id id, const struct qemu_info_t *info, int argc, char **argv)
{
    static const struct {
        const char *name;
        uint64_t *value;
    } arguments[] = {{"low=", &low}, {"high=", &high}, {"cut=", &cut}, {"mark=", &mark}};
    (void)info;
    for (int k = 0; k < argc; k++) {
        for (size_t n = 0; n < sizeof arguments / sizeof arguments[0]; n++) {
            const size_t length = strlen(arguments[n].name);
            if (strncmp(argv[k], arguments[n].name, length) == 0)
                *arguments[n].value = strtoull(argv[k] + length, NULL, 0);
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_block);
    qemu_plugin_register_atexit_cb(id, on_exit_of_emulator, NULL);
    return 0;
}
