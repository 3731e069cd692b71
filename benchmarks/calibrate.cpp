// What native threads gain on this machine, right now: the yardstick for Python's threads.
// Usage: imugi-calibrate [THREADS=2] [ROUNDS=5] [STEPS=67108864]. Work is done by
// one thread and by several, in turn, and the median gain is printed as the last word; with 0
// rounds there is one for each line of standard input, answered with the seconds of one thread
// times THREADS, and those of all. Threads share nothing they write. STEPS is the work of each
// thread, about a nanosecond each.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

constexpr size_t table_size = size_t{1} << 12;
constexpr size_t chains = 4;

// Integer and floating-point arithmetic over a table that fits the first cache, like an interpreter
// whose bytecode and frames are hot: bound by the core, not by memory. The chains do not wait for
// each other, so that the core's units are as busy as an interpreter keeps them: where two
// processors are halves of one core, code that waits for itself would not notice.
double unit_of_work(uint64_t seed, uint64_t steps) {
    std::vector<double> table(table_size);
    for (size_t i = 0; i < table_size; i++) {
        table[i] = static_cast<double>(i) / table_size;
    }
    uint64_t states[chains];
    double totals[chains] = {};
    for (uint64_t c = 0; c < chains; c++) {
        states[c] = (seed * chains + c) * 2 + 1;
    }
    for (uint64_t i = 0; i < steps; i += chains) {
#pragma GCC unroll 4
        for (size_t c = 0; c < chains; c++) {
            uint64_t& state = states[c];
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            double& cell = table[state % table_size];
            cell = cell * 0.75 + 0.125;
            totals[c] += cell;
        }
    }
    double total = 0;
    for (double part : totals) {
        total += part;
    }
    return total;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    return elapsed.count();
}

struct Pair {
    double alone;
    double together;
    double gain() const { return alone / together; }
};

// The same way as the rows of benchmarks/scaling are measured: one unit by the main thread, times
// the number of threads, and new threads that do a unit each.
Pair measure(unsigned threads, uint64_t steps, double* sink) {
    auto start = std::chrono::steady_clock::now();
    *sink += unit_of_work(1, steps);
    double alone = seconds_since(start) * threads;
    std::vector<double> results(threads);
    std::vector<std::thread> workers;
    start = std::chrono::steady_clock::now();
    for (unsigned t = 0; t < threads; t++) {
        workers.emplace_back([=, &results] { results[t] = unit_of_work(t + 1, steps); });
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
    double together = seconds_since(start);
    for (double result : results) {
        *sink += result;
    }
    return {alone, together};
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
    unsigned rounds = argc > 2 ? number(argv[2], 0, 10000) : 5;
    uint64_t steps = argc > 3 ? number(argv[3], 1, 1u << 31) : 1u << 26;
    double sink = 0;
    if (rounds == 0) {
        for (int c; (c = getchar()) != EOF;) {
            if (c != '\n') continue;
            Pair pair = measure(threads, steps, &sink);
            printf("%.6f %.6f\n", pair.alone, pair.together);
            fflush(stdout);
        }
        return sink < 0;
    }
    std::vector<double> gains;
    for (unsigned round = 0; round < rounds; round++) {
        gains.push_back(measure(threads, steps, &sink).gain());
    }
    std::sort(gains.begin(), gains.end());
    printf("%u threads of native code against one, median of %u (checksum %.3e): %.4f\n", threads,
           rounds, sink, gains[gains.size() / 2]);
    return 0;
}
