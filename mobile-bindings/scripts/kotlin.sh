# shellcheck shell=bash disable=SC2154
# Kotlin's compiler and what its programs run on. Sourced, never run.

command -v java >/dev/null || debian default-jre-headless
command -v npm >/dev/null || debian npm
debian libjna-java junit5
compiler=$tools/kotlin/node_modules/kotlin-compiler
if ! [ -d "$compiler" ] || ! cmp -s "$bindings/package-lock.json" "$tools/kotlin/package-lock.json"; then
    stage "Kotlin's compiler"
    mkdir -p "$tools/kotlin"
    cp "$bindings/package.json" "$bindings/package-lock.json" "$tools/kotlin/"
    npm ci --prefix "$tools/kotlin" --no-audit --no-fund --loglevel=error
fi
jars=$(printf '%s:' /usr/share/java/{jna,opentest4j,apiguardian-api,picocli,univocity-parsers}.jar \
    /usr/share/java/junit-{jupiter-api,jupiter-engine,jupiter-params}.jar \
    /usr/share/java/junit-platform-{commons,console,engine,launcher,reporting}.jar \
    "$compiler"/lib/{kotlin-stdlib,kotlin-test,kotlin-test-junit5,kotlinx-coroutines-core-jvm}.jar)

# compile JAR SOURCES...: every warning is an error.
compile() {
    bash "$compiler/bin/kotlinc" -J-Xmx2g -Werror -jvm-target 17 -module-name jangkau -cp "$jars" -d "$@"
}
