// Unmaps what start-up has touched of the program: code and constants are read-only files, so a
// page that is needed again is the same page. A thread that runs meanwhile faults and goes on.
// Pages that are copies of the process's own, with breakpoints of debuggers and probes, stay.
#include "cli/program_pages.h"

#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

namespace imugi {

namespace {

constexpr uintptr_t kPage = 4096;
// Of an entry of /proc/self/pagemap: the page is a file's.
constexpr uint64_t kFilePage = uint64_t{1} << 61;

void give_back(uintptr_t begin, uintptr_t end) {
    if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

// Gives back runs of a file's pages within [begin, end).
void unmap_range(int pagemap, uintptr_t begin, uintptr_t end) {
    uint64_t entries[512];
    uintptr_t run = begin;
    for (uintptr_t at = begin; at < end;) {
        size_t count = (end - at) / kPage;
        if (count > 512) count = 512;
        ssize_t bytes = pread(pagemap, entries, count * sizeof(uint64_t),
                              static_cast<off_t>(at / kPage * sizeof(uint64_t)));
        if (bytes < static_cast<ssize_t>(sizeof(uint64_t))) return;
        for (size_t i = 0; i < static_cast<size_t>(bytes) / sizeof(uint64_t); i++, at += kPage) {
            bool own = entries[i] != 0 && !(entries[i] & kFilePage);
            if (!own) continue;
            give_back(run, at);
            run = at + kPage;
        }
    }
    give_back(run, end);
}

int unmap_object(dl_phdr_info* info, size_t, void* pagemap) {
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr)& part = info->dlpi_phdr[i];
        // What can be written to has been: relocations, variables.
        if (part.p_type != PT_LOAD || part.p_flags & PF_W) continue;
        uintptr_t begin = info->dlpi_addr + part.p_vaddr, end = begin + part.p_filesz;
        unmap_range(*static_cast<int*>(pagemap), (begin + kPage - 1) & ~(kPage - 1),
                    end & ~(kPage - 1));
    }
    return 0;
}

}  // namespace

void unmap_program_pages() {
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (pagemap < 0) return;
    dl_iterate_phdr(unmap_object, &pagemap);
    close(pagemap);
}

}  // namespace imugi
