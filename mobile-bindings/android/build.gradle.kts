// The library that an app adds. `../scripts/build-android.sh` fills `build/generated-bindings` and `src/main/jniLibs` before Gradle runs.
plugins {
    id("com.android.library") version "8.13.0"
    id("org.jetbrains.kotlin.android") version "2.2.20"
}

android {
    namespace = "org.jangkau.android"
    compileSdk = 36
    defaultConfig {
        // java.time without desugaring, and key stores that take keys for HMAC.
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
    }
    sourceSets["main"].kotlin.srcDirs("src/main/kotlin", "../kotlin/src/main/kotlin", "build/generated-bindings")
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

kotlin { jvmToolchain(17) }

dependencies {
    implementation("net.java.dev.jna:jna:5.17.0@aar")
    api("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.8.0")
    implementation("androidx.work:work-runtime-ktx:2.10.5")
}
