// Unmaps what start-up has touched of the program: code and constants are read-only files, so a
// page that is needed again is the same page. A thread that runs meanwhile faults and goes on.
#include "cli/program_pages.h"

#include <link.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "base/platform.h"

namespace imugi {

// Not in checked builds: a debugger's breakpoints are pages of the process's own, and would go too.
#if !defined(IMUGI_CHECKS) && !defined(IMUGI_ASAN) && !defined(IMUGI_TSAN)
static int unmap_object(dl_phdr_info* info, size_t, void*) {
    constexpr uintptr_t kPage = 4096;
    // Code that is not a file's.
    uintptr_t vdso = getauxval(AT_SYSINFO_EHDR);
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr)& part = info->dlpi_phdr[i];
        // What can be written to has been: relocations, variables.
        if (part.p_type != PT_LOAD || part.p_flags & PF_W) continue;
        uintptr_t begin = info->dlpi_addr + part.p_vaddr, end = begin + part.p_filesz;
        if (begin <= vdso && vdso < end) continue;
        begin = (begin + kPage - 1) & ~(kPage - 1);
        end &= ~(kPage - 1);
        if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
    return 0;
}

void unmap_program_pages() {
    dl_iterate_phdr(unmap_object, nullptr);
}
#else
void unmap_program_pages() {}
#endif

}  // namespace imugi
