// imugi-bootstrap: compiles the modules that are frozen into the interpreter. An interpreter
// itself, which runs from sources.
//   imugi-bootstrap OUTPUT
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/failure.h"
#include "cli/options.h"
#include "cli/startup.h"
#include "compile/marshal.h"
#include "object/bytes.h"
#include "object/config.h"
#include "vm/frozen.h"

namespace {

using namespace imugi;

// Index and codes, as frozen.cpp reads them.
bool freeze(Thread& thread, FILE* out) {
    uint32_t rows = 0, end = 0;
    while (frozen_modules[rows].name) rows++;
    fseek(out, static_cast<long>(rows * sizeof(uint32_t)), SEEK_SET);
    uint32_t ends[64];
    for (uint32_t row = 0; row < rows; row++) {
        Ref<Code> code = TRY(compile_frozen(thread, frozen_modules[row]));
        Ref<Bytes> data = TRY(compile::marshal_dumps(thread, code));
        fwrite(data->data(), 1, data->size, out);
        ends[row] = end += static_cast<uint32_t>(data->size);
    }
    rewind(out);
    fwrite(ends, sizeof(uint32_t), rows, out);
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: imugi-bootstrap OUTPUT\n");
        return 2;
    }
    static Config config;
    config.no_site = 1;
    config.program_name = argv[0];
    find_places(config);
    Thread* thread = start_runtime(config);
    if (!thread) return 1;
    FILE* out = fopen(argv[1], "wb");
    if (!out) {
        fprintf(stderr, "imugi-bootstrap: cannot write %s\n", argv[1]);
        return 1;
    }
    int status = freeze(*thread, out) ? 0 : report_failure(*thread);
    if (fclose(out) != 0) status = 1;
    if (status) remove(argv[1]);
    status = stop_runtime(*thread, status);
    // As imugi itself ends: a leak checker at exit would not see into the heaps.
    _exit(status);
}
