// swift-tools-version: 5.9
// The generated code is made for language mode 5, which these tools stand for.
import PackageDescription

// `scripts/build-xcframework.sh` and `scripts/test-swift.sh` fill the folder `generated`. On Linux the library is linked by its name.
#if os(Linux)
let core = Target.systemLibrary(name: "JangkauFFIFFI", path: "generated/JangkauFFIFFI")
#else
let core = Target.binaryTarget(name: "JangkauFFIFFI", path: "generated/JangkauFFI.xcframework")
#endif

let package = Package(
    name: "Jangkau",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "Jangkau", targets: ["Jangkau"])],
    targets: [
        core,
        .target(name: "JangkauFFI", dependencies: ["JangkauFFIFFI"], path: "generated/JangkauFFI"),
        .target(name: "Jangkau", dependencies: ["JangkauFFI"]),
        .testTarget(name: "JangkauTests", dependencies: ["Jangkau"]),
    ]
)
