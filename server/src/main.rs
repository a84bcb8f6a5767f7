//! The program `stoa`.

/// Rendering makes and drops many small strings: glibc's allocator takes a quarter of the time of a page.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    server::cli::run()
}
