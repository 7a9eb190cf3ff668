//! `aegis-verify`: verifies a log without the kernel, and answers as `aegis audit verify` does.

fn main() -> std::process::ExitCode {
    aegis_verify::main()
}
