#if canImport(Security) && canImport(CryptoKit)
import CryptoKit
import Foundation
import JangkauFFI
import Security

/// Apple's key store. A key is one of the Secure Enclave, which it cannot leave, agreed with another whose private half is thrown away: what
/// they share is the same each time, and only this device can compute it. Where there is no Secure Enclave, the Keychain keeps a key for
/// this device alone. Neither is part of any backup.
public final class KeychainKeys: PlatformKeyStore, Sendable {
    public init() {}

    public func create(label: String) throws {
        guard SecureEnclave.isAvailable else {
            let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
            return try keep(key, label)
        }
        do {
            let key = try SecureEnclave.P256.KeyAgreement.PrivateKey()
            let other = P256.KeyAgreement.PrivateKey().publicKey.rawRepresentation
            try keep(other + key.dataRepresentation, label)
        } catch is CryptoKitError {
            throw KeyStoreFault.Unavailable
        }
    }

    public func entangle(label: String, input: Data) throws -> Data {
        guard let kept = try kept(label) else { throw KeyStoreFault.NoKey }
        let key = try kept.count == 32 ? SymmetricKey(data: kept) : agreed(kept)
        return Data(HMAC<SHA256>.authenticationCode(for: input, using: key))
    }

    public func forget(label: String) throws {
        switch SecItemDelete(query(label) as CFDictionary) {
        case errSecSuccess: return
        case errSecItemNotFound: throw KeyStoreFault.NoKey
        default: throw KeyStoreFault.Unavailable
        }
    }

    public func mark(label: String) throws -> Data? { try kept(label) }

    public func setMark(label: String, bytes: Data) throws {
        SecItemDelete(query(label) as CFDictionary)
        try keep(bytes, label)
    }

    private func agreed(_ kept: Data) throws -> SymmetricKey {
        do {
            let other = try P256.KeyAgreement.PublicKey(rawRepresentation: kept.prefix(64))
            let key = try SecureEnclave.P256.KeyAgreement.PrivateKey(dataRepresentation: Data(kept.dropFirst(64)))
            let shared = try key.sharedSecretFromKeyAgreement(with: other)
            return shared.hkdfDerivedSymmetricKey(
                using: SHA256.self, salt: Data(), sharedInfo: Data("jangkau v1".utf8), outputByteCount: 32)
        } catch {
            throw KeyStoreFault.Unavailable
        }
    }

    private func query(_ label: String) -> [CFString: Any] {
        [kSecClass: kSecClassGenericPassword, kSecAttrService: "jangkau", kSecAttrAccount: label]
    }

    private func keep(_ bytes: Data, _ label: String) throws {
        var item = query(label)
        item[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        item[kSecValueData] = bytes
        guard SecItemAdd(item as CFDictionary, nil) == errSecSuccess else { throw KeyStoreFault.Unavailable }
    }

    private func kept(_ label: String) throws -> Data? {
        var item = query(label)
        item[kSecReturnData] = true
        var found: CFTypeRef?
        switch SecItemCopyMatching(item as CFDictionary, &found) {
        case errSecSuccess: return found as? Data
        case errSecItemNotFound: return nil
        default: throw KeyStoreFault.Unavailable
        }
    }
}
#endif
