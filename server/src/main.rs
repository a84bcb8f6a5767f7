//! The program `stoa`.

fn main() -> std::process::ExitCode {
    server::cli::run()
}
