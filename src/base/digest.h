// The Merkle-Damgård hashes as plain memory: MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4).
// A state belongs to its holder, who locks it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imugi {

enum class DigestKind : uint8_t { kMd5, kSha1, kSha224, kSha256, kSha384, kSha512 };

class Digest {
  public:
    explicit Digest(DigestKind kind);

    void update(const uint8_t* data, size_t size);
    // Writes digest_size() bytes. The state is not changed: more may be added.
    void finish(uint8_t* out) const;

    DigestKind kind() const { return kind_; }
    size_t digest_size() const;
    size_t block_size() const { return kind_ >= DigestKind::kSha384 ? 128 : 64; }
    const char* name() const;

    static constexpr size_t kMaxDigestSize = 64;

  private:
    void block(const uint8_t* data);

    union {
        uint32_t words_[8];
        uint64_t long_words_[8];
    };
    uint8_t pending_[128];
    uint64_t total_ = 0;  // bytes taken so far
    DigestKind kind_;
};

}  // namespace imugi
