//! The command line: everything that touches the outside.

#![expect(clippy::disallowed_methods, reason = "this is the one door to files, streams, environment and clock")]

mod access;
mod argocd;
mod args;
mod check;
mod clock;
mod codeowners;
mod compile;
mod console;
mod diff;
mod exit;
mod explain;
mod function;
mod hook;
mod init;
mod output;
mod path;
mod progress;
mod read;
mod removal;
mod revision;
mod verify;
mod watch;

use std::io::{self, IsTerminal, Write as _};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{CommandFactory, Parser};
use tenantry::parse::{Kind, schema};
use tenantry::report::schema::{self as report_schema, Report};

use args::{Cli, Command, SchemaKind};
use console::Console;
use exit::Exit;

/// Bytes of every thread's stack, most of which is never touched: templates may be nested, and the engine calls itself
/// once for each level.
const STACK: usize = 32 << 20;

/// Runs the program.
pub fn run() -> ExitCode {
    watch::start();
    match std::thread::Builder::new().stack_size(STACK).spawn(run_here) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        Err(_) => run_here(),
    }
}

fn run_here() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let program = Cli::command();
    let commands: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
    if let Some(config) = function::plugin_config(&arguments, &commands) {
        return started(None).map_or_else(Into::into, |()| function::plugin(&config).into());
    }
    if arguments.is_empty()
        && !io::stdin().is_terminal()
        && let Some(exit) = started(None).map_or_else(Some, |()| function::bare())
    {
        return exit.into();
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results; everything else is a wrong call.
            let status = if error.use_stderr() { Exit::Wrong } else { Exit::Done };
            let _ = error.print();
            return status.into();
        }
    };
    if let Err(exit) = started(cli.common.jobs) {
        return exit.into();
    }
    let console = Console::new(&cli.common);
    let exit = dispatch(&cli, &console).unwrap_or_else(|error| {
        console.error(&format!("{error:#}"));
        Exit::Wrong
    });
    if cli.common.timings {
        console.timings();
    }
    exit.into()
}

/// Starts the threads that share the work: as many as there are cores, if nobody says how many. A number is always
/// given, for otherwise a variable of the environment would decide.
fn started(jobs: Option<u16>) -> Result<(), Exit> {
    let cores = || std::thread::available_parallelism().map_or(1, |cores| cores.get().min(args::MOST_JOBS.into()));
    let threads = jobs.map_or_else(cores, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK);
    pool.build_global().map_err(|error| {
        let _ = writeln!(io::stderr(), "error: cannot start threads: {error}");
        Exit::Wrong
    })
}

fn dispatch(cli: &Cli, console: &Console) -> Result<Exit> {
    match &cli.command {
        Command::Check { input, output, format } => check::run(input, output, *format, &cli.common, console),
        Command::Compile(options) => compile::run(options, &cli.common, console),
        Command::Codeowners(options) => codeowners::run(options, &cli.common, console),
        Command::Diff(options) => diff::run(options, &cli.common, console),
        Command::Access(options) => access::run(options, &cli.common, console),
        Command::Explain { subject, input } => explain::run(subject, input, &cli.common, console),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "tenantry", &mut script);
            print(console, script)
        }
        Command::Man => print(console, manual()?),
        Command::Fn if io::stdin().is_terminal() => {
            bail!("`tenantry fn` reads a ResourceList from stdin, which is a terminal; kustomize and kpt send one")
        }
        Command::Fn => Ok(function::run(cli.common.as_of.as_deref())),
        Command::Argocd(step) => argocd::run(step, &cli.common, console),
        Command::Verify(options) => verify::run(options, &cli.common, console),
        Command::Hook(hook) => hook::run(hook, &cli.common, console),
        Command::Init { dir, hooks: false } => init::run(dir, console),
        Command::Init { dir, hooks: true } => init::hooks(dir, console),
        Command::Schema { kind } => {
            let text = match kind {
                None => schema::schema(None),
                Some(SchemaKind::Platform) => schema::schema(Some(Kind::Platform)),
                Some(SchemaKind::Directory) => schema::schema(Some(Kind::Directory)),
                Some(SchemaKind::Tenant) => schema::schema(Some(Kind::Tenant)),
                Some(SchemaKind::Access) => report_schema::schema(Report::Access),
                Some(SchemaKind::Diff) => report_schema::schema(Report::Diff),
            };
            console.result(&text)?;
            Ok(Exit::Done)
        }
    }
}

/// The manual: a page for the program and one for each command, one behind the other.
fn manual() -> io::Result<Vec<u8>> {
    let mut program = Cli::command();
    program.build();
    let mut pages = Vec::new();
    clap_mangen::Man::new(program.clone()).render(&mut pages)?;
    let is_page = |command: &&clap::Command| command.get_name() != "help";
    for command in program.get_subcommands().filter(is_page) {
        clap_mangen::Man::new(command.clone()).render(&mut pages)?;
        for below in command.get_subcommands().filter(is_page) {
            clap_mangen::Man::new(below.clone()).render(&mut pages)?;
        }
    }
    Ok(pages)
}

fn print(console: &Console, bytes: Vec<u8>) -> Result<Exit> {
    let text = String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    console.result(&text)?;
    Ok(Exit::Done)
}
