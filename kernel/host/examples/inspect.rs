fn main() { let _ = aegis_host::cli::inspect_text::run(None, std::io::stdin().lock(), std::io::BufWriter::new(std::io::stdout())); }
