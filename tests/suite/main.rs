//! The test binary.

mod laws;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    libtest_mimic::run(&arguments, laws::trials()).exit();
}
