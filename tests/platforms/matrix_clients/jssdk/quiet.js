// Imported first: what the SDK logs goes to stderr, for stdout carries answers.
for (const level of ["log", "info", "debug", "trace", "warn"]) {
    console[level] = (...said) => process.stderr.write(`${level} ${said.map(String).join(" ").slice(0, 300)}\n`);
}
