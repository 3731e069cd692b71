// The examples of the standards, and long input in pieces.
#include "base/digest.h"

#include <gtest/gtest.h>

#include <string>

namespace imugi {
namespace {

std::string hex(const Digest& digest) {
    uint8_t bytes[Digest::kMaxDigestSize];
    digest.finish(bytes);
    std::string text;
    for (size_t i = 0; i < digest.digest_size(); i++) {
        char two[3];
        snprintf(two, sizeof two, "%02x", bytes[i]);
        text += two;
    }
    return text;
}

std::string of(DigestKind kind, const std::string& text) {
    Digest digest(kind);
    digest.update(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    return hex(digest);
}

TEST(Digest, Abc) {
    EXPECT_EQ(of(DigestKind::kMd5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(of(DigestKind::kSha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(of(DigestKind::kSha224, "abc"),
              "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
    EXPECT_EQ(of(DigestKind::kSha256, "abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(of(DigestKind::kSha384, "abc"),
              "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
              "8086072ba1e7cc2358baeca134c825a7");
    EXPECT_EQ(of(DigestKind::kSha512, "abc"),
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Digest, Empty) {
    EXPECT_EQ(of(DigestKind::kMd5, ""), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(of(DigestKind::kSha1, ""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST(Digest, PiecesAreTheWhole) {
    std::string text;
    for (int i = 0; i < 1000; i++) text += static_cast<char>(i * 7);
    for (DigestKind kind :
         {DigestKind::kMd5, DigestKind::kSha1, DigestKind::kSha256, DigestKind::kSha512}) {
        for (size_t piece : {1, 55, 63, 64, 65, 127, 128, 129}) {
            Digest digest(kind);
            for (size_t i = 0; i < text.size(); i += piece) {
                size_t size = std::min(piece, text.size() - i);
                digest.update(reinterpret_cast<const uint8_t*>(text.data()) + i, size);
            }
            EXPECT_EQ(hex(digest), of(kind, text));
        }
    }
}

}  // namespace
}  // namespace imugi
