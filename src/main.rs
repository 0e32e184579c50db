//! The program: everything it does is in the library and in `cli`.

mod cli;

/// The static program of releases is linked with musl, whose own allocator gives memory back to the kernel at once:
/// compiling 2,000 tenants took twice the processor time that glibc needs, and five times the page faults. This one needs
/// a tenth more than glibc, and is Rust throughout, so that no C compiler decides about the bytes of a release.
#[cfg(all(target_os = "linux", target_env = "musl"))]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    cli::run()
}
