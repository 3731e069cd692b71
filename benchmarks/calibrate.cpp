// What native threads gain on this machine, right now: the yardstick for Python's threads.
// Usage: imugi-calibrate [THREADS=2] [ROUNDS=5] [STEPS=33554432]. Does the same work on one thread
// and split over several, in turn, and prints the median gain as the last word. Threads share
// nothing they write. STEPS is the work of each thread.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

constexpr size_t table_size = size_t{1} << 12;

// Integer and floating-point arithmetic over a table that fits the first cache, like an interpreter
// whose bytecode and frames are hot: bound by the core, not by memory.
double unit_of_work(uint64_t seed, uint64_t steps) {
    std::vector<double> table(table_size);
    for (size_t i = 0; i < table_size; i++) {
        table[i] = static_cast<double>(i) / table_size;
    }
    uint64_t state = seed * 2 + 1;
    double total = 0;
    for (uint64_t i = 0; i < steps; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        double& cell = table[state % table_size];
        cell = cell * 0.75 + 0.125;
        total += cell;
    }
    return total;
}

double seconds_for(unsigned threads, unsigned units, uint64_t steps, double* sink) {
    std::vector<double> results(units);
    auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> workers;
    for (unsigned t = 0; t < threads; t++) {
        workers.emplace_back([=, &results] {
            for (unsigned unit = t; unit < units; unit += threads) {
                results[unit] = unit_of_work(unit + 1, steps);
            }
        });
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
    std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    for (double result : results) {
        *sink += result;
    }
    return elapsed.count();
}

unsigned number(const char* text, unsigned least, unsigned most) {
    char* end = nullptr;
    unsigned long value = strtoul(text, &end, 10);
    if (end == text || *end != 0 || value < least || value > most) {
        fprintf(stderr, "imugi-calibrate: expected a number from %u to %u, got '%s'\n", least, most,
                text);
        exit(2);
    }
    return static_cast<unsigned>(value);
}

}  // namespace

int main(int argc, char** argv) {
    unsigned threads = argc > 1 ? number(argv[1], 1, 1024) : 2;
    unsigned rounds = argc > 2 ? number(argv[2], 1, 10000) : 5;
    uint64_t steps = argc > 3 ? number(argv[3], 1, 1u << 31) : 1u << 25;
    double sink = 0;
    std::vector<double> gains;
    for (unsigned round = 0; round < rounds; round++) {
        double alone = seconds_for(1, threads, steps, &sink);
        double together = seconds_for(threads, threads, steps, &sink);
        gains.push_back(alone / together);
    }
    std::sort(gains.begin(), gains.end());
    printf("%u threads of native code against one, median of %u (checksum %.3e): %.4f\n", threads,
           rounds, sink, gains[gains.size() / 2]);
    return 0;
}
