//! The one test binary. Each trial can be run by its name.

mod example;

fn main() {
    libtest_mimic::run(&libtest_mimic::Arguments::from_args(), example::trials()).exit();
}
