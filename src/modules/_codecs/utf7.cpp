// UTF-7 (RFC 2152): base64 runs of UTF-16 between '+' and what ends them.
#include "modules/_codecs/codecs_module.h"

namespace imugi {

namespace {

int from_base64(uint8_t c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}
uint8_t to_base64(uint32_t n) {
    return static_cast<uint8_t>(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[n & 63]);
}

// Characters written as they are: RFC 2152's sets D and O, and white space.
bool is_direct(uint32_t c) {
    if (c >= 128 || c == 0) return false;
    if (c == '\t' || c == '\n' || c == '\r') return true;
    return c >= ' ' && c < 0x7F && c != '+' && c != '\\' && c != '~';
}
bool is_decodable_direct(uint8_t c) {
    return c <= 127 && c != '+';
}

// The state of a base64 run while it is read.
struct Run {
    uint32_t buffer = 0;
    unsigned bits = 0;
    uint32_t surrogate = 0;  // a high one waiting for its partner
};

// Takes the next 16 bits if they are there. False with MemoryError.
bool take_unit(Decoder& decoder, Run& run) {
    if (run.bits < 16) return true;
    uint32_t unit = run.buffer >> (run.bits - 16) & 0xFFFF;
    run.bits -= 16;
    run.buffer &= (uint32_t{1} << run.bits) - 1;
    if (run.surrogate) {
        uint32_t high = run.surrogate;
        run.surrogate = 0;
        if (is_low_surrogate(unit)) return decoder.out.append(join_surrogates(high, unit));
        TRY(decoder.out.append(high));
    }
    if (is_high_surrogate(unit)) {
        run.surrogate = unit;
        return true;
    }
    return decoder.out.append(unit);
}

}  // namespace

Owned decode_utf7(Thread& thread, const uint8_t* data, size_t size, const char* errors,
                  size_t* consumed) {
    bool final = consumed == nullptr;
    Decoder decoder(thread, "utf7", data, size, errors);
    // Where an unfinished run began: there decoding goes on with more input.
    size_t run_start = 0;
    bool in_run = false;
    Run run;
    while (decoder.at < decoder.size) {
        uint8_t c = decoder.data[decoder.at];
        if (!in_run) {
            if (c == '+') {
                size_t start = decoder.at++;
                if (decoder.at < decoder.size && decoder.data[decoder.at] == '-') {
                    decoder.at++;
                    TRY(decoder.out.append(uint32_t{'+'}));
                } else if (decoder.at < decoder.size && from_base64(decoder.data[decoder.at]) < 0) {
                    TRY(decoder.error(start, decoder.at + 1, "ill-formed sequence"));
                } else {
                    in_run = true;
                    run = Run();
                    run_start = start;
                }
            } else if (is_decodable_direct(c)) {
                decoder.at++;
                TRY(decoder.out.append(uint32_t{c}));
            } else {
                TRY(decoder.error(decoder.at, decoder.at + 1, "unexpected special character"));
            }
            continue;
        }
        int digit = from_base64(c);
        if (digit >= 0) {
            decoder.at++;
            run.buffer = run.buffer << 6 | static_cast<uint32_t>(digit);
            run.bits += 6;
            TRY(take_unit(decoder, run));
            continue;
        }
        in_run = false;
        if (run.bits >= 6) {
            TRY(decoder.error(run_start, decoder.at + 1, "partial character in base64 sequence"));
            continue;
        }
        if (run.bits > 0 && run.buffer != 0) {
            TRY(decoder.error(run_start, decoder.at + 1,
                              "non-zero padding bits in base64 sequence"));
            continue;
        }
        if (run.surrogate && is_decodable_direct(c)) TRY(decoder.out.append(run.surrogate));
        run.surrogate = 0;
        if (c == '-')
            decoder.at++;
        else if (!is_decodable_direct(c))
            TRY(decoder.error(decoder.at, decoder.at + 1, "unexpected special character"));
    }
    if (in_run && final) {
        if (run.surrogate || run.bits >= 6 || (run.bits > 0 && run.buffer != 0)) {
            TRY(decoder.error(run_start, decoder.size, "unterminated shift sequence"));
        }
    }
    if (!consumed) return decoder.out.finish();
    if (!in_run) {
        *consumed = decoder.at;
        return decoder.out.finish();
    }
    // Unfinished: the run is read again with what follows.
    *consumed = run_start;
    return decode_utf7(thread, data, run_start, errors, nullptr);
}

Owned encode_utf7(Thread& thread, Str& s) {
    BytesBuilder out(thread);
    uint32_t buffer = 0;
    unsigned bits = 0;
    bool in_run = false;
    auto put_unit = [&](uint32_t unit) -> bool {
        buffer = buffer << 16 | unit;
        bits += 16;
        while (bits >= 6) {
            bits -= 6;
            TRY(out.append(to_base64(buffer >> bits)));
        }
        buffer &= (uint32_t{1} << bits) - 1;
        return true;
    };
    auto end_run = [&]() -> bool {
        if (bits != 0) TRY(out.append(to_base64(buffer << (6 - bits))));
        buffer = bits = 0;
        in_run = false;
        return true;
    };
    for (size_t i = 0; i < s.length(); i++) {
        uint32_t c = s[i];
        if (is_direct(c)) {
            if (in_run) {
                TRY(end_run());
                if (c == '-' || from_base64(static_cast<uint8_t>(c)) >= 0) TRY(out.append('-'));
            }
            TRY(out.append(static_cast<uint8_t>(c)));
            continue;
        }
        if (!in_run) {
            TRY(out.append('+'));
            if (c == '+') {
                TRY(out.append('-'));
                continue;
            }
            in_run = true;
        }
        if (c >= 0x10000) {
            TRY(put_unit(0xD800 + ((c - 0x10000) >> 10)));
            TRY(put_unit(0xDC00 + ((c - 0x10000) & 0x3FF)));
        } else {
            TRY(put_unit(c));
        }
    }
    if (in_run) {
        TRY(end_run());
        TRY(out.append('-'));
    }
    return out.finish();
}

}  // namespace imugi
