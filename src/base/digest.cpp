// See digest.h. The constants are those of the standards: first digits of roots of primes, and of
// sines.
#include "base/digest.h"

#include <bit>
#include <cstring>

namespace imugi {
namespace {

template <class Word>
Word load_big(const uint8_t* data) {
    Word word = 0;
    for (size_t i = 0; i < sizeof(Word); i++) word = static_cast<Word>(word << 8) | data[i];
    return word;
}
template <class Word>
void store_big(uint8_t* out, Word word) {
    for (size_t i = sizeof(Word); i-- > 0; word >>= 8) out[i] = static_cast<uint8_t>(word);
}

constexpr uint64_t kRootsOfPrimes[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

// The rotations that tell SHA-256's functions from SHA-512's.
struct Sha256 {
    using Word = uint32_t;
    static constexpr int rounds = 64;
    static constexpr int big0[3] = {2, 13, 22}, big1[3] = {6, 11, 25};
    static constexpr int small0[3] = {7, 18, 3}, small1[3] = {17, 19, 10};
    static Word constant(int i) { return static_cast<Word>(kRootsOfPrimes[i] >> 32); }
};
struct Sha512 {
    using Word = uint64_t;
    static constexpr int rounds = 80;
    static constexpr int big0[3] = {28, 34, 39}, big1[3] = {14, 18, 41};
    static constexpr int small0[3] = {1, 8, 7}, small1[3] = {19, 61, 6};
    static Word constant(int i) { return kRootsOfPrimes[i]; }
};

template <class Word>
Word big_sigma(const int (&by)[3], Word x) {
    return std::rotr(x, by[0]) ^ std::rotr(x, by[1]) ^ std::rotr(x, by[2]);
}
template <class Word>
Word small_sigma(const int (&by)[3], Word x) {
    return std::rotr(x, by[0]) ^ std::rotr(x, by[1]) ^ x >> by[2];
}

template <class Sha>
void sha2_block(typename Sha::Word* state, const uint8_t* data) {
    using Word = typename Sha::Word;
    Word w[Sha::rounds];
    for (int i = 0; i < 16; i++) w[i] = load_big<Word>(data + i * sizeof(Word));
    for (int i = 16; i < Sha::rounds; i++) {
        w[i] = small_sigma(Sha::small1, w[i - 2]) + w[i - 7] + small_sigma(Sha::small0, w[i - 15]) +
               w[i - 16];
    }
    Word s[8];
    memcpy(s, state, sizeof s);
    for (int i = 0; i < Sha::rounds; i++) {
        Word choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
        Word majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        Word one = s[7] + big_sigma(Sha::big1, s[4]) + choice + Sha::constant(i) + w[i];
        Word two = big_sigma(Sha::big0, s[0]) + majority;
        for (int j = 7; j > 0; j--) s[j] = s[j - 1];
        s[4] += one;
        s[0] = one + two;
    }
    for (int i = 0; i < 8; i++) state[i] += s[i];
}

void sha1_block(uint32_t* state, const uint8_t* data) {
    uint32_t w[80];
    for (int i = 0; i < 16; i++) w[i] = load_big<uint32_t>(data + i * 4);
    for (int i = 16; i < 80; i++) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int i = 0; i < 80; i++) {
        uint32_t mixed, constant;
        if (i < 20) {
            mixed = (b & c) | (~b & d), constant = 0x5a827999;
        } else if (i < 40) {
            mixed = b ^ c ^ d, constant = 0x6ed9eba1;
        } else if (i < 60) {
            mixed = (b & c) | (b & d) | (c & d), constant = 0x8f1bbcdc;
        } else {
            mixed = b ^ c ^ d, constant = 0xca62c1d6;
        }
        uint32_t next = std::rotl(a, 5) + mixed + e + constant + w[i];
        e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

constexpr uint32_t kSines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

void md5_block(uint32_t* state, const uint8_t* data) {
    static constexpr int kTurns[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t w[16];
    memcpy(w, data, sizeof w);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (int i = 0; i < 64; i++) {
        uint32_t mixed;
        int at;
        switch (i / 16) {
            case 0:
                mixed = (b & c) | (~b & d), at = i;
                break;
            case 1:
                mixed = (d & b) | (~d & c), at = (5 * i + 1) % 16;
                break;
            case 2:
                mixed = b ^ c ^ d, at = (3 * i + 5) % 16;
                break;
            default:
                mixed = c ^ (b | ~d), at = 7 * i % 16;
                break;
        }
        uint32_t next = b + std::rotl(a + mixed + kSines[i] + w[at], kTurns[i / 16][i % 4]);
        a = d, d = c, c = b, b = next;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
}

constexpr uint32_t kFirst32[2][8] = {
    {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7,
     0xbefa4fa4},
    {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
     0x5be0cd19},
};
constexpr uint64_t kFirst64[2][8] = {
    {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
     0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4},
    {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
     0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179},
};
constexpr uint32_t kFirstOld[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

}  // namespace

Digest::Digest(DigestKind kind) : kind_(kind) {
    switch (kind) {
        case DigestKind::kMd5:
        case DigestKind::kSha1:
            memcpy(words_, kFirstOld, sizeof kFirstOld);
            break;
        case DigestKind::kSha224:
            memcpy(words_, kFirst32[0], sizeof kFirst32[0]);
            break;
        case DigestKind::kSha256:
            memcpy(words_, kFirst32[1], sizeof kFirst32[1]);
            break;
        case DigestKind::kSha384:
            memcpy(long_words_, kFirst64[0], sizeof kFirst64[0]);
            break;
        case DigestKind::kSha512:
            memcpy(long_words_, kFirst64[1], sizeof kFirst64[1]);
            break;
    }
}

size_t Digest::digest_size() const {
    static constexpr uint8_t kSizes[] = {16, 20, 28, 32, 48, 64};
    return kSizes[static_cast<int>(kind_)];
}

const char* Digest::name() const {
    static constexpr const char* kNames[] = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"};
    return kNames[static_cast<int>(kind_)];
}

void Digest::block(const uint8_t* data) {
    switch (kind_) {
        case DigestKind::kMd5:
            return md5_block(words_, data);
        case DigestKind::kSha1:
            return sha1_block(words_, data);
        case DigestKind::kSha224:
        case DigestKind::kSha256:
            return sha2_block<Sha256>(words_, data);
        case DigestKind::kSha384:
        case DigestKind::kSha512:
            return sha2_block<Sha512>(long_words_, data);
    }
}

void Digest::update(const uint8_t* data, size_t size) {
    size_t whole = block_size(), held = total_ % whole;
    total_ += size;
    if (held != 0) {
        size_t taken = size < whole - held ? size : whole - held;
        memcpy(pending_ + held, data, taken);
        data += taken, size -= taken;
        if (held + taken < whole) return;
        block(pending_);
    }
    for (; size >= whole; data += whole, size -= whole) block(data);
    if (size != 0) memcpy(pending_, data, size);
}

void Digest::finish(uint8_t* out) const {
    Digest last = *this;
    size_t whole = block_size(), length_size = whole / 8;
    uint64_t bits = total_ * 8;
    uint8_t padding[256] = {0x80};
    size_t held = total_ % whole;
    size_t size = (held < whole - length_size ? whole : 2 * whole) - held;
    if (kind_ == DigestKind::kMd5) {
        memcpy(padding + size - 8, &bits, 8);
    } else {
        store_big(padding + size - 8, bits);
    }
    last.update(padding, size);
    uint8_t bytes[kMaxDigestSize];
    if (kind_ >= DigestKind::kSha384) {
        for (int i = 0; i < 8; i++) store_big(bytes + i * 8, last.long_words_[i]);
    } else if (kind_ == DigestKind::kMd5) {
        memcpy(bytes, last.words_, 16);
    } else {
        for (int i = 0; i < 8; i++) store_big(bytes + i * 4, last.words_[i]);
    }
    memcpy(out, bytes, digest_size());
}

}  // namespace imugi
